"""Reads of badges: whose are in force, how they are shown, and what waits for moderators."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.badges.models import Badge, BadgeKind, BadgeState, LivedExperience
from forum.badges.policy import BadgeFacts
from forum.badges.words import badge_label
from forum.core import clock, paging
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import link_host
from forum.core.paging import Page

__all__ = [
    "BadgeChip",
    "BadgeRow",
    "OwnBadge",
    "RequestRow",
    "active_badges",
    "badge_label",
    "chip",
    "chips",
    "export",
    "get_request",
    "has_lived_experience",
    "holds",
    "in_force",
    "is_practitioner",
    "own_badges",
    "requests",
]

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class BadgeChip:
    """A badge as it stands beside a name; a past one says so."""

    kind: BadgeKind
    organisation: str
    is_past: bool = False

    @property
    def label(self) -> str:
        return badge_label(self.kind, self.organisation, is_past=self.is_past)


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge in force, as its holder chooses it and as a profile shows it."""

    is_past: ClassVar[bool] = False  # so that it can stand as a chip

    id: int
    kind: BadgeKind
    organisation: str
    role: str
    work: str
    expires_at: datetime

    @property
    def label(self) -> str:
        return badge_label(self.kind, self.organisation)


@dataclass(frozen=True, slots=True)
class OwnBadge:
    """A badge or a request as the member it belongs to sees it."""

    id: int
    kind: BadgeKind
    organisation: str
    role: str
    work: str
    proof_url: str
    comment: str
    state: BadgeState
    requested_at: datetime
    decided_at: datetime | None
    decision_words: str
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str

    @property
    def label(self) -> str:
        return badge_label(self.kind, self.organisation)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A badge or a request as moderators see it."""

    id: int
    user_id: int
    member: PersonName
    kind: BadgeKind
    organisation: str
    role: str
    work: str
    proof_url: str
    comment: str
    state: BadgeState
    requested_at: datetime
    decided_at: datetime | None
    decided_by: PersonName | None
    decision_words: str
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str

    @property
    def label(self) -> str:
        return badge_label(self.kind, self.organisation)

    @property
    def path(self) -> str:
        return f"/moderation/badges/{self.id}"

    @property
    def proof_host(self) -> str:
        """The site that the proof is on, which matters more than the rest of its address."""
        return link_host(self.proof_url)

    @property
    def facts(self) -> BadgeFacts:
        return BadgeFacts(self.user_id, self.state)


def in_force(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a badge can be worn now: granted, and neither ended nor expired."""
    return sa.and_(Badge.state == BadgeState.ACTIVE, Badge.expires_at > now)


def practising(user_id: sa.SQLColumnExpression[int], now: datetime) -> sa.ColumnElement[bool]:
    """Whether the person of a statement holds a practitioner's badge that is in force."""
    return sa.exists().where(
        Badge.user_id == user_id, Badge.kind == BadgeKind.PRACTITIONER, in_force(now)
    )


def active_badges(user_id: int | None) -> tuple[BadgeRow, ...]:
    """The badges of a member that are in force, the oldest first; a visitor has none."""
    if user_id is None:
        return ()
    columns: tuple[sa.ColumnElement[Any], ...] = (
        Badge.id.expression,
        Badge.kind.expression,
        Badge.organisation.expression,
        Badge.role.expression,
        Badge.work.expression,
        Badge.expires_at.expression,
    )
    rows = db.session.execute(
        sa.select(*columns)
        .where(Badge.user_id == user_id, in_force(clock.now()))
        .order_by(Badge.id)
    )
    return tuple(BadgeRow(*row) for row in rows)


def holds(actor: Actor, badge_id: int) -> bool:
    """Whether this badge is the actor's own and in force."""
    found = sa.exists().where(
        Badge.id == badge_id, Badge.user_id == actor.id, in_force(clock.now())
    )
    return bool(db.session.scalar(sa.select(found)))


def is_practitioner(user_id: int | None) -> bool:
    """Whether a member holds a practitioner's badge that is in force."""
    if user_id is None:
        return False
    return bool(db.session.scalar(sa.select(practising(sa.literal(user_id), clock.now()))))


def chip(
    kind: BadgeKind | None,
    organisation: str | None,
    state: BadgeState | None,
    expires_at: datetime | None,
) -> BadgeChip | None:
    """A badge from the columns of an outer join; None where nobody wears one."""
    if kind is None or state is None:
        return None
    is_active = state is BadgeState.ACTIVE and expires_at is not None and expires_at > clock.now()
    return BadgeChip(kind, organisation or "", is_past=not is_active)


