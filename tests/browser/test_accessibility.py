"""Every page, as the people who come to it see it: axe finds nothing, and no page is too wide."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from forum.accounts.models import MailToken, User
from forum.accounts.passwords import hash_password
from forum.accounts.queries import CONFIRM, RESET, bound_to
from forum.accounts.tokens import digest
from forum.core import clock
from forum.core.db import db
from forum.spaces.models import Space
from forum.threads.models import Thread
from tests import factories
from tests.security.scene import Scene, build, routes
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser

# Who is asked first: each page is looked at as the first of these who can open it.
ROLES = ("visitor", "author", "facilitator", "moderator", "administrator")
WIDE, NARROW = 1280, 320
PASSWORD = "sevenlampsoverthequietharbour"
_CONTRAST = "color-contrast"  # the one rule that takes long; it depends on colours, not on width
_TOKEN = "a-token-of-the-tests-alone"
_NOT_PAGES = {"posts.people", "posts.permalink", "threads.first_unread", "threads.news"}


@dataclass(frozen=True)
class Tour:
    """Which addresses each role looks at."""

    scene: Scene
    paths: dict[str, list[str]]


@pytest.fixture(scope="module")
def tour(demo_server: Server) -> Tour:
    """Every page that answers, under the first who can open it; and the busy ones for all."""
    paths: dict[str, list[str]] = {role: [] for role in ROLES}
    with demo_server.at_hand():
        scene = build(demo_server.app)
        links = mailed_links(scene.users["author"])
        for _, rule in routes(demo_server.app, "GET"):
            if rule.endpoint not in _NOT_PAGES:
                path = links.get(rule.endpoint) or scene.path(rule)
                paths[first_who_opens(scene, path)].append(path)
        for role in ROLES[1:]:
            paths[role] += ["/", "/spaces", f"/s/{scene.circle.slug}", f"/t/{scene.thread.id}"]
    paths["visitor"] += ["/?show=unanswered", "/nothing-here", "/reset/no-such-token"]
    paths["author"] += ["/?show=following", "/s/commons/edit"]
    return Tour(scene, paths)


def mailed_links(member: User) -> dict[str, str]:
    """The addresses of pages that are reached by a link in a mail."""
    paths = {}
    for endpoint, purpose, path in (
        ("accounts.reset_with_link", RESET, "/reset/"),
        ("accounts.confirm_address", CONFIRM, "/confirm-address/"),
    ):
        token = f"{_TOKEN}-{purpose}"
        secret = (member.password_hash, None) if purpose == RESET else (None, member.email)
        db.session.add(
            MailToken(
                user_id=member.id,
                purpose=purpose,
                token_hash=digest(token),
                bound_to=bound_to(purpose, *secret),
                created_at=clock.now(),
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
        paths[endpoint] = path + token
    db.session.commit()
    return paths


def first_who_opens(scene: Scene, path: str) -> str:
    for role in ROLES:
        if scene.person(role).get(path).status_code in {200, 301}:  # 301: to the title's address
            return role
    pytest.fail(f"nobody can open {path}")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_can_be_read_by_everybody(
    demo_server: Server, people: Chromium, tour: Tour, role: str
) -> None:
    user = None if role == "visitor" else tour.scene.users[role]
    with demo_server.at_hand():
        page = people.open(demo_server, user)
    found: list[str] = []
    for path in tour.paths[role]:
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.goto(path)
        page.evaluate(AXE_SCRIPT)
        found += violations(page)
        page.set_viewport_size({"width": NARROW, "height": 640})
        found += violations(page, but=_CONTRAST)
        found += too_wide(page)
    assert not found, "\n".join(found)


# What the demo's people have written in is long and varied, unlike the scene above.
DEMO_PAGES = (
    "/",
    "/t/{thread}",
    "/t/{thread}?order=agreed",
    "/tags",
    "/tags/housing",
    "/s/commons",
)


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "visitor"])
def test_full_pages_have_contrast_by_night_and_day(
    demo_server: Server, people: Chromium, is_member: bool
) -> None:
    with demo_server.at_hand():
        busiest = db.session.scalars(
            sa.select(Thread.id)
            .join(Space, Space.id == Thread.space_id)
            .where(Space.slug == "commons")
            .order_by(Thread.comment_count.desc())
        ).first()
        reader = factories.user() if is_member else None
        page = people.open(demo_server, reader, scheme="dark")
    forms = ["/threads/new", f"/t/{busiest}/c/2/reply", "/settings"] if is_member else ["/sign-in"]
    found = []
    for path in (*DEMO_PAGES, *forms):
        page.goto(path.format(thread=busiest))
        page.evaluate(AXE_SCRIPT)
        found += violations(page, only=_CONTRAST)
        page.emulate_media(color_scheme="light")
        found += violations(page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": NARROW, "height": 640})
        found += too_wide(page)
        page.set_viewport_size({"width": WIDE, "height": 900})
    assert not found, "\n".join(found)


def test_a_refused_form_says_so_to_everybody(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        page = people.open(demo_server, factories.user())
    found = []
    for path, button in (("/threads/new", "Start the thread"), ("/join", "Join")):
        page.goto(path)
        page.locator("main").evaluate("main => main.querySelector('form').noValidate = true")
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("[aria-invalid]").first).to_be_visible()
        page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += violations(page)
    assert not found, "\n".join(found)


def test_the_open_menu_fits_on_a_phone(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        pages = [people.open(demo_server, user, width=NARROW) for user in (None, factories.user())]
    for page in pages:
        page.goto("/")
        page.locator(".menu > summary:visible").click()
        page.evaluate(AXE_SCRIPT)
        assert not violations(page) + too_wide(page)
        box = page.locator(".menu[open] .sheet").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW


def test_everything_that_matters_works_by_keyboard(demo_server: Server, people: Chromium) -> None:
    """Sign in, open a thread, agree, reply and sign out, with Tab, Enter and Space alone."""
    with demo_server.at_hand():
        member = factories.user(password_hash=hash_password(PASSWORD))
        thread = factories.thread(title="What is there by Monday?")
        factories.comment(thread, text="A key that fits, and somebody who says so.")
        name, title = member.username, thread.title
    page = people.open(demo_server)
    page.goto("/")
    tab_to(page, "Sign in")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Sign in"))
    tab_to(page, "User name")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Discussions"))
    tab_to(page, title)
    page.keyboard.press("Enter")
    expect(page.locator("#c1")).to_be_visible()
    tab_to(page, "Agree")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="You agree")).to_be_visible()
    tab_to(page, "Write a comment")
    page.keyboard.type("And the first of the month paid.")
    tab_to(page, "Post comment")
    page.keyboard.press("Enter")
    expect(page.locator("#c2")).to_be_in_viewport()
    tab_to(page, f"{name.title()}Menu")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.keyboard.press("Enter")
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


_FOCUSED = """() => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return {
        name: element === document.body ? "" : (element.labels?.[0] ?? element).textContent.trim(),
        isSeen: element === document.body || box.width > 0 && style.outlineStyle !== "none",
    };
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus, which shows wherever it is."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        assert focused["isSeen"], f"the focus cannot be seen on {focused['name']!r}"
        if focused["name"].startswith(name):
            return
    pytest.fail(f"no Tab reaches {name!r} on {page.url}")


def violations(page: Page, *, but: str = "", only: str = "") -> list[str]:
    """What axe finds on this page now, one line each."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "elementRef": False}
    if but:
        options["rules"] = {but: {"enabled": False}}
    if only:
        options["runOnly"] = [only]
    rows = page.evaluate(
        f"""axe.run(document, {json.dumps(options)}).then((results) =>
            results.violations.flatMap((rule) => rule.nodes.map(
                (node) => `${{rule.id}}: ${{node.html.slice(0, 160)}}`)))"""
    )
    width = page.viewport_size["width"] if page.viewport_size else 0
    return [f"{page.url} at {width}: {row}" for row in rows]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url} is {width} wide"] if width > NARROW else []
