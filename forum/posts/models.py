"""Tables of what members write: posts, their earlier versions, and what points at them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

PATH_STEP = 4  # characters of one level of a path
PATH_LENGTH = PATH_STEP * 20  # nesting of 19, and one to spare
NOTE_LENGTH = 100  # characters of a content note


class PostState(StrEnum):
    PUBLISHED = "published"
    WAITING = "waiting"  # for a review; its author sees it and may mend it, nobody else reads it
    WITHDRAWN = "withdrawn"  # taken back by the author; the words are gone for good
    REMOVED = "removed"  # taken out by a facilitator or moderator; can be restored


class Bearing(StrEnum):
    """How a comment bears on what its thread proposes; its author says so."""

    SUPPORTS = "supports"
    QUALIFIES = "qualifies"
    QUESTIONS = "questions"
    OPPOSES = "opposes"


class Post(Base):
    """One authored text: number 0 opens its thread, the others are its comments.

    `path` is the way from the thread to the comment, PATH_STEP characters a level, so that the
    order of paths is the order of the tree. `revision` counts edits and guards against lost ones.
    """

    __tablename__ = "post"

    id: Mapped[intpk]
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    path: Mapped[str] = mapped_column(
        sa.String(PATH_LENGTH).with_variant(sa.String(PATH_LENGTH, collation="C"), "postgresql")
    )
    depth: Mapped[int] = mapped_column(default=0)  # 0: the opening; 1: replies to the thread
    source: Mapped[str] = mapped_column(sa.Text)
    question: Mapped[str] = mapped_column(sa.Text, default="")  # of a prompt, set apart; plain text
    # Shown instead of the text until the reader opens it; empty: the text is simply there.
    content_note: Mapped[str] = mapped_column(sa.String(NOTE_LENGTH), default="", server_default="")
    html: Mapped[str] = mapped_column(sa.Text)
    render_version: Mapped[int]
    language: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")  # or unknown
    state: Mapped[PostState] = mapped_column(
        choice(PostState, "state"), default=PostState.PUBLISHED
    )
    state_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    is_question: Mapped[bool] = mapped_column(default=False)
    answer_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    agreement_count: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]  # of the last edit that shows
    is_imported: Mapped[bool] = mapped_column(default=False)
    # The thread whose numbers "#7" in the text means: where it was written, whatever moved since.
    written_in_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id"), index=True)
    submit_key: Mapped[str | None] = mapped_column(sa.String(64))
    badge_id: Mapped[int | None] = mapped_column(  # worn with this post
        sa.ForeignKey("badge.id", ondelete="SET NULL"), index=True
    )
    bearing: Mapped[Bearing | None] = mapped_column(choice(Bearing, "bearing"))

    __table_args__ = (
        sa.UniqueConstraint("thread_id", "number"),
        sa.UniqueConstraint("author_id", "submit_key"),
        sa.Index("ix_post_thread_id_path", "thread_id", "path"),
        sa.Index("ix_post_thread_id_created_at_number", "thread_id", "created_at", "number"),
        sa.Index(
            "ix_post_branches",
            "thread_id",
            "depth",
            "agreement_count",
            "path",
        ),
        sa.Index("ix_post_agreed", "thread_id", "agreement_count", "number"),
        sa.Index(
            "ix_post_open_questions",
            "thread_id",
            "number",
            sqlite_where=sa.text("is_question AND answer_id IS NULL"),
            postgresql_where=sa.text("is_question AND answer_id IS NULL"),
        ),
        sa.Index(
            "ix_post_points",
            "thread_id",
            "number",
            sqlite_where=sa.text("bearing IS NOT NULL"),
            postgresql_where=sa.text("bearing IS NOT NULL"),
        ),
        sa.Index("ix_post_author_id_created_at", "author_id", "created_at"),
        sa.CheckConstraint("agreement_count >= 0", name="agreement_count"),
        sa.CheckConstraint("number >= 0", name="number"),
    )


class PostRevision(Base):
    """A post as it read before an edit; `number` is the revision it had then."""

    __tablename__ = "post_revision"

    id: Mapped[intpk]
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(150), default="")  # of the thread, for its opening
    source: Mapped[str] = mapped_column(sa.Text)
    question: Mapped[str] = mapped_column(sa.Text, default="")
    content_note: Mapped[str] = mapped_column(sa.String(NOTE_LENGTH), default="", server_default="")
    written_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("post_id", "number"),)


class Agreement(Base):
    __tablename__ = "agreement"

    post_id: Mapped[int] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_agreement_user_id_created_at", "user_id", "created_at"),)


class Mention(Base):
    __tablename__ = "mention"

    post_id: Mapped[int] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Quote(Base):
    """`post_id` quotes `quoted_id`: when the quoted words are taken back, they go there too."""

    __tablename__ = "quote"

    post_id: Mapped[int] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    quoted_id: Mapped[int] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    as_number: Mapped[int]  # how the text names it, which a later move does not change
