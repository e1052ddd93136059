"""Services are found by the words of their entries, beside tags and people."""

import pytest

from forum.search.actions import rebuild
from forum.search.asked import read
from forum.search.queries import differences, services_named
from forum.services.models import ServiceState
from tests import factories


@pytest.fixture
def service(app):
    romania = factories.country("RO")
    return factories.service(
        "Open Door", places=[romania], offers="Dental care.", eligibility="Women over 18."
    )


def _found(line: str) -> list[str]:
    return [row.name for row in services_named(read(line))]


@pytest.mark.parametrize("line", ["open", "harbour", "dentals", "women", "kind:service door"])
def test_a_service_is_found_by_any_word_of_its_entry(service, line):
    assert _found(line) == ["Open Door"]


@pytest.mark.parametrize("line", ["closed", "kind:tag door", "door tag:housing", "door -window"])
def test_nothing_is_found_beside_filters_about_posts(service, line):
    assert _found(line) == []


@pytest.mark.parametrize("state", [ServiceState.SUGGESTED, ServiceState.RETIRED])
def test_only_what_is_listed_is_found(app, state):
    factories.service("Open Door", state=state)
    assert _found("door") == []


def test_the_page_shows_services_as_a_group(browser, service):
    page = browser.get("/search?q=door").get_data(as_text=True)
    assert f'href="/services/{service.id}-open-door"' in page
    assert 'href="/services?place=romania"' in page
    assert "Nothing found" not in page
    assert "Open Door" in browser.get("/search?q=door&kind=service").get_data(as_text=True)


def test_the_index_holds_what_a_rebuild_makes(service):
    assert not differences()
    rebuild()
    assert not differences()
    assert _found("door") == ["Open Door"]
