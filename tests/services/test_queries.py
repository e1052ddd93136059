"""Reads of the directory."""

import pytest

from forum.core.actor import VISITOR
from forum.core.errors import NotFound
from forum.places.queries import ANYWHERE
from forum.services import queries
from forum.services.models import ServiceState
from forum.services.queries import Filters
from forum.tags.queries import get_tag
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements


def test_a_place_finds_what_lies_in_it_what_covers_it_and_what_serves_anywhere(app):
    spain, romania = factories.country("ES"), factories.country("RO")
    town = factories.place("girona", parent=spain)
    inside = factories.service("Inside", places=[town])
    covering = factories.service("Covering", places=[spain])
    anywhere = factories.service("Anywhere")
    factories.service("Elsewhere", places=[romania])

    def found(place: str) -> set[int]:
        return {row.id for row in queries.find_services(Filters(place=place)).rows}

    assert found("spain") == found("girona") == {inside.id, covering.id, anywhere.id}
    assert found(ANYWHERE) == {anywhere.id}
    assert found("no-such-place") == set()


def test_a_page_costs_as_many_statements_as_it_did_with_one_row(app):
    def cost() -> int:
        with statements() as seen:
            queries.find_services(Filters())
        return len(seen)

    factories.service("A", needs=["housing"], places=[factories.country("RO")])
    one = cost()
    for number in range(15):
        factories.service(f"B{number}", needs=["housing"], places=[factories.country("ES")])
    assert cost() == one


def test_a_long_name_can_be_the_last_of_a_page(app):
    for number in range(3):
        factories.service("\N{CJK UNIFIED IDEOGRAPH-5BB6}" * 118 + f"{number}")
    page = queries.find_services(Filters(), size=1)
    again = queries.find_services(Filters(), page.next, size=5)
    assert len(again.rows) == 2


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "W10"])
def test_a_cursor_that_is_none_is_not_found(app, cursor):
    with pytest.raises(NotFound):
        queries.find_services(Filters(), cursor)


def test_more_words_than_are_looked_for_find_nothing(app):
    factories.service("a b c d e f g h")
    assert queries.count_services(Filters(q="a b c d e f g h")) == 0
    assert queries.count_services(Filters(q="?!")) == 1


def test_who_sees_what_is_not_listed(app):
    keeper = actor_of(factories.facilitator(factories.space()))
    suggester, stranger = factories.user(), factories.user()
    for state in (ServiceState.SUGGESTED, ServiceState.RETIRED):
        service = factories.service(state=state, suggested_by_id=suggester.id)
        for actor in (keeper, actor_of(suggester)):
            assert queries.get_service(actor, service.id).row.state is state
        for actor in (VISITOR, actor_of(stranger)):
            with pytest.raises(NotFound):
                queries.get_service(actor, service.id)


# What is like something


def _alike(words, needs=(), place=None) -> list[str]:
    ids = [get_tag(slug).id for slug in needs]
    return [row.name for row in queries.similar_services(words, ids, place)]


def test_similar_services_have_words_or_the_need_in_common(app):
    factories.service("Night shelter for families", needs=["housing"])
    factories.service("Shelter", needs=["legal-status"])
    factories.service("Bread", needs=["housing"])
    assert _alike("A shelter at night") == ["Night shelter for families"]
    assert _alike("A shelter", ["housing"]) == ["Night shelter for families", "Bread"]
    assert _alike("the of and") == []
    assert _alike("") == []


def test_what_is_near_comes_before_what_is_far(app):
    romania, spain = factories.country("RO"), factories.country("ES")
    factories.service("A far", needs=["housing"], places=[spain])
    factories.service("B near", needs=["housing"], places=[romania])
    factories.service("C gone", needs=["housing"], state=ServiceState.RETIRED)
    assert _alike("", ["housing"], romania.id) == ["B near", "A far"]


def test_similar_services_are_found_in_three_statements(app):
    for number in range(12):
        factories.service(f"Shelter {number} night", needs=["housing"])
    with statements() as seen:
        assert len(queries.similar_services("night shelter")) == 5
    assert len(seen) == 3
