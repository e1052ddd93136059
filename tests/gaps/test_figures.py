"""Whatever there is: each figure is what counting by hand gives, and what its link lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core import clock
from forum.core.actor import VISITOR, Actor
from forum.core.db import db
from forum.gaps.queries import ALL, Asked, Cell, GapMap, gap_map
from forum.gaps.rules import State
from forum.places.models import Place, PlaceKind
from forum.proposals.models import LIVE, Proposal, ProposalState
from forum.proposals.queries import ProposalFilter, count_proposals
from forum.services.models import Service, ServiceNeed, ServicePlace, ServiceState
from forum.services.queries import Filters, count_services
from forum.spaces.models import Space, Visibility
from forum.tags.models import Tag
from forum.threads.models import Thread, ThreadTag
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of

FRESH_FOR = timedelta(days=182)
_KINDS = (PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.TOWN)


def some_of(count: int, least: int = 0) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(0, count - 1), min_size=least, max_size=3)


# For each place the number of one before it that it lies in, if that can have places in it.
_places = st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=6)
_needs = st.lists(st.none() | st.integers(0, 1), min_size=2, max_size=4)
_services = st.lists(
    st.tuples(
        some_of(4), some_of(6), st.sampled_from([*[ServiceState.LISTED] * 3, *ServiceState]),
        st.none() | st.integers(0, 400),
    ),
    max_size=7,
)  # fmt: skip
_proposals = st.lists(
    st.tuples(
        some_of(4, least=1), st.none() | st.integers(0, 5), st.sampled_from(ProposalState),
        st.integers(0, 2), st.integers(0, 9), st.booleans(),
    ),
    max_size=7,
)  # fmt: skip


@dataclass
class World:
    """What was made, as plain rows, and who looks at it."""

    needs: list[Tag]
    places: list[Place]
    viewers: dict[str, Actor]
    spaces: dict[str, Visibility]


@wide
@settings(
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(places=_places, needs=_needs, services=_services, proposals=_proposals, data=st.data())
def test_each_figure_is_what_counting_by_hand_gives(app, places, needs, services, proposals, data):
    world = _made(places, needs, services, proposals)
    name = data.draw(st.sampled_from(sorted(world.viewers)))
    place = data.draw(st.none() | st.sampled_from([place.slug for place in world.places]))
    space = data.draw(st.none() | st.sampled_from(sorted(world.spaces)))
    viewer = world.viewers[name]
    if space is not None and world.spaces[space] not in SEES[name]:
        space = None
    db.session.commit()
    found = gap_map(viewer, Asked(place=place, space=space, unfolded=ALL), fresh_for=FRESH_FOR)
    naive = Naive(name, space)
    for need, column, cell in _cells(found):
        expected = naive.cell(need, column)
        assert (cell.fresh, cell.stale, cell.proposals, cell.stances) == expected[:4]
        if need and column:
            assert cell.state is expected[4]
        else:
            assert cell.state is None
        assert _linked(viewer, cell) == (cell.fresh, cell.stale, cell.services, cell.proposals)
    if place is None:
        shown = {column.slug for column in found.columns} - {"", "anywhere"}
        assert shown == naive.countries()


def _cells(found: GapMap) -> Iterator[tuple[str, str, Cell]]:
    for row in (*found.rows, found.total):
        for column, cell in zip(found.columns, row.cells, strict=True):
            yield row.slug, column.slug, cell


def _linked(viewer: Actor, cell: Cell) -> tuple[int, int, int, int]:
    """How long the lists are that the cell's links lead to."""

    def asked(path: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}

    fresh, stale, services = (
        count_services(Filters(**asked(path)))
        for path in (cell.fresh_path, cell.stale_path, cell.services_path)
    )
    return (
        fresh,
        stale,
        services,
        count_proposals(viewer, ProposalFilter(**asked(cell.proposals_path))),
    )


# What there is