def chips(badge_ids: Collection[int]) -> dict[int, BadgeChip]:
    """These badges by id, in one statement; unknown ids are left out."""
    if not badge_ids:
        return {}
    rows = db.session.execute(
        sa.select(Badge.id, Badge.kind, Badge.organisation, Badge.state, Badge.expires_at).where(
            Badge.id.in_(badge_ids)
        )
    )
    found = {id_: chip(kind, name, state, until) for id_, kind, name, state, until in rows}
    return {id_: badge for id_, badge in found.items() if badge is not None}


def own_badges(actor: Actor) -> tuple[OwnBadge, ...]:
    """Everything that the actor asked for or held, the newest first."""
    columns: tuple[sa.ColumnElement[Any], ...] = (
        Badge.id.expression,
        Badge.kind.expression,
        Badge.organisation.expression,
        *_shared_columns(),
    )
    rows = db.session.execute(
        sa.select(*columns).where(Badge.user_id == member_id(actor)).order_by(Badge.id.desc())
    )
    return tuple(OwnBadge(**row._asdict()) for row in rows)


def _shared_columns() -> tuple[sa.ColumnElement[Any], ...]:
    return (
        Badge.role.expression,
        Badge.work.expression,
        Badge.proof_url.expression,
        Badge.comment.expression,
        Badge.state.expression,
        Badge.requested_at.expression,
        Badge.decided_at.expression,
        Badge.decision_words.expression,
        Badge.expires_at.expression,
        Badge.ended_at.expression,
        Badge.end_reason.expression,
    )


def requests(state: BadgeState, cursor: str | None = None) -> Page[RequestRow]:
    """Badges in this state, those that were asked for first on top."""
    statement = _request_statement().where(Badge.state == state)
    statement = statement.order_by(Badge.requested_at, Badge.id).limit(PAGE_SIZE + 1)
    if cursor is not None:
        at, after = paging.decode(cursor, (str, int))
        start = (sa.literal(paging.moment(at), Badge.requested_at.type), after)
        statement = statement.where(sa.tuple_(Badge.requested_at, Badge.id) > sa.tuple_(*start))
    rows, has_more = paging.cut(db.session.execute(statement).all(), PAGE_SIZE)
    shown = tuple(_request(row) for row in rows)
    last = shown[-1] if has_more else None
    following = paging.encode((last.requested_at.isoformat(), last.id)) if last else None
    return Page(shown, next=following)


def get_request(badge_id: int) -> RequestRow:
    row = db.session.execute(_request_statement().where(Badge.id == badge_id)).one_or_none()
    if row is None:
        raise NotFound
    return _request(row)


def _request_statement() -> sa.Select[Any]:
    decider = aliased(User)
    columns: tuple[sa.ColumnElement[Any], ...] = (
        Badge.id.expression,
        Badge.user_id.expression,
        Badge.kind.expression,
        Badge.organisation.expression,
        *_shared_columns(),
        User.username.expression,
        User.display_name.expression,
        User.state.label("user_state"),
        Badge.decided_by_id.expression,
        decider.username.label("decider_username"),
        decider.display_name.label("decider_name"),
        decider.state.label("decider_state"),
    )
    return (
        sa.select(*columns)
        .select_from(Badge)
        .join(User, User.id == Badge.user_id)
        .outerjoin(decider, decider.id == Badge.decided_by_id)
    )


def _request(row: sa.Row[Any]) -> RequestRow:
    values = row._asdict()
    member = person(values.pop("username"), values.pop("display_name"), values.pop("user_state"))
    decider = (
        values.pop("decider_username"),
        values.pop("decider_name"),
        values.pop("decider_state"),
    )
    by = person(*decider) if values.pop("decided_by_id") is not None else None
    return RequestRow(member=member, decided_by=by, **values)


def has_lived_experience(actor: Actor) -> bool:
    """What the actor said of themselves; nobody else is ever asked this about them."""
    return db.session.get(LivedExperience, member_id(actor)) is not None


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Badges and requests, and what only they know, for the download of one's own data."""
    for row in own_badges(Actor(id=user_id)):
        yield (
            "badges",
            {
                "kind": row.kind.value,
                "organisation": row.organisation,
                "role": row.role,
                "work": row.work,
                "proof": row.proof_url,
                "comment": row.comment,
                "state": row.state.value,
                "requested_at": row.requested_at.isoformat(),
                "decided_at": row.decided_at.isoformat() if row.decided_at else None,
                "answer": row.decision_words,
                "expires_at": row.expires_at.isoformat() if row.expires_at else None,
                "ended_at": row.ended_at.isoformat() if row.ended_at else None,
                "end_reason": row.end_reason,
            },
        )
    declared = db.session.get(LivedExperience, user_id)
    if declared is not None:
        yield "lived_experience", {"declared_at": declared.declared_at.isoformat()}
