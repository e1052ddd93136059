"""What members may not do for a while."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.actor import Restraint
from forum.core.db import Base, choice, intpk


class Sanction(Base):
    """One restraint of one member, in one space or everywhere; it ends, or is lifted."""

    __tablename__ = "sanction"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(sa.ForeignKey("space.id"), index=True)
    kind: Mapped[Restraint] = mapped_column(choice(Restraint, "kind"))
    decision_id: Mapped[int | None] = mapped_column(index=True)  # in moderation, which is above
    given_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[str] = mapped_column(sa.String(500))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # None: until it is lifted
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )

    __table_args__ = (
        sa.Index("ix_sanction_user_id_starts_at", "user_id", "starts_at"),
        # Asked by every page of a member.
        sa.Index(
            "ix_sanction_standing",
            "user_id",
            "ends_at",
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )
