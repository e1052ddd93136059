"""Writes of watched words: each with a reason, each in the audit log."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db, locked
from forum.core.errors import Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.safety import policy, queries
from forum.safety.models import WatchedWord, WordAction
from forum.safety.patterns import LENGTH, matcher

MESSAGE_LENGTH = 300
NOTE_LENGTH = 100  # of a message that becomes a content note
REASON_LENGTH = 500
# In one space, and in all alike. Every post is looked through for each of them.
MOST_PHRASES = 500
MOST_PATTERNS = 20
# Words that ask for a message: what the author reads, or the note that covers the text.
_SPEAKING = frozenset({WordAction.REFUSE, WordAction.COVER})


@dataclass(frozen=True, slots=True)
class WordDraft:
    """Something to watch for; `space_id` None is everywhere."""

    phrase: str
    action: WordAction
    reason: str
    space_id: int | None
    is_pattern: bool = False
    message: str = ""


def add_word(actor: Actor, runs: Collection[int], draft: WordDraft) -> int:
    """Watch for something from now on; `runs` are the spaces that the actor facilitates."""
    policy.may_change(actor, draft.space_id, runs).enforce()
    values = _checked(draft)
    _check_number(draft)
    word = WatchedWord(**values, added_by_id=actor.id, created_at=clock.now())
    db.session.add(word)
    db.session.flush()
    record(
        actor.id, "word.add", "watched_word", word.id,
        after=_said(word), reason=word.reason, role=_role(actor), space_id=word.space_id,
    )  # fmt: skip
    return word.id


def change_word(actor: Actor, runs: Collection[int], word_id: int, draft: WordDraft) -> None:
    """Watch for something else, or otherwise; NotFound for one that is not theirs to change."""
    word = _held(actor, runs, word_id)
    policy.may_change(actor, draft.space_id, runs).enforce()
    values = _checked(draft)
    if (word.space_id, word.is_pattern) != (draft.space_id, draft.is_pattern):
        _check_number(draft)
    before = _said(word)
    for name, value in values.items():
        setattr(word, name, value)
    after = _said(word)
    if before == after and not db.session.is_modified(word):
        return
    record(
        actor.id, "word.change", "watched_word", word.id,
        before=before, after=after, reason=word.reason,
        role=_role(actor), space_id=word.space_id,
    )  # fmt: skip


def remove_word(actor: Actor, runs: Collection[int], word_id: int, reason: str = "") -> None:
    """Watch for it no more."""
    word = _held(actor, runs, word_id)
    before = _said(word)
    db.session.delete(word)
    record(
        actor.id, "word.remove", "watched_word", word_id,
        before=before, reason=scrub_line(reason)[:REASON_LENGTH],
        role=_role(actor), space_id=word.space_id,
    )  # fmt: skip


def _held(actor: Actor, runs: Collection[int], word_id: int) -> WatchedWord:
    word = locked(WatchedWord, word_id)
    if not policy.may_change(actor, word.space_id, runs):
        raise NotFound
    return word


def _checked(draft: WordDraft) -> dict[str, Any]:
    phrase = scrub_line(draft.phrase)
    if not phrase:
        raise Invalid(_("Please say what to look for."), "phrase")
    fit(phrase, LENGTH, "phrase")
    matcher(phrase, is_pattern=draft.is_pattern)  # raises Invalid
    reason = scrub_line(draft.reason)
    if not reason:
        raise Invalid(_("Please say why, for those who come after you."), "reason")
    return {
        "phrase": phrase,
        "is_pattern": draft.is_pattern,
        "action": draft.action,
        "message": _checked_message(draft),
        "space_id": draft.space_id,
        "reason": reason[:REASON_LENGTH],
    }


def _checked_message(draft: WordDraft) -> str:
    if draft.action not in _SPEAKING:
        return ""
    message = scrub_line(draft.message)
    if not message:
        raise Invalid(_("Please write what the author, or the reader, is told."), "told")
    limit = NOTE_LENGTH if draft.action is WordAction.COVER else MESSAGE_LENGTH
    fit(message, limit, "told")
    return message


def _check_number(draft: WordDraft) -> None:
    phrases, patterns = queries.counts_in(draft.space_id)
    count, most = (patterns, MOST_PATTERNS) if draft.is_pattern else (phrases, MOST_PHRASES)
    if count >= most:
        raise Invalid(
            _(
                "There are %(most)s of these already, which is the most. Please remove one.",
                most=most,
            ),
            "phrase",
        )


def _said(word: WatchedWord) -> dict[str, Any]:
    """What the log keeps of a word."""
    return {
        "phrase": word.phrase,
        "is_pattern": word.is_pattern,
        "action": word.action.value,
        "message": word.message,
        "space": word.space_id,
    }


def _role(actor: Actor) -> str:
    return actor.role.value if actor.is_moderator else "facilitator"
