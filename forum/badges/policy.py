"""Who may ask for a badge, decide about one, and end it."""

from dataclasses import dataclass

from forum.badges.models import BadgeKind, BadgeState
from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What decisions about a badge depend on: whose it is, and how far it is."""

    user_id: int
    state: BadgeState


_OWN = refuse(lazy("Nobody decides about their own badge. Please leave it to another moderator."))


def may_request(actor: Actor, kind: BadgeKind, *, facilitates: bool) -> Verdict:
    """Ask for a badge: a practitioner's by anybody, the others by who already is one."""
    if not actor.is_signed_in:
        return HIDDEN
    if kind is BadgeKind.FACILITATOR and not facilitates:
        return refuse(lazy("Only who facilitates a space can ask for a facilitator's badge."))
    if kind is BadgeKind.MODERATOR and not actor.is_moderator:
        return refuse(lazy("Only moderators can ask for a moderator's badge."))
    return ALLOWED


def may_let_go(actor: Actor, badge: BadgeFacts) -> Verdict:
    """Withdraw a request, or give a badge back: only one's own."""
    return ALLOWED if actor.is_signed_in and actor.id == badge.user_id else HIDDEN


def may_see_requests(actor: Actor) -> Verdict:
    return ALLOWED if actor.is_moderator else HIDDEN


def may_decide(actor: Actor, badge: BadgeFacts) -> Verdict:
    """Grant or refuse a badge, or end it early."""
    if not actor.is_moderator:
        return HIDDEN
    return _OWN if actor.id == badge.user_id else ALLOWED


def may_declare(actor: Actor) -> Verdict:
    """Say of oneself that one has lived it; nobody else is asked or told."""
    return ALLOWED if actor.is_signed_in else HIDDEN
