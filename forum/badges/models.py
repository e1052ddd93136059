"""Tables of badges: a request becomes a badge, and a badge ends; the row stays."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

ORGANISATION_LENGTH = 120  # characters
WORK_LENGTH = 200
WORDS_LENGTH = 1000


class BadgeKind(StrEnum):
    PRACTITIONER = "practitioner"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"


class BadgeState(StrEnum):
    REQUESTED = "requested"
    REFUSED = "refused"
    ACTIVE = "active"
    ENDED = "ended"  # expired, given back, or taken away: it stays on old posts, as past


class Badge(Base):
    """A verified affiliation of one member, from the request on."""

    __tablename__ = "badge"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    kind: Mapped[BadgeKind] = mapped_column(choice(BadgeKind, "kind"))
    organisation: Mapped[str] = mapped_column(sa.String(ORGANISATION_LENGTH))
    role: Mapped[str] = mapped_column(sa.String(ORGANISATION_LENGTH), default="")
    work: Mapped[str] = mapped_column(sa.String(WORK_LENGTH), default="")  # what kind of work it is
    proof_url: Mapped[str] = mapped_column(sa.String(500), default="")
    comment: Mapped[str] = mapped_column(sa.String(WORDS_LENGTH), default="")  # to moderators alone
    state: Mapped[BadgeState] = mapped_column(
        choice(BadgeState, "state"), default=BadgeState.REQUESTED
    )
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    decision_words: Mapped[str] = mapped_column(sa.String(WORDS_LENGTH), default="")
    expires_at: Mapped[datetime | None]  # of an active one
    reminded_at: Mapped[datetime | None]  # that it expires soon
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    __table_args__ = (
        sa.Index("ix_badge_user_id_state", "user_id", "state"),
        sa.Index("ix_badge_state_requested_at", "state", "requested_at", "id"),
    )


class LivedExperience(Base):
    """Somebody says of themselves that they have lived it: never asked for, never shown, counted.

    No audit entry and no export but their own names this row.
    """

    __tablename__ = "lived_experience"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    declared_at: Mapped[datetime]
