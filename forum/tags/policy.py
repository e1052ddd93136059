"""Who may change the vocabulary; pure."""

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, Verdict, refuse


def may_curate(actor: Actor) -> Verdict:
    """Make, change and merge tags."""
    if actor.is_moderator:
        return ALLOWED
    return refuse(lazy("Only moderators and administrators change the list of tags."))
