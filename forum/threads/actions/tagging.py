"""Which tags a thread carries, and what members suggest about that."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound, TooMany
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.spaces.policy import role_in
from forum.tags.queries import tags_by_word
from forum.threads import policy
from forum.threads.actions.counting import hold, touch
from forum.threads.models import (
    SuggestionState,
    TagAttention,
    TagSuggestion,
    ThreadKind,
    ThreadTag,
)
from forum.threads.queries import chips_of_threads, get_head
from forum.threads.rows import Head

MOST_TAGS = 5
_NOTE_LENGTH = 500
_WORD_LENGTH = 60
_MOST_OPEN = 3  # suggestions of one member on one thread
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class SuggestionDraft:
    """A better set of tags; words that the vocabulary lacks are kept for a moderator."""

    words: tuple[str, ...]
    note: str = ""


def put_tags(
    thread_id: int, words: Sequence[str], kind: ThreadKind = ThreadKind.DISCUSSION
) -> None:
    """Give a thread exactly these tags, one to five; raises Invalid for unknown words.

    A proposal is for a need: one of its tags is one.
    """
    found = tags_by_word(words)
    unknown = [word for word in words if word not in found]
    if unknown:
        raise Invalid(
            _(
                "“%(word)s” is not in the vocabulary."
                " Please choose from the list; you can suggest a new word afterwards.",
                word=unknown[0],
            ),
            "tags",
        )
    tags = list(dict.fromkeys(found[word] for word in words))
    if not 1 <= len(tags) <= MOST_TAGS:
        raise Invalid(_("Please choose one to %(most_tags)s tags.", most_tags=MOST_TAGS), "tags")
    if kind is ThreadKind.PROPOSAL and not any(tag.is_need for tag in tags):
        raise Invalid(_("Please choose at least one need that this is for."), "tags")
    db.session.execute(sa.delete(ThreadTag).where(ThreadTag.thread_id == thread_id))
    db.session.execute(
        sa.insert(ThreadTag),
        [
            {"thread_id": thread_id, "tag_id": tag.id, "position": position}
            for position, tag in enumerate(tags)
        ],
    )


def set_tags(actor: Actor, thread_id: int, words: Sequence[str]) -> None:
    """Change the tags of a thread; its author, facilitators and moderators."""
    (head,) = hold(actor, thread_id)
    policy.may_set_tags(actor, head.facts).enforce()
    before = _names(thread_id)
    put_tags(thread_id, words, head.kind)
    after = _names(thread_id)
    if before != after:
        record(
            actor.id, "thread.tags", "thread", thread_id,
            before={"tags": before}, after={"tags": after},
            role=role_in(actor, head.access), space_id=head.space_id,
        )  # fmt: skip
        touch(thread_id)


def suggest_tags(actor: Actor, thread_id: int, draft: SuggestionDraft) -> None:
    """Suggest a set of tags for a thread to its facilitators."""
    head = get_head(actor, thread_id)
    policy.may_suggest_tags(actor, head.facts).enforce()
    words = tuple(filter(None, (scrub_line(word) for word in draft.words)))
    if not 1 <= len(words) <= MOST_TAGS:
        raise Invalid(_("Please suggest one to %(most_tags)s tags.", most_tags=MOST_TAGS), "tags")
    if any(len(word) > _WORD_LENGTH for word in words):
        raise Invalid(
            _("Please keep a tag under %(word_length)s characters.", word_length=_WORD_LENGTH),
            "tags",
        )
    waiting = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(TagSuggestion)
        .where(
            TagSuggestion.thread_id == thread_id,
            TagSuggestion.suggested_by_id == actor.id,
            TagSuggestion.state == SuggestionState.OPEN,
        )
    )
    if (waiting or 0) >= _MOST_OPEN:
        raise TooMany(
            _("Your earlier suggestions for this thread still wait for a facilitator."),
            retry_after=_HOUR,
        )
    found = tags_by_word(words)
    db.session.add(
        TagSuggestion(
            thread_id=thread_id,
            suggested_by_id=member_id(actor),
            tag_slugs=list(dict.fromkeys(tag.slug for tag in found.values())),
            new_words=[word for word in words if word not in found],
            note=scrub_line(draft.note)[:_NOTE_LENGTH],
            created_at=clock.now(),
        )
    )


def accept_suggestion(actor: Actor, thread_id: int, suggestion_id: int) -> None:
    """Take the suggested tags; words that the vocabulary lacks by now are left out."""
    head, suggestion = _decide(actor, thread_id, suggestion_id, SuggestionState.ACCEPTED)
    words = [*suggestion.tag_slugs, *suggestion.new_words]
    found = tags_by_word(words)
    known = [word for word in words if word in found]
    if not known:
        raise Invalid(
            _("None of these words is in the vocabulary yet. A moderator can add them under Needs.")
        )
    before = _names(thread_id)
    put_tags(thread_id, known, head.kind)
    record(
        actor.id, "thread.tags", "thread", thread_id,
        before={"tags": before}, after={"tags": _names(thread_id)},
        reason="suggested by a member",
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def decline_suggestion(actor: Actor, thread_id: int, suggestion_id: int) -> None:
    head, suggestion = _decide(actor, thread_id, suggestion_id, SuggestionState.DECLINED)
    words = [*suggestion.tag_slugs, *suggestion.new_words]
    record(
        actor.id, "thread.tags.decline", "thread", thread_id,
        before={"suggested": words},
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip


def retag(from_tag_id: int, to_tag_id: int) -> None:
    """Move threads and followers from one tag to another, when it is merged into that."""
    _move_rows(TagAttention.tag_id, TagAttention.user_id, from_tag_id, to_tag_id)
    thread_ids = _move_rows(ThreadTag.tag_id, ThreadTag.thread_id, from_tag_id, to_tag_id)
    touch(*thread_ids)


def _move_rows(
    tag: InstrumentedAttribute[int], owner: InstrumentedAttribute[int], old: int, new: int
) -> list[int]:
    """Give rows another tag, where their owner has no row with it already; returns the owners."""
    table = tag.class_
    held = aliased(table)
    has_both = sa.exists().where(getattr(held, owner.key) == owner, getattr(held, tag.key) == new)
    db.session.execute(
        sa.delete(table).where(tag == old, has_both).execution_options(synchronize_session=False)
    )
    moved = db.session.scalars(
        sa.update(table)
        .where(tag == old)
        .values({tag.key: new})
        .returning(owner)
        .execution_options(synchronize_session=False)
    )
    return list(moved)


def _decide(
    actor: Actor, thread_id: int, suggestion_id: int, state: SuggestionState
) -> tuple[Head, TagSuggestion]:
    (head,) = hold(actor, thread_id)
    policy.may_arrange(actor, head.facts).enforce()
    suggestion = db.session.scalar(
        sa.select(TagSuggestion)
        .where(TagSuggestion.id == suggestion_id, TagSuggestion.thread_id == thread_id)
        .with_for_update()
    )
    if suggestion is None:
        raise NotFound
    if suggestion.state is not SuggestionState.OPEN:
        raise Conflict(_("This suggestion was decided already."))
    suggestion.state = state
    suggestion.decided_at = clock.now()
    suggestion.decided_by_id = actor.id
    return head, suggestion


def _names(thread_id: int) -> list[str]:
    return [chip.name for chip in chips_of_threads([thread_id]).get(thread_id, ())]
