"""The states of proposals."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.links import thread_path
from forum.core.text import cut, scrub_line
from forum.notifications.actions import notify
from forum.proposals import policy
from forum.proposals.actions.events import add_event
from forum.proposals.models import (
    REASON_LENGTH,
    ClaimState,
    Proposal,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.policy import Role
from forum.proposals.queries import audience_of, authors_of
from forum.proposals.words import state_told
from forum.services.models import Service, ServiceState
from forum.spaces.policy import role_in
from forum.threads import actions as threads
from forum.threads.actions.counting import hold, touch
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class StateDraft:
    """Where a proposal is to be, and why; "exists" names a service, "merged" a proposal."""

    state: ProposalState
    reason: str
    service_id: int | None = None
    merged_into_id: int | None = None
    seen: ProposalState | None = None  # in which it was when the actor decided; None: whichever


def change_state(actor: Actor, thread_id: int, draft: StateDraft) -> None:
    """Bring a proposal into another state, with a reason; who may is in policy.TABLE.

    Raises Conflict when somebody else changed it since it was `draft.seen`.
    """
    threads.hold_writer(actor)
    (head,) = hold(actor, thread_id)
    proposal = db.session.get(Proposal, thread_id)
    if proposal is None:
        raise NotFound
    roles = policy.roles_of(actor, head, authors_of(thread_id))
    if roles and draft.seen is not None and draft.seen is not proposal.state:
        raise Conflict(
            _(
                "Somebody else changed the state in the meantime. It is now: %(state)s.",
                state=state_told(proposal.state),
            )
        )
    policy.may_change_state(roles, proposal.state, draft.state).enforce()
    reason = checked_reason(draft.reason)
    threads.check_words(actor, head.access, reason, "reason")
    is_found = draft.state is ProposalState.EXISTS
    if is_found:
        _check_listed(draft.service_id)
    service_id = draft.service_id if is_found else None
    before = put_state(actor, thread_id, StateDraft(draft.state, reason, service_id))
    if Role.AUTHOR not in roles:
        record(
            actor.id, "proposal.state", "thread", thread_id,
            before={"state": before.value}, after={"state": draft.state.value}, reason=reason,
            role=role_in(actor, head.access), space_id=head.space_id,
        )  # fmt: skip
    touch(thread_id)


def _check_listed(service_id: int | None) -> None:
    if service_id is None or not is_listed(service_id):
        raise Invalid(_("Please choose the service that exists already."), "service")


def is_listed(service_id: int) -> bool:
    """Whether a service stands in the directory."""
    found = sa.exists().where(Service.id == service_id, Service.state == ServiceState.LISTED)
    return bool(db.session.scalar(sa.select(found)))


def checked_reason(reason: str, field: str = "reason") -> str:
    reason = scrub_line(reason)
    if not reason:
        raise Invalid(_("Please say why, in a few words."), field)
    fit(reason, REASON_LENGTH, field)
    return reason


def put_state(actor: Actor, thread_id: int, draft: StateDraft) -> ProposalState:
    """Bring a proposal into a state without asking who may; returns the one before.

    Keeps the event and tells authors and followers. The caller has decided that the actor may,
    holds the thread, records what is to be audited and, last, makes the thread's pages stale.
    Raises NotFound for what is no proposal, and Conflict when it is in that state already.
    """
    proposal = db.session.scalar(
        sa.select(Proposal).where(Proposal.thread_id == thread_id).with_for_update()
    )
    if proposal is None:
        raise NotFound
    before = proposal.state
    if before is draft.state:
        raise Conflict(_("The proposal is in this state already."))
    proposal.state = draft.state
    proposal.state_reason = cut(scrub_line(draft.reason), REASON_LENGTH)
    proposal.state_at = clock.now()
    proposal.service_id = draft.service_id
    proposal.merged_into_id = draft.merged_into_id
    db.session.flush()
    _answer_claims(actor, thread_id, draft)
    linked = {
        name: value
        for name, value in (("service", draft.service_id), ("into", draft.merged_into_id))
        if value is not None
    }
    values = {"from": before.value, "to": draft.state.value, **linked}
    add_event(thread_id, actor.id, "state", draft.reason, **values)
    tell_audience(actor, thread_id, "proposal.state", variant=draft.state.value)
    return before


def _answer_claims(actor: Actor, thread_id: int, draft: StateDraft) -> None:
    """What exists answers the claim that showed it; what is open again, says it is not enough."""
    is_found = draft.state is ProposalState.EXISTS
    which = (
        ServiceClaim.service_id == draft.service_id
        if is_found
        else ServiceClaim.state == ClaimState.ACCEPTED
    )
    answered = db.session.scalars(
        sa.update(ServiceClaim)
        .where(
            ServiceClaim.thread_id == thread_id, which, ServiceClaim.state != ClaimState.WITHDRAWN
        )
        .values(
            state=ClaimState.ACCEPTED if is_found else ClaimState.NOT_ENOUGH,
            answer="" if is_found else cut(scrub_line(draft.reason), REASON_LENGTH),
            answered_by_id=actor.id,
            answered_at=clock.now(),
        )
        .returning(ServiceClaim.id)
    )
    for claim_id in sorted(answered):
        cases.edited(SubjectKind.CLAIM, claim_id, actor.id)


def tell_audience(actor: Actor, thread_id: int, kind: str, **values: object) -> None:
    """Tell the authors and followers of a proposal something, but for whoever did it."""
    people = audience_of(thread_id) - {actor.id}
    if not people:
        return
    title, slug = db.session.execute(
        sa.select(Thread.title, Thread.slug).where(Thread.id == thread_id)
    ).one()
    path = thread_path(thread_id, slug)
    notify(people, kind, "thread", thread_id, path=path, values={"title": title, **values})
