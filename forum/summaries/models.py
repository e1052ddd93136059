"""The table of what facilitators say in a summary, beside what is drawn from the data."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

LINE_LENGTH = 300  # characters


class Section(StrEnum):
    AGREED = "agreed"
    CONDITIONS = "conditions"
    QUESTIONS = "questions"
    EXISTS = "exists"


class SummaryLine(Base):
    """A line that a facilitator wrote, with the comments that it sums up; or one that they hide.

    `source_key` names the drawn line that this one stands for ("post:7", "condition:2"); empty: a
    line of its own. An empty `text` leaves that line out.
    """

    __tablename__ = "summary_line"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), index=True
    )
    section: Mapped[Section] = mapped_column(choice(Section, "section"))
    position: Mapped[int] = mapped_column(default=0)
    source_key: Mapped[str] = mapped_column(sa.String(40), default="")
    text: Mapped[str] = mapped_column(sa.String(LINE_LENGTH), default="")
    numbers: Mapped[list[int]] = mapped_column(sa.JSON)  # of the comments
    edited_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    edited_at: Mapped[datetime]
