"""Tables of briefs, and of who lets their words be quoted in them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class ConsentState(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Brief(Base):
    """Proposals in an order, and, once it is published, what they came to then.

    `thread_ids` and `quotes` are what its author works on. `document` holds figures and lines as
    they were on `published_at`; words of posts are named in it by id and revision, and read anew
    each time, so that what is taken back is gone here too. `version` is 0 until it is published.
    """

    __tablename__ = "brief"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[str] = mapped_column(sa.String(150))
    introduction: Mapped[str] = mapped_column(sa.String(2000), default="")
    thread_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    quotes: Mapped[list[int]] = mapped_column(sa.JSON)  # ids of posts
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    version: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_brief_published_at", "published_at", "id"),)


class BriefProposal(Base):
    """A proposal in a published brief: whoever may not see it does not see the brief."""

    __tablename__ = "brief_proposal"

    brief_id: Mapped[int] = mapped_column(
        sa.ForeignKey("brief.id", ondelete="CASCADE"), primary_key=True
    )
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("thread.id"), primary_key=True, index=True)


class QuoteConsent(Base):
    """Whether the author of a post lets its words be quoted in briefs."""

    __tablename__ = "quote_consent"

    post_id: Mapped[int] = mapped_column(
        sa.ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[ConsentState] = mapped_column(
        choice(ConsentState, "state"), default=ConsentState.ASKED
    )
    revision: Mapped[int]  # of the words that it was given for
    asked_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
