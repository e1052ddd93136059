"""Reads of the index: which rows hold the words that are looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from forum.core.db import db
from forum.index.models import Named, NameWord
from forum.index.rows import TABLES, key_of
from forum.index.words import FORM, Term, folded, stem_english, stem_spanish

_PROBED = 1_000  # of the newest rows, to learn how frequent something is: 1 ms
# The share of rows from which on walking back along the ids is the shorter way. With a phrase it
# is smaller, because the index of words finds every row that has its words in any order.
_COMMON = 0.03
_COMMON_PHRASE = 0.01
_STEERING = (
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_seqscan", "off"),
    ("max_parallel_workers_per_gather", "0"),
)
_MOST_NAME_WORDS = 6
_LAST = "\U0010ffff"  # after every word with the same beginning


@dataclass(frozen=True, slots=True)
class Match:
    """Everything in any one of `groups`, and nothing of `excluded`."""

    groups: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...] = ()


def found_ids(
    table: str, parameter: str, limit: int, *, column: str = "", is_common: bool = False
) -> sa.Subquery:
    """The ids (`id`) of the newest rows that hold what is looked for, newest first.

    What that is comes as a parameter of this name, made by `expression` for the same column.
    `is_common`, from `steer`, says which way is the short one on PostgreSQL: back along
    the ids until enough are found, or through the index of words. Its planner cannot tell, for it
    takes any word that is not among the most frequent thousand, or not whole, for a frequent one.
    """
    key = key_of(table)
    order = key if is_common or not _is_postgres() else key + 0
    return (
        sa.select(key.label("id"))
        .select_from(TABLES[table])
        .where(_holds(table, parameter, column))
        .order_by(order.desc())
        .limit(limit)
        .subquery()
    )


def not_holding(table: str, parameter: str, id_: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the row of this id holds nothing of what comes as this parameter."""
    row = sa.select(sa.literal(1)).select_from(TABLES[table])
    return ~row.where(key_of(table) == id_, _holds(table, parameter, "")).exists()


def steer(table: str, match: Match) -> bool:
    """Whether many of the newest rows match; False on SQLite, which needs no such hint.

    For the rest of its transaction PostgreSQL then joins row by row: where it takes a rare word
    for a frequent one, it would else read every post to find twenty.
    """
    if not _is_postgres():
        return False
    found = db.session.connection().execute(_probe(table), {"match": expression(match)})
    ways = [way for group in match.groups for term in group for way in term.alternatives]
    share = _COMMON_PHRASE if any(len(way) > 1 for way in ways) else _COMMON
    return bool(found.scalar_one() >= _PROBED * share)


@cache
def _probe(table: str) -> sa.Select[Any]:
    words = TABLES[table].c.words
    newest = sa.select(words).order_by(TABLES[table].c.id.desc()).limit(_PROBED).subquery()
    asked = sa.cast(sa.bindparam("match", type_=sa.String()), TSQUERY)
    return sa.select(
        sa.func.count(),
        *(sa.func.set_config(name, value, True) for name, value in _STEERING),  # noqa: FBT003
    ).where(newest.c.words.bool_op("@@")(asked))


def _holds(table: str, parameter: str, column: str) -> sa.ColumnElement[bool]:
    if _is_postgres():
        # In the statement itself, because PostgreSQL chooses its way by how frequent these very
        # words are. They hold nothing but letters and digits.
        asked = sa.bindparam(parameter, type_=sa.String(), literal_execute=True)
        return TABLES[table].c[column or "words"].bool_op("@@")(sa.cast(asked, TSQUERY))
    return sa.literal_column(table).bool_op("MATCH")(sa.bindparam(parameter, type_=sa.String()))


def expression(match: Match, *, column: str = "") -> str:
    """What is looked for in the words of the database; no group of `match` is empty."""
    if _is_postgres():
        return _expression(match, _in_tsquery, _Signs(" & ", " | ", " & !"))
    asked = _expression(match, _in_fts5, _Signs(" AND ", " OR ", " NOT "))
    return f"{{{column}}} : ({asked})" if column else asked


@dataclass(frozen=True, slots=True)
class _Signs:
    """How a database writes "and", "or" and "but not"."""

    every: str
    some: str
    none: str


def _expression(match: Match, write: Callable[[Term], str], signs: _Signs) -> str:
    groups = [f"({signs.every.join(map(write, group))})" for group in match.groups]
    asked = signs.some.join(groups)
    if not match.excluded:
        return asked
    return f"({asked}){signs.none}({signs.some.join(map(write, match.excluded))})"


def _in_fts5(term: Term) -> str:
    ways = [f'"{" ".join(stems)}"' for stems in term.alternatives]
    if term.start:
        ways += [f'"{term.start}" *', f'"{FORM}{term.start}" *']
    return f"({' OR '.join(ways)})"


def _in_tsquery(term: Term) -> str:
    ways = [" <-> ".join(f"'{stem}'" for stem in stems) for stems in term.alternatives]
    if term.start:
        ways += [f"'{term.start}':*", f"'{FORM}{term.start}':*"]
    return f"({' | '.join(f'({way})' for way in ways)})"


def kinds_named(text: str) -> frozenset[Named]:
    """Whose names hold the first word of a text: the two statements for the rest cost more."""
    words = folded(text)
    if not words:
        return frozenset()
    word = words[0]
    values = {
        "word": word,
        "last": word + _LAST,
        "english": stem_english(word),
        "spanish": stem_spanish(word),
    }
    return frozenset(db.session.connection().execute(_kinds(), values).scalars())


@cache
def _kinds() -> sa.Select[Named]:
    word = {name: sa.bindparam(name, type_=sa.String()) for name in ("word", "last")}
    stems = [sa.bindparam(name, type_=sa.String()) for name in ("english", "spanish")]
    kind, of = NameWord.__table__.c.kind, NameWord.__table__.c.word
    has_it = sa.or_(sa.and_(of >= word["word"], of < word["last"]), of.in_(stems))
    ways = [sa.select(kind).where(kind == each, has_it).limit(1) for each in Named]
    return sa.select(sa.union_all(*(sa.select(way.subquery()) for way in ways)).subquery())


def named(kind: Named, text: str) -> sa.Select[int] | None:
    """The ids of tags or people whose names hold every word of a text, or a word that begins so.

    A statement to be put into another one; None when the text has no words, or very many.
    """
    words = tuple(dict.fromkeys(folded(text)))
    if not 0 < len(words) <= _MOST_NAME_WORDS:
        return None
    first, *others = words
    statement = sa.select(NameWord.subject_id).where(NameWord.kind == kind, _begins(first))
    for word in others:
        also = sa.select(NameWord.subject_id).where(NameWord.kind == kind, _begins(word))
        statement = statement.where(NameWord.subject_id.in_(also))
    return statement


def _begins(word: str) -> sa.ColumnElement[bool]:
    stems = {stem_english(word), stem_spanish(word)}
    begins = sa.and_(NameWord.word >= word, NameWord.word < word + _LAST)
    return sa.or_(begins, NameWord.word.in_(sorted(stems)))


def _is_postgres() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
