"""Tables of threads: titles, order, counters, tags, and how far each member has read."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class ThreadKind(StrEnum):
    PROMPT = "prompt"
    DISCUSSION = "discussion"
    PROPOSAL = "proposal"


class Attention(StrEnum):
    FOLLOW = "follow"
    MUTE = "mute"


class SuggestionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Thread(Base):
    """A title and its posts. `last_number` is the highest number ever given to a comment."""

    __tablename__ = "thread"

    id: Mapped[intpk]
    space_id: Mapped[int] = mapped_column(sa.ForeignKey("space.id"))
    kind: Mapped[ThreadKind] = mapped_column(choice(ThreadKind, "kind"))
    title: Mapped[str] = mapped_column(sa.String(150))
    slug: Mapped[str] = mapped_column(sa.String(80))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    last_author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    last_number: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)  # published comments
    open_question_count: Mapped[int] = mapped_column(default=0)  # published, without an answer
    is_pinned: Mapped[bool] = mapped_column(default=False)
    slow_minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # between two posts
    slow_until: Mapped[datetime | None]  # of one member in this thread; None: it is not slowed
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    deleted_at: Mapped[datetime | None]  # gone from every list; a stub for whoever has the link
    deleted_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    deleted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("thread.id"))

    __table_args__ = (
        sa.Index("ix_thread_space_activity", "space_id", "is_pinned", "last_activity_at", "id"),
        sa.Index("ix_thread_activity", "last_activity_at", "id"),
        sa.Index("ix_thread_created", "created_at", "id"),
        sa.Index("ix_thread_author_id_created_at", "author_id", "created_at"),
        # Of merged threads alone: else SQLite takes it for all that are not merged, and sorts them.
        sa.Index(
            "ix_thread_merged_into_id",
            "merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        sa.CheckConstraint("comment_count >= 0", name="comment_count"),
        sa.CheckConstraint("open_question_count >= 0", name="open_question_count"),
    )


class ThreadTag(Base):
    __tablename__ = "thread_tag"

    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class MovedPost(Base):
    """Where the comment that was number `number` of thread `thread_id` lives now."""

    __tablename__ = "moved_post"

    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"), index=True)


class Reading(Base):
    """How far a member has read: every comment up to `read_to` was on a page they opened."""

    __tablename__ = "reading"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    read_to: Mapped[int] = mapped_column(default=0)
    attention: Mapped[Attention | None] = mapped_column(choice(Attention, "attention"))
    at: Mapped[datetime | None]  # None: followed or muted, never opened


class AllRead(Base):
    """When a member last said "mark all read"."""

    __tablename__ = "all_read"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]


class TagAttention(Base):
    __tablename__ = "tag_attention"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        sa.ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    attention: Mapped[Attention] = mapped_column(choice(Attention, "attention"))


class TagSuggestion(Base):
    """A better set of tags for a thread, or words that the vocabulary lacks."""

    __tablename__ = "tag_suggestion"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), index=True
    )
    suggested_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    tag_slugs: Mapped[list[str]] = mapped_column(sa.JSON)
    new_words: Mapped[list[str]] = mapped_column(sa.JSON)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    state: Mapped[SuggestionState] = mapped_column(
        choice(SuggestionState, "state"), default=SuggestionState.OPEN
    )
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
