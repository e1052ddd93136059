"""What exists already: somebody shows a service, and the authors say whether it is enough."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.cases import actions as cases
from forum.cases.models import Case, SubjectKind
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.notifications.actions import notify
from forum.proposals import policy
from forum.proposals.actions.coauthors import hold_accounts
from forum.proposals.actions.events import add_event
from forum.proposals.actions.states import StateDraft, checked_reason, is_listed, put_state
from forum.proposals.models import (
    LIVE,
    REASON_LENGTH,
    ClaimState,
    Proposal,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.queries import authors_of, claim_stands, readers_among
from forum.sanctions import policy as sanctions
from forum.services.models import Service, ServiceState
from forum.threads.actions import check_words
from forum.threads.actions.counting import hold, touch
from forum.threads.rows import Head

MOST_CLAIMS = 30  # of one proposal


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A service that may be what is asked for, and why somebody thinks so."""

    service_id: int
    note: str = ""


def claim_service(actor: Actor, thread_id: int, draft: ClaimDraft) -> None:
    """Say that a listed service is what a proposal asks for; whoever may comment there."""
    note = scrub_line(draft.note)
    fit(note, REASON_LENGTH, "note")
    hold_accounts({actor.id, *authors_of(thread_id)})
    head, proposal = _held(actor, thread_id)
    policy.may_claim(actor, head.facts, proposal.state).enforce()
    if sanctions.held_by_sanction(actor, head.space_id):
        raise Forbidden(_("What you write is reviewed first for now. Please say it in a comment."))
    check_words(actor, head.access, note, "note")
    name = db.session.scalar(
        sa.select(Service.name).where(
            Service.id == draft.service_id, Service.state == ServiceState.LISTED
        )
    )
    if name is None:
        raise Invalid(_("Please choose a service of the directory."), "service")
    claim = _standing_or_unused(thread_id, draft.service_id)
    if claim is not None and claim.state is not ClaimState.WITHDRAWN:
        raise Conflict(_("Somebody has shown this service already."))
    if claim is None:
        _check_count(thread_id)
        claim = ServiceClaim(thread_id=thread_id, service_id=draft.service_id)
        db.session.add(claim)
    claim.claimed_by_id = actor.id
    claim.claimed_at = clock.now()
    claim.note = note
    claim.state = ClaimState.OPEN
    claim.answer, claim.answered_by_id, claim.answered_at = "", None, None
    db.session.flush()
    add_event(thread_id, actor.id, "claim.made")  # the note can be taken back
    people = readers_among(thread_id, authors_of(thread_id)) - {member_id(actor)}
    notify(
        people, "proposal.claimed", "thread", thread_id,
        path=head.path, values={"title": head.title, "service": name},
    )  # fmt: skip
    touch(thread_id)


def accept_claim(actor: Actor, thread_id: int, claim_id: int, reason: str = "") -> None:
    """Agree that it exists: the proposal goes into that state; its authors."""
    head, proposal, claim = _answered(actor, thread_id, claim_id)
    if proposal.state not in LIVE:
        raise Conflict(_("The state of this proposal changed in the meantime."))
    name = _service_name(claim)
    if not is_listed(claim.service_id):
        raise Conflict(_("This service is not in the directory any more."))
    reason = checked_reason(reason) if reason.strip() else ""
    check_words(actor, head.access, reason, "reason")
    add_event(thread_id, actor.id, "claim.accepted")
    put_state(actor, thread_id, StateDraft(ProposalState.EXISTS, reason, claim.service_id))
    _tell(actor, head, claim, name, "accepted")
    touch(thread_id)


def refuse_claim(actor: Actor, thread_id: int, claim_id: int, reason: str) -> None:
    """Say why it is not enough; both stay visible. Its authors."""
    reason = checked_reason(reason)
    head, _proposal, claim = _answered(actor, thread_id, claim_id)
    check_words(actor, head.access, reason, "reason")
    claim.state = ClaimState.NOT_ENOUGH
    claim.answer = reason
    claim.answered_by_id = actor.id
    claim.answered_at = clock.now()
    db.session.flush()
    name = _service_name(claim)
    cases.edited(SubjectKind.CLAIM, claim.id, actor.id)
    add_event(thread_id, actor.id, "claim.not_enough", reason)
    _tell(actor, head, claim, name, "not_enough")
    touch(thread_id)


