"""Tables of the debate about proposals."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

CONDITION_LENGTH = 200  # characters
ANSWER_LENGTH = 500


class StanceChoice(StrEnum):
    AGREE = "agree"
    AGREE_IF = "agree_if"
    UNSURE = "unsure"
    DISAGREE = "disagree"
    CONCERN = "concern"  # for somebody's safety


class ConditionState(StrEnum):
    OPEN = "open"
    ADOPTED = "adopted"  # the text names it since `adopted_revision`
    DECLINED = "declined"  # the proposer answered why not
    REMOVED = "removed"  # by a facilitator or moderator, who said why


class CarryState(StrEnum):
    ASKED = "asked"
    CARRIED = "carried"
    LEFT = "left"


class Stance(Base):
    """One member's position on one proposal; earlier ones stay, and are not current.

    `revision` is the opening's that they had before them; `post_id` the comment with their reason.
    """

    __tablename__ = "stance"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    choice: Mapped[StanceChoice] = mapped_column(choice(StanceChoice, "choice"))
    post_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    revision: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # "I still think so", after the text changed

    __table_args__ = (
        sa.Index("ix_stance_thread_id_created_at", "thread_id", "created_at"),
        sa.Index(
            "uq_stance_current",
            "thread_id",
            "user_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )


class Condition(Base):
    """What has to hold for people to agree; `number` counts within the proposal.

    `post_id` is the comment that said it: while that is out of sight, so is this.
    """

    __tablename__ = "condition"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(CONDITION_LENGTH))
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    post_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[ConditionState] = mapped_column(
        choice(ConditionState, "state"), default=ConditionState.OPEN
    )
    answer: Mapped[str] = mapped_column(sa.String(ANSWER_LENGTH), default="")
    adopted_revision: Mapped[int | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("thread_id", "number"),)


class ConditionBacker(Base):
    """Who asks for a condition: its author, and those who joined."""

    __tablename__ = "condition_backer"

    condition_id: Mapped[int] = mapped_column(
        sa.ForeignKey("condition.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class AdoptedPoint(Base):
    """A comment that a member made one of their own reasons."""

    __tablename__ = "adopted_point"

    post_id: Mapped[int] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class Carry(Base):
    """A supporter of a retired proposal is asked whether their stance goes over to the other."""

    __tablename__ = "carry"

    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    into_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id"), index=True)
    state: Mapped[CarryState] = mapped_column(choice(CarryState, "state"), default=CarryState.ASKED)
    at: Mapped[datetime]


class Perspectives(Base):
    """Who was counted in which group and stance, in batches that single nobody out.

    `values` is perspectives.Book as JSON, in which members are keyed digests; `key_id` tells by
    which key. `shown` is what the page shows: numbers by group and stance.
    """

    __tablename__ = "perspectives"

    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("proposal.thread_id", ondelete="CASCADE"), primary_key=True
    )
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    shown: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    key_id: Mapped[str] = mapped_column(sa.String(16))
    taken_at: Mapped[datetime]
