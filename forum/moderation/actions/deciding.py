"""Deciding a case, in one step with all that follows, and taking a decision back.

Every transaction takes its locks in one order: the author's account, the subject (a post's thread),
the case, the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases.models import NOTE_LENGTH, Case, CaseState, Lane, Report, ReportState, SubjectKind
from forum.core import clock
from forum.core.actor import Actor, Restraint, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _, language
from forum.core.text import scrub, scrub_line
from forum.moderation import effects, policy
from forum.moderation.actions import sealing
from forum.moderation.actions.handling import note_first_look
from forum.moderation.actions.subjects import Changed, Subject, Wish, hold_subject
from forum.moderation.effects import Told
from forum.moderation.models import Decision, Outcome, Reason
from forum.moderation.policy import CHANGING, CaseFacts, DecisionFacts, Rules
from forum.moderation.queries.cases import facts_of
from forum.moderation.queries.decisions import facts_of_decision
from forum.posts.models import PostState
from forum.sanctions.actions import Notice
from forum.sanctions.queries import get_sanction
from forum.spaces import actions as spaces
from forum.threads.actions.reviewing import Words

_SANCTION_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Penalty:
    """A sanction of the author; `days` None has no end, `is_everywhere` is beyond the space."""

    kind: Restraint
    days: int | None = None
    is_everywhere: bool = False


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """What somebody decides, in one step. The author reads the reason's text and `note`.

    `are_unfounded` says that the reports should not have been made, and counts against their
    makers. `words` are for REDACT, `content_note` for NOTE, `penalty` for SANCTION.
    """

    outcomes: tuple[Outcome, ...]
    reason_id: int | None = None
    note: str = ""
    content_note: str = ""
    words: Words | None = None
    penalty: Penalty | None = None
    are_unfounded: bool = False


@dataclass(slots=True)
class Held:
    """A case, with its subject, both locked, and what the actor is to it."""

    subject: Subject
    case: Case
    facts: CaseFacts


def hold_case(actor: Actor, case_id: int, version: int) -> Held:
    """Lock a case and what it is about; NotFound, or Conflict when it is not as it was shown."""
    kind, subject_id, author_id = _subject_of(case_id)
    if author_id is not None:  # first of all locks: what follows may be a sanction of theirs
        account = sa.select(User.id).where(User.id == author_id)
        db.session.execute(account.with_for_update(key_share=True))
    subject = hold_subject(kind, subject_id)
    case = cases.get_locked(case_id)
    facts = facts_of(actor, case)
    policy.may_handle(actor, facts).enforce()
    if case.version != version:
        raise Conflict(_("Somebody else did something with this case in the meantime."))
    return Held(subject, case, facts)


def _subject_of(case_id: int) -> tuple[SubjectKind, int, int | None]:
    """What a case is about and whose words it is; read before anything is locked."""
    row = db.session.execute(
        sa.select(Case.subject_kind, Case.subject_id, Case.author_id).where(Case.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def decide(actor: Actor, case_id: int, version: int, draft: DecisionDraft, rules: Rules) -> int:
    """Decide an open case; returns the decision's id.

    Conflict when somebody did something with the case since `version`; Invalid for what does not
    fit together or lacks its words.
    """
    held = hold_case(actor, case_id, version)
    policy.may_decide(actor, held.facts).enforce()
    if held.facts.is_appealed:
        raise Conflict(_("The author has appealed. Please answer the appeal."))
    decision_id = settle(actor, held, draft, rules)
    held.subject.make_stale()
    return decision_id


def settle(actor: Actor, held: Held, draft: DecisionDraft, rules: Rules) -> int:
    """What `decide` does once nothing stands against it; the caller makes pages stale."""
    case, subject = held.case, held.subject
    reason = _checked(held, draft)
    note = checked_note(draft.note)
    was = _as_it_was(case)
    was_waiting = subject.state is PostState.WAITING
    wish = Wish(
        draft.outcomes,
        member_id(actor),
        _name_of(reason),
        draft.content_note,
        draft.words,
    )
    changed = subject.apply(wish)
    decision = Decision(
        case_id=case.id,
        outcomes=[outcome.value for outcome in draft.outcomes],
        reason_id=reason.id if reason else None,
        note=note,
        changes={**changed.changes, "case": was},
        decided_by_id=actor.id,
        decided_at=clock.now(),
    )
    db.session.add(decision)
    db.session.flush()
    if changed.taken_out is not None:
        _take_out(case, decision, changed, draft, rules)
    opened_at, lane = case.opened_at, case.lane
    is_first_look = case.first_human_at is None
    case.first_human_at = case.first_human_at or decision.decided_at
    closed = cases.decide(
        case, _state_after(draft.outcomes), _reports_after(draft), revision=subject.revision
    )
    _keep(decision, reports=[report.id for report in closed])
    cases.add_event(
        case,
        actor.id,
        "decided",
        note=note,
        values={"decision": decision.id, "outcomes": decision.outcomes},
    )
    author = db.session.get(User, case.author_id) if case.author_id is not None else None
    told = Told(
        _text_for(reason, author.language if author else ""),
        note,
        policy.appeal_until(decision.decided_at, rules.appeal_days)
        if CHANGING & set(draft.outcomes)
        else None,
    )
    if author is not None and _concerns_author(draft.outcomes, was_waiting=was_waiting):
        effects.tell_author(author.id, decision, told)
    effects.tell_reporters(case, closed)
    if draft.penalty is not None:
        sanction_id = _give(actor, case, decision, draft.penalty, told)
        _keep(decision, sanction=sanction_id)
    if is_first_look:
        note_first_look(actor, case)
    record(
        actor.id,
        "case.decide",
        "case",
        case.id,
        after={
            "outcomes": decision.outcomes,
            "reason": reason.name_en if reason else "",
            "reasons": sorted({report.reason.value for report in closed}),
            "lane": lane.value,
            "opened_at": opened_at.isoformat(),
        },
        reason=note or (reason.name_en if reason else ""),
        role=actor.staff_role,
        space_id=case.space_id,
        case_id=case.id,
    )
    return decision.id


def _checked(held: Held, draft: DecisionDraft) -> Reason | None:
    """The reason, when everything that the draft says fits together; else Invalid."""
    outcomes = set(draft.outcomes)
    possible = policy.outcomes_of(held.case.subject_kind, held.subject.state)
    if not outcomes <= possible:
        raise Conflict(_("This cannot be done to it any more. Please look at it again."))
    if not policy.fit_together(outcomes):
        raise Invalid(_("Please choose what is decided."), "outcome")
    if (Outcome.SANCTION in outcomes) is (draft.penalty is None):
        raise Invalid(_("Please choose what follows for the author."), "penalty")
    if draft.penalty is not None and held.case.author_id is None:
        raise Invalid(_("Nobody is known who wrote this."), "penalty")
    reason = db.session.get(Reason, draft.reason_id) if draft.reason_id is not None else None
    if draft.reason_id is not None and (reason is None or not reason.is_active):
        raise Invalid(_("Please choose a reason from the list."), "reason")
    if reason is None and outcomes & CHANGING:
        raise Invalid(_("Please choose a reason. The author reads it."), "reason")
    if draft.are_unfounded and outcomes != {Outcome.NO_ACTION}:
        raise Invalid(_("Something was done, so it was right to report it."), "are_unfounded")
    return reason


def checked_note(note: str) -> str:
    note = scrub(note).strip()
    fit(note, NOTE_LENGTH, "note")
    return note


def _as_it_was(case: Case) -> dict[str, Any]:
    """Of the case, what undoing brings back."""
    return {
        "state": case.state.value,
        "lane": case.lane.value,
        "assignee_id": case.assignee_id,
        "subject_revision": case.subject_revision,
    }


def _keep(decision: Decision, **values: Any) -> None:
    """A new mapping, as the session looks for nothing inside of the old one."""
    decision.changes = {**decision.changes, **values}


def _take_out(
    case: Case, decision: Decision, changed: Changed, draft: DecisionDraft, rules: Rules
) -> None:
    """The words go from the reports as well, and are kept under seal or not at all."""
    snapshots = _replace_snapshots(case, draft.words)
    if rules.seal_days is None:
        _keep(decision, redaction="gone")
        return
    content = {"subject": changed.taken_out, "snapshots": snapshots}
    sealing.seal(decision.id, content, timedelta(days=rules.seal_days))
    _keep(decision, redaction="sealed")


def _replace_snapshots(case: Case, words: Words | None) -> dict[str, str]:
    """Returns the snapshots that reports of this case had, by the ids of the reports."""
    reports = db.session.scalars(sa.select(Report).where(Report.case_id == case.id)).all()
    before = {str(report.id): report.snapshot for report in reports}
    if words is not None:
        now = "\n\n".join(part for part in (words.title, words.source, words.question) if part)
        for report in reports:
            report.snapshot = scrub(now)
    return before


def _state_after(outcomes: Iterable[Outcome]) -> CaseState:
    did_nothing = set(outcomes) <= {Outcome.NO_ACTION, Outcome.PUBLISH}
    return CaseState.NO_ACTION if did_nothing else CaseState.ACTIONED


def _reports_after(draft: DecisionDraft) -> ReportState:
    if draft.are_unfounded:
        return ReportState.UNFOUNDED
    is_upheld = _state_after(draft.outcomes) is CaseState.ACTIONED
    return ReportState.UPHELD if is_upheld else ReportState.NOT_UPHELD


def _name_of(reason: Reason | None) -> str:
    """What stands in public where a post was; the note is for its author alone."""
    if reason is None:
        return ""
    return reason.name_es if language() == "es" else reason.name_en


def _text_for(reason: Reason | None, reader_language: str) -> str:
    if reason is None:
        return ""
    return reason.text_es if reader_language == "es" else reason.text_en


def _concerns_author(outcomes: Iterable[Outcome], *, was_waiting: bool) -> bool:
    """Whether the author has noticed anything; who sees only a sanction is told by that."""
    chosen = set(outcomes)
    return was_waiting or bool(chosen & (CHANGING - {Outcome.SANCTION}))


def _give(actor: Actor, case: Case, decision: Decision, penalty: Penalty, told: Told) -> int:
    if case.author_id is None:
        raise NotFound
    until = None
    if penalty.days is not None:
        until = decision.decided_at + timedelta(days=penalty.days)
    why = scrub_line(f"{told.why} {told.note}")[:_SANCTION_REASON]
    return spaces.sanction_member(
        actor,
        case.author_id,
        kind=penalty.kind,
        space_id=None if penalty.is_everywhere else case.space_id,
        until=until,
        reason=why,
        decision_id=decision.id,
        notice=Notice(effects.decision_path(decision.id), {"appeal_until": told.appeal_until}),
    )


# Undoing


def undo(actor: Actor, case_id: int, version: int, decision_id: int, note: str) -> None:
    """Take the latest decision of a case back: everything is as it was, the reports open again."""
    _hold_decision(case_id, decision_id)  # before anything is locked: is there such a thing?
    held = hold_case(actor, case_id, version)
    decision, facts = _hold_decision(case_id, decision_id)
    policy.may_undo(actor, held.facts, facts).enforce()
    if held.facts.is_appealed:
        raise Conflict(_("The author has appealed. Please answer the appeal."))
    note = checked_note(note)
    take_back(actor, held, decision, as_far_as_possible=False)
    _reopen(held.case, decision)
    cases.add_event(held.case, actor.id, "undone", note=note, values={"decision": decision.id})
    if held.case.author_id is not None and facts.changed_something:
        effects.tell_undone(held.case.author_id, decision, note)
    lift_sanction(actor, decision, note)
    before = {"outcomes": decision.outcomes}
    record(
        actor.id, "case.undo", "case", case_id, before=before, reason=note,
        role=actor.staff_role, space_id=held.case.space_id, case_id=case_id,
    )  # fmt: skip
    held.subject.make_stale()


def _hold_decision(case_id: int, decision_id: int) -> tuple[Decision, DecisionFacts]:
    """A decision of this case, as it is now; NotFound."""
    decision = db.session.get(Decision, decision_id, populate_existing=True)
    if decision is None or decision.case_id != case_id:
        raise NotFound
    return decision, facts_of_decision(decision)


def take_back(actor: Actor, held: Held, decision: Decision, *, as_far_as_possible: bool) -> None:
    """Bring back what a decision changed of its subject; what is recorded comes after it.

    Conflict when words that were taken out are gone for good, or else all but these come back.
    """
    changed = Changed(decision.changes)
    if "redaction" in decision.changes:
        content = sealing.unseal(decision.id)
        if content is not None:
            changed.taken_out = content["subject"]
            _restore_snapshots(content["snapshots"])
        elif not as_far_as_possible:
            raise Conflict(_("What was taken out is kept nowhere, so this cannot be undone."))
    held.subject.bring_back(changed)
    decision.undone_at = clock.now()
    decision.undone_by_id = actor.id


def _restore_snapshots(snapshots: dict[str, str]) -> None:
    for report in db.session.scalars(
        sa.select(Report).where(Report.id.in_([int(report_id) for report_id in snapshots]))
    ):
        report.snapshot = snapshots[str(report.id)]


def _reopen(case: Case, decision: Decision) -> None:
    was = decision.changes["case"]
    reports = db.session.scalars(
        sa.select(Report)
        .where(Report.id.in_(decision.changes["reports"]), Report.case_id == case.id)
        .order_by(Report.id)
    ).all()
    cases.reopen(case, list(reports), lane=Lane(was["lane"]), state=CaseState(was["state"]))
    case.subject_revision = was["subject_revision"]
    assignee = db.session.get(User, was["assignee_id"]) if was["assignee_id"] else None
    case.assignee_id = assignee.id if assignee else None


def lift_sanction(actor: Actor, decision: Decision, note: str) -> None:
    """End the sanction of this decision, unless it is over."""
    sanction_id = decision.changes.get("sanction")
    if sanction_id is None or not get_sanction(sanction_id).is_in_force:
        return
    why = scrub_line(note)[:_SANCTION_REASON] or _("The decision was taken back.")
    notice = Notice(effects.decision_path(decision.id))
    spaces.lift_sanction(actor, sanction_id, why, notice=notice)
