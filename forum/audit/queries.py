"""Reading the audit log, and checking that nobody changed it behind the database's back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from forum.audit.chain import START, digest
from forum.audit.models import AuditEntry
from forum.audit.words import role_told, spaced, told
from forum.core.db import db
from forum.core.paging import Page, cut, decode, encode

PAGE_SIZE = 50
FORUM = "forum"  # the role of what nobody did, and its name in a filter
_BATCH = 500  # entries in memory at once while verifying


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to show; None shows all. `verb` may be the part before the dot.

    `since` is the first moment and `until` the first one after; `is_forum` asks for what nobody
    did. `within` are the spaces to which the reader is kept, whatever else is asked for.
    """

    verb: str | None = None
    subject_kind: str | None = None
    subject_id: int | None = None
    actor_id: int | None = None
    is_forum: bool = False
    space_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    within: tuple[int, ...] | None = None


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class EntryRow:
    id: int
    at: datetime
    actor_id: int | None
    verb: str
    subject_kind: str
    subject_id: int | None
    reason: str
    role: str
    space_id: int | None
    case_id: int | None
    changes: tuple[tuple[str, str, str], ...]  # name, before, after

    @property
    def as_what(self) -> str:
        return role_told(self.role)

    @property
    def what(self) -> str:
        return told(self.verb)

    @property
    def to_what(self) -> str:
        return spaced(self.subject_kind)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it was written, for whoever takes it elsewhere."""

    id: int
    at: datetime
    actor_id: int | None
    role: str
    verb: str
    subject_kind: str
    subject_id: int | None
    space_id: int | None
    case_id: int | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str


def entries(filter_by: Filter = EVERYTHING, cursor: str | None = None) -> Page[EntryRow]:
    """Entries, newest first, PAGE_SIZE at most; NotFound for a cursor that is none."""
    statement = _matching(filter_by).limit(PAGE_SIZE + 1)
    if cursor is not None:
        (before,) = decode(cursor, (int,))
        statement = statement.where(AuditEntry.id < before)
    found = [_row(entry) for entry in db.session.scalars(statement)]
    rows, more = cut(found, PAGE_SIZE)
    return Page(rows, next=encode((rows[-1].id,)) if more else None)


def batch(filter_by: Filter, below: int | None = None) -> tuple[Entry, ...]:
    """Entries that fit, newest first, some at a time; `below` is the last id that came before."""
    statement = _matching(filter_by).limit(_BATCH)
    if below is not None:
        statement = statement.where(AuditEntry.id < below)
    return tuple(
        Entry(**{name: getattr(entry, name) for name in Entry.__slots__})
        for entry in db.session.scalars(statement)
    )


_Row = tuple[int, datetime, str, str, str, int | None, int | None, int | None, dict[str, Any]]


def acts(verbs: Sequence[str], until: datetime, cursor: str | None = None) -> Page[_Row]:
    """Entries of these verbs from before a moment, newest first, without who it was.

    Each row is id, time, verb, role, kind and id of the subject, space, case, and `after`.
    """
    statement = _acts(verbs, until).order_by(AuditEntry.id.desc()).limit(PAGE_SIZE + 1)
    if cursor is not None:
        (before,) = decode(cursor, (int,))
        statement = statement.where(AuditEntry.id < before)
    rows, more = cut([_act(row) for row in db.session.execute(statement)], PAGE_SIZE)
    return Page(rows, next=encode((rows[-1][0],)) if more else None)


def acts_between(verbs: Sequence[str], since: datetime, until: datetime) -> Iterator[_Row]:
    """The same within a time, oldest first, some in memory at once."""
    statement = _acts(verbs, until).where(AuditEntry.at >= since).order_by(AuditEntry.id)
    for row in db.session.execute(statement.execution_options(yield_per=_BATCH)):
        yield _act(row)


def newest_hash(verbs: Sequence[str], until: datetime) -> str | None:
    """The hash of the newest entry of these verbs from before a moment."""
    return db.session.scalar(
        sa.select(AuditEntry.hash)
        .where(AuditEntry.verb.in_(verbs), AuditEntry.at < until)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def _acts(verbs: Sequence[str], until: datetime) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.verb,
        AuditEntry.role,
        AuditEntry.subject_kind,
        AuditEntry.subject_id,
        AuditEntry.space_id,
        AuditEntry.case_id,
        AuditEntry.after,
    ).where(AuditEntry.verb.in_(verbs), AuditEntry.at < until)


def _act(row: Sequence[Any]) -> _Row:
    *values, after = row
    return (*values, after or {})


def _matching(filter_by: Filter) -> sa.Select[AuditEntry]:
    statement = sa.select(AuditEntry).order_by(AuditEntry.id.desc())
    if filter_by.verb is not None:
        statement = statement.where(
            sa.or_(
                AuditEntry.verb == filter_by.verb,
                AuditEntry.verb.startswith(f"{filter_by.verb}.", autoescape=True),
            )
        )
    if filter_by.is_forum:
        statement = statement.where(AuditEntry.actor_id.is_(None))
    if filter_by.since is not None:
        statement = statement.where(AuditEntry.at >= filter_by.since)
    if filter_by.until is not None:
        statement = statement.where(AuditEntry.at < filter_by.until)
    if filter_by.within is not None:
        statement = statement.where(AuditEntry.space_id.in_(filter_by.within))
    for column, value in (
        (AuditEntry.subject_kind, filter_by.subject_kind),
        (AuditEntry.subject_id, filter_by.subject_id),
        (AuditEntry.actor_id, filter_by.actor_id),
        (AuditEntry.space_id, filter_by.space_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement


class Wrong(StrEnum):
    """What is wrong with an entry."""

    CHANGED = "changed"  # it does not say what it said when it was written
    MOVED = "moved"  # it was written after another entry than the one that stands before it
    UNLINKED = "unlinked"  # what was written before it is missing, or was written anew
    LOST = "lost"  # it was the newest once, and is not there
    REPLACED = "replaced"  # another entry has its number


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the log is not as it was written; `at` is None where the entry is gone."""

    entry_id: int
    at: datetime | None
    wrong: Wrong
    other_id: int | None = None  # the entry after which it was written, if it is still there


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: to be kept elsewhere, for what is cut off the end leaves no trace."""

    entry_id: int
    hash: str


def faults(kept: Head | None = None) -> Iterator[Fault]:
    """Every entry that is not as it was written, or does not follow the one before; oldest first.

    `kept` is what `head()` once gave: with it, entries missing from the end are found as well.
    Reads the whole log.
    """
    previous = START
    was_changed = False
    for entry in _all():
        is_changed = digest(_values(entry), entry.previous_hash) != entry.hash
        if is_changed:
            yield Fault(entry.id, entry.at, Wrong.CHANGED)
        elif entry.previous_hash != previous and not was_changed:
            other_id = _with_hash(entry.previous_hash)
            wrong = Wrong.UNLINKED if other_id is None else Wrong.MOVED
            yield Fault(entry.id, entry.at, wrong, other_id)
        previous, was_changed = entry.hash, is_changed
    if kept is not None:
        yield from _missing(kept)


def _missing(kept: Head) -> Iterator[Fault]:
    found = db.session.execute(
        sa.select(AuditEntry.at, AuditEntry.hash).where(AuditEntry.id == kept.entry_id)
    ).one_or_none()
    if found is None:
        yield Fault(kept.entry_id, None, Wrong.LOST, _with_hash(kept.hash))
    elif found.hash != kept.hash:
        yield Fault(kept.entry_id, found.at, Wrong.REPLACED, _with_hash(kept.hash))


def verify() -> int | None:
    """The id of the first entry with a fault; None when all is well. Reads up to there."""
    return next((fault.entry_id for fault in faults()), None)


def head() -> Head | None:
    """The newest entry; None while there is none."""
    found = db.session.execute(
        sa.select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    return None if found is None else Head(*found)


def _with_hash(value: str) -> int | None:
    return db.session.scalar(sa.select(AuditEntry.id).where(AuditEntry.hash == value))


def _all() -> Iterator[AuditEntry]:
    last = 0
    while True:
        batch = db.session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.id > last)
            .order_by(AuditEntry.id)
            .limit(_BATCH)
            .execution_options(populate_existing=True)
        ).all()
        if not batch:
            return
        yield from batch
        last = batch[-1].id
        for entry in batch:
            db.session.expunge(entry)


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor_id": entry.actor_id,
        "verb": entry.verb,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "role": entry.role,
        "space_id": entry.space_id,
        "case_id": entry.case_id,
    }


def _row(entry: AuditEntry) -> EntryRow:
    before, after = entry.before or {}, entry.after or {}
    return EntryRow(
        id=entry.id,
        at=entry.at,
        actor_id=entry.actor_id,
        verb=entry.verb,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        reason=entry.reason,
        role=entry.role,
        space_id=entry.space_id,
        case_id=entry.case_id,
        changes=tuple(
            (spaced(name), _words(before.get(name)), _words(after.get(name)))
            for name in sorted({*before, *after})
        ),
    )


def _words(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_words(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(item)}" for name, item in value.items())
    return str(value)
