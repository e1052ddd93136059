"""Who may change the list of places; pure."""

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, Verdict, refuse
from forum.sanctions import policy as sanctions


def may_keep(actor: Actor, *, keeps: bool) -> Verdict:
    """Add regions and towns and rename them; `keeps` says whether they keep the directory."""
    if not keeps:
        return refuse(
            lazy("Only facilitators, moderators and practitioners with a badge can change this.")
        )
    return ALLOWED if actor.is_moderator else sanctions.may_write(actor, None)
