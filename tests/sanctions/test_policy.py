"""What sanctions keep people from, and who may restrain whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forum.core.actor import Actor, Restraint, Restriction, SiteRole
from forum.sanctions import policy
from forum.sanctions.policy import Member
from tests.support.cast import ACTORS, ELSEWHERE, EVERYWHERE, NAMES, SPACE, restrained

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = list(Restraint)
WRITES_NOT = {Restraint.MUTE, Restraint.SUSPEND, Restraint.EXCLUDE}
STANDS_BY = {Restraint.SUSPEND, Restraint.EXCLUDE}

MEMBER = Member(20, SiteRole.MEMBER)
COLLEAGUE = Member(21, SiteRole.MEMBER, facilitates=True)
MODERATOR = Member(22, SiteRole.MODERATOR)
ADMINISTRATOR = Member(23, SiteRole.ADMINISTRATOR)
STAFF = {"moderator", "administrator"}
NOBODY = set()


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


def may_give(name, member, space_id):
    return policy.may_give(
        ACTORS[name], member, space_id=space_id, is_facilitator=name == "facilitator"
    )


@pytest.mark.parametrize(
    ("member", "space_id", "by"),
    [
        pytest.param(MEMBER, SPACE, STAFF | {"facilitator"}, id="member, here"),
        pytest.param(MEMBER, EVERYWHERE, STAFF, id="member, everywhere"),
        pytest.param(COLLEAGUE, SPACE, STAFF, id="facilitator, here"),
        pytest.param(COLLEAGUE, EVERYWHERE, STAFF, id="facilitator, everywhere"),
        pytest.param(MODERATOR, SPACE, {"administrator"}, id="moderator, here"),
        pytest.param(MODERATOR, EVERYWHERE, {"administrator"}, id="moderator, everywhere"),
        pytest.param(ADMINISTRATOR, SPACE, NOBODY, id="administrator, here"),
        pytest.param(ADMINISTRATOR, EVERYWHERE, NOBODY, id="administrator, everywhere"),
    ],
)
def test_who_restrains_whom(member, space_id, by):
    assert {name for name in NAMES if may_give(name, member, space_id)} == by


@pytest.mark.parametrize("name", ["facilitator", "moderator", "administrator"])
def test_nobody_restrains_themselves(name):
    actor = ACTORS[name]
    oneself = Member(actor.id, SiteRole.MEMBER, facilitates=name == "facilitator")
    verdict = may_give(name, oneself, SPACE)
    assert not verdict
    assert "your own account" in verdict.reason


@pytest.mark.parametrize("name", ["author", "member", "stranger", "visitor"])
def test_who_may_not_is_told_nothing(name):
    assert may_give(name, MEMBER, SPACE).hidden


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("space_id", [SPACE, EVERYWHERE])
def test_what_each_kind_keeps_from(kind, space_id):
    actor = restrained("member", kind, space_id=space_id)
    assert bool(policy.may_write(actor, SPACE)) is (kind not in WRITES_NOT)
    assert bool(policy.may_take_part(actor, SPACE)) is (kind not in STANDS_BY)
    assert (policy.slowed(actor, SPACE) is not None) is (kind is Restraint.SLOW)
    assert policy.held_by_sanction(actor, SPACE) is (kind is Restraint.HOLD)


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_in_one_space_changes_nothing_in_another(kind):
    actor = restrained("member", kind, space_id=ELSEWHERE)
    assert policy.may_write(actor, SPACE)
    assert policy.may_take_part(actor, SPACE)
    assert policy.slowed(actor, SPACE) is None
    assert not policy.held_by_sanction(actor, SPACE)


@pytest.mark.parametrize(
    ("kind", "space_id", "words"),
    [
        (Restraint.MUTE, SPACE, "You cannot write in this space for now."),
        (Restraint.MUTE, EVERYWHERE, "You cannot write here for now."),
        (Restraint.SUSPEND, SPACE, "You cannot take part in this space for now."),
        (Restraint.SUSPEND, EVERYWHERE, "You cannot take part here for now."),
        (Restraint.EXCLUDE, SPACE, "You cannot take part in this space any more."),
        (Restraint.EXCLUDE, EVERYWHERE, "You cannot take part here any more."),
    ],
)
def test_a_refusal_says_what_and_where_and_where_to_find_out_more(kind, space_id, words):
    reason = policy.may_write(restrained("member", kind, space_id=space_id), SPACE).reason
    assert reason == f"{words} Your notifications say why, and what you can do."


def test_a_refusal_says_until_when_in_the_readers_zone():
    actor = restrained("member", Restraint.MUTE, until=datetime(2026, 7, 1, 12, tzinfo=UTC))
    there = replace(actor, timezone="Europe/Berlin")
    assert "It ends by itself: 1 Jul 2026, 14:00." in policy.may_write(there, SPACE).reason
    assert "It ends by itself: 1 Jul 2026, 12:00." in policy.may_write(actor, SPACE).reason


def test_of_several_the_one_that_lasts_longest_is_told():
    soon, late = NOW + timedelta(days=1), NOW + timedelta(days=7)
    actor = Actor(
        id=1,
        restrictions=(
            Restriction(Restraint.SUSPEND, SPACE, soon, ""),
            Restriction(Restraint.MUTE, None, late, ""),
        ),
    )
    assert "8 Mar 2026" in policy.may_write(actor, SPACE).reason
    for_good = replace(
        actor, restrictions=(*actor.restrictions, Restriction(Restraint.EXCLUDE, SPACE, None, ""))
    )
    assert "any more" in policy.may_write(for_good, SPACE).reason


def test_slow_everywhere_counts_before_slow_in_a_space():
    here, everywhere = (
        Restriction(Restraint.SLOW, SPACE, None, ""), Restriction(Restraint.SLOW, None, None, ""),
    )  # fmt: skip
    for both in ((here, everywhere), (everywhere, here)):
        assert policy.slowed(Actor(id=1, restrictions=both), SPACE) is everywhere


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "after", "is_right"),
    [
        (Restraint.NOTICE, None, True),
        (Restraint.NOTICE, DAY, False),
        (Restraint.SLOW, None, True),
        (Restraint.SLOW, DAY, True),
        (Restraint.SLOW, -DAY, False),
        (Restraint.HOLD, None, True),
        (Restraint.MUTE, None, False),
        *((Restraint.MUTE, DAY * days, True) for days in policy.MUTE_DAYS),
        (Restraint.MUTE, DAY * 31, False),
        (Restraint.MUTE, timedelta(0), False),
        (Restraint.SUSPEND, None, False),
        (Restraint.SUSPEND, DAY * 365, True),
        (Restraint.EXCLUDE, None, True),
        (Restraint.EXCLUDE, DAY, False),
    ],
)
def test_which_ends_fit_which_kind(kind, after, is_right):
    until = None if after is None else NOW + after
    assert (policy.why_not_until(kind, until, NOW) == "") is is_right
