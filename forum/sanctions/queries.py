"""Reads of sanctions: what is in force, and what was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Restraint, Restriction
from forum.core.db import db
from forum.core.errors import NotFound
from forum.sanctions.models import Sanction
from forum.sanctions.policy import STANDS_BY

_MOST = 200  # of a history; nobody has as many


@dataclass(frozen=True, slots=True)
class SanctionRow:
    """A sanction as staff read of it; `is_in_force` at the moment of reading."""

    id: int
    user_id: int
    kind: Restraint
    space_id: int | None
    reason: str
    decision_id: int | None
    given_by_id: int | None
    starts_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None
    lifted_by_id: int | None
    is_in_force: bool

    @property
    def restriction(self) -> Restriction:
        return Restriction(self.kind, self.space_id, self.ends_at, self.reason)


def standing(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """A condition on Sanction: it is in force at that time."""
    at = sa.literal(now, Sanction.ends_at.type) if isinstance(now, datetime) else now
    return sa.and_(
        Sanction.lifted_at.is_(None), sa.or_(Sanction.ends_at.is_(None), Sanction.ends_at > at)
    )


def is_restrained(
    user_id: sa.ColumnElement[int], now: sa.BindParameter[datetime]
) -> sa.ColumnElement[bool]:
    """Whether anything is in force for the member of the statement around it."""
    return sa.exists().where(Sanction.user_id == user_id, standing(now))


def in_force(user_id: int) -> tuple[Restriction, ...]:
    """What is in force for a member now, the earliest first."""
    rows = db.session.execute(
        sa.select(Sanction.kind, Sanction.space_id, Sanction.ends_at, Sanction.reason)
        .where(Sanction.user_id == user_id, standing(clock.now()))
        .order_by(Sanction.id)
    )
    return tuple(Restriction(*row) for row in rows)


def history_of(user_id: int) -> tuple[SanctionRow, ...]:
    """All sanctions of a member, the newest first."""
    found = db.session.scalars(
        sa.select(Sanction)
        .where(Sanction.user_id == user_id)
        .order_by(Sanction.starts_at.desc(), Sanction.id.desc())
        .limit(_MOST)
    )
    return tuple(_row(sanction) for sanction in found)


def get_sanction(sanction_id: int) -> SanctionRow:
    found = db.session.get(Sanction, sanction_id, populate_existing=True)
    if found is None:
        raise NotFound
    return _row(found)


def suspensions_of(user_id: int) -> tuple[SanctionRow, ...]:
    """What keeps or kept a member from signing in at all, the longest in force first."""
    found = db.session.scalars(
        sa.select(Sanction).where(
            Sanction.user_id == user_id,
            Sanction.space_id.is_(None),
            Sanction.kind.in_(STANDS_BY),
        )
    )
    rows = [_row(sanction) for sanction in found]
    rows.sort(
        key=lambda row: (row.is_in_force, row.ends_at is None, row.ends_at or row.starts_at),
        reverse=True,
    )
    return tuple(rows)


def _row(sanction: Sanction) -> SanctionRow:
    is_over = sanction.ends_at is not None and sanction.ends_at <= clock.now()
    return SanctionRow(
        id=sanction.id,
        user_id=sanction.user_id,
        kind=sanction.kind,
        space_id=sanction.space_id,
        reason=sanction.reason,
        decision_id=sanction.decision_id,
        given_by_id=sanction.given_by_id,
        starts_at=sanction.starts_at,
        ends_at=sanction.ends_at,
        lifted_at=sanction.lifted_at,
        lifted_by_id=sanction.lifted_by_id,
        is_in_force=sanction.lifted_at is None and not is_over,
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """All sanctions of a member, for the download of one's own data; not who gave them."""
    for row in db.session.scalars(
        sa.select(Sanction).where(Sanction.user_id == user_id).order_by(Sanction.id)
    ):
        yield (
            "sanctions",
            {
                "sanction": row.kind.value,
                "space": row.space_id,
                "reason": row.reason,
                "since": row.starts_at.isoformat(),
                "until": row.ends_at.isoformat() if row.ends_at else None,
                "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
            },
        )
