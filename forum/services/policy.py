"""Who may suggest, keep and read entries of the directory; pure."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.sanctions import policy as sanctions
from forum.services.models import ServiceState


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What decides over one entry."""

    state: ServiceState
    suggested_by_id: int | None


_SIGN_IN = refuse(lazy("Please sign in first."))
_NOT_LISTED = refuse(lazy("This entry is not in the directory."))
_KEEPERS = refuse(
    lazy("Only facilitators, moderators and practitioners with a badge can change this.")
)


def may_see(actor: Actor, service: ServiceFacts, *, keeps: bool) -> Verdict:
    """What is listed anybody reads; the rest is for keepers and for whoever suggested it."""
    if service.state is ServiceState.LISTED or keeps:
        return ALLOWED
    is_own = actor.is_signed_in and actor.id == service.suggested_by_id
    return ALLOWED if is_own else HIDDEN


def may_suggest(actor: Actor) -> Verdict:
    if not actor.is_signed_in:
        return _SIGN_IN
    return sanctions.may_write(actor, None)


def may_report(actor: Actor, service: ServiceFacts, *, keeps: bool) -> Verdict:
    """Say that something in a listed entry is wrong."""
    seen = may_see(actor, service, keeps=keeps)
    if not seen:
        return seen
    if not actor.is_signed_in:
        return _SIGN_IN
    return ALLOWED if service.state is ServiceState.LISTED else _NOT_LISTED


def may_keep(actor: Actor, *, keeps: bool) -> Verdict:
    """Add, change, list, retire, verify and import entries; `keeps` is services.queries.keeps."""
    if not actor.is_signed_in:
        return _SIGN_IN
    if not keeps:
        return _KEEPERS
    return ALLOWED if actor.is_moderator else sanctions.may_write(actor, None)
