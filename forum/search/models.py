"""The table of searches that members keep."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, intpk

NAME_LENGTH = 60
QUERY_LENGTH = 300


class SavedSearch(Base):
    """A search under a name; `seen_post_id` is the newest post there was at the last look."""

    __tablename__ = "saved_search"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    query: Mapped[str] = mapped_column(sa.String(QUERY_LENGTH))
    seen_post_id: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("user_id", "name"),)
