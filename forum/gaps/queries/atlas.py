"""The tree of places as the map walks it: upwards from what is known. One statement."""

from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.markup import name_key
from forum.places.models import Place, PlaceKind
from forum.places.queries import name_of

_p = Place.__table__.c
# The kind as a text: few of the places are named at all.
_KIND = sa.type_coerce(_p.kind, sa.String())
_ALL = sa.select(_p.id, _p.slug, _KIND, _p.country_code, _p.name, _p.parent_id)
_Row = tuple[int, str, str, str, str, int | None]


class Atlas:
    """Every place by its id; names are in the reader's language, and made when asked for."""

    def __init__(self) -> None:
        found = db.session.connection().execute(_ALL)
        self._rows: dict[int, _Row] = {row[0]: tuple(row) for row in found}

    def get(self, slug: str) -> int:
        """The id of the place of this slug; NotFound."""
        for row in self._rows.values():
            if row[1] == slug:
                return row[0]
        raise NotFound

    def slug(self, id_: int) -> str:
        return self._rows[id_][1]

    def name(self, id_: int) -> str:
        _id, _slug, kind, country_code, name, _parent = self._rows[id_]
        return name_of(PlaceKind(kind), country_code, name)

    def line(self, id_: int) -> Iterator[int]:
        """A place and what it lies in, upwards."""
        at: int | None = id_
        while at is not None:
            yield at
            at = self._rows[at][5]

    def children(self, id_: int) -> list[int]:
        """The places right beneath one, by name."""
        return self.by_name(row[0] for row in self._rows.values() if row[5] == id_)

    def countries(self, ids: Iterable[int]) -> list[int]:
        """Those of these places that lie in no other, by name."""
        return self.by_name(id_ for id_ in ids if self._rows[id_][5] is None)

    def parents(self) -> frozenset[int]:
        """The places that have others beneath them."""
        return frozenset(row[5] for row in self._rows.values() if row[5] is not None)

    def by_name(self, ids: Iterable[int]) -> list[int]:
        return sorted(ids, key=lambda id_: (name_key(self.name(id_)), id_))

    def within(self, by_place: Mapping[int, int]) -> dict[int, int]:
        """What is in each place or in anything beneath it; places without any are left out."""
        found: dict[int, int] = {}
        for id_, rows in by_place.items():
            for above in self.line(id_) if rows else ():
                found[above] = found.get(above, 0) | rows
        return found

    def covering(self, id_: int, by_place: Mapping[int, int]) -> int:
        """What is for the whole of a place: there, or for something that it lies in."""
        rows = 0
        for above in self.line(id_):
            rows |= by_place.get(above, 0)
        return rows
