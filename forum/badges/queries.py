"""Reads of badges: whose are in force, and how they are shown."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.badges.words import badge_label
from forum.core import clock
from forum.core.db import db

__all__ = [
    "BadgeChip",
    "BadgeRow",
    "active_badges",
    "badge_label",
    "chips",
    "in_force",
    "is_practitioner",
]


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

    id: int
    kind: BadgeKind
    organisation: str
    role: str
    work: str
    expires_at: datetime

    @property
    def label(self) -> str:
        return badge_label(self.kind, self.organisation)


def in_force(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a badge can be worn now: granted, and neither ended nor expired."""
    return sa.and_(Badge.state == BadgeState.ACTIVE, Badge.expires_at > now)


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


def is_practitioner(user_id: int | None) -> bool:
    """Whether a member holds a practitioner's badge that is in force."""
    if user_id is None:
        return False
    holds = sa.exists().where(
        Badge.user_id == user_id, Badge.kind == BadgeKind.PRACTITIONER, in_force(clock.now())
    )
    return bool(db.session.scalar(sa.select(holds)))


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
