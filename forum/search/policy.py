"""Who may keep searches."""

from forum.core.actor import Actor
from forum.core.verdict import ALLOWED, HIDDEN, Verdict


def may_save(actor: Actor) -> Verdict:
    return ALLOWED if actor.is_signed_in else HIDDEN
