"""Reads of accounts: who is signed in, who somebody is, what they may sign in with."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from forum.accounts import names, tokens
from forum.accounts.models import (
    FeedToken,
    MailToken,
    RecoveryCode,
    SiteInvitation,
    Theme,
    User,
    UserSession,
    UserState,
)
from forum.accounts.people import PersonName, person
from forum.accounts.policy import WITH_PASSWORD, AccountFacts
from forum.core import clock, paging
from forum.core.actor import Actor, SiteRole, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.paging import Page
from forum.notifications.queries import unread_count
from forum.sanctions.queries import in_force, is_restrained

PAGE_SIZE = 50
RESET = "reset"  # purposes of links
CONFIRM = "confirm-address"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session it is, and when it was last known to be used."""

    actor: Actor
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    user_id: int
    state: UserState
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account as they themselves and administrators see it."""

    id: int
    username: str
    display_name: str
    role: SiteRole
    state: UserState
    email: str | None
    is_email_confirmed: bool
    about_source: str
    about_html: str
    timezone: str
    theme: Theme
    has_shortcuts: bool
    language: str
    created_at: datetime
    password_changed_at: datetime | None
    has_password: bool

    @property
    def facts(self) -> AccountFacts:
        return AccountFacts(self.id, self.role, self.state)

    @property
    def person(self) -> PersonName:
        return person(self.username, self.display_name, self.state)

    @property
    def known_words(self) -> tuple[str, ...]:
        """What a guesser would try first."""
        return (self.username, self.display_name, self.email or "")


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: int
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class FeedTokenRow:
    id: int
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationRow:
    id: int
    created_at: datetime
    expires_at: datetime
    uses_left: int
    is_revoked: bool
    created_by: PersonName


@dataclass(frozen=True, slots=True)
class Link:
    """A link that still works: whose it is, and the token's row."""

    id: int
    user_id: int
    account: Account


