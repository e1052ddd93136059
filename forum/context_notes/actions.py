"""Writes of context notes: adding, judging, answering, taking back, taking out."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import sqlalchemy as sa

from forum.badges.queries import active_badges, holds
from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.context_notes import policy, queries
from forum.context_notes.models import (
    TEXT_LENGTH,
    ContextNote,
    ContextNoteState,
    NoteVerdict,
    Verdict,
)
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, insert, locked
from forum.core.errors import Invalid, TooMany
from forum.core.fitting import fit
from forum.core.i18n import _, language
from forum.core.links import is_web_link, link_host
from forum.core.moments import moment
from forum.core.text import scrub, scrub_line
from forum.notifications.actions import notify
from forum.posts.models import Post
from forum.threads.actions import check_words, hold_writer
from forum.threads.actions.counting import touch
from forum.threads.queries import get_comment, post_facts

A_DAY = timedelta(days=1)
MOST_A_DAY = 3  # notes of one person
MOST_SOURCES = 3
TITLE_LENGTH = 200  # characters of a source's title
LINK_LENGTH = 500


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note to add; `sources` are pairs of title and address, empty ones are left out."""

    text: str
    sources: tuple[tuple[str, str], ...]
    badge_id: int | None


def add_note(actor: Actor, thread_id: int, number: int, draft: NoteDraft) -> int:
    """Add context to a post; the same note sent twice is one. Returns its id.

    Raises TooMany, with the time to come back, after MOST_A_DAY of them.
    """
    hold_writer(actor)  # so that two forms at once count each other
    head, post = get_comment(actor, thread_id, number, for_update=True)
    has_badge = bool(active_badges(actor.id))
    policy.may_add(actor, post_facts(head, post), has_badge=has_badge).enforce()
    text = _checked_text(draft.text)
    existing = queries.find_same(member_id(actor), post.id, text)
    if existing is not None:
        return existing
    sources = _checked_sources(draft.sources)
    said = "\n".join((text, *(part for source in sources for part in source)))
    check_words(actor, head.access, said, "text")
    if draft.badge_id is None or not holds(actor, draft.badge_id):
        raise Invalid(_("Please choose one of your badges."), "badge")
    _check_pace(actor)
    note = ContextNote(
        post_id=post.id,
        author_id=member_id(actor),
        badge_id=draft.badge_id,
        text=text,
        sources=sources,
        created_at=clock.now(),
    )
    db.session.add(note)
    db.session.flush()
    if post.author_id is not None:
        notify(
            [post.author_id], "context.added", "context_note", note.id,
            path=queries.note_path(thread_id, number, note.id),
            values={"name": actor.display_name, "title": head.stored_title},
        )  # fmt: skip
    touch(thread_id, lists=False)
    return note.id


def judge_note(
    actor: Actor,
    thread_id: int,
    number: int,
    note_id: int,
    verdict: Verdict,
    reason: str = "",
) -> None:
    """Confirm or dispute a note; one's last word counts. A dispute needs a reason."""
    facts, note, head = queries.get_note(actor, thread_id, number, note_id)
    has_badge = bool(active_badges(actor.id))
    policy.may_judge(actor, facts, has_badge=has_badge).enforce()
    reason = fit(scrub(reason).strip(), TEXT_LENGTH, "reason")
    if verdict is Verdict.DISPUTE and not reason:
        raise Invalid(_("Please say what is wrong with it, and how you know."), "reason")
    check_words(actor, head.access, reason, "reason")
    statement = insert(NoteVerdict).values(
        note_id=note.id, user_id=member_id(actor), verdict=verdict, reason=reason, at=clock.now()
    )
    anew = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["note_id", "user_id"],
            set_={"verdict": anew.verdict, "reason": anew.reason, "at": anew.at},
        )
    )
    if verdict is Verdict.DISPUTE and note.author_id is not None:
        notify(
            [note.author_id], "context.disputed", "context_note", note.id,
            path=queries.note_path(thread_id, number, note.id),
            values={"title": head.stored_title},
        )  # fmt: skip
    touch(thread_id, lists=False)


def unsay_verdict(actor: Actor, thread_id: int, number: int, note_id: int) -> None:
    """Take back what one said to a note; once more changes nothing."""
    facts, note, _head = queries.get_note(actor, thread_id, number, note_id)
    policy.may_read(actor, facts).enforce()
    gone = db.session.execute(
        sa.delete(NoteVerdict)
        .where(NoteVerdict.note_id == note.id, NoteVerdict.user_id == member_id(actor))
        .returning(NoteVerdict.note_id)
    ).all()
    if gone:
        touch(thread_id, lists=False)


