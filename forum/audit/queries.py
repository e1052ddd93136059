"""Reading the audit log, and checking that nobody changed it behind the database's back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.audit.chain import START, digest
from forum.audit.models import AuditEntry
from forum.audit.words import spaced, told
from forum.core.db import db
from forum.core.paging import Page, cut, decode, encode

PAGE_SIZE = 50
_BATCH = 500  # entries in memory at once while verifying


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries to show; `verb` may be the part before the dot, None shows all."""

    verb: str | None = None
    subject_kind: str | None = None
    subject_id: int | None = None


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
    changes: tuple[tuple[str, str, str], ...]  # name, before, after

    @property
    def what(self) -> str:
        return told(self.verb)

    @property
    def to_what(self) -> str:
        return spaced(self.subject_kind)


def entries(filter_by: Filter = EVERYTHING, cursor: str | None = None) -> Page[EntryRow]:
    """Entries, newest first, PAGE_SIZE at most; NotFound for a cursor that is none."""
    statement = sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE_SIZE + 1)
    if filter_by.verb is not None:
        statement = statement.where(
            sa.or_(
                AuditEntry.verb == filter_by.verb,
                AuditEntry.verb.startswith(f"{filter_by.verb}.", autoescape=True),
            )
        )
    if filter_by.subject_kind is not None:
        statement = statement.where(AuditEntry.subject_kind == filter_by.subject_kind)
    if filter_by.subject_id is not None:
        statement = statement.where(AuditEntry.subject_id == filter_by.subject_id)
    if cursor is not None:
        (before,) = decode(cursor, (int,))
        statement = statement.where(AuditEntry.id < before)
    found = [_row(entry) for entry in db.session.scalars(statement)]
    rows, more = cut(found, PAGE_SIZE)
    return Page(rows, next=encode((rows[-1].id,)) if more else None)


def verify() -> int | None:
    """The id of the first entry that is not as it was written, or does not follow the one before.

    None when all is well. Reads the whole log. Entries missing from the end leave no trace in the
    chain: compare the newest hash with one that was kept elsewhere.
    """
    previous = START
    for entry in _all():
        if entry.previous_hash != previous or digest(_values(entry), previous) != entry.hash:
            return entry.id
        previous = entry.hash
    return None


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
