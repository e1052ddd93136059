"""The inbox: one row per member, subject and kind."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, intpk

INBOX = "/notifications"  # where one leads that has no place of its own


class Notification(Base):
    """One thing that a member is told; `kind` and `values` become words when they are shown.

    So the words are in the reader's language, and nothing that somebody wrote is kept here.
    """

    __tablename__ = "notification"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    path: Mapped[str] = mapped_column(sa.String(1000))  # where it leads, on this site
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("user_id", "subject_kind", "subject_id", "kind"),
        sa.Index("ix_notification_user_id_created_at", "user_id", "created_at", "id"),
        # Counted by every page of a member.
        sa.Index(
            "ix_notification_unread",
            "user_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )
