"""What a row of the index holds, and how each database is given it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from forum.core.db import db
from forum.index.models import COMMENTS, THREADS
from forum.index.words import FORM, Analysed, analyse, folded, stem_english, stem_spanish

_GAP = 10  # between the last word of a title and the first below it: no phrase spans the two

# Both databases call the key of these rows differently, and both sets of columns are named here.
TABLES = {
    COMMENTS: sa.table(COMMENTS, sa.column("id"), sa.column("rowid"), sa.column("words")),
    THREADS: sa.table(
        THREADS, sa.column("id"), sa.column("rowid"), sa.column("title"), sa.column("words")
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """The words of a comment (`title` None) or of a thread."""

    id: int
    words: Analysed
    title: Analysed | None = None


def key_of(table: str) -> sa.ColumnClause[Any]:
    """The key of a table of words: the subject's id."""
    is_postgres = db.session.get_bind().dialect.name == "postgresql"
    return TABLES[table].c["id" if is_postgres else "rowid"]


def comment(id_: int, text: str) -> Row:
    (words,) = analyse(text)
    return Row(id_, words)


def thread(id_: int, title: str, text: str) -> Row:
    of_title, words = analyse(title, text)
    return Row(id_, words, of_title)


def for_sqlite(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"id": row.id, "words": _line(row.words)}
    if row.title is not None:
        values["title"] = _line(row.title)
    return values


def for_postgresql(row: Row) -> dict[str, Any]:
    if row.title is None:
        return {"id": row.id, "words": _vector(row.words)}
    return {
        "id": row.id,
        "title": _vector(row.title),
        "words": _vector(row.title, row.words),
    }


def _line(words: Analysed) -> str:
    return " ".join((*words.stems, *(f"{FORM}{form}" for form in words.forms)))


def _vector(*parts: Analysed) -> str:
    """A tsvector as PostgreSQL reads it: no parser of its own decides what a word is."""
    places: dict[str, list[str]] = {}
    start = 1
    for part in parts:
        for place, stem in enumerate(part.stems, start):
            places.setdefault(stem, []).append(str(place))
        start += len(part.stems) + _GAP
    lexemes = [f"'{stem}':{','.join(at)}" for stem, at in places.items()]
    lexemes += sorted({f"'{FORM}{form}'" for part in parts for form in part.forms})
    return " ".join(lexemes)


def of_names(names: Iterable[str]) -> set[str]:
    """The words that names are found by: as they are, and their stems."""
    words = {word for name in names for word in folded(name)}
    return words | set(map(stem_english, words)) | set(map(stem_spanish, words))
