"""Who may do what in a space, for each kind of person and space."""

import pytest

from forum.core.actor import VISITOR, Actor, SiteRole
from forum.core.errors import Forbidden, NotFound
from forum.spaces import policy
from forum.spaces.models import Circle, SpaceRole, Visibility
from forum.spaces.policy import SpaceAccess

PUBLIC, MEMBERS, PRIVATE = Visibility.PUBLIC, Visibility.MEMBERS, Visibility.PRIVATE
STRANGER = Actor(id=1)
MODERATOR = Actor(id=2, role=SiteRole.MODERATOR)
ADMINISTRATOR = Actor(id=3, role=SiteRole.ADMINISTRATOR)

# Each person with the role that they have in the space.
CAST = {
    "visitor": (VISITOR, None),
    "stranger": (STRANGER, None),
    "member": (STRANGER, SpaceRole.MEMBER),
    "facilitator": (STRANGER, SpaceRole.FACILITATOR),
    "moderator": (MODERATOR, None),
    "administrator": (ADMINISTRATOR, None),
}
RUNNING = {"facilitator", "moderator", "administrator"}


def _access(visibility, role, circle=Circle.EVERYONE) -> SpaceAccess:
    return SpaceAccess(1, visibility, circle, circle, role)


def _allowed(may, visibility, circle=Circle.EVERYONE) -> set[str]:
    return {
        name
        for name, (actor, role) in CAST.items()
        if may(actor, _access(visibility, role, circle))
    }


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        pytest.param(PUBLIC, set(CAST), id="public"),
        pytest.param(MEMBERS, set(CAST) - {"visitor"}, id="members"),
        pytest.param(PRIVATE, RUNNING | {"member"}, id="private"),
    ],
)
def test_who_sees_a_space(visibility, seen_by):
    assert _allowed(policy.may_see, visibility) == seen_by


@pytest.mark.parametrize(
    "may",
    [
        policy.may_see,
        policy.may_start_thread,
        policy.may_comment,
        policy.may_facilitate,
        policy.may_edit,
        policy.may_join,
        policy.may_see_members,
    ],
    ids=lambda may: may.__name__,
)
def test_whoever_cannot_see_a_space_is_told_that_there_is_none(may):
    for actor in (VISITOR, STRANGER):
        with pytest.raises(NotFound):
            may(actor, _access(PRIVATE, None)).enforce()


@pytest.mark.parametrize("may", [policy.may_start_thread, policy.may_comment], ids=["start", "say"])
@pytest.mark.parametrize(
    ("circle", "allowed"),
    [
        pytest.param(Circle.EVERYONE, set(CAST) - {"visitor"}, id="everyone"),
        pytest.param(Circle.MEMBERS, RUNNING | {"member"}, id="members"),
        pytest.param(Circle.FACILITATORS, RUNNING, id="facilitators"),
    ],
)
def test_who_writes_is_a_setting_of_the_space(may, circle, allowed):
    assert _allowed(may, PUBLIC, circle) == allowed


def test_a_refusal_to_write_says_why():
    with pytest.raises(Forbidden, match="only facilitators comment"):
        policy.may_comment(STRANGER, _access(PUBLIC, None, Circle.FACILITATORS)).enforce()


@pytest.mark.parametrize("may", [policy.may_facilitate, policy.may_edit], ids=["run", "edit"])
@pytest.mark.parametrize("visibility", list(Visibility), ids=str)
def test_facilitators_and_moderators_run_a_space(may, visibility):
    assert _allowed(may, visibility) == RUNNING


@pytest.mark.parametrize("visibility", list(Visibility), ids=str)
def test_the_list_of_members_is_for_members(visibility):
    assert _allowed(policy.may_see_members, visibility) == RUNNING | {"member"}


def test_open_spaces_are_joined_by_whoever_is_signed_in():
    assert _allowed(policy.may_join, PUBLIC) == set(CAST) - {"visitor"}
    assert _allowed(policy.may_join, MEMBERS) == set(CAST) - {"visitor"}


def test_a_private_space_is_not_joined_by_a_button():
    assert not policy.may_join(MODERATOR, _access(PRIVATE, None))


def test_only_moderators_make_spaces():
    assert {name for name, (actor, _) in CAST.items() if policy.may_create(actor)} == {
        "moderator",
        "administrator",
    }


def test_a_facilitator_closes_a_space_off_but_does_not_open_it():
    running = _access(MEMBERS, SpaceRole.FACILITATOR)
    assert policy.may_change_visibility(STRANGER, running, PRIVATE)
    assert policy.may_change_visibility(STRANGER, running, MEMBERS)
    assert not policy.may_change_visibility(STRANGER, running, PUBLIC)
    assert policy.may_change_visibility(MODERATOR, running, PUBLIC)


def test_who_is_not_in_a_space_cannot_leave_it():
    assert not policy.may_leave(STRANGER, _access(PUBLIC, None), is_last_facilitator=False)
    assert not policy.may_leave(VISITOR, _access(PUBLIC, None), is_last_facilitator=False)
    with pytest.raises(NotFound):
        policy.may_leave(STRANGER, _access(PRIVATE, None), is_last_facilitator=False).enforce()


@pytest.mark.parametrize("visibility", list(Visibility), ids=str)
def test_the_last_facilitator_stays_in_a_private_space(visibility):
    running = _access(visibility, SpaceRole.FACILITATOR)
    verdict = policy.may_leave(STRANGER, running, is_last_facilitator=True)
    assert bool(verdict) is (visibility is not PRIVATE)
    assert policy.may_leave(STRANGER, running, is_last_facilitator=False)
