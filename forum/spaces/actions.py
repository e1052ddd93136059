"""Writes of spaces."""

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db
from forum.spaces.models import Circle, Space, Visibility

COMMONS = "commons"


def plant_commons() -> None:
    """Make the public space that every forum has, unless it is there."""
    if db.session.scalar(sa.select(Space.id).where(Space.slug == COMMONS)) is not None:
        return
    db.session.add(
        Space(
            slug=COMMONS,
            name="Commons",
            description_source="",
            visibility=Visibility.PUBLIC,
            who_starts=Circle.EVERYONE,
            who_comments=Circle.EVERYONE,
            created_at=clock.now(),
        )
    )
