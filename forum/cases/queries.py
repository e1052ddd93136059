"""Reads of cases that those above share: one subject's case, and reports by subject."""

from datetime import datetime

import sqlalchemy as sa

from forum.cases.models import Case, CaseEvent, Report, ReportReason, ReportState, SubjectKind
from forum.core.db import db


def find_case(kind: SubjectKind, subject_id: int) -> Case | None:
    """The subject's case, if it ever had one."""
    return db.session.scalar(
        sa.select(Case).where(Case.subject_kind == kind, Case.subject_id == subject_id)
    )


def count_open_reports(
    kind: SubjectKind, subject_ids: sa.Select[int], reporter_id: int
) -> tuple[int, int]:
    """Open reports on all of these subjects together, and how many of them this member made.

    One statement; the subjects are a statement of their own, so that it needs no other.
    """
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Report.reporter_id == reporter_id))
        .select_from(Report)
        .join(Case, Case.id == Report.case_id)
        .where(
            Case.subject_kind == kind,
            Case.subject_id.in_(subject_ids),
            Case.report_count > 0,
            Report.state == ReportState.OPEN,
        )
    ).one()
    return row[0], row[1]


def find_report(kind: SubjectKind, subject_id: int, reporter_id: int) -> Report | None:
    """What this member reported about the subject last, in whatever state."""
    return db.session.scalar(
        sa.select(Report)
        .join(Case, Case.id == Report.case_id)
        .where(
            Case.subject_kind == kind,
            Case.subject_id == subject_id,
            Report.reporter_id == reporter_id,
        )
        .order_by(Report.id.desc())
        .limit(1)
    )


def hiding_weight(case_id: int) -> int:
    """What the open reports weigh together that can hide a post: worry about its author never."""
    return (
        db.session.scalar(
            sa.select(sa.func.sum(Report.weight)).where(
                Report.case_id == case_id,
                Report.state == ReportState.OPEN,
                Report.reason != ReportReason.WORRIED,
            )
        )
        or 0
    )


def latest_event(case_id: int, verb: str) -> CaseEvent | None:
    """The last line of a case's timeline with this verb."""
    return db.session.scalar(
        sa.select(CaseEvent)
        .where(CaseEvent.case_id == case_id, CaseEvent.verb == verb)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )


def reasons_given(case_id: int) -> frozenset[ReportReason]:
    """Every reason that was ever given in a case, but for reports that were taken back."""
    return frozenset(
        db.session.scalars(
            sa.select(Report.reason).where(
                Report.case_id == case_id, Report.state != ReportState.WITHDRAWN
            )
        )
    )


def times_of_reports(reporter_id: int, since: datetime, limit: int) -> tuple[datetime, ...]:
    """When this member last reported since then, newest first; those taken back count as well."""
    return tuple(
        db.session.scalars(
            sa.select(CaseEvent.at)
            .where(
                CaseEvent.actor_id == reporter_id,
                CaseEvent.verb == "reported",
                CaseEvent.at > since,
            )
            .order_by(CaseEvent.at.desc())
            .limit(limit)
        )
    )
