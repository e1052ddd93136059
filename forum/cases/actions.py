"""Writes of cases: opening, joining, withdrawing, and the timeline of all that happens.

Who may do what, and what becomes of the subject, is decided above. Callers lock the subject (a
post's thread) before they call anything here: every transaction takes locks in the same order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from forum.audit.actions import record
from forum.cases import policy
from forum.cases.models import (
    OPEN,
    Case,
    CaseEvent,
    CaseState,
    Lane,
    Report,
    ReportReason,
    ReportState,
    SubjectKind,
)
from forum.core import clock
from forum.core.db import db, locked
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import _

_OF_REPORTERS = ("reported", "withdrawn")
_WITHOUT_REPORTS = frozenset({Lane.WAITING, Lane.APPEALS})  # what waits there, waits by itself


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about. `revision` is the text's, 0 where there is no counting."""

    kind: SubjectKind
    id: int
    revision: int
    space_id: int | None
    author_id: int | None


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What a reporter says, with the subject's words as they saw them."""

    reason: ReportReason
    note: str
    snapshot: str
    replied_before: bool = False


def open_case(
    subject: Subject, lane: Lane, *, cause: str, reason: ReportReason | None = None
) -> Case:
    """The subject's case, locked and open: a new one, or the old one once more.

    `cause` says in one word why; it stands in the timeline and, as "case.open", in the audit log,
    which also says what the first report gave as its reason: everybody may know how many there are.
    An open case moves to `lane` when that is more urgent.
    """
    case = _locked_or_new(subject, lane)
    now = clock.now()
    if case.state in OPEN and case.version > 0:
        if lane in _WITHOUT_REPORTS:
            add_event(case, None, "joined", values={"cause": cause, "lane": lane.value})
        _keep_urgent(case, policy.more_urgent(case.lane, lane))
        return case
    is_new = case.version == 0
    case.state = CaseState.NEW
    case.lane = lane
    case.version += 1
    case.space_id, case.author_id = subject.space_id, subject.author_id
    case.assignee_id = None
    case.opened_at = case.changed_at = now
    case.decided_at = case.first_human_at = None
    case.due_at = policy.due_at(lane, now, case.weight)
    verb = "opened" if is_new else "reopened"
    add_event(case, None, verb, values={"cause": cause, "lane": lane.value})
    record(
        None, "case.open", "case", case.id,
        after={
            "cause": cause, "lane": lane.value, "subject_kind": subject.kind.value,
            **({} if reason is None else {"reason": reason.value}),
        },
        space_id=case.space_id, case_id=case.id,
    )  # fmt: skip
    return case


def add_report(case: Case, reporter_id: int, draft: ReportDraft, *, revision: int) -> Report:
    """Join a report to an open case; Conflict when this member's report stands already.

    One that was withdrawn is made anew; one that was decided stays as it came out, beside the new.
    """
    weight = record_of(reporter_id).weight
    report = db.session.scalar(
        sa.select(Report).where(
            Report.case_id == case.id,
            Report.reporter_id == reporter_id,
            Report.state.in_((ReportState.OPEN, ReportState.WITHDRAWN)),
        )
    )
    if report is None:
        report = Report(case_id=case.id, reporter_id=reporter_id)
        db.session.add(report)
    elif report.state is ReportState.OPEN:
        raise Conflict(_("You have reported this already. It is being looked at."))
    report.reason = draft.reason
    report.note = draft.note
    report.snapshot = draft.snapshot
    report.revision = revision
    report.replied_before = draft.replied_before
    report.weight = weight
    report.state = ReportState.OPEN
    report.created_at = clock.now()
    report.closed_at = None
    _count(case, reports=1, weight=report.weight)
    case.is_graphic = case.is_graphic or draft.reason is ReportReason.GRAPHIC
    _keep_urgent(case, policy.more_urgent(case.lane, policy.lane_of(draft.reason)))
    add_event(case, reporter_id, "reported", values={"reason": draft.reason.value})
    return report


