"""Who may look after jobs."""

from forum.core.actor import Actor
from forum.core.verdict import ALLOWED, HIDDEN, Verdict


def may_retry(actor: Actor) -> Verdict:
    return ALLOWED if actor.is_administrator else HIDDEN
