"""Tables of imports: each run with its file and outcome, and what came from where."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class ImportRun(Base):
    """One import. `data` is the compressed file, dropped when the run ends."""

    __tablename__ = "import_run"

    id: Mapped[intpk]
    format: Mapped[str] = mapped_column(sa.String(16))
    filename: Mapped[str] = mapped_column(sa.String(255), default="")
    space_id: Mapped[int] = mapped_column(sa.ForeignKey("space.id"), index=True)
    started_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    is_dry: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RunState] = mapped_column(choice(RunState, "state"), default=RunState.WAITING)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    data: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ImportedItem(Base):
    """A post or author of an imported file, so that a second run finds what the first made."""

    __tablename__ = "imported_item"

    id: Mapped[intpk]
    space_id: Mapped[int] = mapped_column(sa.ForeignKey("space.id", ondelete="CASCADE"))
    format: Mapped[str] = mapped_column(sa.String(16))
    source_key: Mapped[str] = mapped_column(sa.String(255))
    post_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )

    __table_args__ = (sa.UniqueConstraint("space_id", "format", "source_key"),)


class ClaimLink(Base):
    """Hands the posts of a placeholder member over to whoever opens the link signed in."""

    __tablename__ = "claim_link"

    id: Mapped[intpk]
    placeholder_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
