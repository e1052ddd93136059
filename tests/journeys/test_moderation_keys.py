"""Single keys of whoever moderates: they move and choose, and never send anything."""

import pytest
from playwright.sync_api import Page, expect

from tests.moderation.desk import Desk, desk
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser


def _opened(
    people: Chromium, server: Server, path: str, **options: object
) -> tuple[Page, list[Desk]]:
    with server.at_hand():
        waiting = [desk(), desk()]
        moderator = waiting[0].people.user("moderator")
        for name, value in options.items():
            setattr(moderator, name, value)
        page = people.open(server, moderator)
        address = path.format(case=waiting[0].case_id)
    page.goto(address)
    return page, waiting


def test_keys_walk_the_queue_and_open_a_case(demo_server: Server, people: Chromium) -> None:
    page, _ = _opened(people, demo_server, "/moderation?lane=rules")
    rows = page.locator(".queue > .row")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Case")


def test_keys_choose_on_a_case_and_send_nothing(demo_server: Server, people: Chromium) -> None:
    page, _ = _opened(people, demo_server, "/moderation/cases/{case}")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.keyboard.press("h")
    expect(page.get_by_role("radio", name="Hide it")).to_be_checked()
    page.keyboard.press("n")
    expect(page.get_by_role("radio", name="No action")).to_be_checked()
    page.keyboard.press("e")
    area = page.get_by_label("What you want to say")
    expect(area).to_be_focused()
    area.press_sequentially("hen")
    expect(area).to_have_value("hen")
    expect(page.get_by_role("radio", name="No action")).to_be_checked()
    assert "POST" not in sent


def test_a_question_mark_lists_the_keys(demo_server: Server, people: Chromium) -> None:
    page, _ = _opened(people, demo_server, "/moderation")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_who_has_turned_keys_off_has_none(demo_server: Server, people: Chromium) -> None:
    page, _ = _opened(people, demo_server, "/moderation/cases/{case}", has_shortcuts=False)
    page.keyboard.press("h")
    expect(page.get_by_role("radio", name="Hide it")).not_to_be_checked()
