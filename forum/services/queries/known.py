"""The needs and places that an entry can name, read once for as many entries as there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.i18n import LANGUAGES, _
from forum.places.models import Place, PlaceKind
from forum.places.names import country_name, key_of
from forum.services.checking import Problem, ServiceDraft
from forum.tags.models import Tag, TagSynonym
from forum.tags.queries import word_key


@dataclass(slots=True)
class Known:
    """Ids and slugs by every word for them."""

    needs: Mapping[str, tuple[int, str]]
    places: Mapping[str, tuple[int, str]]


@dataclass(slots=True)
class Resolved:
    """The needs and places of a draft, as (id, slug), and the words that lead nowhere."""

    needs: dict[int, str] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def known() -> Known:
    """Everything that can be named. Three statements."""
    return Known(_needs(), _places())


def _needs() -> dict[str, tuple[int, str]]:
    """Needs and the tags beneath them by slug and by word; merged ones lead on."""
    target, parent = aliased(Tag), aliased(Tag)
    leads_to = target.id == sa.func.coalesce(Tag.merged_into_id, Tag.id)
    is_need = sa.or_(target.is_need, parent.is_need)
    tags = (
        sa.select(Tag.id, Tag.slug, target.id, target.slug)
        .join(target, leads_to)
        .outerjoin(parent, parent.id == target.parent_id)
        .where(is_need)
    )
    by_id: dict[int, tuple[int, str]] = {}
    found: dict[str, tuple[int, str]] = {}
    for id_, slug, target_id, target_slug in db.session.execute(tags):
        by_id[id_] = found[slug] = (target_id, target_slug)
    words = sa.select(TagSynonym.word_key, TagSynonym.tag_id)
    for key, tag_id in db.session.execute(words):
        if tag_id in by_id:
            found.setdefault(key, by_id[tag_id])
    return found


def _places() -> dict[str, tuple[int, str]]:
    """Places by slug; countries also by code and name; others by name where only one has it."""
    place = Place.__table__.c
    rows = db.session.execute(
        sa.select(place.id, place.slug, place.kind, place.country_code, place.name)
    ).all()
    found = {row.slug: (row.id, row.slug) for row in rows}
    by_name: dict[str, set[tuple[int, str]]] = {}
    for row in rows:
        it = (row.id, row.slug)
        if row.kind is PlaceKind.COUNTRY:
            found.setdefault(row.country_code, it)
            names = [country_name(row.country_code, code) for code in LANGUAGES]
        else:
            names = [row.name]
        for name in names:
            by_name.setdefault(key_of(name), set()).add(it)
    for key, those in by_name.items():
        if len(those) == 1:
            found.setdefault(key, *those)
    return found


def resolved(draft: ServiceDraft, words: Known) -> Resolved:
    """The needs and places that a draft names, and what it names that is not there."""
    result = Resolved()
    for word in _each(draft.needs):
        need = words.needs.get(word) or words.needs.get(word_key(word))
        if need is None:
            message = _("“%(word)s” is no need that is known here.", word=word)
            result.problems.append(Problem("needs", message))
        else:
            result.needs[need[0]] = need[1]
    for word in _each(draft.places):
        place = words.places.get(word) or words.places.get(key_of(word))
        if place is None:
            message = _("“%(word)s” is no place that is known here.", word=word)
            result.problems.append(Problem("places", message))
        else:
            result.places[place[0]] = place[1]
    return result


def _each(words: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(word.strip() for word in words if word.strip())
