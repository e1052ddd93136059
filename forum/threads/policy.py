"""Who may do what with a thread, given what they may do in its space."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.sanctions import policy as sanctions
from forum.spaces import policy as spaces
from forum.spaces.policy import SpaceAccess
from forum.threads.models import ThreadKind


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """What decisions about a thread depend on.

    `is_deleted` is true as well while `opening_waits`, which is for a review.
    """

    author_id: int | None
    is_closed: bool
    is_deleted: bool
    has_comments: bool
    opening_waits: bool
    access: SpaceAccess


_SIGN_IN = refuse(lazy("Please sign in first."))
_CLOSED = refuse(lazy("This thread is closed, so nobody can comment any more."))
_DELETED = refuse(lazy("This thread was taken back, so nobody can comment any more."))
_WAITS = refuse(lazy("This thread waits for a review, so nobody can comment for now."))
_IN_QUEUE = refuse(
    lazy("This thread waits for a review. Please decide about it in the queue of the moderation.")
)


def may_see(actor: Actor, thread: ThreadFacts) -> Verdict:
    """A thread that is out of sight is seen where others answered, and by those who keep it."""
    verdict = spaces.may_see(actor, thread.access)
    if not verdict or not thread.is_deleted or thread.has_comments:
        return verdict
    return ALLOWED if _may_keep(actor, thread) else HIDDEN


def may_start(actor: Actor, access: SpaceAccess, kind: ThreadKind) -> Verdict:
    """Prompts are set by facilitators; discussions by whom the space says."""
    verdict = spaces.may_start_thread(actor, access)
    if not verdict or kind is not ThreadKind.PROMPT:
        return verdict
    if spaces.may_facilitate(actor, access):
        return ALLOWED
    return refuse(lazy("Prompts are opened by the facilitators of a space."))


def may_comment(actor: Actor, thread: ThreadFacts) -> Verdict:
    verdict = may_see(actor, thread)
    if not verdict:
        return verdict
    verdict = spaces.may_comment(actor, thread.access)
    if not verdict:
        return verdict
    if thread.is_deleted:
        return _WAITS if thread.opening_waits else _DELETED
    return _CLOSED if thread.is_closed else ALLOWED


def may_delete(actor: Actor, thread: ThreadFacts) -> Verdict:
    verdict = may_see(actor, thread)
    if not verdict:
        return verdict
    if thread.opening_waits:
        return _waiting(actor, thread)
    if thread.is_deleted:
        return refuse(lazy("This thread is taken back already."))
    if _may_keep(actor, thread):
        return ALLOWED
    return refuse(lazy("Only its author or a facilitator can take a thread back."))


def may_restore(actor: Actor, thread: ThreadFacts) -> Verdict:
    verdict = may_see(actor, thread)
    if not verdict:
        return verdict
    if thread.opening_waits:
        return _waiting(actor, thread)
    if not thread.is_deleted:
        return refuse(lazy("There is nothing to restore here."))
    if _may_keep(actor, thread):
        return ALLOWED
    return refuse(lazy("Only its author or a facilitator can restore a thread."))


def may_arrange(actor: Actor, thread: ThreadFacts) -> Verdict:
    """Pin, close, reopen, move, merge, split: facilitators and moderators."""
    verdict = may_see(actor, thread)
    if not verdict:
        return verdict
    if spaces.may_facilitate(actor, thread.access):
        return ALLOWED
    return refuse(lazy("Only facilitators and moderators can do this."))


def may_set_tags(actor: Actor, thread: ThreadFacts) -> Verdict:
    verdict = may_see(actor, thread)
    if not verdict or spaces.may_facilitate(actor, thread.access):
        return verdict
    if _may_keep(actor, thread):
        return sanctions.may_write(actor, thread.access.space_id)
    return refuse(lazy("Only its author or a facilitator can change the tags of a thread."))


def may_suggest_tags(actor: Actor, thread: ThreadFacts) -> Verdict:
    verdict = may_see(actor, thread)
    if not verdict:
        return verdict
    if not actor.is_signed_in:
        return _SIGN_IN
    return sanctions.may_write(actor, thread.access.space_id)


def may_report_suggestion(
    actor: Actor, thread: ThreadFacts, *, suggested_by_id: int | None
) -> Verdict:
    """Report suggested tags: whoever decides about them, and so sees them."""
    verdict = may_arrange(actor, thread)
    if not verdict:
        return HIDDEN
    if suggested_by_id == actor.id:
        return refuse(lazy("This is your own suggestion. You can decline it."))
    return ALLOWED


def _waiting(actor: Actor, thread: ThreadFacts) -> Verdict:
    """Why a thread that waits is neither taken back nor restored, and what can be done instead."""
    if spaces.may_facilitate(actor, thread.access):
        return _IN_QUEUE
    return refuse(
        lazy("This thread waits for a review. Its author can edit it, or take the words back.")
    )


def _may_keep(actor: Actor, thread: ThreadFacts) -> bool:
    if not actor.is_signed_in:
        return False
    return thread.author_id == actor.id or bool(spaces.may_facilitate(actor, thread.access))
