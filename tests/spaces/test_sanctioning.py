"""Sanctions with all that follows from them, for accounts and memberships."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import actions as accounts
from forum.accounts.models import User, UserSession, UserState
from forum.core import clock
from forum.core.actor import Restraint
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.notifications.queries import inbox
from forum.sanctions import queries as sanctions
from forum.spaces import actions
from forum.spaces.actions import CodeDraft
from forum.spaces.models import Membership, SpaceRole, Visibility
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
ENDLESS = {Restraint.NOTICE, Restraint.SLOW, Restraint.HOLD, Restraint.EXCLUDE}


@pytest.fixture
def people(app):
    return cast()


def sanction(by, user, kind=Restraint.MUTE, space=None, **values):
    given = {
        "kind": kind,
        "space_id": space.id if space is not None else None,
        "until": None if kind in ENDLESS else clock.now() + WEEK,
        "reason": "It hurt somebody.",
        **values,
    }
    user_id = user.id
    with transaction():
        return actions.sanction_member(by, user_id, **given)


def lift(by, sanction_id):
    with transaction():
        actions.lift_sanction(by, sanction_id, "It was settled.")


def now_restrained(user):
    """The member's actor as their next request has it."""
    return replace(actor_of(user), restrictions=sanctions.in_force(user.id))


def state(user):
    return db.session.scalar(sa.select(User.state).where(User.id == user.id))


def session_count(user):
    found = sa.select(sa.func.count()).select_from(UserSession)
    return db.session.scalar(found.where(UserSession.user_id == user.id))


def role(space, user):
    return db.session.scalar(
        sa.select(Membership.role).where(
            Membership.space_id == space.id, Membership.user_id == user.id
        )
    )


# -- Who ----------------------------------------------------------------------------------------


def test_a_facilitator_restrains_members_of_their_space_there_alone(people):
    facilitator, member = people["facilitator"], people.user("member")
    sanction(facilitator, member, space=people.space)
    with pytest.raises(NotFound):
        sanction(facilitator, member)
    with pytest.raises(NotFound):
        sanction(facilitator, member, space=factories.space())
    assert [one.space_id for one in sanctions.in_force(member.id)] == [people.space.id]


@pytest.mark.parametrize("name", ["moderator", "administrator"])
def test_a_facilitator_does_not_restrain_staff(people, name):
    with pytest.raises(Forbidden):
        sanction(people["facilitator"], people.user(name), space=people.space)


def test_a_facilitator_does_not_restrain_another_of_the_space_but_one_of_elsewhere(people):
    colleague = factories.facilitator(people.space)
    stranger = factories.facilitator(factories.space())
    with pytest.raises(Forbidden):
        sanction(people["facilitator"], colleague, space=people.space)
    sanction(people["facilitator"], stranger, space=people.space)


@pytest.mark.parametrize("name", ["member", "stranger"])
def test_nobody_else_restrains_anybody(people, name):
    for space in (people.space, None):
        with pytest.raises(NotFound):
            sanction(people[name], people.user("author"), space=space)


def test_a_facilitator_who_is_suspended_there_restrains_nobody(people):
    facilitator = people.user("facilitator")
    sanction(people["moderator"], facilitator, Restraint.SUSPEND, people.space)
    with pytest.raises(NotFound):
        sanction(now_restrained(facilitator), people.user("member"), space=people.space)


def test_who_may_not_give_may_not_lift(people):
    member = people.user("member")
    everywhere = sanction(people["moderator"], member)
    here = sanction(people["moderator"], member, space=people.space)
    for name in ("facilitator", "author", "member"):
        with pytest.raises(NotFound):
            lift(people[name], everywhere)
    lift(people["facilitator"], here)
    own = sanction(people["administrator"], people.user("moderator"))
    with pytest.raises(Forbidden):
        lift(people["moderator"], own)


def test_nobody_restrains_who_does_not_exist_or_is_gone(people):
    gone = factories.user(state=UserState.DELETED)
    for user in (gone, User(id=2**31 - 2)):
        with pytest.raises(NotFound):
            sanction(people["moderator"], user)


# -- Everywhere ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Restraint.SUSPEND, Restraint.EXCLUDE])
def test_who_is_suspended_everywhere_is_signed_out_and_keeps_their_name(people, kind):
    user = people.user("member")
    factories.session_token(user)
    factories.session_token(user)
    sanction(people["moderator"], user, kind)
    assert (state(user), session_count(user)) == (UserState.SUSPENDED, 0)
    assert user.display_name == db.session.get_one(User, user.id).display_name
    assert role(people.space, user) is SpaceRole.MEMBER


