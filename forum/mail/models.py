"""One row per message and recipient: what was to be sent, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # committed before SMTP starts: a crash then costs a twin, never a loss
    SENT = "sent"
    REFUSED = "refused"  # the other side said no for good


class Delivery(Base):
    __tablename__ = "delivery"

    id: Mapped[intpk]
    event: Mapped[str] = mapped_column(sa.String(128))
    recipient: Mapped[str] = mapped_column(sa.String(320))
    kind: Mapped[str] = mapped_column(sa.String(64))
    context: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[DeliveryState] = mapped_column(
        choice(DeliveryState, "state"), default=DeliveryState.WAITING
    )
    message_id: Mapped[str] = mapped_column(sa.String(255), unique=True)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("event", "recipient"),)
