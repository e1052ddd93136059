"""Writes of places."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import SLUG_LENGTH, scrub_line
from forum.places import policy
from forum.places.models import Place, PlaceKind
from forum.places.names import countries, key_of, slug_of
from forum.places.queries import ANYWHERE, keeps

NAME_LENGTH = 80  # characters
_RESERVED = frozenset({ANYWHERE, "new"})
_MOST_OF_ONE_NAME = 1000  # places whose slugs begin alike


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """A region or town to add: `parent_slug` is what it lies in."""

    name: str
    kind: PlaceKind
    parent_slug: str


def plant_countries() -> None:
    """Add the countries that are not there yet; what is there stays. Two statements when new."""
    place = Place.__table__
    found = db.session.execute(sa.select(place.c.slug, place.c.country_code, place.c.kind)).all()
    known = {row.country_code for row in found if row.kind is PlaceKind.COUNTRY}
    taken = {row.slug for row in found} | _RESERVED
    now = clock.now()
    rows = []
    for code, name in countries().items():
        if code in known:
            continue
        slug = next(one for one in _slugs(name, code) if one not in taken)
        taken.add(slug)
        rows.append(
            {
                "slug": slug,
                "kind": PlaceKind.COUNTRY,
                "country_code": code,
                "name": name,
                "name_key": key_of(name),
                "parent_id": None,
                "created_at": now,
            }
        )
    if rows:
        db.session.execute(sa.insert(Place), rows)
        versions.touch(versions.DIRECTORY)


def add_place(actor: Actor, draft: PlaceDraft) -> Place:
    """Add a region of a country, or a town of a region or country.

    Invalid when there is a place of this name in the same one already.
    """
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    name, key = _checked_name(draft.name)
    parent = db.session.scalar(sa.select(Place).where(Place.slug == draft.parent_slug))
    if parent is None or draft.kind is PlaceKind.COUNTRY or parent.kind is PlaceKind.TOWN:
        raise Invalid(_("Please choose a country or a region."), "parent")
    if draft.kind is PlaceKind.REGION and parent.kind is not PlaceKind.COUNTRY:
        raise Invalid(_("A region lies in a country. Please choose one."), "parent")
    _refuse_twins(parent.id, key)
    place = Place(
        slug=_free_slug(name, parent.slug),
        kind=draft.kind,
        country_code=parent.country_code,
        name=name,
        name_key=key,
        parent_id=parent.id,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(place)
    except IntegrityError:
        raise Conflict(_("Somebody added a place of this name just now.")) from None
    after = {"name": name, "kind": draft.kind.value, "parent": parent.slug}
    record(actor.id, "place.add", "place", place.id, after=after)
    versions.touch(versions.DIRECTORY)
    return place


def rename_place(actor: Actor, slug: str, name: str) -> Place:
    """Give a region or town another name; its address stays. Invalid for a country."""
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    name, key = _checked_name(name)
    place = db.session.scalar(
        sa.select(Place)
        .where(Place.slug == slug)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if place is None:
        raise NotFound
    if place.parent_id is None:
        raise Invalid(_("Countries have their names from a standard."), "name")
    if place.name == name:
        return place
    if key != place.name_key:
        _refuse_twins(place.parent_id, key)
    before = {"name": place.name}
    try:
        with db.session.begin_nested():
            place.name = name
            place.name_key = key
    except IntegrityError:
        raise Conflict(_("Somebody added a place of this name just now.")) from None
    record(actor.id, "place.rename", "place", place.id, before=before, after={"name": name})
    versions.touch(versions.DIRECTORY)
    return place


def _checked_name(name: str) -> tuple[str, str]:
    name = scrub_line(name)
    key = key_of(name)
    if not key:
        raise Invalid(_("Please give the place a name with letters in it."), "name")
    if len(name) > NAME_LENGTH:
        raise Invalid(
            _("Please keep the name under %(most)s characters.", most=NAME_LENGTH), "name"
        )
    return name, key


def _refuse_twins(parent_id: int, key: str) -> None:
    twin = sa.select(Place.name).where(Place.parent_id == parent_id, Place.name_key == key)
    if db.session.scalar(twin) is not None:
        raise Invalid(_("There is a place of this name in it already."), "name")


def _free_slug(name: str, parent_slug: str) -> str:
    begin = slug_of(name)
    like = Place.slug.startswith(begin, autoescape=True)
    taken = set(db.session.scalars(sa.select(Place.slug).where(like))) | _RESERVED
    return next(one for one in _slugs(name, parent_slug) if one not in taken)


def _slugs(name: str, more: str) -> Iterator[str]:
    """Slugs for a place, the nicest first; `more` tells it from others of its name."""
    begin = slug_of(name)
    yield begin
    longer = f"{begin}-{more.lower()}"[: 2 * SLUG_LENGTH - len("-999")]
    yield longer
    for number in range(2, _MOST_OF_ONE_NAME):
        yield f"{longer}-{number}"
