"""Reads of cases that those above share: one subject's case, and reports by subject."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from forum.cases.models import Case, Report, ReportReason, ReportState, SubjectKind
from forum.core.db import db


def find_case(kind: SubjectKind, subject_id: int) -> Case | None:
    """The subject's case, if it ever had one."""
    return db.session.scalar(
        sa.select(Case).where(Case.subject_kind == kind, Case.subject_id == subject_id)
    )


def open_reports(kind: SubjectKind, subject_ids: Collection[int]) -> dict[int, int]:
    """How many reports are open on each of these subjects, where there are any."""
    if not subject_ids:
        return {}
    rows = db.session.execute(
        sa.select(Case.subject_id, Case.report_count).where(
            Case.subject_kind == kind, Case.subject_id.in_(subject_ids), Case.report_count > 0
        )
    )
    return dict(rows.all())


def find_report(kind: SubjectKind, subject_id: int, reporter_id: int) -> Report | None:
    """What this member reported about the subject, in whatever state."""
    return db.session.scalar(
        sa.select(Report)
        .join(Case, Case.id == Report.case_id)
        .where(
            Case.subject_kind == kind,
            Case.subject_id == subject_id,
            Report.reporter_id == reporter_id,
        )
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


def reports_since(reporter_id: int, since: datetime) -> int:
    """How many reports this member made since then."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Report)
            .where(Report.reporter_id == reporter_id, Report.created_at > since)
        )
        or 0
    )
