"""Who may bring discussions in, and who may hand over their authors."""

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.spaces import policy as spaces
from forum.spaces.policy import SpaceAccess


def may_import(actor: Actor) -> Verdict:
    """Uploads are read by the server for a long time: administrators alone."""
    return ALLOWED if actor.is_administrator else HIDDEN


def may_hand_over(actor: Actor, access: SpaceAccess) -> Verdict:
    """Facilitators know who is who in their space."""
    return spaces.may_facilitate(actor, access)


def may_claim(actor: Actor) -> Verdict:
    return ALLOWED if actor.is_signed_in else refuse(lazy("Please sign in first."))
