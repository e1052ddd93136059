"""One entry: its page, and what it said before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import service_path
from forum.places.queries import chip, keeps, places_by_slug
from forum.services.models import Service, ServiceState, ServiceVersion
from forum.services.policy import ServiceFacts, may_see
from forum.services.queries.listing import ServiceRow, rows_of
from forum.services.words import Names, said
from forum.tags.models import Tag


@dataclass(frozen=True, slots=True)
class ServicePage:
    """An entry with all that its page tells; `keeps` says whether the viewer may change it."""

    row: ServiceRow
    safe_contact: str
    known_from: str
    language_codes: tuple[str, ...]
    need_slugs: tuple[str, ...]
    place_slugs: tuple[str, ...]
    changed_at: datetime
    verified_by: PersonName | None
    facts: ServiceFacts
    keeps: bool

    @property
    def phone_link(self) -> str:
        """The number as a telephone is given it, without the extension."""
        number = self.row.phone.lower().partition("x")[0].removesuffix("e")
        return "".join(one for one in number if one.isdigit() or one == "+")

    @property
    def email_link(self) -> str:
        """The address in a way that adds no line to the letter."""
        return quote(self.row.email, safe="@")

    @property
    def is_listed(self) -> bool:
        return self.row.state is ServiceState.LISTED

    @property
    def is_suggested(self) -> bool:
        return self.row.state is ServiceState.SUGGESTED


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An entry as it read after one change."""

    number: int
    values: dict[str, Any]
    changed_by: PersonName | None
    changed_at: datetime
    reason: str


def get_service(viewer: Actor, service_id: int) -> ServicePage:
    """An entry that the viewer may see; NotFound. Five statements at most."""
    found = db.session.execute(
        sa.select(Service, User.username, User.display_name, User.state)
        .outerjoin(User, User.id == Service.verified_by_id)
        .where(Service.id == service_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    service, *verifier = tuple[Any, ...](found)
    facts = ServiceFacts(service.state, service.suggested_by_id)
    is_keeper = keeps(viewer)
    may_see(viewer, facts, keeps=is_keeper).enforce()
    (row,) = rows_of([service])
    return ServicePage(
        row=row,
        safe_contact=service.safe_contact,
        known_from=service.known_from,
        language_codes=tuple(service.languages),
        need_slugs=tuple(need.path.rpartition("/")[2] for need in row.needs),
        place_slugs=tuple(place.slug for place in row.places),
        changed_at=service.changed_at,
        verified_by=person(*verifier) if service.verified_by_id is not None else None,
        facts=facts,
        keeps=is_keeper,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as those read it who look into a report on it."""

    id: int
    name: str
    text: str
    version: int
    path: str
    facts: ServiceFacts


def find_said(service_id: int) -> Said | None:
    """What an entry says now, whoever may see it. One statement."""
    found = db.session.execute(
        sa.select(Service, ServiceVersion.values)
        .outerjoin(
            ServiceVersion,
            sa.and_(
                ServiceVersion.service_id == Service.id, ServiceVersion.number == Service.version
            ),
        )
        .where(Service.id == service_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return None
    service, values = found
    return Said(
        id=service.id,
        name=service.name,
        text=said(values or {}),
        version=service.version,
        path=service_path(service.id, service.slug),
        facts=ServiceFacts(service.state, service.suggested_by_id),
    )


def versions_of(service_id: int) -> tuple[VersionRow, ...]:
    """Every version of an entry, the first one first."""
    found = db.session.execute(
        sa.select(ServiceVersion, User.username, User.display_name, User.state)
        .outerjoin(User, User.id == ServiceVersion.changed_by_id)
        .where(ServiceVersion.service_id == service_id)
        .order_by(ServiceVersion.number)
    )
    return tuple(
        VersionRow(
            version.number,
            version.values,
            person(*names) if version.changed_by_id is not None else None,
            version.changed_at,
            version.reason,
        )
        for version, *names in map(tuple[Any, ...], found)
    )


def names_in(many: Iterable[Mapping[str, Any]]) -> Names:
    """What the needs and places of these versions are called. Two statements."""
    versions = list(many)
    needs = {slug for values in versions for slug in values.get("needs", ())}
    places = {slug for values in versions for slug in values.get("places", ())}
    found = db.session.execute(sa.select(Tag.slug, Tag.name).where(Tag.slug.in_(needs)))
    return Names(
        {slug: name for slug, name in found},  # noqa: C416 - rows are no pairs
        {slug: chip(place).name for slug, place in places_by_slug(places).items()},
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries that a member suggested and the changes they made, for their own download."""
    for service in db.session.scalars(
        sa.select(Service).where(Service.suggested_by_id == user_id).order_by(Service.id)
    ):
        yield (
            "suggested_services",
            {
                "id": service.id,
                "name": service.name,
                "state": service.state.value,
                "suggested_at": service.created_at.isoformat(),
            },
        )
    for version in db.session.scalars(
        sa.select(ServiceVersion)
        .where(ServiceVersion.changed_by_id == user_id)
        .order_by(ServiceVersion.id)
    ):
        yield (
            "service_changes",
            {
                "service_id": version.service_id,
                "version": version.number,
                "values": version.values,
                "reason": version.reason,
                "changed_at": version.changed_at.isoformat(),
            },
        )
