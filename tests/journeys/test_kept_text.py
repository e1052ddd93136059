"""A session that ends while somebody writes: the text stays, and one press posts it."""

import pytest
from playwright.sync_api import expect

from forum.accounts.passwords import hash_password
from tests import factories
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser

PASSWORD = "sevenlampsoverthequietharbour"
TEXT = "A washing machine in the house.\n\nWithout one, everything else takes twice as long."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_was_written_is_posted_after_signing_in_again(
    server: Server, people: Chromium, scripts: bool
) -> None:
    with server.at_hand():
        member = factories.user(f"writer{int(scripts)}", password_hash=hash_password(PASSWORD))
        thread = factories.thread(title="What makes a room a home?")
        path = f"/t/{thread.id}-{thread.slug}"
        username = member.username
        page = people.open(server, member, scripts=scripts)
    page.goto(path)
    page.get_by_role("textbox", name="Write a comment").fill(TEXT)
    other = page.context.new_page()
    other.goto("/")
    other.locator(".menu > summary").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("link", name="Sign in").first).to_be_visible()

    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in again")
    expect(page.get_by_role("textbox", name="Your text")).to_have_value(TEXT)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Your text")).to_have_value(TEXT)
    page.get_by_role("button", name="Send it now").click()

    posted = page.locator(".knot .prose")
    expect(posted).to_have_count(1)
    expect(posted).to_contain_text("A washing machine in the house.")
    expect(posted.locator("p")).to_have_count(2)
