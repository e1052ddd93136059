"""Writes of the index: called with plain values, in the transaction of what they follow from."""

from collections.abc import Iterable, Sequence
from functools import cache

import sqlalchemy as sa

from forum.core.db import db
from forum.index import rows
from forum.index.models import COMMENTS, THREADS, Named, NameWord
from forum.index.rows import Row

_AT_ONCE = 500  # ids of one statement


def put_comments(comments: Iterable[tuple[int, str]]) -> None:
    """Let comments be found by their words: id and text of each. One statement for all."""
    _put(COMMENTS, [rows.comment(id_, text) for id_, text in comments])


def put_threads(threads: Iterable[tuple[int, str, str]]) -> None:
    """Let threads be found: id, title, and the text that opens each. One statement for all."""
    _put(THREADS, [rows.thread(id_, title, text) for id_, title, text in threads])


def remove_comments(ids: Sequence[int]) -> None:
    """Take every word of these comments out of the index; twice is once."""
    _remove(COMMENTS, ids)


def remove_threads(ids: Sequence[int]) -> None:
    _remove(THREADS, ids)


def clear(table: str, first: int, last: int) -> None:
    """Empty a range of the index, to be filled anew."""
    db.session.execute(sa.delete(rows.TABLES[table]).where(rows.key_of(table).between(first, last)))


def clear_names(kind: Named) -> None:
    db.session.execute(sa.delete(NameWord).where(NameWord.kind == kind))


def put_names(kind: Named, subject_id: int, names: Iterable[str]) -> None:
    """Let a tag or a person be found by exactly these names."""
    remove_names(kind, subject_id)
    words = rows.of_names(names)
    if words:
        db.session.execute(
            sa.insert(NameWord),
            [{"kind": kind, "word": word, "subject_id": subject_id} for word in sorted(words)],
        )


def remove_names(kind: Named, subject_id: int) -> None:
    db.session.execute(
        sa.delete(NameWord)
        .where(NameWord.kind == kind, NameWord.subject_id == subject_id)
        .execution_options(synchronize_session=False)
    )


def _put(table: str, entries: Sequence[Row]) -> None:
    if not entries:
        return
    is_postgres = db.session.get_bind().dialect.name == "postgresql"
    values = [rows.for_postgresql(row) if is_postgres else rows.for_sqlite(row) for row in entries]
    db.session.execute(_put_statement(table, is_postgres), values)


@cache
def _put_statement(table: str, is_postgres: bool) -> sa.TextClause:  # noqa: FBT001 - of the cache
    names = ("title", "words") if table == THREADS else ("words",)
    columns = ", ".join(names)
    if not is_postgres:
        values = ", ".join(f":{name}" for name in names)
        return sa.text(
            f"INSERT OR REPLACE INTO {table} (rowid, {columns}) VALUES (:id, {values})"  # noqa: S608
        )
    values = ", ".join(f"CAST(:{name} AS tsvector)" for name in names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    return sa.text(
        f"INSERT INTO {table} (id, {columns}) VALUES (:id, {values})"  # noqa: S608
        f" ON CONFLICT (id) DO UPDATE SET {changes}"
    )


def _remove(table: str, ids: Sequence[int]) -> None:
    key = rows.key_of(table)
    for start in range(0, len(ids), _AT_ONCE):
        db.session.execute(
            sa.delete(rows.TABLES[table]).where(key.in_(ids[start : start + _AT_ONCE]))
        )
