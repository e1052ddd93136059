"""New passwords: changed by their owner, or set with a link or a recovery code."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from forum.accounts import policy, tokens
from forum.accounts.actions.joining import use_link
from forum.accounts.actions.sessions import end_sessions, renew_session
from forum.accounts.models import MailToken, RecoveryCode, User
from forum.accounts.policy import WITH_PASSWORD
from forum.accounts.queries import RESET, Account, Credentials, Link, bound_to
from forum.accounts.rules import Rules
from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.core.i18n import _
from forum.mail.actions import send


def mail_reset_link(rules: Rules, account: Account | None) -> None:
    """Mail a link to the confirmed address of an account; nothing when there is none."""
    if account is None or not (account.email and account.is_email_confirmed):
        return
    if account.state not in WITH_PASSWORD:
        return
    token, link_id = _add_reset_link(account.id, rules.reset_minutes)
    context = {
        "link": rules.reset_link(token),
        "minutes": rules.reset_minutes,
    }
    event = f"reset:{link_id}"
    send("reset", account.email, context, event=event, language=account.language)


def make_reset_link(actor: Actor, rules: Rules, account: Account) -> str:
    """A link that an administrator hands over; returns it, as it is shown once."""
    policy.may_make_reset_link(actor, account.facts).enforce()
    return _handed_over(actor.id, rules, account)


def make_reset_link_from_command_line(rules: Rules, account: Account) -> str:
    return _handed_over(None, rules, account)


def _handed_over(actor_id: int | None, rules: Rules, account: Account) -> str:
    if account.state not in WITH_PASSWORD:
        raise Forbidden(
            _("A link would be of no use: nobody can sign in to this account just now.")
        )
    token, _id = _add_reset_link(account.id, rules.reset_minutes)
    record(actor_id, "account.make_reset_link", "account", account.id)
    return rules.reset_link(token)


def _add_reset_link(user_id: int, minutes: int) -> tuple[str, int]:
    """A new link; an earlier one of the same account is dead."""
    db.session.execute(
        sa.delete(MailToken).where(MailToken.user_id == user_id, MailToken.purpose == RESET)
    )
    password_hash = db.session.scalar(sa.select(User.password_hash).where(User.id == user_id))
    token = tokens.new_token()
    now = clock.now()
    link = MailToken(
        user_id=user_id,
        purpose=RESET,
        token_hash=tokens.digest(token),
        bound_to=bound_to(RESET, password_hash, None),
        created_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    db.session.add(link)
    db.session.flush()
    return token, link.id


def reset_with_link(rules: Rules, link: Link, password_hash: str) -> None:
    """Set a password with a link: it is used up, and every session ends."""
    use_link(link.id)
    _reset(rules, link.user_id, password_hash, means="link")


def reset_with_code(rules: Rules, code: Link, password_hash: str) -> None:
    """Set a password with a recovery code: it is used up, and every session ends."""
    used = db.session.execute(
        sa.update(RecoveryCode)
        .where(RecoveryCode.id == code.id, RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    ).all()
    if not used:
        raise Conflict(_("This code was used already."))
    _reset(rules, code.user_id, password_hash, means="recovery code")


def _reset(rules: Rules, user_id: int, password_hash: str, *, means: str) -> None:
    user = _user(user_id)
    _set(rules, user, password_hash, reason=means)
    end_sessions(user.id)


def change_password(
    actor: Actor, rules: Rules, checked: Credentials, *, password_hash: str, end_others: bool
) -> str:
    """Change the actor's password, which was asked and right; returns the session's new token."""
    user = _user(member_id(actor))
    if not tokens.same(user.password_hash, checked.password_hash):
        raise Conflict(_("The password was changed just now, elsewhere."))
    _set(rules, user, password_hash, reason="changed in settings")
    if end_others:
        end_sessions(user.id, but=actor.session_id)
    return renew_session(actor)


def _user(user_id: int) -> User:
    user = db.session.scalar(sa.select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound
    return user


def _set(rules: Rules, user: User, password_hash: str, *, reason: str) -> None:
    user.password_hash = password_hash
    user.password_changed_at = clock.now()
    db.session.execute(
        sa.delete(MailToken).where(
            MailToken.user_id == user.id, MailToken.purpose == RESET, MailToken.used_at.is_(None)
        )
    )
    record(user.id, "account.change_password", "account", user.id, reason=reason)
    tell(rules, user, "password-changed", at=user.password_changed_at)


def tell(rules: Rules, user: User, kind: str, *, at: datetime, to: str | None = None) -> None:
    """Tell a member by mail about a change to their account, where there is a sure address."""
    recipient = to or (user.email if user.email_confirmed_at else None)
    if recipient:
        context = {"link": f"{rules.base_url}/reset"}
        event = f"{kind}:{user.id}:{at.isoformat()}"
        send(kind, recipient, context, event=event, language=user.language)
