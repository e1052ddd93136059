"""Reads of drafts: always and only one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import comment_path
from forum.core.text import cut, scrub_line
from forum.drafts.models import Draft

KEPT_FOR = timedelta(days=90)
PROPOSAL = "proposal"  # the kind of a draft that is written by its parts
_EXCERPT = 200
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What a form holds while somebody writes; tags, space and kind are as it names them."""

    source: str
    title: str = ""
    question: str = ""
    content_note: str = ""
    is_question: bool = False
    space: str = ""
    kind: str = ""
    tags: tuple[str, ...] = ()
    place: str = ""
    raised_from_id: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.source + self.title + self.question).strip()


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with everything in it."""

    id: int
    thread_id: int | None
    reply_to: int
    version: int
    saved_at: datetime
    words: Words

    @property
    def until(self) -> datetime:
        return self.saved_at + KEPT_FOR

    @property
    def path(self) -> str:
        """The page on which the draft can be read, whatever became of its thread."""
        return f"/drafts/{self.id}"

    @property
    def writing_path(self) -> str:
        """The page on which it is written on."""
        if self.thread_id is None:
            kind = "proposals" if self.words.kind == PROPOSAL else "threads"
            return f"/{kind}/new?draft={self.id}"
        return f"{comment_path(self.thread_id, self.reply_to)}/reply"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list of them."""

    id: int
    thread_id: int | None
    reply_to: int
    title: str
    excerpt: str
    saved_at: datetime

    @property
    def path(self) -> str:
        return f"/drafts/{self.id}"


def kept(row: Draft) -> Kept:
    words = Words(
        source=row.source,
        title=row.title,
        question=row.question,
        content_note=row.content_note,
        is_question=row.is_question,
        space=row.space,
        kind=row.kind,
        tags=tuple(row.tags),
        place=row.place,
        raised_from_id=row.raised_from_id,
    )
    return Kept(row.id, row.thread_id, row.reply_to, row.version, row.saved_at, words)


def find_reply(actor: Actor, thread_id: int, reply_to: int) -> Kept | None:
    """The actor's draft of an answer to this comment."""
    row = db.session.scalar(
        sa.select(Draft).where(
            Draft.user_id == actor.id, Draft.thread_id == thread_id, Draft.reply_to == reply_to
        )
    )
    return None if row is None else kept(row)


def get_own(actor: Actor, draft_id: int) -> Kept:
    """One draft; NotFound for somebody else's, as for one that does not exist."""
    row = db.session.scalar(
        sa.select(Draft).where(Draft.id == draft_id, Draft.user_id == member_id(actor))
    )
    if row is None:
        raise NotFound
    return kept(row)


def all_of(actor: Actor) -> tuple[DraftRow, ...]:
    """The actor's drafts, the last saved first; their number is limited where they are saved."""
    return _rows(sa.true(), actor)


def of_new_threads(actor: Actor) -> tuple[DraftRow, ...]:
    """The latest few drafts of threads that the actor has not started."""
    is_new = sa.and_(Draft.thread_id.is_(None), Draft.kind != PROPOSAL)
    return _rows(is_new, actor, limit=_OFFERED)


def of_new_proposals(actor: Actor) -> tuple[DraftRow, ...]:
    """The same of proposals."""
    is_new = sa.and_(Draft.thread_id.is_(None), Draft.kind == PROPOSAL)
    return _rows(is_new, actor, limit=_OFFERED)


def _rows(
    condition: sa.ColumnElement[bool], actor: Actor, limit: int | None = None
) -> tuple[DraftRow, ...]:
    found = db.session.execute(
        sa.select(
            Draft.id,
            Draft.thread_id,
            Draft.reply_to,
            Draft.title,
            # More than is shown, as blanks fall away; never whole texts.
            sa.func.substr(Draft.source, 1, 2 * _EXCERPT).label("beginning"),
            Draft.saved_at,
        )
        .where(Draft.user_id == member_id(actor), condition)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
        .limit(limit)
    )
    return tuple(
        DraftRow(
            row.id,
            row.thread_id,
            row.reply_to,
            scrub_line(row.title),
            cut(scrub_line(row.beginning), _EXCERPT),
            row.saved_at,
        )
        for row in found
    )


def count_of(user_id: int) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).select_from(Draft).where(Draft.user_id == user_id)
        )
        or 0
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every draft, for the download of one's own data."""
    for row in db.session.scalars(
        sa.select(Draft).where(Draft.user_id == user_id).order_by(Draft.id)
    ):
        yield (
            "drafts",
            {
                "thread": row.thread_id,
                "in_reply_to": row.reply_to or None,
                "title": row.title,
                "text": row.source,
                "question": row.question,
                "content_note": row.content_note,
                "is_question": row.is_question,
                "space": row.space,
                "kind": row.kind,
                "tags": row.tags,
                "place": row.place,
                "saved_at": row.saved_at.isoformat(),
            },
        )
