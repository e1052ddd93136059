"""Reads of watched words: the list for staff, and what a text sets off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.core import paging
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.paging import Page
from forum.safety.models import WatchedWord, WordAction
from forum.safety.patterns import Text, matcher

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Word:
    """A watched word as staff see it; `space_id` None is everywhere."""

    id: int
    phrase: str
    is_pattern: bool
    action: WordAction
    message: str
    space_id: int | None
    added_by_id: int | None
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Fired:
    """A watched word that a text has, and what that comes to."""

    id: int
    phrase: str
    is_pattern: bool
    action: WordAction
    message: str


def findings(text: str, space_id: int | None) -> tuple[Fired, ...]:
    """What of all that is watched for in this space a text has, the oldest first.

    One statement; `space_id` None asks for what is watched for everywhere.
    """
    return found_in(text, watched_in(space_id))


def watched_in(space_id: int | None) -> tuple[Fired, ...]:
    """All that is watched for in a space, with what is watched for everywhere."""
    here: sa.ColumnElement[bool] = WatchedWord.space_id.is_(None)
    if space_id is not None:
        here = sa.or_(here, WatchedWord.space_id == space_id)
    word = WatchedWord.__table__.c
    rows = db.session.connection().execute(
        sa.select(word.id, word.phrase, word.is_pattern, word.action, word.message)
        .where(here)
        .order_by(word.id)
    )
    return tuple(Fired(*row) for row in rows)


def found_in(text: str, watched: Sequence[Fired]) -> tuple[Fired, ...]:
    """Those of the watched words that a text has."""
    if not watched:
        return ()
    prepared = Text(text)
    return tuple(one for one in watched if _is_in(one, prepared))


def _is_in(one: Fired, text: Text) -> bool:
    try:
        return matcher(one.phrase, is_pattern=one.is_pattern).is_in(text)
    except Invalid:  # saved by a version that took more; staff see it in the list
        return False


def words(actor: Actor, runs: Collection[int], cursor: str | None = None) -> Page[Word]:
    """What is watched for where this person may change it, newest first."""
    statement = _rows(actor, runs).order_by(WatchedWord.id.desc())
    if cursor is not None:
        (before,) = paging.decode(cursor, (int,))
        statement = statement.where(WatchedWord.id < before)
    found = [Word(**row) for row in db.session.execute(statement.limit(PAGE_SIZE + 1)).mappings()]
    rows, more = paging.cut(found, PAGE_SIZE)
    return Page(rows, next=paging.encode((rows[-1].id,)) if more else None)


def get_word(actor: Actor, runs: Collection[int], word_id: int) -> Word:
    """One that this person may change; NotFound."""
    found = (
        db.session.execute(_rows(actor, runs).where(WatchedWord.id == word_id))
        .mappings()
        .one_or_none()
    )
    if found is None:
        raise NotFound
    return Word(**found)


def _rows(actor: Actor, runs: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    statement = sa.select(
        WatchedWord.id,
        WatchedWord.phrase,
        WatchedWord.is_pattern,
        WatchedWord.action,
        WatchedWord.message,
        WatchedWord.space_id,
        WatchedWord.added_by_id,
        WatchedWord.reason,
        WatchedWord.created_at,
    )
    return statement if actor.is_moderator else statement.where(WatchedWord.space_id.in_(runs))


def counts_in(space_id: int | None) -> tuple[int, int]:
    """How many phrases and patterns are watched for in one space alone, or in all alike."""
    here = WatchedWord.space_id.is_(None) if space_id is None else WatchedWord.space_id == space_id
    patterns = sa.func.count().filter(WatchedWord.is_pattern)
    every, of_patterns = db.session.execute(sa.select(sa.func.count(), patterns).where(here)).one()
    return every - of_patterns, of_patterns
