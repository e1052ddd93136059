"""Suggesting an entry, and keeping it: listed, changed, made sure of, retired, brought back.

Every transaction takes its locks in one order: the entry, the log, versions of pages.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound, TooMany
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.services import effects, policy
from forum.services.actions.asking import look_daily
from forum.services.actions.writing import (
    REASON_LENGTH,
    checked,
    draft_of,
    hold,
    make,
    named_by,
    put,
    step,
    values_of,
)
from forum.services.checking import ServiceDraft
from forum.services.models import Service, ServiceState, ServiceVersion
from forum.services.queries import keeps

DAY = timedelta(days=1)
MOST_A_DAY = 10  # suggestions of one member that wait or came to nothing


def suggest(actor: Actor, draft: ServiceDraft) -> Service:
    """Add an entry: listed at once by those who keep the directory, else waiting for one of them.

    TooMany after MOST_A_DAY within 24 hours. Sent twice it is one entry.
    """
    policy.may_suggest(actor).enforce()
    draft, found = checked(draft)
    is_keeper = bool(policy.may_keep(actor, keeps=keeps(actor)))
    before = _sent_before(actor, draft)
    if before is not None:
        return before
    if not is_keeper:
        _check_pace(actor)
    state = ServiceState.LISTED if is_keeper else ServiceState.SUGGESTED
    service = make(draft, found, state, member_id(actor))
    if is_keeper:
        _record(actor, "service.add", service)
        _is_shown(service)
    return service


def _sent_before(actor: Actor, draft: ServiceDraft) -> Service | None:
    """What this person added within a day, if it says exactly this."""
    twins = db.session.scalars(
        sa.select(Service).where(
            Service.suggested_by_id == actor.id,
            Service.name == draft.name,
            Service.organisation == draft.organisation,
            Service.state != ServiceState.RETIRED,
            Service.version == 1,
            Service.created_at > clock.now() - DAY,
        )
    )
    wanted = {**{name: getattr(draft, name) for name in ("offers", "phone", "email", "url")}}
    return next(
        (one for one in twins if all(getattr(one, name) == wanted[name] for name in wanted)), None
    )


def _check_pace(actor: Actor) -> None:
    since = clock.now() - DAY
    times = db.session.scalars(
        sa.select(Service.created_at)
        .where(
            Service.suggested_by_id == actor.id,
            Service.created_at > since,
            Service.state != ServiceState.LISTED,
        )
        .order_by(Service.created_at)
    ).all()
    if len(times) >= MOST_A_DAY:
        raise TooMany(
            _(
                "You suggested %(most)s services within a day, thank you."
                " Please come back tomorrow with more.",
                most=MOST_A_DAY,
            ),
            retry_after=max(1, int((times[0] - since).total_seconds())),
        )


def edit(
    actor: Actor, service_id: int, draft: ServiceDraft, *, version: int, reason: str = ""
) -> Service:
    """Change an entry; Conflict when somebody changed it since `version`. Nothing new is no change.

    Its state and its name in files stay.
    """
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    draft, found = checked(draft)
    reason = _checked_reason(reason)
    service = hold(service_id, version)
    before = values_of(service)
    if not put(service, draft, found):
        return service
    named = (sorted(found.needs.values()), sorted(found.places.values()))
    step(service, actor.id, reason, named=named)
    _record(actor, "service.edit", service, before=before, reason=reason)
    _is_shown(service)
    return service


def list_suggested(actor: Actor, service_id: int, *, version: int, reason: str = "") -> Service:
    """Put a suggestion, or what was retired, into the directory. Whoever suggested it is told."""
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    reason = _checked_reason(reason)
    service = hold(service_id, version)
    if service.state is ServiceState.LISTED:
        return service
    was_suggested = service.state is ServiceState.SUGGESTED
    set_state(service, ServiceState.LISTED, actor.id, reason)
    if was_suggested and service.suggested_by_id not in (None, actor.id):
        effects.tell_listed(service)
    _record(actor, "service.list", service, reason=reason)
    _is_shown(service)
    return service


def retire(actor: Actor, service_id: int, *, version: int, reason: str) -> Service:
    """Take an entry out of the directory, or decline a suggestion: it stays for those who keep it.

    Whoever suggested it reads the reason, when it was not listed yet.
    """
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    reason = _checked_reason(reason)
    if not reason:
        raise Invalid(_("Please say why, in a few words."), "reason")
    service = hold(service_id, version)
    if service.state is ServiceState.RETIRED:
        return service
    was_suggested = service.state is ServiceState.SUGGESTED
    set_state(service, ServiceState.RETIRED, actor.id, reason)
    if was_suggested and service.suggested_by_id not in (None, actor.id):
        effects.tell_declined(service, reason)
    _record(actor, "service.retire", service, reason=reason)
    _is_shown(service)
    return service


def revert(
    actor: Actor, service_id: int, number: int, *, version: int, reason: str = ""
) -> Service:
    """Let an entry say again what it said in an earlier version. Its state stays.

    Needs and places that are not there any more are left out.
    """
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    reason = _checked_reason(reason) or _("Back to version %(number)s", number=number)
    values = db.session.scalar(
        sa.select(ServiceVersion.values).where(
            ServiceVersion.service_id == service_id, ServiceVersion.number == number
        )
    )
    if values is None:
        raise NotFound
    draft, found = checked(draft_of(values))
    service = hold(service_id, version)
    before = values_of(service)
    if not put(service, draft, found):
        raise Conflict(_("This is what the entry says already."))
    step(service, actor.id, reason, named=None)
    _record(actor, "service.revert", service, before=before, reason=reason)
    _is_shown(service)
    return service


def verify(actor: Actor, service_id: int) -> Service:
    """Note that the actor made sure of a listed entry today."""
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    service = hold(service_id)
    if service.state is not ServiceState.LISTED:
        raise Conflict(_("Only what is listed can be made sure of."))
    before = {"verified_at": service.verified_at}
    service.verified_at = clock.now()
    service.verified_by_id = member_id(actor)
    service.asked_at = None
    _record(
        actor,
        "service.verify",
        service,
        before={name: at.isoformat() if at else None for name, at in before.items()},
        after={"verified_at": service.verified_at.isoformat()},
    )
    _is_shown(service)
    return service


# For those above, who have asked their own policy


def set_state(service: Service, state: ServiceState, by_id: int | None, reason: str) -> None:
    """Put a held entry into a state, as a version; the caller tells the log and pages."""
    service.state = state
    step(service, by_id, reason, named=named_by(service.id))


def _checked_reason(reason: str) -> str:
    reason = scrub_line(reason)
    fit(reason, REASON_LENGTH, "reason")
    return reason


def _record(
    actor: Actor,
    verb: str,
    service: Service,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Into the log: what differs, not the whole entry."""
    db.session.flush()
    if after is None:
        now = {**values_of(service), "version": service.version, "state": service.state.value}
        old = before or {}
        after = {name: value for name, value in now.items() if old.get(name) != value}
        before = {name: value for name, value in old.items() if name in after}
    record(
        actor.id, verb, "service", service.id, before=before or None, after=after, reason=reason,
        role=actor.role.value,
    )  # fmt: skip


def _is_shown(service: Service) -> None:
    if service.state is ServiceState.LISTED:
        look_daily()
    versions.touch(versions.DIRECTORY)