def answer_note(actor: Actor, thread_id: int, number: int, note_id: int, text: str) -> None:
    """The post's author answers a note on it, once."""
    facts, note, head = queries.get_note(actor, thread_id, number, note_id)
    policy.may_answer(actor, facts).enforce()
    answer = _checked_text(text, "answer")
    check_words(actor, head.access, answer, "answer")
    note.answer = answer
    note.answered_at = clock.now()
    if note.author_id is not None:
        notify(
            [note.author_id], "context.answered", "context_note", note.id,
            path=queries.note_path(thread_id, number, note.id),
            values={"title": head.stored_title},
        )  # fmt: skip
    touch(thread_id, lists=False)


def withdraw_note(actor: Actor, thread_id: int, number: int, note_id: int) -> None:
    """Take one's own note back: its words are gone, and what was said to it."""
    facts, note, _head = queries.get_note(actor, thread_id, number, note_id)
    policy.may_withdraw(actor, facts).enforce()
    _forget(note)
    cases.taken_back(SubjectKind.CONTEXT_NOTE, note.id, actor.id)
    touch(thread_id, lists=False)


def hold_note(note_id: int) -> tuple[ContextNote, int]:
    """A note, locked, and the thread that it is in; NotFound. Asks no policy."""
    note = locked(ContextNote, note_id)
    found = sa.select(Post.thread_id).where(Post.id == note.post_id)
    return note, db.session.scalars(found).one()


def put_note_state(note: ContextNote, state: ContextNoteState, reason: str) -> None:
    """Take a note out, or put it back; who may, is asked by moderation, which calls this."""
    note.state, note.state_reason = state, reason


def forget_member(user_id: int, *, takes_words: bool) -> None:
    """Somebody leaves: what they said to notes goes, and their own words if they wish it."""
    judged = sa.select(NoteVerdict.note_id).where(NoteVerdict.user_id == user_id)
    changed: sa.ColumnElement[bool] = ContextNote.id.in_(judged)
    if takes_words:
        changed = sa.or_(changed, ContextNote.author_id == user_id, Post.author_id == user_id)
    thread_ids = set(
        db.session.scalars(
            sa.select(Post.thread_id)
            .join(ContextNote, ContextNote.post_id == Post.id)
            .where(changed)
        )
    )
    db.session.execute(
        sa.delete(NoteVerdict)
        .where(NoteVerdict.user_id == user_id)
        .execution_options(synchronize_session=False)
    )
    if takes_words:
        for note in db.session.scalars(
            sa.select(ContextNote)
            .where(
                ContextNote.author_id == user_id, ContextNote.state != ContextNoteState.WITHDRAWN
            )
            .order_by(ContextNote.id)
        ):
            _forget(note)
        cases.all_taken_back(SubjectKind.CONTEXT_NOTE, user_id)
        about_theirs = sa.select(Post.id).where(Post.author_id == user_id)
        db.session.execute(
            sa.update(ContextNote)
            .where(ContextNote.post_id.in_(about_theirs), ContextNote.answer != "")
            .values(answer="")
            .execution_options(synchronize_session=False)
        )
    if thread_ids:
        touch(*thread_ids, lists=False)


def _forget(note: ContextNote) -> None:
    db.session.execute(
        sa.delete(NoteVerdict)
        .where(NoteVerdict.note_id == note.id)
        .execution_options(synchronize_session=False)
    )
    note.state = ContextNoteState.WITHDRAWN
    note.text = note.answer = note.state_reason = ""
    note.sources = []


def _check_pace(actor: Actor) -> None:
    now = clock.now()
    times = queries.times_of_latest(member_id(actor), now - A_DAY)
    if len(times) < MOST_A_DAY:
        return
    back = times[MOST_A_DAY - 1] + A_DAY
    raise TooMany(
        _(
            "You have added %(most)s notes in a day, which is the most for one person. You can add"
            " this at %(back)s; the text stays here.",
            most=MOST_A_DAY,
            back=moment(back, actor.timezone, language()),
        ),
        retry_after=ceil((back - now).total_seconds()),
    )


def _checked_text(text: str, field: str = "text") -> str:
    text = scrub(text).strip()
    if not text:
        raise Invalid(_("Please write something first."), field)
    return fit(text, TEXT_LENGTH, field)


def _checked_sources(sources: tuple[tuple[str, str], ...]) -> list[list[str]]:
    """The sources that say something; one without a title is called by its site."""
    found: list[list[str]] = []
    for place, given in enumerate(sources[:MOST_SOURCES], 1):
        title, url = (scrub_line(text) for text in given)
        if not title and not url:
            continue
        if not is_web_link(url) or len(url) > LINK_LENGTH:
            raise Invalid(
                _("Please give a whole address, such as https://example.org."), f"url_{place}"
            )
        fit(title, TITLE_LENGTH, f"title_{place}")
        found.append([title or link_host(url), url])
    if not found:
        raise Invalid(_("A note needs a source: where can people read this?"), "url_1")
    return found
