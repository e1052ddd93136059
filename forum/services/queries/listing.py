"""Lists of entries: what filters find, what waits, and what is like something."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.core import paging
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.links import service_path, tag_path
from forum.core.paging import Page
from forum.index.models import Named, NameWord
from forum.index.queries import named
from forum.index.words import analyse, folded
from forum.places.models import Place
from forum.places.queries import ANYWHERE, PlaceChip, chip, covering, within
from forum.services.languages import name_of
from forum.services.models import Service, ServiceNeed, ServicePlace, ServiceState
from forum.services.staleness import is_stale, stale_before, turns_stale_at
from forum.tags.models import Tag
from forum.tags.queries import TagChip

PAGE_SIZE = 30
_MOST_SIMILAR = 5
_MOST_WORDS = 12  # of a title that is being typed
# What weighs when one is like another: a word in common, the same need, the same place.
_WORD, _NEED, _PLACE = 2, 3, 2
_LEAST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the directory is asked for; the names are those of the address.

    `need` is a slug and means those beneath it too. `place` is a slug and means what lies within
    it and what covers it, such as its country and what serves people anywhere; ANYWHERE means the
    latter alone. `fresh` is "yes" or "no". `state` other than "listed" is for keepers.
    """

    need: str = ""
    place: str = ""
    language: str = ""
    q: str = ""
    fresh: str = ""
    state: str = ServiceState.LISTED.value

    @property
    def asked(self) -> dict[str, str]:
        """What narrows the list, by the name that it has in the address."""
        given = {
            "q": self.q,
            "need": self.need,
            "place": self.place,
            "language": self.language,
            "fresh": self.fresh,
            "state": "" if self.state == ServiceState.LISTED else self.state,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """An entry as a list shows it; without places it serves people anywhere."""

    id: int
    slug: str
    path: str
    name: str
    organisation: str
    offers: str
    eligibility: str
    cost: str
    phone: str
    email: str
    url: str
    hours: str
    needs: tuple[TagChip, ...]
    places: tuple[PlaceChip, ...]
    languages: tuple[str, ...]  # as they are called
    state: ServiceState
    version: int
    suggested_by_id: int | None
    created_at: datetime
    verified_at: datetime | None
    is_stale: bool


# Who sees what


def visible_to(viewer: Actor, *, keeps: bool) -> sa.ColumnElement[bool]:
    """A condition on Service: exactly what policy.may_see allows."""
    if keeps:
        return sa.true()
    is_listed = Service.state == ServiceState.LISTED
    if not viewer.is_signed_in:
        return is_listed
    return sa.or_(is_listed, Service.suggested_by_id == viewer.id)


# What filters find


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What the filters say about Service, for every list and count of it."""
    found: list[sa.ColumnElement[bool]] = [Service.state == _state(filters.state)]
    if filters.need:
        found.append(Service.id.in_(_answering(filters.need)))
    if filters.place == ANYWHERE:
        found.append(~_has_place())
    elif filters.place:
        found.append(_serves(filters.place))
    if filters.language:
        found.append(_speaks(filters.language))
    if filters.fresh:
        is_fresh = sa.and_(Service.verified_at.is_not(None), Service.verified_at >= stale_before())
        found.append(is_fresh if filters.fresh == "yes" else ~is_fresh)
    if filters.q:
        found += _worded(filters.q, _state(filters.state))
    return found


def _worded(text: str, state: ServiceState) -> Iterator[sa.ColumnElement[bool]]:
    """All words, in any form, of what is listed; the rest is in no index, and read as it stands."""
    if state is ServiceState.LISTED:
        ids = named(Named.SERVICE, text)
        if ids is not None:
            yield Service.id.in_(ids)
        elif folded(text):  # more words than any entry is looked for by
            yield sa.false()
        return
    texts = (Service.name, Service.organisation, Service.offers, Service.eligibility)
    for word in text.split():
        yield sa.or_(*(one.icontains(word, autoescape=True) for one in texts))


def _state(state: str) -> ServiceState:
    try:
        return ServiceState(state)
    except ValueError:
        return ServiceState.LISTED


def _answering(slug: str) -> sa.Select[int]:
    asked = sa.select(Tag.id).where(Tag.slug == slug)
    tags = sa.select(Tag.id).where(
        sa.or_(Tag.slug == slug, Tag.parent_id.in_(asked)), Tag.merged_into_id.is_(None)
    )
    return sa.select(ServiceNeed.service_id).where(ServiceNeed.tag_id.in_(tags))


def _has_place() -> sa.ColumnElement[bool]:
    return sa.exists().where(ServicePlace.service_id == Service.id).correlate(Service)


def _serves(slug: str) -> sa.ColumnElement[bool]:
    """Within the place, or covering it; a place that is not there has no services, not even all."""
    id_ = db.session.scalar(sa.select(Place.id).where(Place.slug == slug))
    if id_ is None:
        return sa.false()
    of_place = sa.select(ServicePlace.service_id).where(
        sa.or_(
            ServicePlace.place_id.in_(within(id_)),
            ServicePlace.place_id.in_(covering(id_)),
        )
    )
    return sa.or_(Service.id.in_(of_place), ~_has_place())


def _speaks(code: str) -> sa.ColumnElement[bool]:
    """As JSON writes a list of codes, on both databases; "en" means "en-GB" too."""
    text = sa.cast(Service.languages, sa.Text)
    return sa.or_(
        text.contains(f'"{code}"', autoescape=True), text.contains(f'"{code}-', autoescape=True)
    )


def find_services(
    filters: Filters, cursor: str | None = None, *, size: int = PAGE_SIZE
) -> Page[ServiceRow]:
    """Entries that the filters find, by name; four statements at most, however many.

    Whether the viewer may ask for other states than "listed" is for the caller to know.
    """
    statement = sa.select(Service).where(*conditions(filters)).order_by(Service.name, Service.id)
    if cursor is not None:
        (last_id,) = paging.decode(cursor, (int,))
        last = sa.select(Service.name).where(Service.id == last_id).scalar_subquery()
        statement = statement.where(
            sa.tuple_(Service.name, Service.id) > sa.tuple_(last, sa.literal(last_id))
        )
    found = db.session.scalars(statement.limit(size + 1)).all()
    shown, has_more = paging.cut(found, size)
    return Page(rows_of(shown), next=paging.encode((shown[-1].id,)) if has_more else None)


def count_services(filters: Filters) -> int:
    count = sa.select(sa.func.count()).select_from(Service).where(*conditions(filters))
    return db.session.scalar(count) or 0


def next_stale_at() -> datetime | None:
    """When the next listed entry turns stale by itself; None when there is no fresh one."""
    first = sa.select(sa.func.min(Service.verified_at)).where(
        Service.state == ServiceState.LISTED, Service.verified_at >= stale_before()
    )
    return turns_stale_at(db.session.scalar(first))


def suggested() -> tuple[ServiceRow, ...]:
    """What waits for a keeper, the oldest first; a page of it."""
    found = db.session.scalars(
        sa.select(Service)
        .where(Service.state == ServiceState.SUGGESTED)
        .order_by(Service.created_at, Service.id)
        .limit(PAGE_SIZE)
    )
    return rows_of(found.all())


def listed(service_id: int) -> tuple[ServiceRow, ...]:
    """The entry of this id, alone; empty when the directory does not list it."""
    found = db.session.scalars(
        sa.select(Service).where(Service.id == service_id, Service.state == ServiceState.LISTED)
    )
    return rows_of(found.all())


def rows_of(services: Sequence[Service]) -> tuple[ServiceRow, ...]:
    """What a list shows of these entries; two statements."""
    ids = [service.id for service in services]
    needs, places = needs_of(ids), places_of(ids)
    return tuple(
        ServiceRow(
            id=one.id,
            slug=one.slug,
            path=service_path(one.id, one.slug),
            name=one.name,
            organisation=one.organisation,
            offers=one.offers,
            eligibility=one.eligibility,
            cost=one.cost,
            phone=one.phone,
            email=one.email,
            url=one.url,
            hours=one.hours,
            needs=needs.get(one.id, ()),
            places=places.get(one.id, ()),
            languages=tuple(map(name_of, one.languages)),
            state=one.state,
            version=one.version,
            suggested_by_id=one.suggested_by_id,
            created_at=one.created_at,
            verified_at=one.verified_at,
            is_stale=is_stale(one.verified_at),
        )
        for one in services
    )


def needs_of(service_ids: Sequence[int]) -> dict[int, tuple[TagChip, ...]]:
    """The needs that each of these answers, in the order of the vocabulary."""
    if not service_ids:
        return {}
    statement = (
        sa.select(ServiceNeed.service_id, Tag.id, Tag.name, Tag.slug, Tag.is_need)
        .join(Tag, Tag.id == ServiceNeed.tag_id)
        .where(ServiceNeed.service_id.in_(service_ids))
        .order_by(Tag.is_need.desc(), Tag.position, Tag.name)
    )
    found: dict[int, list[TagChip]] = {}
    for service_id, tag_id, name, slug, is_need in db.session.execute(statement):
        chip_ = TagChip(tag_id, name, tag_path(slug), is_need)
        found.setdefault(service_id, []).append(chip_)
    return {service_id: tuple(chips) for service_id, chips in found.items()}


def places_of(service_ids: Sequence[int]) -> dict[int, tuple[PlaceChip, ...]]:
    """The places that each of these serves, by name."""
    if not service_ids:
        return {}
    statement = (
        sa.select(ServicePlace.service_id, Place)
        .join(Place, Place.id == ServicePlace.place_id)
        .where(ServicePlace.service_id.in_(service_ids))
        .order_by(Place.name, Place.id)
    )
    found: dict[int, list[PlaceChip]] = {}
    for service_id, place in db.session.execute(statement):
        found.setdefault(service_id, []).append(chip(place))
    return {service_id: tuple(chips) for service_id, chips in found.items()}


# Places that are served


def places_in_use() -> frozenset[int]:
    """The ids of places that listed services name: those come first in `place_options`."""
    return frozenset(counts_by_place())


def counts_by_place() -> dict[int, int]:
    """How many listed services name each place itself."""
    counted = (
        sa.select(ServicePlace.place_id, sa.func.count())
        .join(Service, Service.id == ServicePlace.service_id)
        .where(Service.state == ServiceState.LISTED)
        .group_by(ServicePlace.place_id)
    )
    return {place_id: count for place_id, count in db.session.execute(counted)}  # noqa: C416


# What is like something


def similar_services(
    words: str, need_ids: Iterable[int] = (), place_id: int | None = None
) -> tuple[ServiceRow, ...]:
    """Listed entries that may be what these words ask for, the likest first; at most five.

    They have two words in common, or one and the need; what answers the same need in that place
    counts as well. Three statements.
    """
    score: sa.ColumnElement[Any] = sa.literal(0)
    stems = dict.fromkeys(analyse(words)[0].stems)
    if stems:
        held = (
            sa.select(sa.func.count() * _WORD)
            .where(
                NameWord.kind == Named.SERVICE,
                NameWord.subject_id == Service.id,
                NameWord.word.in_(list(stems)[:_MOST_WORDS]),
            )
            .correlate(Service)
            .scalar_subquery()
        )
        score += held
    needs = tuple(need_ids)
    answers = (
        sa.exists()
        .where(ServiceNeed.service_id == Service.id, ServiceNeed.tag_id.in_(needs))
        .correlate(Service)
    )
    score += sa.case((answers, _NEED), else_=0)
    if place_id is not None:
        there = sa.exists().where(
            ServicePlace.service_id == Service.id,
            sa.or_(
                ServicePlace.place_id.in_(within(place_id)),
                ServicePlace.place_id.in_(covering(place_id)),
            ),
        )
        is_there = sa.or_(there.correlate(Service), ~_has_place())
        score += sa.case((sa.and_(answers, is_there), _PLACE), else_=0)
    candidates: list[sa.ColumnElement[bool]] = [answers] if needs else []
    if stems:
        worded = sa.select(NameWord.subject_id).where(
            NameWord.kind == Named.SERVICE, NameWord.word.in_(list(stems)[:_MOST_WORDS])
        )
        candidates.append(Service.id.in_(worded))
    if not candidates:
        return ()
    scored = (
        sa.select(Service.id, score.label("score"))
        .where(Service.state == ServiceState.LISTED, sa.or_(*candidates))
        .subquery()
    )
    found = db.session.scalars(
        sa.select(Service)
        .join(scored, scored.c.id == Service.id)
        .where(scored.c.score >= _LEAST_ALIKE)
        .order_by(scored.c.score.desc(), Service.name, Service.id)
        .limit(_MOST_SIMILAR)
    )
    return rows_of(found.all())


# Words


def words_of_all() -> Iterator[tuple[int, tuple[str, ...]]]:
    """The texts that every listed service is to be found by, with its id."""
    found = db.session.execute(
        sa.select(
            Service.id, Service.name, Service.organisation, Service.offers, Service.eligibility
        ).where(Service.state == ServiceState.LISTED)
    )
    yield from ((row[0], tuple(row[1:])) for row in found)
