"""Who may do what to a post, given what they may do in its space."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.posts.models import PostState
from forum.sanctions import policy as sanctions
from forum.spaces import policy as spaces
from forum.spaces.policy import SpaceAccess


@dataclass(frozen=True, slots=True)
class PostFacts:
    """What decisions about a post depend on.

    `is_closed`, `is_deleted` and `opening_waits` are its thread's; a thread whose opening waits for
    a review is deleted as well, for that long.
    """

    author_id: int | None
    number: int
    state: PostState
    is_question: bool
    is_closed: bool
    is_deleted: bool
    opening_waits: bool
    access: SpaceAccess


_CLOSED = refuse(lazy("This thread is closed, so nothing in it changes any more."))
_DELETED = refuse(lazy("This thread was taken back, so nothing in it changes any more."))
_GONE = refuse(lazy("These words were taken back or removed."))
_WAITS = refuse(lazy("These words wait for a review."))
_THREAD_WAITS = refuse(lazy("This thread waits for a review, so nothing in it changes for now."))
_IN_QUEUE = refuse(
    lazy("These words wait for a review. Please decide about them in the queue of the moderation.")
)
_SIGN_IN = refuse(lazy("Please sign in first."))


def may_see(actor: Actor, post: PostFacts) -> Verdict:
    return spaces.may_see(actor, post.access)


def may_reply(actor: Actor, post: PostFacts) -> Verdict:
    """Reply to it, quote it: as anybody who may comment in the space."""
    verdict = spaces.may_comment(actor, post.access)
    if not verdict:
        return verdict
    return _open(post) if post.number == 0 else _published_and_open(post)


def may_agree(actor: Actor, post: PostFacts) -> Verdict:
    """Agree with somebody else's comment; whoever may read it may agree."""
    verdict = _signed_in(actor, post)
    if not verdict:
        return verdict
    if post.number == 0:
        return refuse(lazy("Agreement is with comments; a thread itself is not agreed with."))
    if post.author_id == actor.id:
        return refuse(lazy("This is your own comment."))
    return sanctions.may_take_part(actor, post.access.space_id) and _published_and_open(post)


def may_stop_agreeing(actor: Actor, post: PostFacts) -> Verdict:
    """An agreement is one's own: it can be withdrawn wherever the post can be seen."""
    return _signed_in(actor, post)


def may_edit(actor: Actor, post: PostFacts) -> Verdict:
    verdict = _signed_in(actor, post)
    if not verdict:
        return verdict
    if post.author_id != actor.id:
        return refuse(lazy("Only its author can edit a post."))
    if post.state is PostState.WAITING:  # it may be mended, whatever became of thread and author
        return _DELETED if post.is_deleted and not post.opening_waits else ALLOWED
    return sanctions.may_write(actor, post.access.space_id) and _published_and_open(post)


def may_withdraw(actor: Actor, post: PostFacts) -> Verdict:
    """Take one's own words back: at any time, also in a closed thread."""
    verdict = _signed_in(actor, post)
    if not verdict:
        return verdict
    if post.author_id != actor.id:
        return refuse(lazy("Only its author can take a post back."))
    return ALLOWED if post.state is not PostState.WITHDRAWN else _GONE


def may_mark_question(actor: Actor, post: PostFacts) -> Verdict:
    verdict = _signed_in(actor, post)
    if not verdict:
        return verdict
    if post.number == 0:
        return refuse(lazy("Only comments are marked as questions."))
    if post.author_id != actor.id and not spaces.may_facilitate(actor, post.access):
        return refuse(lazy("Only its author or a facilitator can mark a question."))
    return sanctions.may_take_part(actor, post.access.space_id) and _published_and_open(post)


def may_mark_answer(actor: Actor, question: PostFacts) -> Verdict:
    """Say which comment answers a question: its author, or a facilitator."""
    verdict = may_mark_question(actor, question)
    if not verdict:
        return verdict
    if question.is_question:
        return ALLOWED
    return refuse(lazy("That comment is not marked as a question."))


def may_remove(actor: Actor, post: PostFacts) -> Verdict:
    """Take out somebody's post with a reason; facilitators and moderators."""
    verdict = may_see(actor, post)
    if not verdict:
        return verdict
    if not spaces.may_facilitate(actor, post.access):
        return refuse(lazy("Only facilitators and moderators can remove a post."))
    if post.state is PostState.WAITING:
        return _IN_QUEUE
    return ALLOWED if post.state is PostState.PUBLISHED else _GONE


def may_note(actor: Actor, post: PostFacts) -> Verdict:
    """Put a content note before somebody's words: as whoever may remove them."""
    verdict = may_remove(actor, post)
    if verdict and post.is_deleted and post.number == 0:
        return _DELETED
    return verdict


def may_restore(actor: Actor, post: PostFacts) -> Verdict:
    verdict = may_see(actor, post)
    if not verdict:
        return verdict
    if not spaces.may_facilitate(actor, post.access):
        return refuse(lazy("Only facilitators and moderators can restore a post."))
    if post.state is PostState.WAITING:
        return _IN_QUEUE
    if post.state is not PostState.REMOVED:
        return refuse(lazy("There is nothing to restore here."))
    return ALLOWED


def may_read_history(actor: Actor, post: PostFacts) -> Verdict:
    """Whoever sees the post sees what it said before; while it waits, that is its author."""
    verdict = may_see(actor, post)
    if not verdict:
        return verdict
    if post.state is PostState.WAITING:
        is_own = actor.is_signed_in and post.author_id == actor.id
        return ALLOWED if is_own else HIDDEN
    is_gone = post.state is not PostState.PUBLISHED or (post.is_deleted and post.number == 0)
    return HIDDEN if is_gone else ALLOWED


def may_annotate(actor: Actor, post: PostFacts) -> Verdict:
    """Add a correction beneath what somebody else wrote; whether by a badge, is asked above."""
    verdict = _signed_in(actor, post)
    if not verdict:
        return verdict
    if post.author_id == actor.id:
        return refuse(lazy("This is your own. You can edit it instead."))
    return sanctions.may_write(actor, post.access.space_id) and _published_and_open(post)


def is_readable(post: PostFacts) -> bool:
    """Whether whoever sees the thread reads the words of this post."""
    return post.state is PostState.PUBLISHED and not (post.is_deleted and post.number == 0)


def may_report(actor: Actor, post: PostFacts) -> Verdict:
    """Report what somebody else wrote and others can read; a newcomer as well as anybody."""
    verdict = _signed_in(actor, post)
    if not verdict:
        return verdict
    if post.author_id == actor.id:
        return refuse(lazy("This is your own. You can edit it or take it back."))
    is_gone = post.is_deleted and post.number == 0
    if post.state is PostState.WAITING:
        return _WAITS
    return ALLOWED if post.state is PostState.PUBLISHED and not is_gone else _GONE


def _signed_in(actor: Actor, post: PostFacts) -> Verdict:
    verdict = may_see(actor, post)
    if not verdict:
        return verdict
    return ALLOWED if actor.is_signed_in else _SIGN_IN


def _open(post: PostFacts) -> Verdict:
    if post.is_deleted:
        return _THREAD_WAITS if post.opening_waits else _DELETED
    return _CLOSED if post.is_closed else ALLOWED


def _published_and_open(post: PostFacts) -> Verdict:
    if post.state is PostState.WAITING:
        return _WAITS
    return _open(post) if post.state is PostState.PUBLISHED else _GONE
