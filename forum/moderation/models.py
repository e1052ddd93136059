"""Tables of decisions: what was decided and why, what it changed, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

TEXT_LENGTH = 2000  # characters of an appeal, an answer, a canned text


class Outcome(StrEnum):
    NO_ACTION = "no_action"
    MENDED = "mended"  # the author's edit was accepted
    PUBLISH = "publish"  # what was held is let through
    NOTE = "note"  # kept with a content note
    REDACT = "redact"  # identifying details are taken out, here and everywhere
    HIDE = "hide"  # out of sight; the author may mend it
    REMOVE = "remove"
    CLOSE = "close"  # its thread is closed
    SANCTION = "sanction"  # nothing is done to the words, something to the author


class Verdict(StrEnum):
    """What an appeal comes to."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVERSED = "reversed"


class Reason(Base):
    """A reason that decisions can give, with the text that the author is sent, in each language."""

    __tablename__ = "decision_reason"

    id: Mapped[intpk]
    position: Mapped[int] = mapped_column(default=0)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_es: Mapped[str] = mapped_column(sa.String(100))
    text_en: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH))
    text_es: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH))
    is_active: Mapped[bool] = mapped_column(default=True)  # an old one stays for old decisions


class Decision(Base):
    """One decision; `changes` is what it changed, with what was there before, to undo it."""

    __tablename__ = "decision"

    id: Mapped[intpk]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation_case.id"), index=True)
    outcomes: Mapped[list[str]] = mapped_column(sa.JSON)  # of Outcome; several in one step
    reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("decision_reason.id"), index=True)
    note: Mapped[str] = mapped_column(sa.String(1000), default="")  # the author reads it
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    decided_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )


class Appeal(Base):
    """The author's answer to a decision, once; decided by somebody else."""

    __tablename__ = "appeal"

    id: Mapped[intpk]
    decision_id: Mapped[int] = mapped_column(sa.ForeignKey("decision.id"), unique=True)
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH))
    created_at: Mapped[datetime]
    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict, "verdict"))
    answer: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )


class SealedText(Base):
    """What was taken out of a post, kept for a while under two names, then gone for good."""

    __tablename__ = "sealed_text"

    id: Mapped[intpk]
    decision_id: Mapped[int] = mapped_column(sa.ForeignKey("decision.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    asked_by_id: Mapped[int | None] = mapped_column(  # the first of two who open it
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime | None]


class Exposure(Base):
    """How many covered texts one person opened on one day."""

    __tablename__ = "exposure"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[str] = mapped_column(sa.String(10), primary_key=True)  # ISO, in the person's zone
    count: Mapped[int] = mapped_column(default=0)
