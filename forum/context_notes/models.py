"""Tables of context notes, and of what other badge holders say to them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

TEXT_LENGTH = 500  # characters


class ContextNoteState(StrEnum):
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # by its author; the words are gone
    REMOVED = "removed"  # by a decision


class Verdict(StrEnum):
    CONFIRM = "confirm"
    DISPUTE = "dispute"


class ContextNote(Base):
    """A correction beneath a post. `sources` are pairs of title and address; one at least."""

    __tablename__ = "context_note"

    id: Mapped[intpk]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    badge_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("badge.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH))
    sources: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    state: Mapped[ContextNoteState] = mapped_column(
        choice(ContextNoteState, "state"), default=ContextNoteState.PUBLISHED
    )
    state_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    answer: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")  # of the post's author
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_context_note_author_id_created_at", "author_id", "created_at"),)


class NoteVerdict(Base):
    """Another badge holder confirms or disputes a note; the last word of each counts."""

    __tablename__ = "note_verdict"

    note_id: Mapped[int] = mapped_column(
        sa.ForeignKey("context_note.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict, "verdict"))
    reason: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    at: Mapped[datetime]
