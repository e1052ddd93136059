"""What the index should hold, compared with what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.core.db import db
from forum.index.models import COMMENTS, THREADS, Named, NameWord
from forum.index.rows import (
    TABLES,
    Row,
    comment,
    for_postgresql,
    for_sqlite,
    key_of,
    of_names,
    thread,
)
from forum.services.queries import words_of_all
from forum.tags.models import Tag
from forum.tags.queries import words_for
from forum.threads.models import Thread
from forum.threads.queries import last_post_id, openings_between, said_between

BATCH = 500  # posts of one look, and of one transaction when all is written anew


@dataclass(slots=True)
class Differences:
    """What is wrong with the index, as "comment 7": not in it, in it with other words, too much."""

    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    is_damaged: bool = False  # SQLite's own structures do not agree with each other

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.extra or self.is_damaged)


def ranges(last: int) -> Iterator[tuple[int, int]]:
    """Ids from 1 to the last one in pieces of BATCH."""
    for first in range(1, last + 1, BATCH):
        yield first, min(first + BATCH - 1, last)


def last_ids() -> dict[str, int]:
    """The largest id of each table of words, of the rows themselves and of the index."""
    return {
        COMMENTS: max(last_post_id(), _last_in_index(COMMENTS)),
        THREADS: max(
            db.session.scalar(sa.select(sa.func.max(Thread.id))) or 0, _last_in_index(THREADS)
        ),
    }


def _last_in_index(table: str) -> int:
    key = key_of(table)
    newest = sa.select(key).select_from(TABLES[table]).order_by(key.desc()).limit(1)
    return db.session.scalar(newest) or 0


def is_filled(table: str) -> bool:
    return _last_in_index(table) > 0


def differences() -> Differences:
    """Compare the whole index with what can be read; reads everything, batch by batch."""
    found = Differences(is_damaged=_is_damaged())
    last = last_ids()
    for first, end in ranges(last[COMMENTS]):
        _compare(found, COMMENTS, (first, end), _comments(first, end))
    for first, end in ranges(last[THREADS]):
        _compare(found, THREADS, (first, end), _threads(first, end))
    for kind in Named:
        _compare_names(found, kind)
    return found


def _comments(first: int, last: int) -> Iterator[Row]:
    for post in said_between(first, last):
        if post.is_found and not post.is_opening:
            yield comment(post.post_id, post.text)


def _threads(first: int, last: int) -> Iterator[Row]:
    for post in openings_between(first, last):
        if post.is_found:
            yield thread(post.thread_id, post.title, post.text)


def _compare(found: Differences, table: str, ids: tuple[int, int], wanted: Iterator[Row]) -> None:
    word = "comment" if table == COMMENTS else "thread"
    rows = list(wanted)
    kept = _kept(table, ids)
    good = _good(table, rows)
    for row in rows:
        if row.id not in kept:
            found.missing.append(f"{word} {row.id}")
        elif row.id not in good:
            found.stale.append(f"{word} {row.id}")
    found.extra += [f"{word} {id_}" for id_ in sorted(kept - {row.id for row in rows})]


def _kept(table: str, ids: tuple[int, int]) -> set[int]:
    key = key_of(table)
    return set(
        db.session.scalars(sa.select(key).select_from(TABLES[table]).where(key.between(*ids)))
    )


def _good(table: str, rows: list[Row]) -> set[int]:
    """Which of the rows stand in the index exactly so."""
    if not rows:
        return set()
    if db.session.get_bind().dialect.name == "sqlite":
        return _good_on_sqlite(table, [for_sqlite(row) for row in rows])
    return _good_on_postgresql(table, [for_postgresql(row) for row in rows])


def _good_on_sqlite(table: str, wanted: list[dict[str, Any]]) -> set[int]:
    names = ("title", "words") if table == THREADS else ("words",)
    columns = [TABLES[table].c[name] for name in names]
    first, last = wanted[0]["id"], wanted[-1]["id"]
    kept = db.session.execute(
        sa.select(TABLES[table].c.rowid, *columns).where(TABLES[table].c.rowid.between(first, last))
    )
    expected = {row["id"]: tuple(row[name] for name in names) for row in wanted}
    return {row[0] for row in kept if expected.get(row[0]) == tuple(row[1:])}


def _good_on_postgresql(table: str, wanted: list[dict[str, Any]]) -> set[int]:
    """Compared by PostgreSQL, which reads a tsvector in its own order."""
    names = ("title", "words") if table == THREADS else ("words",)
    arrays = ", ".join(f"CAST(:{name} AS text[])" for name in names)
    same = " AND ".join(f"kept.{name} = CAST(wanted.{name} AS tsvector)" for name in names)
    statement = sa.text(
        f"SELECT kept.id FROM {table} AS kept"  # noqa: S608 - names of our own tables
        f" JOIN unnest(CAST(:ids AS integer[]), {arrays}) AS wanted (id, {', '.join(names)})"
        f" ON wanted.id = kept.id WHERE {same}"
    )
    values = {name: [row[name] for row in wanted] for name in names}
    return set(db.session.scalars(statement, {"ids": [row["id"] for row in wanted], **values}))


def _compare_names(found: Differences, kind: Named) -> None:
    wanted = {id_: of_names(names) for id_, names in names_of(kind)}
    wanted = {id_: words for id_, words in wanted.items() if words}
    kept: dict[int, set[str]] = {}
    for id_, word in db.session.execute(
        sa.select(NameWord.subject_id, NameWord.word).where(NameWord.kind == kind)
    ):
        kept.setdefault(id_, set()).add(word)
    for id_ in sorted(wanted.keys() | kept.keys()):
        if id_ not in kept:
            found.missing.append(f"{kind} {id_}")
        elif id_ not in wanted:
            found.extra.append(f"{kind} {id_}")
        elif wanted[id_] != kept[id_]:
            found.stale.append(f"{kind} {id_}")


def names_of(kind: Named) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The names that every tag, person or service is to be found by."""
    if kind is Named.SERVICE:
        yield from words_of_all()
        return
    if kind is Named.TAG:
        ids = db.session.scalars(sa.select(Tag.id).where(Tag.merged_into_id.is_(None))).all()
        yield from ((id_, tuple(words)) for id_, words in words_for(ids).items())
        return
    people = db.session.execute(
        sa.select(User.id, User.username, User.display_name).where(User.state == UserState.ACTIVE)
    )
    yield from ((id_, (username, display_name)) for id_, username, display_name in people)


def _is_damaged() -> bool:
    if db.session.get_bind().dialect.name != "sqlite":
        return False
    for table in (COMMENTS, THREADS):
        check = f"INSERT INTO {table} ({table}) VALUES ('integrity-check')"  # noqa: S608
        try:
            db.session.execute(sa.text(check))
        except sa.exc.DatabaseError:
            db.session.rollback()
            return True
    return False
