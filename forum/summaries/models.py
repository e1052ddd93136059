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
    """What facilitators say of one line: a line of their own, or how they want a drawn one.

    `source_key` names the drawn line that this one stands for ("post:7", "condition:2"); None: a
    line of its own. An empty `text` leaves the drawn words. `position` None: where it falls by
    itself, after those that were put in an order. `edited_at` is None while only the order is set.
    """

    __tablename__ = "summary_line"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id", ondelete="CASCADE"))
    section: Mapped[Section] = mapped_column(choice(Section, "section"))
    position: Mapped[int | None]
    source_key: Mapped[str | None] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.String(LINE_LENGTH), default="")
    numbers: Mapped[list[int]] = mapped_column(sa.JSON)  # of the comments
    is_left_out: Mapped[bool] = mapped_column(default=False)
    edited_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    edited_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("thread_id", "section", "source_key"),)
