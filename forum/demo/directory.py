"""The demo's places, services and badges as checked values, read from directory.toml."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from forum.badges.models import BadgeKind
from forum.places.models import PlaceKind

_DIRECTORY = Path(__file__).with_name("directory.toml")

_Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A region or town; `parent` is a slug, empty right under the country."""

    slug: str
    kind: PlaceKind
    country: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class DemoService:
    """An entry of the directory; needs and places by slug, no place means anywhere."""

    name: str
    organisation: str
    needs: tuple[str, ...]
    places: tuple[str, ...]
    offers: str
    eligibility: str
    languages: tuple[str, ...]
    known_from: str
    verified_ago: timedelta | None
    verified_by: str = ""
    cost: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    hours: str = ""
    safe_contact: str = ""


@dataclass(frozen=True, slots=True)
class DemoBadge:
    """A badge that was granted; `ended_ago` None is one in force."""

    username: str
    kind: BadgeKind
    organisation: str
    role: str
    work: str
    granted_ago: timedelta
    ended_ago: timedelta | None


@dataclass(frozen=True, slots=True)
class DemoDirectory:
    places: tuple[DemoPlace, ...]
    services: tuple[DemoService, ...]
    badges: tuple[DemoBadge, ...]


def load_directory() -> DemoDirectory:
    """Return the directory that comes with the forum; KeyError or ValueError when it is broken."""
    tables = tomllib.loads(_DIRECTORY.read_text(encoding="utf-8"))
    return DemoDirectory(
        places=tuple(_place(table) for table in tables["places"]),
        services=tuple(_service(table) for table in tables["services"]),
        badges=tuple(_badge(table) for table in tables["badges"]),
    )


def _place(table: _Table) -> DemoPlace:
    return DemoPlace(**{**table, "kind": PlaceKind(table["kind"])})


def _service(table: _Table) -> DemoService:
    rest = dict(table)
    return DemoService(
        needs=tuple(rest.pop("needs")),
        places=tuple(rest.pop("places")),
        languages=tuple(rest.pop("languages")),
        verified_ago=_days(rest.pop("verified_days_ago", None)),
        **rest,
    )


def _badge(table: _Table) -> DemoBadge:
    rest = dict(table)
    return DemoBadge(
        kind=BadgeKind(rest.pop("kind")),
        granted_ago=timedelta(days=rest.pop("granted_days_ago")),
        ended_ago=_days(rest.pop("ended_days_ago", None)),
        **rest,
    )


def _days(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)


def problems(
    directory: DemoDirectory, usernames: Collection[str], tags: Collection[str]
) -> Iterator[str]:
    """What does not hold together, one line each."""
    places = {place.slug for place in directory.places}
    names = [service.name for service in directory.services]
    if len(set(names)) < len(names):
        yield "the name of a service stands twice"
    for place in directory.places:
        if place.parent and place.parent not in places:
            yield f"{place.name!r}: no place {place.parent!r}"
    for service in directory.services:
        yield from _service_problems(service, usernames, tags)
    for badge in directory.badges:
        if badge.username not in usernames:
            yield f"the badge of {badge.organisation!r}: no account {badge.username!r}"
        if badge.ended_ago is not None and badge.ended_ago > badge.granted_ago:
            yield f"the badge of {badge.username!r} ended before it was granted"


def _service_problems(
    service: DemoService, usernames: Collection[str], tags: Collection[str]
) -> Iterator[str]:
    if not service.needs:
        yield f"{service.name!r}: it answers no need"
    for need in service.needs:
        if need not in tags:
            yield f"{service.name!r}: no tag {need!r}"
    if (service.verified_ago is None) is not (not service.verified_by):
        yield f"{service.name!r}: who made sure of it, and when, belong together"
    if service.verified_by and service.verified_by not in usernames:
        yield f"{service.name!r}: no account {service.verified_by!r}"
