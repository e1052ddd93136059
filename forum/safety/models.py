"""Words and signs that make a text wait."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class WordAction(StrEnum):
    HOLD = "hold"  # the text waits for a review
    COVER = "cover"  # it gets a content note
    REFUSE = "refuse"  # it is given back with a message
    ALERT = "alert"  # it stands, and a case opens


class WatchedWord(Base):
    """A phrase, or a pattern of a safe kind, and what a text that has it comes to."""

    __tablename__ = "watched_word"

    id: Mapped[intpk]
    phrase: Mapped[str] = mapped_column(sa.String(200))
    is_pattern: Mapped[bool] = mapped_column(default=False)
    action: Mapped[WordAction] = mapped_column(choice(WordAction, "action"))
    # What the text's author reads when it is refused, or the content note when it is covered.
    message: Mapped[str] = mapped_column(sa.String(300), default="")
    space_id: Mapped[int | None] = mapped_column(  # None: everywhere
        sa.ForeignKey("space.id", ondelete="CASCADE"), index=True
    )
    added_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[str] = mapped_column(sa.String(500))
    created_at: Mapped[datetime]
