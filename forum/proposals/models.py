"""Tables of proposals: beside the thread that a proposal is, and the opening that tells it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

REASON_LENGTH = 500  # characters
LEAST_SHOWN = 5  # stances, below which nothing says how they are spread; people in any group


class ProposalState(StrEnum):
    """Where a proposal is. A draft is no proposal yet: it is among its author's drafts."""

    OPEN = "open"
    GATHERING = "gathering"  # evidence
    REFINING = "refining"
    ADOPTED = "adopted"  # in a brief
    EXISTS = "exists"  # already: `service_id`
    MERGED = "merged"  # retired in favour of another: `merged_into_id`
    WITHDRAWN = "withdrawn"


# States in which a proposal still says that something is missing, and takes stances.
LIVE = (ProposalState.OPEN, ProposalState.GATHERING, ProposalState.REFINING, ProposalState.ADOPTED)


class CoauthorState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ClaimState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"  # the proposal is in state "exists"
    NOT_ENOUGH = "not_enough"  # the proposer said why
    WITHDRAWN = "withdrawn"


class AnswerState(StrEnum):
    STANDING = "standing"  # as its author left it: being prepared, or published
    WITHDRAWN = "withdrawn"  # by its author; the words are gone
    REMOVED = "removed"  # by a decision


class Proposal(Base):
    """What a thread of kind "proposal" has beside its posts; `place_id` None is anywhere.

    The counts are of current stances, one of each kind.
    """

    __tablename__ = "proposal"

    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[ProposalState] = mapped_column(
        choice(ProposalState, "state"), default=ProposalState.OPEN
    )
    state_reason: Mapped[str] = mapped_column(sa.String(REASON_LENGTH), default="")
    state_at: Mapped[datetime]
    place_id: Mapped[int | None] = mapped_column(sa.ForeignKey("place.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("thread.id"), index=True)
    raised_from_id: Mapped[int | None] = mapped_column(  # the comment that it was raised from
        sa.ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    agree_count: Mapped[int] = mapped_column(default=0)
    agree_if_count: Mapped[int] = mapped_column(default=0)
    unsure_count: Mapped[int] = mapped_column(default=0)
    disagree_count: Mapped[int] = mapped_column(default=0)
    concern_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        sa.Index("ix_proposal_state_place_id", "state", "place_id"),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=name)
            for name in (
                "agree_count",
                "agree_if_count",
                "unsure_count",
                "disagree_count",
                "concern_count",
            )
        ),
    )


class Coauthor(Base):
    __tablename__ = "coauthor"

    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    state: Mapped[CoauthorState] = mapped_column(
        choice(CoauthorState, "state"), default=CoauthorState.INVITED
    )
    invited_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    at: Mapped[datetime]  # of the last change


class ProposalEvent(Base):
    """One thing that happened to a proposal, shown in its thread; `values` holds plain ones.

    `after_number` is the last comment number given then: where it stands among the comments.
    """

    __tablename__ = "proposal_event"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    verb: Mapped[str] = mapped_column(sa.String(32))
    reason: Mapped[str] = mapped_column(sa.String(REASON_LENGTH), default="")
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    after_number: Mapped[int]


class Answer(Base):
    """What a practitioner or facilitator answers to a proposal: prepared first, then published.

    Whoever took theirs back, or had it removed, may write another.
    """

    __tablename__ = "answer"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    badge_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("badge.id", ondelete="SET NULL"), index=True
    )
    source: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    render_version: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime]
    published_at: Mapped[datetime | None]  # None: those who prepare it alone read it
    state: Mapped[AnswerState] = mapped_column(
        choice(AnswerState, "state"),
        default=AnswerState.STANDING,
        server_default=AnswerState.STANDING.value,
    )
    state_reason: Mapped[str] = mapped_column(
        sa.String(REASON_LENGTH), default="", server_default=""
    )

    __table_args__ = (
        sa.Index(
            "uq_answer_standing",
            "thread_id",
            "author_id",
            unique=True,
            sqlite_where=sa.text("state = 'standing'"),
            postgresql_where=sa.text("state = 'standing'"),
        ),
    )


# Of claims that others read; what was taken back or removed is in nobody's way.
_CLAIM_STANDS = "removed_at IS NULL AND state <> 'withdrawn'"


class ServiceClaim(Base):
    """Somebody says that a service of the directory is what a proposal asks for.

    A decision that removes it, with what the authors answer, sets `removed_at`. `state` goes on
    meanwhile with the proposal, whose own state stays as it is: that has a history of its own.
    """

    __tablename__ = "service_claim"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("service.id"), index=True)
    claimed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    note: Mapped[str] = mapped_column(sa.String(REASON_LENGTH), default="")
    state: Mapped[ClaimState] = mapped_column(choice(ClaimState, "state"), default=ClaimState.OPEN)
    answer: Mapped[str] = mapped_column(sa.String(REASON_LENGTH), default="")  # why not enough
    answered_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    claimed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_reason: Mapped[str] = mapped_column(
        sa.String(REASON_LENGTH), default="", server_default=""
    )

    __table_args__ = (
        sa.Index(
            "uq_service_claim_standing",
            "thread_id",
            "service_id",
            unique=True,
            sqlite_where=sa.text(_CLAIM_STANDS),
            postgresql_where=sa.text(_CLAIM_STANDS),
        ),
    )