def withdraw_claim(actor: Actor, thread_id: int, claim_id: int) -> None:
    """Take back what one said oneself, as long as nobody has answered it."""
    hold_accounts({actor.id})
    _head, _proposal = _held(actor, thread_id)
    claim = _claim(thread_id, claim_id)
    if claim.claimed_by_id != actor.id:
        raise NotFound
    if claim.state is not ClaimState.OPEN:
        raise Conflict(_("This was answered in the meantime."))
    claim.state = ClaimState.WITHDRAWN
    claim.note = ""
    db.session.flush()
    cases.taken_back(SubjectKind.CLAIM, claim.id, actor.id)
    add_event(thread_id, actor.id, "claim.withdrawn")
    touch(thread_id)


def _held(actor: Actor, thread_id: int) -> tuple[Head, Proposal]:
    (head,) = hold(actor, thread_id)
    proposal = db.session.get(Proposal, thread_id)
    if proposal is None:
        raise NotFound
    return head, proposal


def _claim(thread_id: int, claim_id: int) -> ServiceClaim:
    claim = db.session.scalar(
        sa.select(ServiceClaim)
        .where(
            ServiceClaim.id == claim_id,
            ServiceClaim.thread_id == thread_id,
            ServiceClaim.removed_at.is_(None),
        )
        .with_for_update()
    )
    if claim is None:
        raise NotFound
    return claim


def _standing_or_unused(thread_id: int, service_id: int) -> ServiceClaim | None:
    """The claim about this service that stands, or else one that was taken back.

    Not one that there is a case about: a case is about the words of one person.
    """
    has_case = sa.exists().where(
        Case.subject_kind == SubjectKind.CLAIM, Case.subject_id == ServiceClaim.id
    )
    return db.session.scalar(
        sa.select(ServiceClaim)
        .where(
            ServiceClaim.thread_id == thread_id,
            ServiceClaim.service_id == service_id,
            ServiceClaim.removed_at.is_(None),
            sa.or_(claim_stands(), sa.not_(has_case)),
        )
        .order_by(claim_stands().desc())
        .limit(1)
        .with_for_update()
    )


def _answered(actor: Actor, thread_id: int, claim_id: int) -> tuple[Head, Proposal, ServiceClaim]:
    """A claim that the actor may answer now, with everything locked."""
    claimed_by = db.session.scalar(
        sa.select(ServiceClaim.claimed_by_id).where(ServiceClaim.id == claim_id)
    )
    hold_accounts({actor.id, claimed_by, *authors_of(thread_id)})
    head, proposal = _held(actor, thread_id)
    claim = _claim(thread_id, claim_id)
    policy.may_tend(actor, head, authors_of(thread_id)).enforce()
    if claim.state is not ClaimState.OPEN:
        raise Conflict(_("This was answered or taken back in the meantime."))
    return head, proposal, claim


def _check_count(thread_id: int) -> None:
    count = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(ServiceClaim)
        .where(ServiceClaim.thread_id == thread_id, ServiceClaim.removed_at.is_(None))
    )
    if (count or 0) >= MOST_CLAIMS:
        raise Conflict(_("So many services were shown that there is no room for more."))


def _service_name(claim: ServiceClaim) -> str:
    return db.session.scalars(sa.select(Service.name).where(Service.id == claim.service_id)).one()


def _tell(actor: Actor, head: Head, claim: ServiceClaim, name: str, variant: str) -> None:
    """Tell whoever showed the service, if they may still see the proposal."""
    if claim.claimed_by_id is None or claim.claimed_by_id == actor.id:
        return
    notify(
        readers_among(head.id, {claim.claimed_by_id}), "proposal.claim_answered", "thread", head.id,
        path=head.path, values={"title": head.title, "service": name, "variant": variant},
    )  # fmt: skip
