"""SECURITY.md 23, 25 and 48 in a real browser, and what impatient fingers do."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.support.chromium import Chromium, choose_tag
from tests.support.server import Server

pytestmark = pytest.mark.browser

_FILE = Path(__file__).parents[1] / "security" / "payloads.txt"
_ESCAPE = re.compile(r"\\(n|x[0-9a-f]{2}|u[0-9a-f]{4}|\\)")
PAYLOADS = [
    _ESCAPE.sub(lambda found: found[0].encode().decode("unicode_escape"), line)
    for line in _FILE.read_text(encoding="utf-8").splitlines()
]
SECRET = "The house with the green door is where we meet."


def test_no_payload_of_the_corpus_runs_or_calls_out(demo_server: Server, people: Chromium) -> None:
    """Dialogs, policy violations, script errors and requests elsewhere fail it by themselves."""
    with demo_server.at_hand():
        author = factories.user(display_name='<img src=x onerror="alert(1)">')
        thread = factories.thread(author=author, title="<script>alert(1)</script>")
        for payload in PAYLOADS:
            factories.comment(thread, author, payload)
        path = f"/t/{thread.id}-{thread.slug}"
        username = author.username
        member = people.open(demo_server, factories.user())
    visitor = people.open(demo_server)
    pages = range(1, len(PAYLOADS) + 1, 25)
    for page in (visitor, member):
        for number in pages:
            page.goto(f"{path}?at={number}")
            expect(page.locator(f"#c{number}")).to_be_visible()
            page.mouse.move(300, 400)  # handlers that wait for the mouse
    for address in (f"{path}?order=time", f"/u/{username}", "/", "/tags", "/spaces"):
        visitor.goto(address)
    for act in ("reply", "quote", "history", "agreements"):
        member.goto(f"{path}/c/2/{act}".replace(f"-{thread.slug}", ""))
    assert visitor.evaluate("document.cookie") == ""


def test_preview_runs_nothing_either(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        thread = factories.thread()
        page = people.open(demo_server, factories.user())
        page.goto(f"/t/{thread.id}/reply")
    page.get_by_role("textbox", name="Your comment").fill("\n\n".join(PAYLOADS))
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()


def test_after_signing_out_back_shows_nothing_private(
    demo_server: Server, people: Chromium
) -> None:
    with demo_server.at_hand():
        space = factories.space(visibility="private")
        member = factories.user()
        factories.membership(space, member)
        thread = factories.thread(space, member, title="Where we meet", source=SECRET)
        path = f"/t/{thread.id}-{thread.slug}"
        page = people.open(demo_server, member)
    page.goto(path)
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.evaluate("localStorage.setItem('draft', 'kept'); sessionStorage.setItem('draft', 'kept')")
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []
    page.go_back()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Where we meet")
    expect(page.locator("body")).not_to_contain_text(SECRET)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_quick_presses_post_one_comment(
    server: Server, people: Chromium, scripts: bool
) -> None:
    with server.at_hand():
        thread = factories.thread()
        page = people.open(server, factories.user(), scripts=scripts)
        page.goto(f"/t/{thread.id}-{thread.slug}")
    page.get_by_role("textbox", name="Write a comment").fill("Once is enough.")
    page.get_by_role("button", name="Post comment").dblclick()
    expect(page.locator("#c1")).to_be_visible()
    page.reload()
    expect(page.locator(".knot")).to_have_count(1)


def test_two_quick_presses_start_one_thread(demo_server: Server, people: Chromium) -> None:
    title = "A thread that was started twice"
    with demo_server.at_hand():
        page = people.open(demo_server, factories.user())
    page.goto("/threads/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your text").fill("Once is enough.")
    choose_tag(page, "Housing")
    page.get_by_role("button", name="Start the thread").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto("/?show=new")
    expect(page.get_by_role("link", name=title)).to_have_count(1)
