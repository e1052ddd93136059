"""Appeals: the person's answer to a decision, and what somebody else makes of it."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases.actions import Subject
from forum.cases.models import CaseState, Lane, Report, ReportState
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub
from forum.moderation import effects, policy
from forum.moderation.actions.deciding import (
    DecisionDraft,
    Held,
    hold_case,
    lift_sanction,
    settle,
    take_back,
)
from forum.moderation.actions.subjects import Wish
from forum.moderation.models import TEXT_LENGTH, Appeal, Decision, Outcome, Verdict
from forum.moderation.policy import Rules
from forum.moderation.queries.decisions import facts_of_decision


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What an appeal comes to, and why; `decision` is the new one for CHANGED."""

    verdict: Verdict
    answer: str
    decision: DecisionDraft | None = None


def appeal(actor: Actor, decision_id: int, text: str, rules: Rules) -> None:
    """Ask for another look at a decision about oneself: once. Its case comes back for somebody.

    Of a suspended member, `actor` is the bare Actor that their signed link stands for.
    """
    text = _checked(text, "text")
    decision = db.session.get(Decision, decision_id)
    if decision is None:
        raise NotFound
    case = cases.get_locked(decision.case_id)
    db.session.refresh(decision)
    facts = facts_of_decision(decision)
    verdict = policy.may_appeal(actor, facts, now=clock.now(), days=rules.appeal_days)
    if not verdict and not verdict.hidden:
        raise Conflict(str(verdict.reason))
    verdict.enforce()
    if _pending(case.id) is not None:
        raise Conflict(_("Another appeal of yours about this is being looked at."))
    user_id = member_id(actor)
    db.session.add(
        Appeal(decision_id=decision.id, author_id=user_id, text=text, created_at=clock.now())
    )
    db.session.flush()
    cases.add_event(case, user_id, "appealed", values={"decision": decision.id})
    effects.tell_appealed(user_id, decision)
    revision = case.subject_revision or 0
    subject = Subject(case.subject_kind, case.subject_id, revision, case.space_id, case.author_id)
    cases.open_case(subject, Lane.APPEALS, cause="appeal")


def answer(actor: Actor, case_id: int, version: int, draft: AnswerDraft, rules: Rules) -> None:
    """Say what an appeal comes to: the decision stays, another takes its place, or none does."""
    words = _checked(draft.answer, "answer")
    held = hold_case(actor, case_id, version)
    policy.may_decide(actor, held.facts).enforce()
    found = _pending(case_id)
    if found is None:
        raise Conflict(_("There is no appeal to answer any more."))
    pending, decision = found
    pending.verdict = draft.verdict
    pending.answer = words
    pending.decided_at = clock.now()
    pending.decided_by_id = actor.id
    db.session.flush()
    cases.add_event(
        held.case,
        actor.id,
        "appeal_decided",
        note=words,
        values={"decision": decision.id, "verdict": draft.verdict.value},
    )
    if pending.author_id is not None:
        effects.tell_verdict(pending.author_id, decision, draft.verdict, words)
    if draft.verdict is Verdict.UPHELD:
        _close(held, CaseState.ACTIONED)
    else:
        take_back(actor, held, decision, as_far_as_possible=True)
    if draft.verdict is Verdict.REVERSED:
        _reverse(actor, held, decision, words)
    if draft.verdict is Verdict.CHANGED:
        if draft.decision is None:
            raise Invalid(_("Please choose what is decided instead."), "outcome")
        lift_sanction(actor, decision, words)
        settle(actor, held, draft.decision, rules)
    record(
        actor.id,
        "appeal.decide",
        "case",
        case_id,
        after={"verdict": draft.verdict.value, "decision": decision.id},
        reason=words,
        role=actor.staff_role,
        space_id=held.case.space_id,
        case_id=case_id,
    )
    held.subject.make_stale()


def _reverse(actor: Actor, held: Held, decision: Decision, words: str) -> None:
    """As if it had been right from the start: in sight, and nothing had to be done."""
    held.subject.apply(Wish((Outcome.NO_ACTION,), member_id(actor), ""))
    reports = db.session.scalars(
        sa.select(Report)
        .where(
            Report.case_id == held.case.id,
            Report.id.in_(decision.changes["reports"]),
            Report.state == ReportState.UPHELD,
        )
        .order_by(Report.id)
    ).all()
    for report in reports:
        report.state = ReportState.NOT_UPHELD
    effects.tell_reporters(held.case, reports)
    lift_sanction(actor, decision, words)
    _close(held, CaseState.NO_ACTION)


def _close(held: Held, state: CaseState) -> None:
    """The case was open for the appeal alone, unless it was reported again since."""
    if held.case.lane is Lane.APPEALS:
        cases.decide(held.case, state, ReportState.NOT_UPHELD, revision=held.subject.revision)
    else:
        cases.step(held.case)


def _pending(case_id: int) -> tuple[Appeal, Decision] | None:
    """The appeal of a locked case that waits for an answer, with its decision."""
    row = db.session.execute(
        sa.select(Appeal, Decision)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Decision.case_id == case_id, Appeal.verdict.is_(None))
        .order_by(Appeal.id)
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _checked(text: str, field: str) -> str:
    text = scrub(text).strip()
    if not text:
        raise Invalid(_("Please say why."), field)
    fit(text, TEXT_LENGTH, field)
    return text
