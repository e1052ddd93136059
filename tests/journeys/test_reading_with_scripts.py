"""What scripts add to a thread's page: news, folds, first words, times, and single keys."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from forum.core import clock
from forum.core.db import db
from forum.threads.models import Thread
from tests import factories
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser


def opened(
    people: Chromium, server: Server, replies: int = 3, *, member: bool = True, **options: object
) -> tuple[Page, int]:
    """A thread with a comment and replies to it, on somebody's screen; and its number."""
    with server.at_hand():
        thread = factories.thread(title="Who keeps a chair?")
        factories.comment(thread, text="For me it was a choir.")
        for number in range(replies):
            factories.comment(thread, text=f"Reply {number}, with words enough.", reply_to=1)
        factories.comment(thread, text="A kitchen would do. See #1.")
        path, number = f"/t/{thread.id}-{thread.slug}", thread.id
        page = people.open(server, factories.user(**options) if member else None)
    page.clock.install()
    page.goto(path)
    return page, number


def write(server: Server, thread_id: int) -> None:
    """Somebody else writes a comment meanwhile."""
    with server.at_hand():
        thread = db.session.get(Thread, thread_id)
        factories.comment(thread, text="And a garden.")


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "visitor"])
def test_new_comments_are_announced_and_nothing_moves(
    demo_server: Server, people: Chromium, is_member: bool
) -> None:
    page, thread_id = opened(people, demo_server, member=is_member)
    places = "() => [...document.querySelectorAll('.knot')].map((knot) => knot.offsetTop)"
    before = page.evaluate(places)
    write(demo_server, thread_id)
    page.clock.fast_forward(31_000)
    link = page.get_by_role("status").get_by_role("link", name="1 new comment")
    expect(link).to_be_visible()
    assert page.evaluate(places) == before
    write(demo_server, thread_id)
    page.clock.fast_forward(46_000)
    page.get_by_role("link", name="2 new comments").click()
    expect(page.locator("#c6")).to_be_in_viewport()


def test_a_page_out_of_sight_asks_nothing(demo_server: Server, people: Chromium) -> None:
    page, _ = opened(people, demo_server)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/news" in sent.url else None)
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, arg=True)
    page.clock.fast_forward(3_600_000)
    assert asked == []
    with page.expect_response(re.compile("/news")):
        page.evaluate(hide, arg=False)
        page.clock.fast_forward(1)


def test_a_link_opens_the_branch_that_its_comment_is_folded_in(
    demo_server: Server, people: Chromium
) -> None:
    page, _ = opened(people, demo_server, 9, member=False)
    expect(page.locator("#c7")).to_be_hidden()
    page.evaluate("window.location.hash = 'c7'")
    expect(page.locator("#c7")).to_be_in_viewport()


def test_a_branch_unfolds_without_scripts(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        thread = factories.thread()
        factories.comment(thread)
        for _ in range(8):
            factories.comment(thread, reply_to=1)
        number = thread.id
    page = people.open(demo_server, scripts=False)
    page.goto(f"/t/{number}")
    page.get_by_text("8 replies").click()
    expect(page.locator("#c5")).to_be_visible()


def test_the_first_words_of_a_comment_show_by_pointer_and_by_keyboard(
    demo_server: Server, people: Chromium
) -> None:
    page, _ = opened(people, demo_server, member=False)
    number = page.locator("#c5 > .prose a.ref")
    number.hover()
    page.clock.fast_forward(300)
    words = page.get_by_role("tooltip")
    expect(words).to_contain_text("For me it was a choir.")
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    page.mouse.move(0, 0)
    number.focus()
    page.clock.fast_forward(1)
    expect(words).to_be_visible()
    expect(number).to_have_attribute("aria-describedby", "peek")


def test_times_of_this_week_are_told_from_now_and_keep_the_hour(
    demo_server: Server, people: Chromium
) -> None:
    with demo_server.at_hand():
        thread = factories.thread(at=clock.now() - timedelta(days=30))
        factories.comment(thread, at=clock.now() - timedelta(hours=3, minutes=5))
        number = thread.id
    page = people.open(demo_server)
    page.goto(f"/t/{number}")
    expect(page.locator("#c1 time")).to_have_text("3 hours ago")
    expect(page.locator("#c1 time")).to_have_attribute("title", re.compile(r"\d{4}, \d\d:\d\d$"))
    expect(page.locator(".crumbs time")).to_have_text(re.compile(r"\d{4}, \d\d:\d\d$"))


def test_single_keys_walk_answer_and_agree(demo_server: Server, people: Chromium) -> None:
    page, _ = opened(people, demo_server)
    page.keyboard.press("j")
    expect(page.locator("#c1")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#c2")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#c2 > .acts").get_by_role("button", name="You agree")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#compose textarea").press_sequentially("just a jar")
    expect(page.locator("#compose textarea")).to_have_value("just a jar")
    page.locator("#c2 > .acts button").focus()
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/c/2/reply$"))


def test_who_turned_them_off_has_no_single_keys(demo_server: Server, people: Chromium) -> None:
    page, _ = opened(people, demo_server, has_shortcuts=False)
    page.keyboard.press("j")
    expect(page.locator("#c1")).not_to_be_focused()
    expect(page.locator("#keys")).to_have_count(0)


def test_whoever_answers_stays_where_they_were(demo_server: Server, people: Chromium) -> None:
    """Also without scripts: at the new comment, with what stood above it still there."""
    with demo_server.at_hand():
        thread = factories.thread()
        for _ in range(12):
            factories.comment(thread)
        number = thread.id
        page = people.open(demo_server, factories.user(), scripts=False)
    page.goto(f"/t/{number}/c/6/reply")
    page.get_by_role("textbox", name="Your comment").fill("That would help.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#c13")).to_be_in_viewport()
    expect(page.locator("#c1")).to_be_attached()


def test_a_thread_prints_its_words_and_nothing_to_press(
    demo_server: Server, people: Chromium
) -> None:
    page, _ = opened(people, demo_server, 9, member=False)
    page.emulate_media(media="print")
    for part in (".leave", ".acts", ".bar nav", ".foot", ".rail", ".fold > summary"):
        for found in page.locator(part).all():
            expect(found).to_be_hidden()
    for number in range(1, 12):
        expect(page.locator(f"#c{number} > .prose")).to_be_visible()
