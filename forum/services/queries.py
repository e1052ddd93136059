"""Reads of the directory."""

from collections.abc import Iterator

import sqlalchemy as sa

from forum.core.db import db
from forum.services.models import Service, ServiceState


def words_of_all() -> Iterator[tuple[int, tuple[str, ...]]]:
    """The texts that every listed service is to be found by, with its id."""
    found = db.session.execute(
        sa.select(
            Service.id, Service.name, Service.organisation, Service.offers, Service.eligibility
        ).where(Service.state == ServiceState.LISTED)
    )
    yield from ((row[0], tuple(row[1:])) for row in found)
