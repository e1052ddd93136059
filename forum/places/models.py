"""The table of places: a tree of countries, regions and towns."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, choice, intpk


class PlaceKind(StrEnum):
    COUNTRY = "country"
    REGION = "region"  # of a country
    TOWN = "town"  # of a region, or of a country that has none here


class Place(Base):
    """A place. A country is named by its code in the reader's language; `name` is its English one.

    `name_key` is the folded name: no two places of one parent share it.
    """

    __tablename__ = "place"

    id: Mapped[intpk]
    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[PlaceKind] = mapped_column(choice(PlaceKind, "kind"))
    country_code: Mapped[str] = mapped_column(sa.String(2), index=True)  # ISO 3166-1, of any place
    name: Mapped[str] = mapped_column(sa.String(80))
    name_key: Mapped[str] = mapped_column(sa.String(160))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("place.id"))
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("parent_id", "name_key"),)
