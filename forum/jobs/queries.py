"""Reading the jobs table: what is due, what waits, what is dead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import UtcDateTime, db
from forum.core.paging import Page, cut, decode, encode
from forum.jobs.models import Job

PAGE_SIZE = 20
_OPEN = sa.and_(Job.done_at.is_(None), Job.dead_at.is_(None))


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as administrators see it: no payload."""

    id: int
    kind: str
    attempts: int
    created_at: datetime
    run_at: datetime
    dead_at: datetime | None
    last_error: str


def lease_clock(ahead: timedelta = timedelta()) -> sa.ColumnElement[datetime]:
    """Now or later, for leases: by the database's own time where there are several machines.

    A node whose clock runs ahead would otherwise take jobs out of the hands of the others.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        return sa.func.clock_timestamp(type_=UtcDateTime()) + sa.literal(ahead, sa.Interval())
    return sa.literal(clock.now() + ahead, UtcDateTime())


def is_any_due(kinds: Collection[str]) -> bool:
    """Whether trying to take a job of these kinds makes sense; changes nothing."""
    found = sa.select(Job.id).where(
        _OPEN,
        Job.kind.in_(kinds),
        Job.run_at <= clock.now(),
        sa.or_(Job.lease_until.is_(None), Job.lease_until < lease_clock()),
    )
    return db.session.scalar(found.limit(1)) is not None


def dead(cursor: str | None = None) -> Page[JobRow]:
    """Dead letters, newest first; NotFound for a cursor that is none."""
    statement = _rows().where(Job.dead_at.is_not(None)).order_by(Job.id.desc())
    if cursor is not None:
        (before,) = decode(cursor, (int,))
        statement = statement.where(Job.id < before)
    found = _read(statement.limit(PAGE_SIZE + 1))
    rows, more = cut(found, PAGE_SIZE)
    return Page(rows, next=encode((rows[-1].id,)) if more else None)


def waiting() -> tuple[JobRow, ...]:
    """The jobs whose turn comes next, PAGE_SIZE at most."""
    return tuple(_read(_rows().where(_OPEN).order_by(Job.run_at, Job.id).limit(PAGE_SIZE)))


def waiting_count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Job).where(_OPEN)) or 0


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Job.id,
        Job.kind,
        Job.attempts,
        Job.created_at,
        Job.run_at,
        Job.dead_at,
        Job.last_error,
    )


def _read(statement: sa.Select[*tuple[Any, ...]]) -> list[JobRow]:
    return [JobRow(*row) for row in db.session.execute(statement)]
