"""Writes of drafts: saving while somebody types, discarding, and letting go of old ones."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.accounts.actions import count_attempt
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, insert, transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _, language, number
from forum.core.markup import MAX_LENGTH
from forum.core.text import scrub
from forum.drafts.models import Draft
from forum.drafts.queries import KEPT_FOR, Kept, Words, count_of, kept
from forum.jobs.actions import enqueue
from forum.posts.queries import find_post, find_submitted

JOB = "drafts.forget"
LONGEST = 2 * MAX_LENGTH  # characters: what is too long to post is kept while it is being cut
MOST = 100  # drafts of one member
_SAVES, _SAVES_MINUTES = 300, 15  # of one member: one every three seconds
_EVERY = timedelta(days=1)
_MOST_TAGS = 20


class Outdated(Conflict):
    """Another window saved this draft since; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Another window saved a newer text of this draft."))


class Over(Conflict):
    """What was being written is posted or discarded by now; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("This draft was posted or discarded in another window."))


@dataclass(frozen=True, slots=True)
class Place:
    """What a draft is of: an answer in a thread, or (thread_id None) a thread of its own.

    `draft_id` names the draft of a thread that was saved before.
    """

    thread_id: int | None = None
    reply_to: int = 0
    draft_id: int | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a form knows of the draft: the version that it shows (0: none), and its own key."""

    version: int = 0
    form_key: str = ""


def save(actor: Actor, place: Place, words: Words, basis: Basis) -> Kept | None:
    """Save what is being written; None when there is nothing to keep.

    Raises Outdated when another window saved in between, and Over when the text was posted or
    discarded: a save that arrives late must not bring it back.
    """
    words = _checked(words)
    user_id = member_id(actor)
    if basis.form_key and find_submitted(user_id, basis.form_key) is not None:
        raise Over
    row = _find(user_id, place)
    if row is None:
        if basis.version:
            raise Over
        return None if words.is_empty else _add(user_id, place, words, basis)
    if kept(row).words == words:
        return kept(row)
    if row.version != basis.version and not _is_same_form(row, basis):
        raise Outdated
    if words.is_empty:
        db.session.delete(row)
        return None
    _count(user_id)
    for name, value in _columns(words).items():
        setattr(row, name, value)
    row.version += 1
    row.form_key = basis.form_key
    row.saved_at = clock.now()
    db.session.flush()
    return kept(row)


def discard(actor: Actor, draft_id: int) -> None:
    """Delete one of the actor's drafts; NotFound for anybody else's."""
    gone = db.session.scalar(
        sa.delete(Draft)
        .where(Draft.id == draft_id, Draft.user_id == member_id(actor))
        .returning(Draft.id)
    )
    if gone is None:
        raise NotFound


def drop_reply(actor: Actor, thread_id: int, reply_to: int) -> None:
    """The answer was posted: its draft goes, in the same transaction."""
    db.session.execute(
        sa.delete(Draft).where(
            Draft.user_id == member_id(actor),
            Draft.thread_id == thread_id,
            Draft.reply_to == reply_to,
        )
    )


def drop_thread(actor: Actor, draft_id: int) -> None:
    """The thread was started: its draft goes, in the same transaction."""
    db.session.execute(
        sa.delete(Draft).where(
            Draft.id == draft_id, Draft.user_id == member_id(actor), Draft.thread_id.is_(None)
        )
    )


def forget_member(user_id: int) -> None:
    """Delete all drafts of somebody who leaves."""
    db.session.execute(sa.delete(Draft).where(Draft.user_id == user_id))


def forget_old(_payload: Mapping[str, Any]) -> None:
    """Delete the drafts that nobody wrote on for long; comes back tomorrow while there are any."""
    with transaction():
        db.session.execute(sa.delete(Draft).where(Draft.saved_at < clock.now() - KEPT_FOR))
        if db.session.scalar(sa.select(sa.exists().select_from(Draft))):
            _look_again()


def _look_again() -> None:
    """Look for old drafts once a day, whoever asks for it and how often."""
    at = clock.now() + _EVERY
    enqueue(JOB, {}, dedupe=f"{JOB}:{at.date().isoformat()}", run_at=at)


def _find(user_id: int, place: Place) -> Draft | None:
    statement = sa.select(Draft).where(Draft.user_id == user_id).with_for_update()
    if place.thread_id is not None:
        return db.session.scalar(
            statement.where(Draft.thread_id == place.thread_id, Draft.reply_to == place.reply_to)
        )
    if place.draft_id is None:
        return None
    return db.session.scalar(statement.where(Draft.id == place.draft_id, Draft.thread_id.is_(None)))


def _is_same_form(row: Draft, basis: Basis) -> bool:
    """Whether this form saved last itself: then the answer to that save got lost on its way."""
    return bool(basis.form_key) and row.form_key == basis.form_key


def _add(user_id: int, place: Place, words: Words, basis: Basis) -> Kept:
    if count_of(user_id) >= MOST:
        raise Conflict(
            _(
                "You have %(number)s drafts, and there is no room for more."
                " Please delete some first.",
                number=MOST,
            )
        )
    _count(user_id)
    row = db.session.scalar(
        insert(Draft)
        .values(
            user_id=user_id,
            thread_id=place.thread_id,
            reply_to=place.reply_to,
            version=1,
            form_key=basis.form_key,
            saved_at=clock.now(),
            **_columns(words),
        )
        .on_conflict_do_nothing()
        .returning(Draft)
    )
    if row is None:  # two windows began at once
        raise Outdated
    _look_again()
    return kept(row)


def _count(user_id: int) -> None:
    """Counted with the save itself: what is limited is how much is written, not the tries."""
    count_attempt("draft", str(user_id), limit=_SAVES, minutes=_SAVES_MINUTES)


def _columns(words: Words) -> dict[str, Any]:
    return {**asdict(words), "tags": list(words.tags)}


def _existing(post_id: int | None) -> int | None:
    return post_id if post_id is not None and find_post(post_id) is not None else None


def _checked(words: Words) -> Words:
    found = Words(
        source=scrub(words.source),
        title=scrub(words.title),
        question=scrub(words.question),
        content_note=scrub(words.content_note),
        is_question=words.is_question,
        space=scrub(words.space)[:80],
        kind=scrub(words.kind)[:32],
        tags=tuple(scrub(tag)[:80] for tag in words.tags[:_MOST_TAGS]),
        place=scrub(words.place)[:120],
        raised_from_id=_existing(words.raised_from_id),
    )
    length = sum(map(len, (found.source, found.title, found.question, found.content_note)))
    if length > LONGEST:
        raise Invalid(
            _(
                "A draft can hold %(limit)s characters, and this is %(length)s,"
                " so it is not saved.",
                limit=number(LONGEST, language()),
                length=number(length, language()),
            ),
            "source",
        )
    return found


HANDLERS: Mapping[str, Callable[[dict[str, Any]], None]] = {JOB: forget_old}
