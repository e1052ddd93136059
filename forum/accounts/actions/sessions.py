"""Signing in and out: sessions begin, change their token, and end."""

from datetime import timedelta

import sqlalchemy as sa

from forum.accounts import tokens
from forum.accounts.actions import throttle
from forum.accounts.actions.feeds import end_feed_tokens
from forum.accounts.effects import index_person
from forum.accounts.models import User, UserSession, UserState
from forum.accounts.queries import Credentials
from forum.accounts.rules import Rules
from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.i18n import _, lazy
from forum.sanctions.queries import SanctionRow, suspensions_of

WRONG = lazy("The name or the password is not right.")
SEEN_EVERY = timedelta(hours=1)  # how exactly it is known when a session was last used


class Suspended(Forbidden):
    """The password was right, and the account is suspended; by which sanction, if it is known."""

    def __init__(self, sanction: SanctionRow | None, timezone: str) -> None:
        super().__init__(
            _("This account is paused by the moderators, so it cannot be used just now.")
        )
        self.sanction = sanction
        self.timezone = timezone


def refuse_sign_in(found: Credentials | None) -> Invalid:
    """Note a sign-in that failed; returns the refusal, the same words for every reason."""
    record(None, "account.sign_in_refused", "account", found.user_id if found else None)
    return Invalid(WRONG)


def sign_in(
    rules: Rules,
    checked: Credentials,
    *,
    device: str,
    counted: tuple[int, ...],
    rehashed: str | None,
) -> str:
    """Begin a session of somebody whose password was right; returns its token.

    A deactivated account comes back, and one whose suspension is over. Suspended when it is not.
    Conflict when the password changed since it was checked.
    """
    user = db.session.scalars(
        sa.select(User).where(User.id == checked.user_id).with_for_update()
    ).one()
    if not tokens.same(user.password_hash, checked.password_hash):
        raise Conflict(_("The password was changed just now. Please sign in with the new one."))
    if user.state is UserState.SUSPENDED:
        _end_suspension(user)
    elif user.state is UserState.DEACTIVATED:
        _come_back(user)
    elif user.state is not UserState.ACTIVE:
        raise Invalid(WRONG)
    if rehashed is not None:
        user.password_hash = rehashed
    throttle.take_back(counted)
    _forget_old(rules, user.id)
    record(user.id, "account.sign_in", "account", user.id)
    return begin_session(user.id, device)


def _end_suspension(user: User) -> None:
    """Let in whose suspension is over. What no sanction explains is not ended by itself."""
    suspensions = suspensions_of(user.id)
    if not suspensions:
        raise Suspended(None, user.timezone)
    if suspensions[0].is_in_force:
        raise Suspended(suspensions[0], user.timezone)
    _come_back(user)


def _come_back(user: User) -> None:
    user.state = UserState.ACTIVE
    index_person(user)
    record(user.id, "account.reactivate", "account", user.id)
    versions.touch(versions.SITE)


def _forget_old(rules: Rules, user_id: int) -> None:
    now = clock.now()
    db.session.execute(
        sa.delete(UserSession).where(
            UserSession.user_id == user_id,
            sa.or_(
                UserSession.created_at <= now - timedelta(days=rules.absolute_days),
                UserSession.last_seen_at <= now - timedelta(days=rules.idle_days),
            ),
        )
    )


def begin_session(user_id: int, device: str) -> str:
    token = tokens.new_token()
    now = clock.now()
    db.session.add(
        UserSession(
            user_id=user_id,
            token_hash=tokens.digest(token),
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            device=device,
        )
    )
    return token


def renew_session(actor: Actor) -> str:
    """Give the actor's session a new token and count it as just signed in; the old token dies."""
    token = tokens.new_token()
    now = clock.now()
    changed = db.session.execute(
        sa.update(UserSession)
        .where(UserSession.id == actor.session_id, UserSession.user_id == actor.id)
        .values(token_hash=tokens.digest(token), authenticated_at=now, last_seen_at=now)
        .returning(UserSession.id)
    ).all()
    if not changed:
        raise Conflict(_("This session has ended. Please sign in again."))
    return token


def still_here(actor: Actor) -> None:
    """Note that a session is in use, at most once an hour."""
    now = clock.now()
    db.session.execute(
        sa.update(UserSession)
        .where(UserSession.id == actor.session_id, UserSession.last_seen_at < now - SEEN_EVERY)
        .values(last_seen_at=now)
    )


def end_session(actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions; NotFound when it is not theirs."""
    gone = db.session.execute(
        sa.delete(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == actor.id)
        .returning(UserSession.id)
    ).all()
    if not gone:
        raise NotFound


def end_other_sessions(actor: Actor) -> int:
    """End all sessions of the actor but this one; returns how many."""
    return end_sessions(member_id(actor), but=actor.session_id)


def end_sessions(user_id: int, *, but: int | None = None) -> int:
    """End the sessions of a member, and the feeds that read as them; returns how many sessions."""
    end_feed_tokens(user_id)
    statement = sa.delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        statement = statement.where(UserSession.id != but)
    return len(db.session.execute(statement.returning(UserSession.id)).all())