def _made(places, needs, services, proposals) -> World:
    for model in (ServiceNeed, ServicePlace, Service, Proposal):
        db.session.execute(sa.delete(model))
    db.session.execute(sa.update(Thread).values(deleted_at=clock.now()))
    db.session.commit()
    of_places = _made_places(places)
    of_needs: list[Tag] = []
    for above in needs:
        tops = [tag for tag in of_needs if tag.parent_id is None]
        parent = tops[above % len(tops)].id if above is not None and tops else None
        of_needs.append(factories.tag(is_need=parent is None or above == 1, parent_id=parent))
    spaces = [factories.space(visibility=visibility) for visibility in Visibility]
    joined = factories.user()
    factories.membership(spaces[-1], joined)
    for tags, at, state, days in services:
        factories.service(
            needs=[of_needs[one] for one in tags if one < len(of_needs)],
            places=[of_places[one] for one in at if one < len(of_places)],
            state=state,
            verified_at=None if days is None else clock.now() - timedelta(days=days),
        )
    for tags, at, state, space, stances, is_gone in proposals:
        factories.proposal(
            spaces[space],
            needs=tuple(of_needs[one % len(of_needs)].slug for one in tags),
            place=None if at is None else of_places[at % len(of_places)],
            state=state,
            of_proposal={"agree_count": stances, "concern_count": stances // 2},
            deleted_at=clock.now() if is_gone else None,
        )
    viewers = {
        "visitor": VISITOR,
        "stranger": actor_of(factories.user()),
        "joined": actor_of(joined),
        "moderator": actor_of(factories.moderator()),
    }
    return World(of_needs, of_places, viewers, {space.slug: space.visibility for space in spaces})


def _made_places(parents) -> list[Place]:
    made: list[Place] = []
    for above in parents:
        possible = [place for place in made if place.kind is not PlaceKind.TOWN]
        parent = possible[above % len(possible)] if above is not None and possible else None
        kind = PlaceKind.COUNTRY if parent is None else _KINDS[_KINDS.index(parent.kind) + 1]
        made.append(factories.place(parent=parent, kind=kind))
    return made


# Counting by hand


SEES = {
    "visitor": {Visibility.PUBLIC},
    "stranger": {Visibility.PUBLIC, Visibility.MEMBERS},
    "joined": set(Visibility),
    "moderator": set(Visibility),
}


class Naive:
    """Goes through all rows for each cell, as the words on the page say it is counted."""

    def __init__(self, name: str, space: str | None) -> None:
        self.tags = {tag.slug: tag for tag in db.session.scalars(sa.select(Tag))}
        self.places = {place.id: place for place in db.session.scalars(sa.select(Place))}
        self.services = [
            (service, self._of(ServiceNeed, service.id), self._of(ServicePlace, service.id))
            for service in db.session.scalars(sa.select(Service))
            if service.state is ServiceState.LISTED
        ]
        rows = db.session.execute(
            sa.select(Proposal, Thread, Space)
            .join(Thread, Thread.id == Proposal.thread_id)
            .join(Space, Space.id == Thread.space_id)
        ).all()
        self.proposals = [
            (proposal, set(db.session.scalars(_tags_of(thread.id))))
            for proposal, thread, in_space in rows
            if proposal.state in LIVE
            and thread.deleted_at is None
            and in_space.visibility in SEES[name]
            and space in {None, in_space.slug}
        ]

    def _of(self, model, service_id: int) -> set[int]:
        column = model.tag_id if model is ServiceNeed else model.place_id
        return set(db.session.scalars(sa.select(column).where(model.service_id == service_id)))

    def _line(self, id_: int) -> list[int]:
        parent = self.places[id_].parent_id
        return [id_, *(self._line(parent) if parent is not None else [])]

    def _id(self, slug: str) -> int:
        return next(id_ for id_, place in self.places.items() if place.slug == slug)

    def _answers(self, tags: set[int], need: str) -> bool:
        if not need:
            return True
        tag = self.tags[need]
        beneath = {one.id for one in self.tags.values() if one.parent_id == tag.id}
        return bool(tags & ({tag.id} | beneath))

    def _serves(self, places: set[int], column: str) -> tuple[bool, bool]:
        """Whether at all, and whether the whole of it."""
        if not column:
            return True, False
        if column == "anywhere":
            return not places, not places
        here = self._id(column)
        covers = not places or bool(places & set(self._line(here)))
        return covers or any(here in self._line(one) for one in places), covers

    def _is_for(self, place_id: int | None, column: str) -> bool:
        if not column or place_id is None:
            return not column or column == "anywhere"
        return column != "anywhere" and self._id(column) in self._line(place_id)

    def cell(self, need: str, column: str) -> tuple[int, int, int, int, State]:
        fresh = stale = 0
        is_covered = False
        for service, tags, places in self.services:
            serves, covers = self._serves(places, column)
            if not (serves and self._answers(tags, need)):
                continue
            verified_at = service.verified_at
            if verified_at is not None and clock.now() - verified_at <= FRESH_FOR:
                fresh += 1
                is_covered |= covers
            else:
                stale += 1
        told = [
            proposal
            for proposal, tags in self.proposals
            if self._is_for(proposal.place_id, column) and self._answers(tags, need)
        ]
        stances = sum(proposal.agree_count + proposal.concern_count for proposal in told)
        if is_covered and not told:
            state = State.MET
        elif fresh or stale:
            state = State.PARTLY
        else:
            state = State.MISSING if told else State.UNKNOWN
        return fresh, stale, len(told), stances, state

    def countries(self) -> set[str]:
        """Where something is known at all."""
        known = {one for _, _, places in self.services for one in places}
        known |= {proposal.place_id for proposal, _ in self.proposals if proposal.place_id}
        return {self.places[self._line(id_)[-1]].slug for id_ in known}


def _tags_of(thread_id: int) -> sa.Select[int]:
    return sa.select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread_id)


def test_every_link_of_a_map_leads_to_a_page(browser):
    romania = factories.country("RO")
    town = factories.place("turda", parent=romania)
    old = clock.now() - timedelta(days=300)
    factories.service(needs=["housing"], places=[romania])
    factories.service(needs=["housing"], places=[town], verified_at=old)
    factories.proposal(place=town)
    for path in ("/map", "/map?place=romania&open=all"):
        page = browser.get(path).get_data(as_text=True)
        links = set(re.findall(r'href="(/(?:services|proposals|needs|map)[^"#]*)', page))
        assert len(links) > 20
        for link in links:
            assert browser.get(unescape(link)).status_code == 200, link
