"""Reads of context notes: those of a page, one with what others say to it, one's own."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.badges.models import Badge
from forum.badges.queries import BadgeChip, chip, in_force
from forum.context_notes import policy
from forum.context_notes.models import ContextNote, ContextNoteState, NoteVerdict, Verdict
from forum.context_notes.policy import NoteFacts
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _, ngettext
from forum.core.links import comment_path, link_host
from forum.posts.models import Post, PostState
from forum.threads.queries import get_comment, post_facts
from forum.threads.rows import Head

_n, _p, _u, _b = (model.__table__.c for model in (ContextNote, Post, User, Badge))
_v = NoteVerdict.__table__


@dataclass(frozen=True, slots=True)
class Source:
    """Where it can be read; `host` tells the site, whatever the title says."""

    title: str
    url: str

    @property
    def host(self) -> str:
        return link_host(self.url)


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A context note as it stands beneath its post; the powers are the viewer's."""

    id: int
    path: str
    author: PersonName
    badge: BadgeChip | None
    text: str
    sources: tuple[Source, ...]
    answer: str
    created_at: datetime
    confirmed: int
    disputed: int
    own_verdict: Verdict | None = None
    may_judge: bool = False
    may_answer: bool = False
    may_withdraw: bool = False
    may_report: bool = False

    @property
    def is_disputed(self) -> bool:
        return self.disputed > 0

    @property
    def said(self) -> str:
        """What other badge holders say of it, in numbers; empty when nobody has said anything."""
        parts = []
        if self.confirmed:
            parts.append(ngettext("Confirmed by %(num)s", "Confirmed by %(num)s", self.confirmed))
        if self.disputed:
            parts.append(ngettext("disputed by %(num)s", "disputed by %(num)s", self.disputed))
        text = ", ".join(parts)
        return text[:1].upper() + text[1:]

    @property
    def link_words(self) -> str:
        """What the page of the note is for, to this viewer."""
        if self.may_answer:
            return _("Answer the note")
        if self.may_judge:
            return _("Confirm or dispute")
        return _("About this note")


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What another badge holder says to a note."""

    author: PersonName
    badge: BadgeChip | None
    is_dispute: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotePage:
    """One note with the post that it stands beneath and all that was said to it."""

    head: Head
    post: Post
    note: NoteRow
    verdicts: tuple[VerdictRow, ...] = field(default=())


@cache
def _statement() -> sa.Select[Any]:
    """The published notes of these posts, while the posts are published; the oldest first."""

    def count(verdict: Verdict) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .select_from(_v)
            .where(_v.c.note_id == _n.id, _v.c.verdict == verdict)
            .correlate(ContextNote.__table__)
            .scalar_subquery()
        )

    mine = _v.alias("mine")
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    tables = (
        ContextNote.__table__.join(Post.__table__, _p.id == _n.post_id)
        .outerjoin(User.__table__, _u.id == _n.author_id)
        .outerjoin(Badge.__table__, _b.id == _n.badge_id)
        .outerjoin(mine, sa.and_(mine.c.note_id == _n.id, mine.c.user_id == me))
    )
    return (
        sa.select(
            _n.id, _n.post_id, _n.author_id, _n.text, _n.sources, _n.answer, _n.answered_at,
            _n.created_at, _p.thread_id, _p.number, _p.author_id.label("post_author_id"),
            _p.is_question, _u.username, _u.display_name, _u.state.label("user_state"),
            _b.kind, _b.organisation, _b.state.label("badge_state"), _b.expires_at,
            count(Verdict.CONFIRM).label("confirmed"), count(Verdict.DISPUTE).label("disputed"),
            mine.c.verdict.label("own_verdict"),
        )
        .select_from(tables)
        .where(
            _n.post_id.in_(sa.bindparam("post_ids", expanding=True)),
            _n.state == ContextNoteState.PUBLISHED,
            _p.state == PostState.PUBLISHED,
        )
        .order_by(_n.id)
    )  # fmt: skip


def notes_on(
    viewer: Actor, head: Head, post_ids: Collection[int]
) -> dict[int, tuple[NoteRow, ...]]:
    """The notes beneath each of these posts of a thread that the viewer may see, oldest first.

    Posts without any, or without their words, are left out. One statement.
    """
    values = {"viewer_id": viewer.id, "post_ids": list(post_ids)}
    found: dict[int, tuple[NoteRow, ...]] = {}
    for row in db.session.connection().execute(_statement(), values):
        if row.number == 0 and not head.has_opening:
            continue
        found[row.post_id] = (*found.get(row.post_id, ()), _note(viewer, head, row))
    return found


def _note(viewer: Actor, head: Head, row: Any) -> NoteRow:  # noqa: ANN401 - a row of _statement
    facts = NoteFacts(
        author_id=row.author_id,
        state=ContextNoteState.PUBLISHED,
        is_answered=row.answered_at is not None,
        post=head.facts_of_post(
            row.post_author_id, row.number, PostState.PUBLISHED, is_question=row.is_question
        ),
    )
    return NoteRow(
        id=row.id,
        path=note_path(row.thread_id, row.number, row.id),
        author=person(row.username, row.display_name, row.user_state),
        badge=chip(row.kind, row.organisation, row.badge_state, row.expires_at),
        text=row.text,
        sources=tuple(Source(title, url) for title, url in row.sources),
        answer=row.answer,
        created_at=row.created_at,
        confirmed=row.confirmed,
        disputed=row.disputed,
        own_verdict=row.own_verdict,
        may_judge=bool(policy.may_judge(viewer, facts, has_badge=viewer.has_badges)),
        may_answer=bool(policy.may_answer(viewer, facts)),
        may_withdraw=bool(policy.may_withdraw(viewer, facts)),
        # Visitors are asked to sign in by the form, as for posts.
        may_report=not viewer.is_signed_in or bool(policy.may_report(viewer, facts)),
    )


def note_path(thread_id: int, number: int, note_id: int) -> str:
    return f"{comment_path(thread_id, number)}/context/{note_id}"


def get_note_page(viewer: Actor, thread_id: int, number: int, note_id: int) -> NotePage:
    """One note with everything that was said to it; NotFound when the viewer may not see it."""
    head, post = get_comment(viewer, thread_id, number)
    notes = notes_on(viewer, head, (post.id,)).get(post.id, ())
    note = next((one for one in notes if one.id == note_id), None)
    if note is None:
        raise NotFound
    return NotePage(head, post, note, _verdicts_on(note_id))


def _verdicts_on(note_id: int) -> tuple[VerdictRow, ...]:
    """What others say, each with the oldest badge of theirs that is in force."""
    badge = (
        sa.select(sa.func.min(Badge.id))
        .where(Badge.user_id == _v.c.user_id, in_force(clock.now()))
        .correlate(_v)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            User.username, User.display_name, User.state, _v.c.verdict, _v.c.reason, _v.c.at,
            Badge.kind, Badge.organisation, Badge.state.label("badge_state"), Badge.expires_at,
        )
        .select_from(_v)
        .join(User, User.id == _v.c.user_id)
        .outerjoin(Badge, Badge.id == badge)
        .where(_v.c.note_id == note_id)
        .order_by(_v.c.at, User.id)
        .limit(100)
    )  # fmt: skip
    return tuple(
        VerdictRow(
            author=person(row.username, row.display_name, row.state),
            badge=chip(row.kind, row.organisation, row.badge_state, row.expires_at),
            is_dispute=row.verdict is Verdict.DISPUTE,
            reason=row.reason,
            at=row.at,
        )
        for row in rows
    )


def get_note(
    actor: Actor, thread_id: int, number: int, note_id: int
) -> tuple[NoteFacts, ContextNote, Head]:
    """A note, locked, of a post that the actor may see; NotFound."""
    head, post = get_comment(actor, thread_id, number, for_update=True)
    note = db.session.scalar(
        sa.select(ContextNote)
        .where(ContextNote.id == note_id, ContextNote.post_id == post.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if note is None:
        raise NotFound
    return facts_of(head, post, note), note, head


def facts_of(head: Head, post: Post, note: ContextNote) -> NoteFacts:
    return NoteFacts(
        note.author_id, note.state, note.answered_at is not None, post_facts(head, post)
    )


def times_of_latest(author_id: int, since: datetime) -> tuple[datetime, ...]:
    """When the author's notes since then were added, the newest first."""
    return tuple(
        db.session.scalars(
            sa.select(ContextNote.created_at)
            .where(ContextNote.author_id == author_id, ContextNote.created_at > since)
            .order_by(ContextNote.created_at.desc())
        )
    )


