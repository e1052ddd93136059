"""What administrators do with other people's accounts."""

import sqlalchemy as sa

from forum.accounts import policy
from forum.accounts.actions.sessions import end_sessions
from forum.accounts.effects import index_person
from forum.accounts.models import User, UserState
from forum.accounts.policy import SUSPENDABLE, AccountFacts
from forum.audit.actions import record
from forum.core.actor import Actor, SiteRole
from forum.core.db import db
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import _
from forum.sanctions.queries import suspensions_of


def set_role(actor: Actor, user_id: int, role: SiteRole) -> None:
    """Give a member a role on the site; their running sessions have it at once."""
    user = _user(user_id)
    policy.may_set_role(actor, _facts(user)).enforce()
    _set_role(actor.id, user, role)


def promote(user_id: int, role: SiteRole) -> None:
    """The same from the command line, which is how the first administrator comes to be."""
    _set_role(None, _user(user_id), role)


def _set_role(actor_id: int | None, user: User, role: SiteRole) -> None:
    if user.role is role:
        return
    before = {"role": user.role.value}
    user.role = role
    record(
        actor_id, "account.set_role", "account", user.id, before=before, after={"role": role.value}
    )


def end_sessions_of(actor: Actor, user_id: int) -> int:
    """Sign a member out everywhere; returns how many sessions ended."""
    user = _user(user_id)
    policy.may_end_sessions_of(actor, _facts(user)).enforce()
    count = end_sessions(user.id)
    record(actor.id, "account.end_sessions", "account", user.id, after={"count": count})
    return count


def suspend(user_id: int) -> None:
    """Keep a member from signing in, and end every session; sanctions say until when and why.

    Call it before `record`, as everything that locks an account. Enforces no policy.
    """
    user = _user(user_id)
    if user.state not in SUSPENDABLE:
        raise Conflict(_("This account is gone."))
    user.state = UserState.SUSPENDED
    index_person(user)
    end_sessions(user.id)


def resume(user_id: int, *, lifted: int) -> None:
    """Let a member sign in again, unless another sanction than the one lifted keeps them out."""
    user = _user(user_id)
    others = (row for row in suspensions_of(user_id) if row.id != lifted and row.is_in_force)
    if user.state is UserState.SUSPENDED and not any(others):
        user.state = UserState.ACTIVE
        index_person(user)


def _facts(user: User) -> AccountFacts:
    return AccountFacts(user.id, user.role, user.state)


def _user(user_id: int) -> User:
    user = db.session.scalar(
        sa.select(User).where(User.id == user_id).with_for_update(key_share=True)
    )
    if user is None:
        raise NotFound
    return user
