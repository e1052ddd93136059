"""The demo's places, services and badges as checked values, read from directory.toml."""

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from forum.badges.models import BadgeKind
from forum.demo.content import ContentError, DemoContent, tag_slugs
from forum.places.models import PlaceKind
from forum.services.checking import ServiceDraft

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
    """An entry of the directory; `verified_ago` None: nobody ever made sure of it."""

    draft: ServiceDraft
    verified_ago: timedelta | None
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class DemoBadge:
    """A badge; `granted_ago` None is a request, `ended_ago` None one that has not ended."""

    username: str
    kind: BadgeKind
    organisation: str
    role: str
    work: str
    granted_ago: timedelta | None
    ended_ago: timedelta | None

    @property
    def is_in_force(self) -> bool:
        return self.granted_ago is not None and self.ended_ago is None


@dataclass(frozen=True, slots=True)
class DemoDirectory:
    places: tuple[DemoPlace, ...] = ()
    services: tuple[DemoService, ...] = ()
    badges: tuple[DemoBadge, ...] = ()


EMPTY = DemoDirectory()


def load_directory(content: DemoContent) -> DemoDirectory:
    """Return the directory that comes with the forum, for these people. Raises ContentError."""
    return parse_directory(_DIRECTORY.read_text(encoding="utf-8"), content)


def parse_directory(source: str, content: DemoContent) -> DemoDirectory:
    """Return the directory of a TOML text. Raises ContentError with every problem found."""
    try:
        tables = tomllib.loads(source)
        directory = DemoDirectory(
            places=tuple(_place(table) for table in tables["places"]),
            services=tuple(_service(table) for table in tables["services"]),
            badges=tuple(_badge(table) for table in tables["badges"]),
        )
    except KeyError as missing:
        raise ContentError(f"{missing} is missing") from missing
    except (TypeError, ValueError) as wrong:
        raise ContentError(str(wrong)) from wrong
    problems = tuple(_problems(directory, {account.username for account in content.accounts}))
    if problems:
        raise ContentError("\n".join(problems))
    return directory


def _place(table: _Table) -> DemoPlace:
    return DemoPlace(**{**table, "kind": PlaceKind(table["kind"])})


def _service(table: _Table) -> DemoService:
    rest = dict(table)
    verified_ago = _days(rest.pop("verified_days_ago", None))
    verified_by = rest.pop("verified_by", "")
    draft = ServiceDraft(
        needs=tuple(rest.pop("needs")),
        places=tuple(rest.pop("places")),
        languages=tuple(rest.pop("languages")),
        **rest,
    )
    return DemoService(draft, verified_ago, verified_by)


def _badge(table: _Table) -> DemoBadge:
    rest = dict(table)
    return DemoBadge(
        kind=BadgeKind(rest.pop("kind")),
        granted_ago=_days(rest.pop("granted_days_ago", None)),
        ended_ago=_days(rest.pop("ended_days_ago", None)),
        **rest,
    )


def _days(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)


def _problems(directory: DemoDirectory, usernames: Collection[str]) -> Iterator[str]:
    """What does not hold together, one line each."""
    tags = tag_slugs()
    places = {place.slug for place in directory.places}
    names = [service.draft.name for service in directory.services]
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
        if badge.ended_ago is not None and (
            badge.granted_ago is None or badge.ended_ago > badge.granted_ago
        ):
            yield f"the badge of {badge.username!r} ended before it was granted"


def _service_problems(
    service: DemoService, usernames: Collection[str], tags: Collection[str]
) -> Iterator[str]:
    name = service.draft.name
    if not service.draft.needs:
        yield f"{name!r}: it answers no need"
    for need in service.draft.needs:
        if need not in tags:
            yield f"{name!r}: no tag {need!r}"
    if (service.verified_ago is None) is not (not service.verified_by):
        yield f"{name!r}: who made sure of it, and when, belong together"
    if service.verified_by and service.verified_by not in usernames:
        yield f"{name!r}: no account {service.verified_by!r}"
