"""Tables of the directory: services, what they answer, where, and every earlier version."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk

NAME_LENGTH = 120  # characters
LINE_LENGTH = 200
TEXT_LENGTH = 2000


class ServiceState(StrEnum):
    SUGGESTED = "suggested"  # by a member; those who keep the directory look at it first
    LISTED = "listed"
    RETIRED = "retired"  # it exists no more, or was no service


class Service(Base):
    """Something that exists. No place in `service_place` means that it serves people anywhere."""

    __tablename__ = "service"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    organisation: Mapped[str] = mapped_column(sa.String(NAME_LENGTH), default="")
    offers: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    eligibility: Mapped[str] = mapped_column(sa.String(TEXT_LENGTH), default="")
    languages: Mapped[list[str]] = mapped_column(sa.JSON)  # codes of BCP 47
    cost: Mapped[str] = mapped_column(sa.String(LINE_LENGTH), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    hours: Mapped[str] = mapped_column(sa.String(LINE_LENGTH), default="")
    safe_contact: Mapped[str] = mapped_column(sa.String(500), default="")
    known_from: Mapped[str] = mapped_column(sa.String(500), default="")  # the source of all this
    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)  # of an import
    state: Mapped[ServiceState] = mapped_column(choice(ServiceState, "state"))
    version: Mapped[int] = mapped_column(default=1)
    suggested_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]  # None: never
    verified_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime | None]  # when somebody was last asked to make sure of it

    __table_args__ = (
        sa.Index("ix_service_state_name", "state", "name", "id"),
        sa.Index("ix_service_state_verified_at", "state", "verified_at"),
    )


class ServiceNeed(Base):
    __tablename__ = "service_need"

    service_id: Mapped[int] = mapped_column(
        sa.ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id"), primary_key=True, index=True)


class ServicePlace(Base):
    __tablename__ = "service_place"

    service_id: Mapped[int] = mapped_column(
        sa.ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    place_id: Mapped[int] = mapped_column(sa.ForeignKey("place.id"), primary_key=True, index=True)


class ServiceVersion(Base):
    """A service as it read after one change: every value, needs and places by slug."""

    __tablename__ = "service_version"

    id: Mapped[intpk]
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("service.id", ondelete="CASCADE"))
    number: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    changed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    changed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")

    __table_args__ = (sa.UniqueConstraint("service_id", "number"),)