# Asked once by every page of a member, so the columns are few and the statement is made once. What
# waits in the inbox, whether a sanction is in force, and whether there is a badge to wear, come
# with it.
_NOW = sa.bindparam("now", type_=User.created_at.type)
# Badges are above this package.
_BADGE = sa.table(
    "badge",
    sa.column("user_id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("expires_at", User.created_at.type),
)
_HAS_BADGES = sa.exists().where(
    _BADGE.c.user_id == User.id, _BADGE.c.state == "active", _BADGE.c.expires_at > _NOW
)
_SIGNED_IN = (
    sa.select(
        User.id,
        User.username,
        User.display_name,
        User.role,
        User.created_at,
        User.timezone,
        User.theme,
        User.has_shortcuts,
        User.language,
        UserSession.id.label("session_id"),
        UserSession.authenticated_at,
        UserSession.last_seen_at,
        unread_count(User.id.expression).label("unread_count"),
        is_restrained(User.id.expression, _NOW).label("is_restrained"),
        _HAS_BADGES.label("has_badges"),
    )
    .join(User, User.id == UserSession.user_id)
    .where(
        UserSession.token_hash == sa.bindparam("token_hash"),
        UserSession.created_at > sa.bindparam("born_after", type_=UserSession.created_at.type),
        UserSession.last_seen_at > sa.bindparam("seen_after", type_=UserSession.created_at.type),
        User.state == UserState.ACTIVE,
    )
)


def find_signed_in(token: str, *, idle_days: int, absolute_days: int) -> SignedIn | None:
    """Who holds this session token; None when it is unknown, old or idle.

    One statement, and a second one for whom a sanction is in force.
    """
    now = clock.now()
    found = db.session.connection().execute(
        _SIGNED_IN,
        {
            "token_hash": tokens.digest(token),
            "now": now,
            "born_after": now - timedelta(days=absolute_days),
            "seen_after": now - timedelta(days=idle_days),
        },
    )
    row = found.one_or_none()
    if row is None:
        return None
    actor = Actor(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        role=row.role,
        created_at=row.created_at,
        timezone=row.timezone,
        theme=row.theme.value,
        has_shortcuts=row.has_shortcuts,
        language=row.language,
        session_token=token,
        session_id=row.session_id,
        authenticated_at=row.authenticated_at,
        restrictions=in_force(row.id) if row.is_restrained else (),
        unread_count=row.unread_count,
        has_badges=row.has_badges,
    )
    return SignedIn(actor, row.last_seen_at)


def find_feed_reader(token: str) -> Actor | None:
    """Whose feeds this token reads, as they are now; None when it is unknown or they are gone."""
    row = db.session.execute(
        sa.select(User.id, User.username, User.display_name, User.role, User.created_at)
        .join(FeedToken, FeedToken.user_id == User.id)
        .where(FeedToken.token_hash == tokens.digest(token), User.state == UserState.ACTIVE)
    ).one_or_none()
    if row is None:
        return None
    return Actor(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        role=row.role,
        created_at=row.created_at,
    )


def find_credentials(identifier: str) -> Credentials | None:
    """By user name or confirmed address, in one statement."""
    row = db.session.execute(
        sa.select(User.id, User.state, User.password_hash).where(_is_called(identifier))
    ).first()
    return None if row is None else Credentials(*row)


def _is_called(identifier: str) -> sa.ColumnElement[bool]:
    """User names hold no "@" and addresses do, so at most one account answers to either."""
    return sa.or_(
        User.username_key == names.key(identifier),
        sa.and_(
            User.email_key == identifier.casefold(),
            User.email_confirmed_at.is_not(None),
        ),
    )


def _account_columns() -> tuple[sa.ColumnElement[Any], ...]:
    return (
        User.id.expression,
        User.username.expression,
        User.display_name.expression,
        User.role.expression,
        User.state.expression,
        User.email.expression,
        User.email_confirmed_at.is_not(None).label("is_email_confirmed"),
        User.about_source.expression,
        User.about_html.expression,
        User.timezone.expression,
        User.theme.expression,
        User.has_shortcuts.expression,
        User.language.expression,
        User.created_at.expression,
        User.password_changed_at.expression,
        User.password_hash.is_not(None).label("has_password"),
    )


def _account(condition: sa.ColumnElement[bool]) -> Account | None:
    row = db.session.execute(sa.select(*_account_columns()).where(condition)).one_or_none()
    return None if row is None else Account(*row)


def find_account(username: str) -> Account | None:
    return _account(User.username_key == names.key(username))


def find_account_called(identifier: str) -> Account | None:
    """By user name or confirmed address."""
    return _account(_is_called(identifier))


def get_account(username: str) -> Account:
    account = find_account(username)
    if account is None:
        raise NotFound
    return account


def get_account_by_id(user_id: int) -> Account:
    account = _account(User.id == user_id)
    if account is None:
        raise NotFound
    return account


def own_account(actor: Actor) -> Account:
    return get_account_by_id(member_id(actor))


def own_credentials(actor: Actor) -> Credentials:
    row = db.session.execute(
        sa.select(User.id, User.state, User.password_hash).where(User.id == actor.id)
    ).one()
    return Credentials(*row)


def sessions_of(actor: Actor, *, idle_days: int, absolute_days: int) -> tuple[SessionRow, ...]:
    """The actor's live sessions, the latest used first."""
    now = clock.now()
    rows = db.session.execute(
        sa.select(
            UserSession.id,
            UserSession.device,
            UserSession.created_at,
            UserSession.last_seen_at,
            (UserSession.id == actor.session_id).label("is_current"),
        )
        .where(
            UserSession.user_id == actor.id,
            UserSession.created_at > now - timedelta(days=absolute_days),
            UserSession.last_seen_at > now - timedelta(days=idle_days),
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return tuple(SessionRow(*row) for row in rows)


def feed_tokens_of(actor: Actor) -> tuple[FeedTokenRow, ...]:
    """The actor's private addresses of feeds, the newest first."""
    rows = db.session.execute(
        sa.select(FeedToken.id, FeedToken.name, FeedToken.created_at)
        .where(FeedToken.user_id == actor.id)
        .order_by(FeedToken.id.desc())
    )
    return tuple(FeedTokenRow(*row) for row in rows)


def unused_codes(actor: Actor) -> int:
    """How many recovery codes are left."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.user_id == actor.id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def other_administrators(actor: Actor) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(User)
            .where(
                User.role == SiteRole.ADMINISTRATOR,
                User.state == UserState.ACTIVE,
                User.id != actor.id,
            )
        )
        or 0
    )


def find_link(purpose: str, token: str) -> Link | None:
    """A link that is unused, not expired, and made for what still is; else None."""
    row = db.session.execute(
        sa.select(
            MailToken.id, MailToken.user_id, MailToken.bound_to, User.password_hash, User.email
        )
        .join(User, User.id == MailToken.user_id)
        .where(
            MailToken.purpose == purpose,
            MailToken.token_hash == tokens.digest(token),
            MailToken.used_at.is_(None),
            MailToken.expires_at > clock.now(),
            User.state.in_(WITH_PASSWORD),
        )
    ).one_or_none()
    if row is None:
        return None
    if not tokens.same(row.bound_to, bound_to(purpose, row.password_hash, row.email)):
        return None
    return Link(row.id, row.user_id, get_account_by_id(row.user_id))


def bound_to(purpose: str, password_hash: str | None, email: str | None) -> str:
    """The digest of what a link is made for: when that changes, the link is dead."""
    return tokens.digest((password_hash if purpose == RESET else email) or "")


def find_code(identifier: str, code: str) -> Link | None:
    """The unused recovery code of this member; one statement whether they exist or not."""
    row = db.session.execute(
        sa.select(RecoveryCode.id, RecoveryCode.user_id)
        .join(User, User.id == RecoveryCode.user_id)
        .where(
            _is_called(identifier),
            RecoveryCode.code_hash == tokens.code_digest(code),
            RecoveryCode.used_at.is_(None),
            User.state.in_(WITH_PASSWORD),
        )
    ).one_or_none()
    return None if row is None else Link(row.id, row.user_id, get_account_by_id(row.user_id))


def members(start: str, cursor: str | None = None) -> Page[Account]:
    """Accounts whose user name begins so, the newest first; placeholders and gone ones too."""
    statement = sa.select(*_account_columns()).order_by(User.id.desc()).limit(PAGE_SIZE + 1)
    if start:
        begins = User.username_key.startswith(names.key(start), autoescape=True)
        statement = statement.where(begins)
    if cursor is not None:
        (after,) = paging.decode(cursor, (int,))
        statement = statement.where(User.id < after)
    found = db.session.execute(statement).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = paging.encode((rows[-1].id,)) if has_more else None
    return Page(tuple(Account(*row) for row in rows), next=following)


def names_of(user_ids: Collection[int]) -> dict[int, PersonName]:
    """The names of these members, in one statement; unknown ids are left out."""
    if not user_ids:
        return {}
    statement = sa.select(User.id, User.username, User.display_name, User.state)
    found = db.session.execute(statement.where(User.id.in_(user_ids)))
    return {row.id: person(row.username, row.display_name, row.state) for row in found}


def session_count(user_id: int) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(UserSession)
            .where(UserSession.user_id == user_id)
        )
        or 0
    )


def invitations(cursor: str | None = None) -> Page[InvitationRow]:
    """Site invitations, the newest first."""
    columns: tuple[sa.ColumnElement[Any], ...] = (
        SiteInvitation.id.expression,
        SiteInvitation.created_at.expression,
        SiteInvitation.expires_at.expression,
        SiteInvitation.uses_left.expression,
        SiteInvitation.revoked_at.expression,
        User.username.expression,
        User.display_name.expression,
        User.state.expression,
    )
    statement = (
        sa.select(*columns)
        .outerjoin(User, User.id == SiteInvitation.created_by_id)
        .order_by(SiteInvitation.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor is not None:
        (after,) = paging.decode(cursor, (int,))
        statement = statement.where(SiteInvitation.id < after)
    found = db.session.execute(statement).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = paging.encode((rows[-1].id,)) if has_more else None
    return Page(tuple(_invitation(row) for row in rows), next=following)


def _invitation(row: sa.Row[Any]) -> InvitationRow:
    return InvitationRow(
        id=row.id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        uses_left=row.uses_left,
        is_revoked=row.revoked_at is not None,
        created_by=person(row.username, row.display_name, row.state),
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The account, its sessions and feeds, for the download of one's own data; no secrets."""
    account = get_account_by_id(user_id)
    yield (
        "account",
        {
            "username": account.username,
            "display_name": account.display_name,
            "email": account.email,
            "is_email_confirmed": account.is_email_confirmed,
            "role": account.role.value,
            "about": account.about_source,
            "timezone": account.timezone,
            "theme": account.theme.value,
            "has_shortcuts": account.has_shortcuts,
            "language": account.language,
            "joined_at": account.created_at.isoformat(),
        },
    )
    for session in db.session.scalars(
        sa.select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.id)
    ):
        yield (
            "sessions",
            {
                "device": session.device,
                "started_at": session.created_at.isoformat(),
                "last_used_at": session.last_seen_at.isoformat(),
            },
        )
    for made in db.session.scalars(
        sa.select(FeedToken).where(FeedToken.user_id == user_id).order_by(FeedToken.id)
    ):
        yield "private_feeds", {"name": made.name, "made_at": made.created_at.isoformat()}