@pytest.mark.parametrize("kind", [Restraint.NOTICE, Restraint.SLOW, Restraint.HOLD, Restraint.MUTE])
def test_milder_sanctions_leave_the_account_and_its_sessions(people, kind):
    user = people.user("member")
    factories.session_token(user)
    sanction(people["moderator"], user, kind)
    assert (state(user), session_count(user)) == (UserState.ACTIVE, 1)


def test_lifting_lets_somebody_in_at_once_unless_another_keeps_them_out(people):
    user = people.user("member")
    first = sanction(people["moderator"], user, Restraint.SUSPEND)
    second = sanction(people["moderator"], user, Restraint.EXCLUDE)
    lift(people["moderator"], first)
    assert state(user) is UserState.SUSPENDED
    lift(people["moderator"], second)
    assert state(user) is UserState.ACTIVE


def test_one_that_has_ended_keeps_nobody_out_when_the_other_is_lifted(people):
    user = people.user("member")
    with time_machine.travel(AT, tick=False):
        sanction(people["moderator"], user, Restraint.SUSPEND)
        other = sanction(people["moderator"], user, Restraint.EXCLUDE)
    with time_machine.travel(AT + WEEK, tick=False):
        lift(people["moderator"], other)
    assert state(user) is UserState.ACTIVE


def test_lifting_something_milder_does_not_end_a_suspension(people):
    user = people.user("member")
    mute = sanction(people["moderator"], user)
    sanction(people["moderator"], user, Restraint.SUSPEND)
    lift(people["moderator"], mute)
    assert state(user) is UserState.SUSPENDED


def test_lifting_twice_is_refused_and_changes_nothing(people):
    user = people.user("member")
    given = sanction(people["moderator"], user, Restraint.SUSPEND)
    lift(people["moderator"], given)
    with transaction():
        accounts.deactivate(actor_of(user))
    with pytest.raises(Conflict):
        lift(people["moderator"], given)
    assert state(user) is UserState.DEACTIVATED


def test_an_imported_author_cannot_be_suspended(people):
    with pytest.raises(Conflict):
        sanction(
            people["moderator"],
            factories.user(state=UserState.PLACEHOLDER),
            Restraint.SUSPEND,
        )


# -- In one space -------------------------------------------------------------------------------


def test_who_is_excluded_from_a_space_is_no_member_of_it_and_stays_one_elsewhere(people):
    user, elsewhere = people.user("member"), factories.space()
    factories.membership(elsewhere, user)
    sanction(people["facilitator"], user, Restraint.EXCLUDE, people.space)
    assert role(people.space, user) is None
    assert role(elsewhere, user) is SpaceRole.MEMBER
    assert state(user) is UserState.ACTIVE


def test_who_is_suspended_in_a_space_stays_a_member_of_it(people):
    user = people.user("member")
    sanction(people["facilitator"], user, Restraint.SUSPEND, people.space)
    assert role(people.space, user) is SpaceRole.MEMBER


@pytest.mark.parametrize("kind", [Restraint.SUSPEND, Restraint.EXCLUDE])
def test_no_way_leads_back_into_the_space_until_it_is_lifted(people, kind):
    user, facilitator, space = people.user("stranger"), people["facilitator"], people.space
    given = sanction(facilitator, user, kind, space)
    with transaction():
        code = actions.make_code(facilitator, space.id, CodeDraft(None, 1)).code
        actions.invite(facilitator, space.id, user.username)
    ways = (
        lambda actor: actions.join_space(actor, space.id),
        lambda actor: actions.redeem_code(actor, code),
        lambda actor: actions.accept_invitation(actor, space.slug),
    )
    for way in ways:
        with pytest.raises(Forbidden, match="take part in this space"), transaction():
            way(now_restrained(user))
    assert role(space, user) is None
    lift(facilitator, given)
    with transaction():
        actions.redeem_code(now_restrained(user), code)  # it was not used up
    assert role(space, user) is SpaceRole.MEMBER


def test_an_exclusion_takes_invitations_back(people):
    user, space = people.user("stranger"), people.space
    with transaction():
        actions.invite(people["facilitator"], space.id, user.username)
    given = sanction(people["facilitator"], user, Restraint.EXCLUDE, space)
    lift(people["facilitator"], given)
    with pytest.raises(NotFound), transaction():
        actions.accept_invitation(now_restrained(user), space.slug)


def test_the_last_facilitator_of_a_private_space_is_not_excluded(app):
    people = cast(Visibility.PRIVATE)
    with pytest.raises(Forbidden, match="needs a facilitator"):
        sanction(people["moderator"], people.user("facilitator"), Restraint.EXCLUDE, people.space)
    assert sanctions.in_force(people.user("facilitator").id) == ()


def test_the_member_reads_in_which_space_it_holds(app, people):
    user = people.user("member")
    sanction(people["facilitator"], user, space=people.space)
    with app.test_request_context():
        (row,) = inbox(actor_of(user)).rows
    assert f"This holds in the space {people.space.name}." in row.texts