def withdraw_report(case: Case, report: Report) -> bool:
    """Take a report back; True when it was the last and the case has closed itself."""
    if report.state is not ReportState.OPEN:
        raise Conflict(_("This report was decided in the meantime."))
    report.state = ReportState.WITHDRAWN
    report.closed_at = clock.now()
    _count(case, reports=-1, weight=-report.weight)
    add_event(case, report.reporter_id, "withdrawn")
    base = _lane_without_reports(case)
    if case.report_count:
        _keep_urgent(case, case.lane)
        return False
    if base is not None:
        _keep_urgent(case, base)
        return False
    _close(case, CaseState.WITHDRAWN)
    return True


def edited(
    kind: SubjectKind, subject_id: int, actor_id: int | None, *, is_waiting: bool = False
) -> None:
    """The subject's words were changed: whoever handles its open case sees it.

    A decided case opens again when the subject still waits: it was hidden to be mended, and is.
    """
    case = find_locked(kind, subject_id)
    if case is None or (case.state not in OPEN and not is_waiting):
        return
    if case.state not in OPEN:
        revision = case.subject_revision or 0
        subject = Subject(kind, subject_id, revision, case.space_id, case.author_id)
        open_case(subject, Lane.WAITING, cause="edit")
    add_event(case, actor_id, "edited")
    if case.state is CaseState.WAITING_FOR_AUTHOR:
        case.state = CaseState.IN_REVIEW if case.assignee_id is not None else CaseState.NEW
    step(case)


def taken_back(kind: SubjectKind, subject_id: int, actor_id: int | None) -> None:
    """The author took the words back. A case without reports is over; others can be decided."""
    case = find_locked(kind, subject_id)
    if case is not None and case.state in OPEN:
        _note_taken_back(case, actor_id)


