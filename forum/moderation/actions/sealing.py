"""What was taken out of a text, kept for a while under two names, then gone for good."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.audit.actions import record
from forum.cases import actions as cases
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, transaction
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import _
from forum.jobs.actions import enqueue
from forum.moderation import policy
from forum.moderation.models import Decision, SealedText
from forum.moderation.queries.cases import facts_of

JOB = "moderation.forget_sealed"
_SPARE = timedelta(minutes=5)  # after the time is over


def seal(decision_id: int, content: Mapping[str, Any], keep: timedelta) -> None:
    """Keep what a decision took out for so long; a job deletes it then."""
    expires_at = clock.now() + keep
    db.session.add(
        SealedText(decision_id=decision_id, content=dict(content), expires_at=expires_at)
    )
    enqueue(JOB, {}, dedupe=f"{JOB}:{decision_id}", run_at=expires_at + _SPARE)


def unseal(decision_id: int) -> dict[str, Any] | None:
    """What a decision took out, which is kept no longer: it goes back to where it was."""
    found = db.session.scalar(
        sa.delete(SealedText)
        .where(SealedText.decision_id == decision_id, SealedText.expires_at > clock.now())
        .returning(SealedText.content)
        .execution_options(synchronize_session=False)
    )
    return None if found is None else dict(found)


def ask_to_open(actor: Actor, case_id: int, decision_id: int) -> None:
    """Ask that what was taken out be opened: somebody else has to agree. Asking twice is once."""
    sealed = _hold(actor, case_id, decision_id)
    if sealed.asked_by_id is not None:
        return
    case = cases.get_locked(case_id)
    sealed.asked_by_id = member_id(actor)
    sealed.asked_at = clock.now()
    cases.add_event(case, actor.id, "seal_asked", values={"decision": decision_id})
    record(
        actor.id, "case.ask_seal", "case", case_id, after={"decision": decision_id},
        role=actor.staff_role, space_id=case.space_id, case_id=case_id,
    )  # fmt: skip


def open_seal(actor: Actor, case_id: int, decision_id: int) -> dict[str, Any]:
    """What was taken out, for the second of two who want to read it; Conflict for the first."""
    sealed = _hold(actor, case_id, decision_id)
    if sealed.asked_by_id is None or sealed.asked_by_id == actor.id:
        raise Conflict(_("This opens when another moderator agrees."))
    case = cases.get_locked(case_id)
    cases.add_event(
        case, actor.id, "seal_opened",
        values={"decision": decision_id, "with": sealed.asked_by_id},
    )  # fmt: skip
    record(
        actor.id, "case.open_seal", "case", case_id,
        after={"decision": decision_id, "with": sealed.asked_by_id},
        role=actor.staff_role, space_id=case.space_id, case_id=case_id,
    )  # fmt: skip
    content: dict[str, Any] = sealed.content["subject"]
    return content


def _hold(actor: Actor, case_id: int, decision_id: int) -> SealedText:
    case = cases.get_locked(case_id)
    policy.may_open_seal(actor, facts_of(actor, case)).enforce()
    sealed = db.session.scalar(
        sa.select(SealedText)
        .join(Decision, Decision.id == SealedText.decision_id)
        .where(
            Decision.id == decision_id,
            Decision.case_id == case_id,
            SealedText.expires_at > clock.now(),
        )
        .with_for_update(of=SealedText)
        .execution_options(populate_existing=True)
    )
    if sealed is None:
        raise NotFound
    return sealed


def forget_expired(_payload: Mapping[str, Any]) -> None:
    """Delete what was kept long enough."""
    with transaction():
        db.session.execute(sa.delete(SealedText).where(SealedText.expires_at <= clock.now()))


HANDLERS: Mapping[str, Callable[[dict[str, Any]], None]] = {JOB: forget_expired}
