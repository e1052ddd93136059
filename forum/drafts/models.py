"""The table of what members have begun to write."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, intpk


class Draft(Base):
    """A text that is not posted yet: of a comment, or (thread_id None) of a thread to be started.

    `version` counts the saves, so that two windows do not overwrite each other; `form_key` is the
    key of the form that saved last, which may go on whatever version it has heard of.
    """

    __tablename__ = "draft"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("thread.id", ondelete="CASCADE"), index=True
    )
    reply_to: Mapped[int] = mapped_column(default=0)  # the comment that it answers; 0: the thread
    source: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str] = mapped_column(sa.Text, default="")
    question: Mapped[str] = mapped_column(sa.Text, default="")
    content_note: Mapped[str] = mapped_column(sa.Text, default="")
    is_question: Mapped[bool] = mapped_column(default=False)
    space: Mapped[str] = mapped_column(sa.String(80), default="")  # slugs, as the form holds them
    kind: Mapped[str] = mapped_column(sa.String(32), default="")
    tags: Mapped[list[str]] = mapped_column(sa.JSON)
    place: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    # Of a proposal: the comment that it is raised from.
    raised_from_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str] = mapped_column(sa.String(64), default="")
    saved_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        # Of threads to be started, a member may have several: NULLs are distinct.
        sa.UniqueConstraint("user_id", "thread_id", "reply_to"),
    )
