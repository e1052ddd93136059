"""Reads of the directory."""

from collections.abc import Iterator

import sqlalchemy as sa

from forum.core.db import db
from forum.places.queries import keeps
from forum.services.models import Service, ServicePlace, ServiceState

__all__ = ["keeps", "places_in_use", "words_of_all"]


def places_in_use() -> frozenset[int]:
    """The ids of places that listed services name: those come first in `place_options`."""
    return frozenset(
        db.session.scalars(
            sa.select(ServicePlace.place_id)
            .join(Service, Service.id == ServicePlace.service_id)
            .where(Service.state == ServiceState.LISTED)
            .distinct()
        )
    )


def words_of_all() -> Iterator[tuple[int, tuple[str, ...]]]:
    """The texts that every listed service is to be found by, with its id."""
    found = db.session.execute(
        sa.select(
            Service.id, Service.name, Service.organisation, Service.offers, Service.eligibility
        ).where(Service.state == ServiceState.LISTED)
    )
    yield from ((row[0], tuple(row[1:])) for row in found)
