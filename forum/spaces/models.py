"""Tables of spaces, who belongs to them, and how one gets in."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class Visibility(StrEnum):
    PUBLIC = "public"  # anybody reads
    MEMBERS = "members"  # any signed-in member reads
    PRIVATE = "private"  # its members read


class SpaceRole(StrEnum):
    MEMBER = "member"
    FACILITATOR = "facilitator"


class Circle(StrEnum):
    """Who may start threads, or comment, among those who can see the space."""

    EVERYONE = "everyone"  # any signed-in member who can see the space
    MEMBERS = "members"  # those who joined it
    FACILITATORS = "facilitators"


class Space(Base):
    __tablename__ = "space"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    description_source: Mapped[str] = mapped_column(sa.Text, default="")
    description_html: Mapped[str] = mapped_column(sa.Text, default="")
    description_render_version: Mapped[int] = mapped_column(default=0)
    # What is written here, unless a post says otherwise; empty: nobody said.
    language: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")
    visibility: Mapped[Visibility] = mapped_column(choice(Visibility, "visibility"))
    who_starts: Mapped[Circle] = mapped_column(choice(Circle, "who_starts"))
    who_comments: Mapped[Circle] = mapped_column(choice(Circle, "who_comments"))
    # How many reporters hide a post, and how many first posts of an account wait for a review.
    hide_at: Mapped[int] = mapped_column(default=3, server_default="3")
    hold_first: Mapped[int] = mapped_column(default=0, server_default="0")
    # Whether one sees how stances are spread only after taking one's own.
    hides_stances: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("hide_at BETWEEN 1 AND 20", name="hide_at"),
        sa.CheckConstraint("hold_first BETWEEN 0 AND 3", name="hold_first"),
    )


class Membership(Base):
    __tablename__ = "membership"

    space_id: Mapped[int] = mapped_column(
        sa.ForeignKey("space.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[SpaceRole] = mapped_column(choice(SpaceRole, "role"), default=SpaceRole.MEMBER)
    joined_at: Mapped[datetime]


class JoinCode(Base):
    """A code that a facilitator hands out; readable, because they need to show it again."""

    __tablename__ = "join_code"

    id: Mapped[intpk]
    space_id: Mapped[int] = mapped_column(sa.ForeignKey("space.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(sa.String(24), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    uses_left: Mapped[int | None]  # None: no limit
    use_count: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]

    __table_args__ = (sa.CheckConstraint("uses_left >= 0", name="uses_left"),)


class SpaceInvitation(Base):
    __tablename__ = "space_invitation"

    id: Mapped[intpk]
    space_id: Mapped[int] = mapped_column(sa.ForeignKey("space.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    invited_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    role: Mapped[SpaceRole] = mapped_column(choice(SpaceRole, "role"), default=SpaceRole.MEMBER)
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("space_id", "user_id"),)
