"""What happens to spaces: made, changed, joined, left and run."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core import clock, versions
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.spaces import actions, queries
from forum.spaces.actions import CodeDraft, SpaceDraft
from forum.spaces.models import (
    Circle,
    JoinCode,
    Membership,
    Space,
    SpaceInvitation,
    SpaceRole,
    Visibility,
)
from tests import factories
from tests.support.pages import actor_of

PRIVATE = Visibility.PRIVATE


def _draft(**values) -> SpaceDraft:
    return SpaceDraft(
        **{"name": "A course", "description": "", "visibility": Visibility.PUBLIC, **values}
    )


def _role(space, member) -> SpaceRole | None:
    return db.session.scalar(
        sa.select(Membership.role).where(
            Membership.space_id == space.id, Membership.user_id == member.id
        )
    )


def _verbs(space) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(AuditEntry.verb)
            .where(AuditEntry.subject_kind == "space", AuditEntry.subject_id == space.id)
            .order_by(AuditEntry.id)
        )
    )


def _code(space, **values) -> JoinCode:
    code = JoinCode(
        **{"space_id": space.id, "code": "ABCD2345", "created_at": clock.now(), **values}
    )
    db.session.add(code)
    db.session.commit()
    return code


def _uses_left(code) -> int | None:
    return db.session.scalar(sa.select(JoinCode.uses_left).where(JoinCode.id == code.id))


# Making and changing


def test_commons_is_there_from_the_start_and_planted_once(app):
    with transaction():
        actions.plant_commons()
    found = db.session.scalars(sa.select(Space).where(Space.slug == actions.COMMONS)).all()
    assert [space.visibility for space in found] == [Visibility.PUBLIC]


def test_a_moderator_makes_a_space_and_runs_it(app):
    moderator = factories.moderator()
    with transaction():
        space = actions.create_space(
            actor_of(moderator), _draft(description="For **everybody** who learns.")
        )
    assert space.slug == "a-course"
    assert "<strong>everybody</strong>" in space.description_html
    assert space.description_render_version > 0
    assert _role(space, moderator) is SpaceRole.FACILITATOR
    assert _verbs(space) == ["space.created"]


def test_a_moderator_can_name_another_facilitator(app):
    moderator, teacher = factories.moderator(), factories.user("teacher")
    with transaction():
        space = actions.create_space(actor_of(moderator), _draft(facilitator="TEACHER"))
    assert _role(space, teacher) is SpaceRole.FACILITATOR
    assert _role(space, moderator) is None


def test_a_member_makes_no_space(app):
    with pytest.raises(Forbidden), transaction():
        actions.create_space(actor_of(factories.user()), _draft())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"slug": "commons"}, "slug", id="taken address"),
        pytest.param({"slug": "Not An Address"}, "slug", id="no address"),
        pytest.param({"facilitator": "nobody-here"}, "facilitator", id="unknown facilitator"),
        pytest.param({"description": "x" * 20_001}, "description", id="endless description"),
    ],
)
def test_a_refused_space_says_which_field_is_wrong(app, values, field):
    with pytest.raises(Invalid) as refused, transaction():
        actions.create_space(actor_of(factories.moderator()), _draft(**values))
    assert refused.value.field == field


def test_a_change_of_visibility_is_logged_and_makes_pages_stale(app):
    space = factories.space()
    facilitator = factories.facilitator(space)
    scopes = (versions.SITE, versions.LISTS)
    before = dict(versions.current(scopes))
    with transaction():
        actions.edit_space(
            actor_of(facilitator), space.id, _draft(name=space.name, visibility=PRIVATE)
        )
    after = dict(versions.current(scopes))
    assert all(after[scope] > before.get(scope, 0) for scope in scopes)
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.verb, entry.actor_id) == ("space.edited", facilitator.id)
    assert (entry.before["visibility"], entry.after["visibility"]) == ("public", "private")


def test_an_edit_that_changes_nothing_leaves_no_mark(app):
    space = factories.space()
    actor = actor_of(factories.facilitator(space))
    draft = _draft(name="Renamed", who_starts=Circle.MEMBERS)
    for _ in range(2):
        with transaction():
            actions.edit_space(actor, space.id, draft)
    assert _verbs(space) == ["space.edited"]


def test_a_facilitator_does_not_open_a_space_wider(app):
    space = factories.space(visibility=PRIVATE)
    with pytest.raises(Forbidden), transaction():
        actions.edit_space(actor_of(factories.facilitator(space)), space.id, _draft())


def test_a_member_does_not_change_a_space(app):
    space = factories.space()
    member = factories.user()
    factories.membership(space, member)
    with pytest.raises(Forbidden), transaction():
        actions.edit_space(actor_of(member), space.id, _draft())


# Joining and leaving


def test_joining_twice_is_joining_once(app):
    space, member = factories.space(), factories.user()
    for _ in range(2):
        with transaction():
            actions.join_space(actor_of(member), space.id)
    assert _role(space, member) is SpaceRole.MEMBER


def test_joining_again_keeps_the_role(app):
    space = factories.space()
    facilitator = factories.facilitator(space)
    with transaction():
        actions.join_space(actor_of(facilitator), space.id)
    assert _role(space, facilitator) is SpaceRole.FACILITATOR


def test_a_private_space_is_not_there_for_who_tries_to_join(app):
    space = factories.space(visibility=PRIVATE)
    with pytest.raises(NotFound), transaction():
        actions.join_space(actor_of(factories.user()), space.id)


def test_leaving_ends_the_membership(app):
    space, member = factories.space(), factories.user()
    factories.membership(space, member)
    with transaction():
        actions.leave_space(actor_of(member), space.id)
    assert _role(space, member) is None


def test_leaving_twice_is_refused_in_plain_words(app):
    space, member = factories.space(), factories.user()
    with pytest.raises(Forbidden, match="not a member"), transaction():
        actions.leave_space(actor_of(member), space.id)


def test_the_last_facilitator_cannot_leave_a_private_space(app):
    space = factories.space(visibility=PRIVATE)
    facilitator = factories.facilitator(space)
    with pytest.raises(Forbidden, match="somebody else a facilitator"), transaction():
        actions.leave_space(actor_of(facilitator), space.id)
    factories.facilitator(space)
    with transaction():
        actions.leave_space(actor_of(facilitator), space.id)
    assert _role(space, facilitator) is None


def test_a_facilitator_who_cannot_sign_in_does_not_count(app):
    space = factories.space(visibility=PRIVATE)
    facilitator = factories.facilitator(space)
    suspended = factories.user(state="suspended")
    factories.membership(space, suspended, SpaceRole.FACILITATOR)
    assert queries.is_last_facilitator(space.id, facilitator.id)


# Members


def test_a_facilitator_shares_the_running_of_a_space(app):
    space, member = factories.space(), factories.user()
    actor = actor_of(factories.facilitator(space))
    factories.membership(space, member)
    for _ in range(2):
        with transaction():
            actions.set_role(actor, space.id, member.id, role=SpaceRole.FACILITATOR)
    assert _role(space, member) is SpaceRole.FACILITATOR
    assert _verbs(space) == ["space.role_changed"]


def test_a_private_space_keeps_a_facilitator_when_roles_change(app):
    space = factories.space(visibility=PRIVATE)
    facilitator = factories.facilitator(space)
    with pytest.raises(Forbidden), transaction():
        actions.set_role(actor_of(facilitator), space.id, facilitator.id, role=SpaceRole.MEMBER)


def test_the_role_of_somebody_who_left_cannot_be_changed(app):
    space, member = factories.space(), factories.user()
    with pytest.raises(Conflict), transaction():
        actions.set_role(
            actor_of(factories.facilitator(space)),
            space.id,
            member.id,
            role=SpaceRole.FACILITATOR,
        )


def test_removing_a_member_is_logged_once_with_its_reason(app):
    space, member = factories.space(), factories.user()
    factories.membership(space, member)
    actor = actor_of(factories.facilitator(space))
    for _ in range(2):
        with transaction():
            actions.remove_member(actor, space.id, member.id, reason="Asked to go.")
    assert _role(space, member) is None
    assert _verbs(space) == ["space.member_removed"]


@pytest.mark.parametrize("visibility", list(Visibility), ids=str)
def test_members_and_strangers_do_not_run_a_space(app, visibility):
    space, member, stranger = factories.space(visibility=visibility), factories.user(), None
    factories.membership(space, member)
    stranger = factories.user()
    for person in (member, stranger):
        actor = actor_of(person)
        for act in (
            lambda actor: actions.set_role(actor, space.id, member.id, role=SpaceRole.FACILITATOR),
            lambda actor: actions.remove_member(actor, space.id, member.id, reason="No."),
            lambda actor: actions.make_code(actor, space.id, CodeDraft(1, 1)),
            lambda actor: actions.revoke_code(actor, space.id, 1),
            lambda actor: actions.invite(actor, space.id, stranger.username),
            lambda actor: actions.withdraw_invitation(actor, space.id, 1),
        ):
            with pytest.raises((Forbidden, NotFound)), transaction():
                act(actor)
    assert _verbs(space) == []


# Codes


def test_a_code_is_random_and_has_no_look_alikes(app):
    space = factories.space()
    actor = actor_of(factories.facilitator(space))
    with transaction():
        codes = [actions.make_code(actor, space.id, CodeDraft(7, 5)).code for _ in range(20)]
    assert len(set(codes)) == 20
    assert all(len(code) == actions.CODE_LENGTH for code in codes)
    assert not set("".join(codes)) & set("ILO01")


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd-2345", " AbCd 2345 "])
def test_a_code_opens_its_private_space_however_it_is_typed(app, typed):
    space, member = factories.space(visibility=PRIVATE), factories.user()
    _code(space)
    with transaction():
        assert actions.redeem_code(actor_of(member), typed).id == space.id
    assert _role(space, member) is SpaceRole.MEMBER


def test_a_member_who_redeems_a_code_again_uses_nothing_up(app):
    space, member = factories.space(), factories.user()
    code = _code(space, uses_left=1)
    for _ in range(2):
        with transaction():
            actions.redeem_code(actor_of(member), code.code)
    assert _uses_left(code) == 0


def test_a_code_lets_in_as_many_as_it_says(app):
    space, first, second = factories.space(), factories.user(), factories.user()
    code = _code(space, uses_left=1)
    with transaction():
        actions.redeem_code(actor_of(first), code.code)
    with pytest.raises(Invalid), transaction():
        actions.redeem_code(actor_of(second), code.code)
    assert _role(space, second) is None
    assert _uses_left(code) == 0


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"expires_at": clock.now() - timedelta(seconds=1)}, id="expired"),
        pytest.param({"revoked_at": clock.now()}, id="revoked"),
        pytest.param({"uses_left": 0}, id="used up"),
        pytest.param({"code": "ZZZZ9999"}, id="unknown"),
    ],
)
def test_every_dead_code_is_refused_in_the_same_words(app, values):
    space, member = factories.space(visibility=PRIVATE), factories.user()
    _code(space, **values)
    with pytest.raises(Invalid) as refused, transaction():
        actions.redeem_code(actor_of(member), "ABCD2345")
    assert refused.value.message == actions._NO_SUCH_CODE
    assert _role(space, member) is None


def test_revoking_a_code_twice_is_revoking_it_once(app):
    space = factories.space()
    actor = actor_of(factories.facilitator(space))
    code = _code(space)
    for _ in range(2):
        with transaction():
            actions.revoke_code(actor, space.id, code.id)
    assert _verbs(space) == ["space.code_revoked"]


def test_a_code_of_another_space_cannot_be_revoked(app):
    space, other = factories.space(), factories.space()
    code = _code(other)
    with pytest.raises(NotFound), transaction():
        actions.revoke_code(actor_of(factories.facilitator(space)), space.id, code.id)


# Invitations


def test_an_invited_person_joins_a_private_space(app):
    space, guest = factories.space(visibility=PRIVATE), factories.user("guest")
    actor = actor_of(factories.facilitator(space))
    for _ in range(2):
        with transaction():
            actions.invite(actor, space.id, "Guest")
    assert [row.space_name for row in queries.invitations_for(actor_of(guest))] == [space.name]
    for _ in range(2):
        with transaction():
            actions.accept_invitation(actor_of(guest), space.slug)
    assert _role(space, guest) is SpaceRole.MEMBER
    assert queries.invitations_for(actor_of(guest)) == ()
    assert _verbs(space) == ["space.invited"]


def test_an_invited_person_can_decline(app):
    space, guest = factories.space(visibility=PRIVATE), factories.user("guest")
    with transaction():
        actions.invite(actor_of(factories.facilitator(space)), space.id, "guest")
    for _ in range(2):
        with transaction():
            actions.decline_invitation(actor_of(guest), space.slug)
    with pytest.raises(NotFound), transaction():
        actions.accept_invitation(actor_of(guest), space.slug)
    assert _role(space, guest) is None


@pytest.mark.parametrize("slug", ["a-private-one", "not-there"])
def test_without_an_invitation_nothing_can_be_accepted(app, slug):
    factories.space("a-private-one", visibility=PRIVATE)
    with pytest.raises(NotFound), transaction():
        actions.accept_invitation(actor_of(factories.user()), slug)


def test_an_invitation_taken_back_opens_nothing(app):
    space, guest = factories.space(visibility=PRIVATE), factories.user("guest")
    actor = actor_of(factories.facilitator(space))
    with transaction():
        actions.invite(actor, space.id, "guest")
    (invitation,) = queries.invitations_of(space.id)
    with transaction():
        actions.withdraw_invitation(actor, space.id, invitation.id)
    with pytest.raises(NotFound), transaction():
        actions.accept_invitation(actor_of(guest), space.slug)


def test_joining_by_code_answers_the_invitation(app):
    space, guest = factories.space(), factories.user("guest")
    code = _code(space)
    with transaction():
        actions.invite(actor_of(factories.facilitator(space)), space.id, "guest")
    with transaction():
        actions.redeem_code(actor_of(guest), code.code)
    assert db.session.scalars(sa.select(SpaceInvitation)).all() == []


@pytest.mark.parametrize("username", ["nobody-here", "inside"], ids=["unknown", "already in"])
def test_who_cannot_be_invited_is_said_beside_the_field(app, username):
    space = factories.space()
    factories.membership(space, factories.user("inside"))
    with pytest.raises(Invalid) as refused, transaction():
        actions.invite(actor_of(factories.facilitator(space)), space.id, username)
    assert refused.value.field == "username"


# Accounts that go


def test_a_deleted_account_is_in_no_space(app):
    space, member = factories.space(), factories.user("leaver")
    factories.membership(factories.space(), member)
    with transaction():
        actions.invite(actor_of(factories.facilitator(space)), space.id, "leaver")
    with transaction():
        actions.forget_member(member.id)
    assert list(queries.export(member.id)) == []


def test_the_export_tells_a_member_where_they_belong(app):
    space, member = factories.space("a-course"), factories.user("reader")
    factories.membership(space, member)
    other = factories.space("another")
    with transaction():
        actions.invite(actor_of(factories.facilitator(other)), other.id, "reader")
    kinds = [(kind, values["name"]) for kind, values in queries.export(member.id)]
    assert kinds == [("membership", "A Course"), ("space_invitation", "Another")]