def find_same(author_id: int, post_id: int, text: str) -> int | None:
    """The note with these words that its author added to this post already."""
    return db.session.scalar(
        sa.select(ContextNote.id)
        .where(
            ContextNote.author_id == author_id,
            ContextNote.post_id == post_id,
            ContextNote.text == text,
            ContextNote.state == ContextNoteState.PUBLISHED,
        )
        .limit(1)
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Notes, what was said to others', and answers, for the download of one's own data."""
    for note, thread_id, number in db.session.execute(
        sa.select(ContextNote, Post.thread_id, Post.number)
        .join(Post, Post.id == ContextNote.post_id)
        .where(ContextNote.author_id == user_id)
        .order_by(ContextNote.id)
    ):
        yield (
            "context_notes",
            {
                "thread": thread_id,
                "number": number,
                "text": note.text,
                "sources": note.sources,
                "state": note.state.value,
                "written_at": note.created_at.isoformat(),
            },
        )
    for verdict in db.session.scalars(
        sa.select(NoteVerdict).where(NoteVerdict.user_id == user_id).order_by(NoteVerdict.note_id)
    ):
        yield (
            "context_verdicts",
            {
                "note": verdict.note_id,
                "verdict": verdict.verdict.value,
                "reason": verdict.reason,
                "at": verdict.at.isoformat(),
            },
        )
    for note, thread_id, number in db.session.execute(
        sa.select(ContextNote, Post.thread_id, Post.number)
        .join(Post, Post.id == ContextNote.post_id)
        .where(Post.author_id == user_id, ContextNote.answered_at.is_not(None))
        .order_by(ContextNote.id)
    ):
        yield (
            "context_answers",
            {"thread": thread_id, "number": number, "text": note.answer},
        )
