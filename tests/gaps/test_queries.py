"""What the cells of the map count, and for whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from forum.core import clock
from forum.core.actor import VISITOR
from forum.core.db import db
from forum.core.errors import NotFound
from forum.gaps.queries import ALL, Asked, Cell, GapMap, Kind, gap_map
from forum.gaps.queries.figures import News
from forum.gaps.rules import State
from forum.places.models import PlaceKind
from forum.proposals.models import LIVE, ProposalState
from forum.services.models import ServiceState
from forum.spaces.models import Visibility
from tests import factories
from tests.factories import proposal
from tests.support.pages import actor_of
from tests.support.queries import statements

FRESH_FOR = timedelta(days=182)


def asked(viewer=VISITOR, **values) -> GapMap:
    return gap_map(viewer, Asked(**values), fresh_for=FRESH_FOR)


def cell(of: GapMap, need: str, column: str) -> Cell:
    """`column` is a slug of a place, "anywhere", or "" for the total."""
    row = of.total if not need else next(row for row in of.rows if row.slug == need)
    return row.cells[[one.slug for one in of.columns].index(column)]


def figures(one: Cell) -> tuple[int, int, int, int]:
    return one.fresh, one.stale, one.proposals, one.stances


@pytest.fixture
def romania(app):
    return factories.country("RO")


@pytest.fixture
def cluj(romania):
    return factories.place("cluj", parent=romania, kind=PlaceKind.REGION)


@pytest.fixture
def turda(cluj):
    return factories.place("turda", parent=cluj)


def long_ago():
    return clock.now() - timedelta(days=200)


def test_an_empty_forum_has_every_need_and_knows_nothing(app):
    found = asked()
    assert found.is_empty
    assert found.states == {State.UNKNOWN}
    assert [column.kind for column in found.columns] == [Kind.TOTAL, Kind.ANYWHERE]
    assert "housing" in {row.slug for row in found.rows}


def test_a_fresh_service_for_a_country_meets_its_need_there_and_nowhere_else(romania, turda):
    factories.service(needs=["housing"], places=[romania])
    found = asked()
    assert cell(found, "housing", "romania").state is State.MET
    assert cell(found, "housing", "anywhere").state is State.UNKNOWN
    assert cell(found, "employment", "romania").state is State.UNKNOWN
    inside = asked(place="cluj")
    assert cell(inside, "housing", "turda").state is State.MET


def test_a_service_of_a_town_meets_a_need_of_its_country_in_part(romania, cluj, turda):
    factories.service(needs=["housing"], places=[turda])
    assert cell(asked(), "housing", "romania").state is State.PARTLY
    assert cell(asked(place="romania"), "housing", "cluj").state is State.PARTLY
    assert cell(asked(place="cluj"), "housing", "turda").state is State.MET


def test_a_service_without_a_place_is_there_for_every_place(romania):
    factories.service(needs=["housing"])
    factories.service(needs=["education"], places=[romania])
    found = asked()
    assert cell(found, "housing", "romania").state is State.MET
    assert cell(found, "housing", "anywhere").state is State.MET
    assert cell(found, "education", "anywhere").state is State.UNKNOWN


@pytest.mark.parametrize("days", [None, 183, 200])
def test_what_nobody_made_sure_of_lately_meets_in_part(romania, days):
    at = None if days is None else clock.now() - timedelta(days=days)
    factories.service(needs=["housing"], places=[romania], verified_at=at)
    one = cell(asked(), "housing", "romania")
    assert (one.state, one.fresh, one.stale) == (State.PARTLY, 0, 1)


def test_a_map_is_good_until_a_service_turns_stale(romania):
    assert asked().good_until is None
    first = clock.now() - timedelta(days=100)
    factories.service(needs=["housing"], places=[romania], verified_at=first)
    factories.service(needs=["housing"], places=[romania])
    factories.service(needs=["housing"], places=[romania], verified_at=long_ago())
    assert asked().good_until == first + FRESH_FOR


@pytest.mark.parametrize("state", [ServiceState.SUGGESTED, ServiceState.RETIRED])
def test_only_what_is_listed_counts(romania, state):
    factories.service(needs=["housing"], places=[romania], state=state)
    assert asked().is_empty


def test_a_proposal_makes_its_place_and_all_around_it_missing(romania, cluj, turda):
    proposal(place=turda, of_proposal={"agree_count": 3})
    assert cell(asked(), "housing", "romania").state is State.MISSING
    assert cell(asked(), "housing", "anywhere").state is State.UNKNOWN
    assert figures(cell(asked(place="romania"), "housing", "cluj")) == (0, 0, 1, 3)
    assert cell(asked(place="cluj"), "housing", "turda").state is State.MISSING


def test_a_proposal_for_a_country_is_none_of_its_regions(romania, cluj):
    proposal(place=romania)
    found = asked(place="romania")
    assert cell(found, "housing", "romania").state is State.MISSING
    assert cell(found, "housing", "cluj").state is State.UNKNOWN


def test_a_proposal_without_a_place_counts_under_anywhere_alone(romania):
    proposal()
    factories.service(needs=["housing"], places=[romania])
    found = asked()
    assert cell(found, "housing", "anywhere").state is State.MISSING
    assert cell(found, "housing", "romania").state is State.MET
    assert figures(cell(found, "housing", "")) == (1, 0, 1, 0)


def test_a_proposal_beside_a_service_leaves_the_need_partly_met(romania):
    factories.service(needs=["housing"], places=[romania])
    proposal(place=romania)
    assert cell(asked(), "housing", "romania").state is State.PARTLY


@pytest.mark.parametrize("state", list(ProposalState))
def test_only_live_proposals_count(romania, state):
    proposal(place=romania, state=state)
    assert cell(asked(), "housing", "").proposals == (state in LIVE)


def test_what_is_in_two_towns_of_a_country_counts_once_there(romania, cluj, turda):
    other = factories.place("dej", parent=cluj)
    factories.service(needs=["housing"], places=[turda, other, romania])
    assert figures(cell(asked(), "housing", "romania")) == (1, 0, 0, 0)
    assert figures(cell(asked(), "", "")) == (1, 0, 0, 0)


def test_a_need_counts_what_is_for_it_or_for_something_beneath_it_once(romania):
    need = factories.tag("nights", is_need=True)
    child = factories.tag("quiet-nights", parent_id=need.id)
    other = factories.tag("dark-nights", parent_id=need.id)
    factories.service(needs=[need, child, other], places=[romania])
    factories.service(needs=[child])
    proposal(needs=("quiet-nights", "dark-nights"), place=romania, of_proposal={"agree_count": 2})
    folded = asked()
    assert figures(cell(folded, "nights", "")) == (2, 0, 1, 2)
    assert "quiet-nights" not in {row.slug for row in folded.rows}
    for unfolded in ("nights", ALL):
        found = asked(unfolded=unfolded)
        assert figures(cell(found, "quiet-nights", "")) == (2, 0, 1, 2)
        assert figures(cell(found, "dark-nights", "")) == (1, 0, 1, 2)
        beneath = next(row for row in found.rows if row.slug == "dark-nights")
        assert beneath.parent == "nights"


def test_a_need_beneath_another_tag_has_a_row_of_its_own(app):
    above = factories.tag("places-of-work")
    factories.tag("quiet-work", parent_id=above.id, is_need=True)
    slugs = {row.slug for row in asked().rows}
    assert "quiet-work" in slugs
    assert "places-of-work" not in slugs


def test_what_a_viewer_may_not_see_is_in_no_figure(romania):
    private = factories.space("circle", visibility=Visibility.PRIVATE)
    for_members = factories.space("members", visibility=Visibility.MEMBERS)
    proposal(private, place=romania, of_proposal={"agree_count": 5})
    proposal(for_members)
    member, joined = factories.user(), factories.user()
    factories.membership(private, joined)
    seen = {
        name: cell(asked(viewer), "housing", "").proposals
        for name, viewer in {
            "visitor": VISITOR,
            "member": actor_of(member),
            "joined": actor_of(joined),
            "moderator": actor_of(factories.moderator()),
        }.items()
    }
    assert seen == {"visitor": 0, "member": 1, "joined": 2, "moderator": 2}
    # Not even that there is something about a country.
    assert "romania" not in {column.slug for column in asked(actor_of(member)).columns}
    with pytest.raises(NotFound):
        asked(actor_of(member), space="circle")


def test_what_is_gone_from_every_list_is_gone_from_the_map(romania):
    kept = proposal(place=romania)
    proposal(deleted_at=clock.now())
    proposal(merged_into_id=kept.id)
    assert cell(asked(), "housing", "").proposals == 1


def test_a_space_narrows_the_proposals_down_and_not_the_services(romania):
    here = factories.space("here")
    proposal(here, place=romania)
    proposal(place=romania)
    factories.service(needs=["housing"], places=[romania])
    assert figures(cell(asked(space="here"), "housing", "romania")) == (1, 0, 1, 0)
    assert asked(space="here").space_name == "Here"


@pytest.mark.parametrize("values", [{"place": "atlantis"}, {"place": "anywhere"}, {"space": "x"}])
def test_a_place_or_space_that_is_not_there_is_no_page(app, values):
    with pytest.raises(NotFound):
        asked(**values)


def test_the_map_of_a_place_has_all_that_lies_in_it_known_or_not(romania, cluj, turda):
    found = asked(place="romania")
    assert [column.slug for column in found.columns] == ["romania", "cluj"]
    assert [column.leads_to for column in found.columns] == ["", "cluj"]
    assert found.columns[0].is_whole
    assert asked(place="turda").above == (("romania", "Romania"), ("cluj", "Cluj"))


def test_since_a_day_it_says_what_is_new(romania):
    day = date(2026, 3, 1)
    before, after = datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    for created_at, verified_at in ((before, before), (before, after), (after, after)):
        factories.service(
            needs=["housing"], places=[romania], created_at=created_at, verified_at=verified_at
        )
    proposal(place=romania, at=before)
    proposal(place=romania, at=after)
    proposal(place=romania, at=before, state=ProposalState.EXISTS, of_proposal={"state_at": after})
    proposal(
        place=romania, at=before, state=ProposalState.WITHDRAWN, of_proposal={"state_at": before}
    )
    found = asked(since=day)
    one = cell(found, "housing", "romania")
    assert (one.news.added, one.news.verified, one.news.opened, one.news.closed) == (1, 1, 1, 1)
    assert one.proposals == 2  # what is closed is no more counted as proposed
    assert cell(found, "employment", "romania").news == News(0, 0, 0, 0)
    assert cell(asked(), "housing", "romania").news is None


def test_the_map_costs_as_many_statements_with_many_rows_as_with_few(romania):
    def count() -> int:
        db.session.commit()
        with statements() as seen:
            asked(unfolded=ALL, since=date(2026, 3, 1), place="romania")
        return len(seen)

    def add(rows: int) -> None:
        for _ in range(rows):
            town = factories.place(parent=romania)
            factories.service(needs=["housing", "employment"], places=[town, romania])
            proposal(place=town, needs=("housing", "education"), of_proposal={"agree_count": 2})

    add(1)
    few = count()
    add(14)
    assert count() == few
    assert few <= 9
