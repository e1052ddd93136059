"""Reads of places: the tree, choices for forms, what lies within what, and who keeps the list."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.badges.queries import is_practitioner
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _, language
from forum.core.links import place_path
from forum.places.models import Place, PlaceKind
from forum.places.names import country_name, key_of
from forum.sanctions import policy as sanctions
from forum.spaces.queries import facilitated

ANYWHERE = "anywhere"  # stands in a filter for what has no place; no slug of a place
_p = Place.__table__.c
_ALL = sa.select(_p.id, _p.slug, _p.kind, _p.country_code, _p.name, _p.parent_id)
_PARTS = {PlaceKind.COUNTRY: 0, PlaceKind.REGION: 1, PlaceKind.TOWN: 2}


@dataclass(frozen=True, slots=True)
class PlaceChip:
    """A place as it stands beside something, named in the reader's language."""

    id: int
    slug: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class PlaceNode:
    """A place of the tree with those beneath it, by name."""

    id: int
    slug: str
    kind: PlaceKind
    country_code: str
    name: str
    path: str
    parent_id: int | None
    children: "tuple[PlaceNode, ...]" = ()


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """A place to choose in a form; `group` is the heading that it stands under."""

    slug: str
    label: str
    group: str
    full_name: str  # with what it lies in: "Brașov, Romania"


# Names


def name_of(kind: PlaceKind, country_code: str, name: str) -> str:
    """What a place is called in the reader's language."""
    return country_name(country_code, language()) if kind is PlaceKind.COUNTRY else name


def chip(place: Place) -> PlaceChip:
    name = name_of(place.kind, place.country_code, place.name)
    return PlaceChip(place.id, place.slug, name, place_path(place.slug))


def chips(place_ids: Iterable[int]) -> dict[int, PlaceChip]:
    """Chips of these places by id; one statement, none without ids."""
    ids = set(place_ids)
    if not ids:
        return {}
    found = db.session.connection().execute(_ALL.where(_p.id.in_(ids)))
    return {row.id: _chip(row) for row in found}


def _chip(row: sa.Row[Any, Any, Any, Any, Any, Any]) -> PlaceChip:
    name = name_of(row.kind, row.country_code, row.name)
    return PlaceChip(row.id, row.slug, name, place_path(row.slug))


# One place


def find_place(slug: str) -> Place | None:
    return db.session.scalar(sa.select(Place).where(Place.slug == slug))


def get_place(slug: str) -> Place:
    """The place of this slug; NotFound."""
    place = find_place(slug)
    if place is None:
        raise NotFound
    return place


def places_by_slug(slugs: Iterable[str]) -> dict[str, Place]:
    """The places of these slugs; unknown slugs are missing in it. One statement."""
    found = db.session.scalars(sa.select(Place).where(Place.slug.in_(set(slugs))))
    return {place.slug: place for place in found}


def ancestors(place_id: int) -> tuple[PlaceChip, ...]:
    """What a place lies in, the country first; without the place itself."""
    found = db.session.connection().execute(
        _ALL.where(_p.id.in_(covering(place_id)), _p.id != place_id)
    )
    return tuple(_chip(row) for row in sorted(found, key=lambda row: _PARTS[row.kind]))


# What lies within what: statements to be put into others, with one look at an index per level


def within(place_id: int) -> sa.Select[int]:
    """The ids of a place and of all that lies in it."""
    tree = sa.select(_p.id).where(_p.id == place_id).cte("within", recursive=True)
    below = aliased(Place.__table__)
    tree = tree.union_all(sa.select(below.c.id).join(tree, below.c.parent_id == tree.c.id))
    return sa.select(tree.c.id)


def covering(place_id: int) -> sa.Select[int]:
    """The ids of a place and of all that it lies in."""
    start = sa.select(_p.id, _p.parent_id).where(_p.id == place_id)
    line = start.cte("covering", recursive=True)
    above = aliased(Place.__table__)
    line = line.union_all(
        sa.select(above.c.id, above.c.parent_id).join(line, above.c.id == line.c.parent_id)
    )
    return sa.select(line.c.id)


# The tree


def tree() -> tuple[PlaceNode, ...]:
    """Every country with its regions and towns, by name in the reader's language. One statement."""
    beneath: dict[int | None, list[PlaceNode]] = {}
    for id_, slug, kind, country_code, name, parent_id in db.session.connection().execute(_ALL):
        shown = name_of(kind, country_code, name)
        node = PlaceNode(id_, slug, kind, country_code, shown, place_path(slug), parent_id)
        beneath.setdefault(parent_id, []).append(node)
    return tuple(_grown(beneath, None))


def _grown(beneath: dict[int | None, list[PlaceNode]], parent_id: int | None) -> list[PlaceNode]:
    nodes = sorted(beneath.get(parent_id, ()), key=lambda node: key_of(node.name))
    return [
        replace(node, children=tuple(_grown(beneath, node.id))) if node.id in beneath else node
        for node in nodes
    ]


def place_options(in_use: Collection[int] = ()) -> tuple[PlaceOption, ...]:
    """Every place to choose from. One statement.

    Countries with a place among the ids `in_use` come first, then others with regions or towns
    here; each is a group of its own. All other countries follow in one group.
    """
    nodes = tree()
    used = {node.id for node in nodes if not _ids(node).isdisjoint(in_use)}
    first = [node for node in nodes if node.id in used]
    second = [node for node in nodes if node.id not in used and node.children]
    rest = [node for node in nodes if node.id not in used and not node.children]
    options = [option for node in (*first, *second) for option in _options(node)]
    group = _("Other countries") if options else _("Countries")
    options += [PlaceOption(node.slug, node.name, group, node.name) for node in rest]
    return tuple(options)


def _ids(node: PlaceNode) -> set[int]:
    return {node.id}.union(*map(_ids, node.children))


def _options(country: PlaceNode) -> Iterator[PlaceOption]:
    whole = country.name
    if country.children:
        whole = _("All of %(country)s", country=country.name)
    yield PlaceOption(country.slug, whole, country.name, country.name)
    for child in country.children:
        full_name = f"{child.name}, {country.name}"
        yield PlaceOption(child.slug, child.name, country.name, full_name)
        for town in child.children:
            label = f"{child.name}: {town.name}"
            yield PlaceOption(town.slug, label, country.name, f"{town.name}, {full_name}")


# Who keeps the directory


def keeps(actor: Actor) -> bool:
    """Whether somebody keeps services and places: staff, or a practitioner with a badge.

    Who is kept out of every space that they run is no staff. Two statements at most, and none for
    visitors and moderators.
    """
    if actor.is_moderator or not actor.is_signed_in:
        return actor.is_moderator
    runs = any(sanctions.may_take_part(actor, space_id) for space_id in facilitated(actor))
    return runs or is_practitioner(actor.id)
