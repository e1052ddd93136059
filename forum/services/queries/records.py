"""Entries for files, as many as the filters find."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from forum.core.db import db
from forum.core.i18n import DEFAULT
from forum.places.models import Place, PlaceKind
from forum.places.names import country_name
from forum.services.checking import LENGTHS
from forum.services.formats.records import Named, Record
from forum.services.models import Service, ServiceNeed, ServicePlace
from forum.services.queries.listing import Filters, conditions
from forum.tags.models import Tag

_BATCH = 500  # entries in memory at a time


def records(filters: Filters) -> Iterator[Record]:
    """Every entry that the filters find, in the order of their ids; three statements a batch."""
    wanted = conditions(filters)
    last = 0
    while True:
        batch = db.session.scalars(
            sa.select(Service).where(*wanted, Service.id > last).order_by(Service.id).limit(_BATCH)
        ).all()
        if not batch:
            return
        yield from _records(batch)
        last = batch[-1].id


def _records(batch: Sequence[Service]) -> Iterator[Record]:
    ids = [service.id for service in batch]
    needs = _needs(ids)
    places = _places(ids)
    for service in batch:
        yield Record(
            id=service.external_id or f"service-{service.id}",
            texts={name: getattr(service, name) for name in LENGTHS},
            languages=tuple(service.languages),
            needs=tuple(needs.get(service.id, ())),
            places=tuple(places.get(service.id, ())),
            changed_at=service.changed_at,
            verified_at=service.verified_at,
        )


def _needs(service_ids: list[int]) -> dict[int, list[Named]]:
    found: dict[int, list[Named]] = {}
    for service_id, slug, name, meaning in db.session.execute(
        sa.select(ServiceNeed.service_id, Tag.slug, Tag.name, Tag.description)
        .join(Tag, Tag.id == ServiceNeed.tag_id)
        .where(ServiceNeed.service_id.in_(service_ids))
        .order_by(Tag.slug)
    ):
        found.setdefault(service_id, []).append(Named(slug, name, meaning))
    return found


def _places(service_ids: list[int]) -> dict[int, list[Named]]:
    found: dict[int, list[Named]] = {}
    for service_id, slug, kind, code, name in db.session.execute(
        sa.select(ServicePlace.service_id, Place.slug, Place.kind, Place.country_code, Place.name)
        .join(Place, Place.id == ServicePlace.place_id)
        .where(ServicePlace.service_id.in_(service_ids))
        .order_by(Place.slug)
    ):
        country = country_name(code, DEFAULT)
        full_name = country if kind is PlaceKind.COUNTRY else f"{name}, {country}"
        found.setdefault(service_id, []).append(Named(slug, full_name))
    return found
