"""The search box in the header, and what other scripts say, in the reader's language."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests import factories
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser


def begin(people: Chromium, server: Server, path: str, language: str | None) -> Page:
    """Somebody's browser at `path`, or at a thread."""
    with server.at_hand():
        thread = factories.thread(title="Zithers in the garden")
        factories.comment(thread, factories.user(display_name="Quilla Reed"))
        path = path or f"/t/{thread.id}-{thread.slug}"
        page = people.open(server, factories.user(language=language) if language else None)
    page.goto(path)
    return page


@pytest.mark.parametrize(
    ("path", "is_member", "fetched"),
    [
        ("/tags", False, 1),
        ("", False, 1),
        ("/tags", True, 1),
        ("", True, 0),
        ("/threads/new", True, 0),
    ],
    ids=["page", "thread", "page of a member", "thread of a member", "where a thread is started"],
)
def test_two_letters_an_arrow_and_enter_lead_to_a_page(
    demo_server: Server, people: Chromium, path: str, is_member: bool, fetched: int
) -> None:
    page = begin(people, demo_server, path, "en" if is_member else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.get_by_role("search").get_by_label("Search")
    box.press_sequentially("ho")
    choices = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(choices.first).to_have_text("Housing Tag")
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text(re.compile(r"^\d suggestions?$"))).to_be_attached()
    box.press("ArrowDown")
    expect(choices.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Housing")
    assert len([url for url in asked if "combobox.js" in url]) == fetched


def test_enter_alone_searches(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server, "/tags", None)
    box = page.get_by_role("search").get_by_label("Search")
    box.press_sequentially("zither")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search: zither")


def test_an_answer_that_comes_late_stops_no_question(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server, "/tags", None)
    held: list[Route] = []
    page.route(re.compile(r"suggestions\?q=zi$"), lambda route: held.append(route))  # noqa: PLW0108
    page.clock.install()
    box = page.get_by_role("search").get_by_label("Search")
    box.focus()
    expect(box).to_have_role("combobox")
    with page.expect_request(re.compile(r"suggestions\?q=zi$")):
        box.press_sequentially("zi")
        page.clock.run_for(200)
    box.press_sequentially("ther")
    with page.expect_response(re.compile(r"suggestions\?q=zi$")):
        held[0].fulfill(json=[])
    page.evaluate("fetch('/search/suggestions?q=ho').then((answer) => answer.json())")
    page.clock.run_for(200)
    expect(page.get_by_role("option").first).to_be_visible()


def test_the_scripts_speak_the_readers_language(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server, "", "es")
    page.get_by_role("search").get_by_label("Buscar").press_sequentially("zither")
    expect(page.get_by_role("listbox", name="Sugerencias")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d sugerencias?$"))).to_be_attached()
    page.locator("textarea[name=source]").press_sequentially("@quil")
    expect(page.get_by_role("listbox", name="Personas")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d personas?$"))).to_be_attached()
