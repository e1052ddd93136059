"""What scripts add to reading and writing: names, selections, what was read, old addresses."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from forum.core.db import db
from forum.threads.models import Reading
from tests import factories
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser

LONG = "The nurse comes on Tuesdays, and the waiting room is open from eight in the morning."


def read(people: Chromium, server: Server, *texts: str) -> Page:
    """A thread with a comment of each text, opened by a member who has not read it."""
    with server.at_hand():
        thread = factories.thread(title="Who is here on which day?")
        for number, text in enumerate(texts, 1):
            author = factories.user(f"rosalba{thread.id}x{number}", display_name="Rosalba")
            factories.comment(thread, author, text)
        path = f"/t/{thread.id}-{thread.slug}"
        page = people.open(server, factories.user(f"reader{thread.id}"))
    page.goto(path)
    return page


def thread_id(page: Page) -> int:
    return int(page.url.split("/t/")[1].split("-", 1)[0])


def test_a_name_is_completed_by_keyboard_people_of_the_thread_first(
    server: Server, people: Chromium
) -> None:
    with server.at_hand():
        factories.user(f"rosaaa{server.url[-3:]}")  # not in the thread, and first by the alphabet
    page = read(people, server, "I am here on Mondays.", "And I on Fridays.")
    area = page.get_by_role("textbox", name="Write a comment")
    area.press_sequentially("Thank you, @rosa")
    names = page.get_by_role("option")
    expect(names.first).to_contain_text(f"@rosalba{thread_id(page)}x1")
    expect(names.first).to_have_attribute("aria-selected", "true")
    second = names.nth(1).locator(".handle").inner_text().strip()
    area.press("ArrowDown")
    area.press("Enter")
    expect(area).to_have_value(f"Thank you, {second} ")
    area.press_sequentially("and all.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#c3 a.mention")).to_have_text(second)


def test_escape_closes_the_names_and_keeps_the_text(demo_server: Server, people: Chromium) -> None:
    page = read(people, demo_server, "I am here on Mondays.")
    area = page.get_by_role("textbox", name="Write a comment")
    area.press_sequentially("@rosa")
    expect(page.get_by_role("listbox")).to_be_visible()
    area.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(area).to_have_value("@rosa")


def test_a_quote_takes_along_what_is_selected(server: Server, people: Chromium) -> None:
    page = read(people, server, LONG)
    page.evaluate(
        """() => {
            const text = document.querySelector("#c1 > .prose p").firstChild;
            const start = text.data.indexOf("the waiting room");
            const range = document.createRange();
            range.setStart(text, start);
            range.setEnd(text, start + "the waiting room".length);
            window.getSelection().addRange(range);
        }"""
    )
    page.locator("#c1 > .acts").get_by_role("link", name="Quote").click()
    area = page.get_by_role("textbox", name="Your comment")
    expect(area).to_have_value(re.compile("> the waiting room$", re.MULTILINE))
    expect(area).not_to_have_value(re.compile("Tuesdays"))


def test_what_was_on_the_screen_is_marked_as_read(server: Server, people: Chromium) -> None:
    page = read(people, server, *["I am here on Mondays."] * 12)
    expect(page.get_by_text("new", exact=True)).to_have_count(12)
    button = page.get_by_role("button", name="Mark as read up to here")
    expect(button).to_be_visible()
    button.scroll_into_view_if_needed()
    expect(button).to_be_hidden()
    page.reload()
    expect(page.get_by_text("new", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="First unread comment")).to_have_count(0)


def test_what_was_not_on_the_screen_stays_new(demo_server: Server, people: Chromium) -> None:
    page = read(people, demo_server, *["I am here on Mondays."] * 12)
    expect(page.get_by_role("button", name="Mark as read up to here")).to_be_visible()
    with demo_server.at_hand():
        marked = sa.select(Reading).where(Reading.thread_id == thread_id(page))
        assert not db.session.scalars(marked).all()


def test_an_address_finds_its_comment_on_another_page(server: Server, people: Chromium) -> None:
    page = read(people, server, *[f"I am here on day {day}." for day in range(1, 31)])
    expect(page.locator("#c29")).to_have_count(0)
    page.goto(f"{page.url}#c29")
    expect(page.locator("#c29")).to_be_in_viewport()
    expect(page.locator("#c1")).to_have_count(0)


def test_agreeing_keeps_the_place_on_the_page(demo_server: Server, people: Chromium) -> None:
    page = read(people, demo_server, *[f"I am here on day {day}." for day in range(1, 21)])
    button = page.locator("#c12 > .acts").get_by_role("button", name="Agree")
    button.scroll_into_view_if_needed()
    before = page.locator("#c12").bounding_box()
    button.click()
    pressed = page.locator("#c12 > .acts").get_by_role("button", name="You agree")
    expect(pressed).to_be_visible()
    page.wait_for_load_state("load")
    after = page.locator("#c12").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3
