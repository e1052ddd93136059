"""Tables of the curated vocabulary: tags on two levels and the words that lead to them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, intpk


class Tag(Base):
    """A word of the vocabulary. `is_need` marks the needs; a merged tag leads to another."""

    __tablename__ = "tag"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    description: Mapped[str] = mapped_column(sa.Text, default="")
    is_need: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tag.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tag.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class TagSynonym(Base):
    """Another word for a tag, case-folded; no word leads to two tags."""

    __tablename__ = "tag_synonym"

    id: Mapped[intpk]
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(sa.String(60))
    word_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
