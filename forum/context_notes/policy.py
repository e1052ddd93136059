"""Who may add context to a post, confirm, dispute and answer it."""

from dataclasses import dataclass

from forum.context_notes.models import ContextNoteState
from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.posts import policy as posts
from forum.posts.policy import PostFacts
from forum.sanctions import policy as sanctions


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What decisions about a note depend on; `post` is what it stands beneath."""

    author_id: int | None
    state: ContextNoteState
    is_answered: bool
    post: PostFacts


_NO_BADGE = refuse(lazy("This needs a badge. You can ask for one in your settings."))
_SIGN_IN = refuse(lazy("Please sign in first."))


def may_add(actor: Actor, post: PostFacts, *, has_badge: bool) -> Verdict:
    """Add context to what somebody else wrote and one may see."""
    verdict = posts.may_annotate(actor, post)
    if not verdict:
        return verdict
    return ALLOWED if has_badge else _NO_BADGE


def may_read(actor: Actor, note: NoteFacts) -> Verdict:
    """Whoever reads the post reads the note, while both are there."""
    verdict = posts.may_see(actor, note.post)
    if not verdict:
        return verdict
    is_there = note.state is ContextNoteState.PUBLISHED and posts.is_readable(note.post)
    return ALLOWED if is_there else HIDDEN


def may_judge(actor: Actor, note: NoteFacts, *, has_badge: bool) -> Verdict:
    """Confirm or dispute somebody else's note, by a badge of one's own."""
    verdict = _signed_in(actor, note)
    if not verdict:
        return verdict
    if actor.id == note.author_id:
        return refuse(lazy("This is your own note."))
    if actor.id == note.post.author_id:
        return refuse(lazy("The note is about your own post. You can answer it."))
    if not has_badge:
        return _NO_BADGE
    return posts.may_annotate(actor, note.post)


def may_answer(actor: Actor, note: NoteFacts) -> Verdict:
    """The post's author has a word on the note, once; also in a closed thread."""
    verdict = _signed_in(actor, note)
    if not verdict:
        return verdict
    if note.post.author_id != actor.id:
        return refuse(lazy("Only the author of the post answers a note on it."))
    if note.is_answered:
        return refuse(lazy("You have answered this note already."))
    return sanctions.may_write(actor, note.post.access.space_id)


def may_withdraw(actor: Actor, note: NoteFacts) -> Verdict:
    """Take one's own note back, at any time."""
    verdict = _signed_in(actor, note)
    if not verdict:
        return verdict
    return ALLOWED if actor.id == note.author_id else refuse(lazy("This is not your own note."))


def may_report(actor: Actor, note: NoteFacts) -> Verdict:
    verdict = _signed_in(actor, note)
    if not verdict:
        return verdict
    if actor.id == note.author_id:
        return refuse(lazy("This is your own note. You can take it back."))
    return ALLOWED


def _signed_in(actor: Actor, note: NoteFacts) -> Verdict:
    verdict = may_read(actor, note)
    if not verdict:
        return verdict
    return ALLOWED if actor.is_signed_in else _SIGN_IN
