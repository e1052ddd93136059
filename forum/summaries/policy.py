"""Who may change a summary; whoever may see the thread may read it. Pure."""

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import HIDDEN, Verdict, refuse
from forum.threads import policy as threads
from forum.threads.models import ThreadKind
from forum.threads.policy import ThreadFacts

KINDS = (ThreadKind.PROMPT, ThreadKind.PROPOSAL)


def may_read(actor: Actor, kind: ThreadKind, thread: ThreadFacts) -> Verdict:
    """Of a thread that waits or is gone nothing is summed up, nor of a plain discussion."""
    seen = threads.may_see(actor, thread)
    if not seen or kind not in KINDS or thread.is_deleted or thread.opening_waits:
        return HIDDEN
    return seen


def may_edit(actor: Actor, kind: ThreadKind, thread: ThreadFacts) -> Verdict:
    """Facilitators of the space, and moderators."""
    read = may_read(actor, kind, thread)
    if not read:
        return read
    if threads.may_arrange(actor, thread):
        return read
    return refuse(lazy("Only facilitators and moderators edit a summary."))
