"""The figures of the gap map: needs down, places across, each cell counted once and for all.

Ten statements with those that find the tags and the space, however many rows there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import quote, urlencode

from forum.core import clock
from forum.core.actor import Actor
from forum.gaps.queries.atlas import Atlas
from forum.gaps.queries.directory import Directory, directory
from forum.gaps.queries.proposals import Proposals, proposals
from forum.gaps.rules import State, state_of
from forum.gaps.sets import union
from forum.places.queries import ANYWHERE
from forum.spaces.queries import get_space
from forum.tags.queries import TagNode, vocabulary

ALL = "all"  # for `Asked.unfolded`: every need
_EVERYTHING = -1  # all bits: no need, or no place, is asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What the map is asked for: slugs, a day in UTC, and the need whose sub-tags are shown."""

    place: str | None = None
    space: str | None = None
    since: date | None = None
    unfolded: str | None = None


class Kind(StrEnum):
    TOTAL = "total"  # whatever the place
    ANYWHERE = "anywhere"  # not for any place in particular
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Column:
    """Where something is counted. `leads_to`: the map of the places in it, if there are any."""

    kind: Kind
    slug: str = ""  # as the filters of the lists have it; empty for the total
    name: str = ""  # of a place
    leads_to: str = ""
    is_whole: bool = False  # the place that the map is of, before those in it