def all_taken_back(kind: SubjectKind, author_id: int) -> None:
    """The same for everything by an author who leaves; one statement to find their open cases."""
    open_ones = db.session.scalars(
        sa.select(Case)
        .where(Case.subject_kind == kind, Case.author_id == author_id, Case.state.in_(OPEN))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for case in open_ones.all():
        _note_taken_back(case, author_id)


def _note_taken_back(case: Case, actor_id: int | None) -> None:
    add_event(case, actor_id, "taken_back")
    if case.report_count or case.lane is Lane.APPEALS:
        step(case)
    else:
        _close(case, CaseState.WITHDRAWN)


def decide(case: Case, state: CaseState, reports: ReportState, *, revision: int) -> list[Report]:
    """Close a case with what was decided; returns the reports that it closes.

    `revision` is the text's now: an edit after it, or a new reason, opens the case again.
    """
    closed = list(
        db.session.scalars(
            sa.select(Report)
            .where(Report.case_id == case.id, Report.state == ReportState.OPEN)
            .order_by(Report.id)
        )
    )
    now = clock.now()
    for report in closed:
        report.state = reports
        report.closed_at = now
    case.report_count = case.weight = 0
    case.subject_revision = revision
    case.decided_at = now
    _close(case, state)
    return closed


def reopen(case: Case, reports: list[Report], *, lane: Lane, state: CaseState) -> None:
    """Undo `decide`: the case is as open as it was, with these reports."""
    for report in reports:
        report.state = ReportState.OPEN
        report.closed_at = None
    case.report_count = len(reports)
    case.weight = sum(report.weight for report in reports)
    case.state = state
    case.decided_at = None
    _keep_urgent(case, lane)
    step(case)


def get_locked(case_id: int, version: int | None = None) -> Case:
    """A case, locked; NotFound, or Conflict when it is no longer what the form showed."""
    case = locked(Case, case_id)
    if version is not None and case.version != version:
        raise Conflict(_("Somebody else did something with this case in the meantime."))
    return case


def find_locked(kind: SubjectKind, subject_id: int) -> Case | None:
    """The subject's case, locked, if it ever had one."""
    return db.session.scalar(
        sa.select(Case)
        .where(Case.subject_kind == kind, Case.subject_id == subject_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def step(case: Case) -> None:
    """Note that something was done: forms that show the case as it was are refused from now on."""
    case.version += 1
    case.changed_at = clock.now()


def add_event(
    case: Case,
    actor_id: int | None,
    verb: str,
    *,
    note: str = "",
    values: Mapping[str, Any] | None = None,
) -> None:
    """One line of the timeline; `actor_id` None is the forum itself."""
    db.session.add(
        CaseEvent(
            case_id=case.id,
            at=clock.now(),
            actor_id=actor_id,
            verb=verb,
            note=note,
            values=dict(values or {}),
        )
    )


def moved(kind: SubjectKind, subject_ids: sa.Select[Any], space_id: int) -> None:
    """These subjects are in another space by now: those who run that one answer for their cases."""
    db.session.execute(
        sa.update(Case)
        .where(Case.subject_kind == kind, Case.subject_id.in_(subject_ids))
        .values(space_id=space_id)
        .execution_options(synchronize_session=False)
    )


def forget_reporter(user_id: int) -> None:
    """Somebody leaves: what they reported stays, their name goes from it and from the timeline."""
    db.session.execute(
        sa.update(Report)
        .where(Report.reporter_id == user_id)
        .values(reporter_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        sa.update(CaseEvent)
        .where(CaseEvent.actor_id == user_id, CaseEvent.verb.in_(_OF_REPORTERS))
        .values(actor_id=None)
        .execution_options(synchronize_session=False)
    )


def record_of(reporter_id: int) -> policy.Record:
    """How this member's reports of the last 30 days came out."""
    rows = db.session.execute(
        sa.select(Report.state, sa.func.count())
        .where(
            Report.reporter_id == reporter_id,
            Report.closed_at > clock.now() - policy.RECORD_OF,
            Report.state.in_((ReportState.UPHELD, ReportState.UNFOUNDED)),
        )
        .group_by(Report.state)
    )
    counts = dict(rows.all())
    return policy.Record(counts.get(ReportState.UPHELD, 0), counts.get(ReportState.UNFOUNDED, 0))


def _locked_or_new(subject: Subject, lane: Lane) -> Case:
    """Version 0 is a row that was made just now; whoever comes at the same time waits for it."""
    now = clock.now()
    insert = (sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql).insert
    db.session.execute(
        insert(Case)
        .values(
            subject_kind=subject.kind,
            subject_id=subject.id,
            space_id=subject.space_id,
            author_id=subject.author_id,
            lane=lane,
            state=CaseState.NEW,
            is_graphic=False,
            version=0,
            report_count=0,
            weight=0,
            opened_at=now,
            due_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["subject_kind", "subject_id"])
    )
    case = find_locked(subject.kind, subject.id)
    if case is None:
        raise NotFound
    return case


def _lane_without_reports(case: Case) -> Lane | None:
    """Where an open case belongs when nobody reports any more; None: it is over then."""
    events = db.session.scalars(
        sa.select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.verb.in_(("opened", "reopened", "joined")))
        .order_by(CaseEvent.id.desc())
    )
    for event in events:
        lane = event.values.get("lane")
        if lane in _WITHOUT_REPORTS:
            return Lane(lane)
        if event.verb != "joined":
            break
    return None


def _count(case: Case, *, reports: int, weight: int) -> None:
    case.report_count += reports  # the row is locked, so nobody counts at the same time
    case.weight += weight


def _keep_urgent(case: Case, lane: Lane) -> None:
    case.lane = lane
    case.due_at = policy.due_at(lane, case.opened_at, case.weight)
    case.changed_at = clock.now()


def _close(case: Case, state: CaseState) -> None:
    case.state = state
    case.assignee_id = None
    step(case)
