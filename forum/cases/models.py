"""Tables of cases: what is in question, who reported it and why, and everything that happened."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

NOTE_LENGTH = 1000  # characters of what a reporter or moderator adds


class SubjectKind(StrEnum):
    POST = "post"
    MEMBER = "member"  # a profile or a display name
    SUGGESTION = "suggestion"  # of tags
    SERVICE = "service"  # of the directory: something in it is wrong
    CONTEXT_NOTE = "context_note"
    CLAIM = "claim"  # what is said of a service shown on a proposal, and what its authors answer
    ANSWER = "answer"  # to a proposal


class Lane(StrEnum):
    """Where in the queue a case waits, the most urgent first."""

    PRIVACY = "privacy"  # identifies someone
    WELLBEING = "wellbeing"  # somebody worries about the author
    APPEALS = "appeals"
    WAITING = "waiting"  # posts that were held before anybody else saw them
    RULES = "rules"  # everything else


class CaseState(StrEnum):
    NEW = "new"
    IN_REVIEW = "in_review"  # somebody took it
    WAITING_FOR_AUTHOR = "waiting_for_author"  # may be mended by an edit
    ESCALATED = "escalated"  # a second person is asked, or a moderator instead of a facilitator
    ACTIONED = "actioned"
    NO_ACTION = "no_action"
    WITHDRAWN = "withdrawn"  # every report was taken back, or the author took the words back


OPEN = (
    CaseState.NEW,
    CaseState.IN_REVIEW,
    CaseState.WAITING_FOR_AUTHOR,
    CaseState.ESCALATED,
)
# Kept by the database, so that an index of what is open can never say something else.
_IS_OPEN = "state IN ('new', 'in_review', 'waiting_for_author', 'escalated')"


class ReportReason(StrEnum):
    IDENTIFIES = "identifies"
    WORRIED = "worried"
    BLAMES = "blames"
    RECRUITS = "recruits"
    GRAPHIC = "graphic"
    HARASSES = "harasses"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class ReportState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # something was done
    NOT_UPHELD = "not_upheld"  # nothing had to be done; it was right to ask
    UNFOUNDED = "unfounded"  # it should not have been made; counts against the reporter
    WITHDRAWN = "withdrawn"


class Case(Base):
    """All reports on one subject, and whatever else made it wait: one row a subject, for ever.

    `version` counts what staff did with it: a form carries the version that it showed, so that two
    people cannot both decide. `subject_revision` is the text's revision at the last decision.
    """

    __tablename__ = "moderation_case"

    id: Mapped[intpk]
    subject_kind: Mapped[SubjectKind] = mapped_column(choice(SubjectKind, "subject_kind"))
    subject_id: Mapped[int]
    space_id: Mapped[int | None] = mapped_column(  # None: moderators alone handle it
        sa.ForeignKey("space.id"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    lane: Mapped[Lane] = mapped_column(choice(Lane, "lane"))
    state: Mapped[CaseState] = mapped_column(choice(CaseState, "state"), default=CaseState.NEW)
    is_open: Mapped[bool] = mapped_column(sa.Computed(_IS_OPEN, persisted=True))
    is_graphic: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    report_count: Mapped[int] = mapped_column(default=0)  # open ones
    weight: Mapped[int] = mapped_column(default=0)  # of the open ones, in hundredths of a report
    subject_revision: Mapped[int | None]
    opened_at: Mapped[datetime]  # again, when it reopens
    due_at: Mapped[datetime]  # what the queue is sorted by: see cases/policy.py
    first_human_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("subject_kind", "subject_id"),
        sa.Index("ix_moderation_case_queue", "is_open", "due_at", "id"),
        sa.Index("ix_moderation_case_lane", "is_open", "lane", "due_at", "id"),
        sa.CheckConstraint("report_count >= 0", name="report_count"),
        sa.CheckConstraint("weight >= 0", name="weight"),
    )


class Report(Base):
    """What one member said about one subject, with the words as they stood then."""

    __tablename__ = "report"

    id: Mapped[intpk]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation_case.id"))
    reporter_id: Mapped[int | None] = mapped_column(  # None: the account is deleted
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    reason: Mapped[ReportReason] = mapped_column(choice(ReportReason, "reason"))
    note: Mapped[str] = mapped_column(sa.String(NOTE_LENGTH), default="")
    snapshot: Mapped[str] = mapped_column(sa.Text)
    revision: Mapped[int]
    replied_before: Mapped[bool] = mapped_column(default=False)  # to it, in the hour before
    weight: Mapped[int]  # in hundredths of a report, by the reporter's record
    state: Mapped[ReportState] = mapped_column(
        choice(ReportState, "state"), default=ReportState.OPEN
    )
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        # One open report of a member on a subject; those that were decided stay as they came out.
        sa.Index("ix_report_case_id_state", "case_id", "state"),
        sa.Index(
            "uq_report_open",
            "case_id",
            "reporter_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_report_reporter_id_created_at", "reporter_id", "created_at"),
    )


class CaseEvent(Base):
    """One line of a case's timeline; `actor_id` None is the forum itself.

    A note that staff share is an event as well, with the verb "note".
    """

    __tablename__ = "case_event"

    id: Mapped[intpk]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation_case.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    verb: Mapped[str] = mapped_column(sa.String(32))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