@dataclass(frozen=True, slots=True)
class News:
    """What came since a day: services added or made sure of, proposals opened or closed."""

    added: int
    verified: int
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One need in one place; `state` is None for totals, `news` without a day to count from.

    The paths lead to lists of exactly the services and proposals that are counted.
    """

    state: State | None
    fresh: int
    stale: int
    proposals: int
    stances: int
    news: News | None
    _filter: str
    _space: str

    @property
    def services(self) -> int:
        return self.fresh + self.stale

    @property
    def services_path(self) -> str:
        return f"/services?{self._filter}" if self._filter else "/services"

    @property
    def fresh_path(self) -> str:
        return f"/services?{self._filter}{'&' if self._filter else ''}fresh=yes"

    @property
    def stale_path(self) -> str:
        return f"/services?{self._filter}{'&' if self._filter else ''}fresh=no"

    @property
    def proposals_path(self) -> str:
        return f"/proposals?{self._filter}{'&' if self._filter else ''}state=live{self._space}"


@dataclass(frozen=True, slots=True)
class Row:
    """A need with a cell for each column; `beneath` counts its sub-tags, shown or not."""

    slug: str  # empty for the row of all needs
    name: str
    parent: str  # slug of the need above; empty on the first level
    beneath: int
    is_unfolded: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class GapMap:
    """The whole map. `above` is what its place lies in, country first, as (slug, name).

    `good_until`: when the next fresh service turns stale by itself, if nothing else happens.
    """

    asked: Asked
    made_at: datetime
    space_name: str
    place_name: str
    above: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row
    good_until: datetime | None

    @property
    def is_empty(self) -> bool:
        """Nothing at all is known: neither a service nor a proposal."""
        first = self.total.cells[0]
        return not (first.services or first.proposals)

    @property
    def states(self) -> frozenset[State]:
        return frozenset(cell.state for row in self.rows for cell in row.cells if cell.state)

    def path(
        self, *, start: str = "/map", place: str | None = None, unfolded: str | None = None
    ) -> str:
        """The address of this map, in another form, place or fold; an empty text takes it away."""
        asked = self.asked
        values = {
            "place": asked.place if place is None else place,
            "space": asked.space,
            "since": asked.since and asked.since.isoformat(),
            "open": asked.unfolded if unfolded is None else unfolded,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{start}?{query}" if query else start


def gap_map(
    viewer: Actor, asked: Asked, *, fresh_for: timedelta, services: Directory | None = None
) -> GapMap:
    """The map as a viewer may see it; NotFound for a place or space that is not there for them.

    `services` is what `known_services` gave, for a map without a day to count from.
    """
    now = clock.now()
    space = get_space(viewer, asked.space) if asked.space else None
    since = datetime.combine(asked.since, time(), UTC) if asked.since else None
    if services is None or since is not None:
        services = directory(now - fresh_for, since)
    debated = proposals(viewer, space.id if space else None, since)
    counter = _Counter(asked, Atlas(), services, debated)
    areas = counter.areas()
    return GapMap(
        asked=asked,
        made_at=now,
        space_name=space.name if space else "",
        place_name=counter.atlas.name(counter.place) if counter.place else "",
        above=counter.above(),
        columns=tuple(area.column for area in areas),
        rows=tuple(counter.rows(areas)),
        total=Row("", "", "", 0, False, counter.cells(areas, _Need(_EVERYTHING, _EVERYTHING))),  # noqa: FBT003
        good_until=services.first_fresh_at and services.first_fresh_at + fresh_for,
    )


def known_services(fresh_for: timedelta) -> tuple[Directory, datetime | None]:
    """The services that the map counts, and when the next of them turns stale by itself."""
    found = directory(clock.now() - fresh_for, None)
    return found, found.first_fresh_at and found.first_fresh_at + fresh_for


@dataclass(frozen=True, slots=True)
class _Area:
    """What is in a column, whatever the need: sets of services and proposals."""

    column: Column
    services: int
    covering: int  # those of them that are fresh, and there for the whole place
    proposals: int
    filter: str


@dataclass(frozen=True, slots=True)
class _Need:
    """What answers a need, wherever: sets of services and proposals."""

    services: int
    proposals: int
    filter: str = ""


class _Counter:
    """Counts cells from the sets; holds nothing that outlives the request."""

    def __init__(self, asked: Asked, atlas: Atlas, services: Directory, debated: Proposals) -> None:
        self.asked = asked
        self.atlas = atlas
        self.place = atlas.get(asked.place) if asked.place else None
        self._services = services
        self._debated = debated
        self._space = f"&space={quote(asked.space, safe='')}" if asked.space else ""

    def above(self) -> tuple[tuple[str, str], ...]:
        if self.place is None:
            return ()
        _itself, *above = self.atlas.line(self.place)
        return tuple((self.atlas.slug(id_), self.atlas.name(id_)) for id_ in reversed(above))

    # Columns

    def areas(self) -> list[_Area]:
        """Of the place and those right in it; else the total, anywhere, and known countries."""
        atlas, services, debated = self.atlas, self._services, self._debated
        served, asked_for = atlas.within(services.by_place), atlas.within(debated.by_place)
        parents = atlas.parents()

        def area(id_: int) -> _Area:
            covering = services.anywhere | atlas.covering(id_, services.by_place)
            is_whole = id_ == self.place
            slug = atlas.slug(id_)
            leads_to = slug if id_ in parents and not is_whole else ""
            return _Area(
                Column(Kind.PLACE, slug, atlas.name(id_), leads_to, is_whole),
                served.get(id_, 0) | covering,
                covering & services.fresh,
                asked_for.get(id_, 0),
                _filter("place", slug),
            )

        if self.place is not None:
            return [area(id_) for id_ in (self.place, *atlas.children(self.place))]
        countries = atlas.countries(served.keys() | asked_for.keys())
        everywhere = debated.anywhere | union(debated.by_place.values())
        return [
            _Area(Column(Kind.TOTAL), services.listed, 0, everywhere, ""),
            _Area(
                Column(Kind.ANYWHERE, ANYWHERE),
                services.anywhere,
                services.anywhere & services.fresh,
                debated.anywhere,
                _filter("place", ANYWHERE),
            ),
            *map(area, countries),
        ]

    # Rows

    def rows(self, areas: Sequence[_Area]) -> Iterator[Row]:
        for need in needs_of(vocabulary()):
            is_unfolded = bool(need.children) and self.asked.unfolded in {ALL, need.slug}
            yield self._row(need, areas, is_unfolded=is_unfolded)
            for child in need.children if is_unfolded else ():
                yield self._row(child, areas, parent=need.slug)

    def _row(
        self, need: TagNode, areas: Sequence[_Area], *, parent: str = "", is_unfolded: bool = False
    ) -> Row:
        ids = (need.id, *(child.id for child in need.children))
        answered = _Need(
            union(self._services.by_need.get(id_, 0) for id_ in ids),
            union(self._debated.by_need.get(id_, 0) for id_ in ids),
            _filter("need", need.slug),
        )
        cells = self.cells(areas, answered)
        return Row(need.slug, need.name, parent, len(need.children), is_unfolded, cells)

    # Cells

    def cells(self, areas: Sequence[_Area], need: _Need) -> tuple[Cell, ...]:
        return tuple(self._cell(area, need) for area in areas)

    def _cell(self, area: _Area, need: _Need) -> Cell:
        services = area.services & need.services
        found = services.bit_count()
        fresh = (services & self._services.fresh).bit_count()
        told = area.proposals & need.proposals
        live = told & self._debated.live
        count = live.bit_count()
        state = None
        if need.filter and area.column.kind is not Kind.TOTAL:
            is_covered = bool(area.covering & need.services)
            state = state_of(is_covered=is_covered, services=found, proposals=count)
        return Cell(
            state=state,
            fresh=fresh,
            stale=found - fresh,
            proposals=count,
            stances=self._debated.stances.over(live) if count else 0,
            news=self._news(services, told) if self.asked.since else None,
            _filter=f"{need.filter}&{area.filter}".strip("&"),
            _space=self._space,
        )

    def _news(self, services: int, told: int) -> News:
        return News(
            (services & self._services.added).bit_count(),
            (services & self._services.verified).bit_count(),
            (told & self._debated.opened).bit_count(),
            (told & self._debated.closed).bit_count(),
        )


def _filter(name: str, slug: str) -> str:
    return f"{name}={quote(slug, safe='')}"


def needs_of(vocabulary: Sequence[TagNode]) -> Iterator[TagNode]:
    """The needs of the first level with all beneath them, then those beneath other tags."""
    for node in vocabulary:
        if node.is_need:
            yield node
    for node in vocabulary:
        if not node.is_need:
            yield from (child for child in node.children if child.is_need)
