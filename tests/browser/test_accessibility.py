"""Every page, as the people who come to it see it: axe finds nothing by day or by night, wide or
narrow; targets are large enough; and at 400 % zoom nothing is lost or needs scrolling sideways.

docs/accessibility.md says what this proves and what it cannot.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
import sqlalchemy as sa
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from forum.accounts.models import MailToken, User
from forum.accounts.passwords import hash_password
from forum.accounts.queries import CONFIRM, RESET, bound_to
from forum.accounts.tokens import digest
from forum.core import clock
from forum.core.db import db
from forum.proposals.models import Proposal
from forum.spaces.models import Space
from forum.stances.models import StanceChoice
from forum.threads.models import Thread
from tests import factories
from tests.security.scene import Scene, build, routes
from tests.support.breadth import turns, wide
from tests.support.chromium import Chromium
from tests.support.server import Server

pytestmark = pytest.mark.browser

# Who is asked first: each page is looked at as the first of these who can open it.
ROLES = ("visitor", "author", "facilitator", "moderator", "administrator")
WIDE, NARROW = 1280, 320
FULL: ViewportSize = {"width": WIDE, "height": 900}
ZOOMED: ViewportSize = {
    "width": NARROW,
    "height": 256,
}  # what a window of 1280 by 1024 shows at 400 %
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
Look = tuple[ViewportSize, Literal["light", "dark"]]
LOOKS: tuple[Look, ...] = tuple((size, scheme) for size in (FULL, ZOOMED) for scheme in SCHEMES)
SMALLEST = 24  # pixels: the side of anything that is pressed (WCAG 2.5.8)
PASSWORD = "sevenlampsoverthequietharbour"
_TOKEN = "a-token-of-the-tests-alone"
_NOT_PAGES = {
    *("posts.people", "posts.permalink", "search.suggestions", "threads.first_unread"),
    *("search.similar", "proposals.similar", "threads.news", "audit.log"),
    *("moderation.download_log", "services.as_csv", "services.as_json"),
    *("briefs.docx", "briefs.markdown", "briefs.pdf"),
    *("gaps.picture", "gaps.table", "gaps.figures"),
}
_FOR_PROGRAMS = "feeds."  # the blueprint of feeds, robots.txt and the site map


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
            if rule.endpoint not in _NOT_PAGES and not rule.endpoint.startswith(_FOR_PROGRAMS):
                path = links.get(rule.endpoint) or scene.path(rule)
                paths[first_who_opens(scene, path)].append(path)
        for role in ROLES[1:]:
            paths[role] += ["/", "/spaces", f"/s/{scene.circle.slug}", f"/t/{scene.thread.id}"]
        busiest, debated = busiest_thread(), most_debated()
    # What the demo's people have written is long and varied, unlike the scene.
    for role in ("visitor", "author"):
        paths[role] += [busiest, "/tags", "/tags/housing", "/s/commons"]
        paths[role] += [
            debated,
            f"{debated}/points",
            f"{debated}/summary",
            "/proposals",
            "/briefs/1",
        ]
        paths[role] += ["/map?open=all&since=2026-01-01"]
    paths["author"] += [f"{busiest}/c/2/reply"]
    paths["author"] += ["/search?q=housing+shelter&kind=thread", "/search?q=no-such-word-at-all"]
    paths["author"] += ["/services?q=no-such-word-at-all", "/services?place=spain&fresh=no"]
    paths["visitor"] += ["/?show=unanswered", "/nothing-here", "/reset/no-such-token"]
    paths["author"] += ["/?show=following", "/s/commons/edit"]
    return Tour(scene, {role: list(dict.fromkeys(paths[role])) for role in ROLES})


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


@wide
@pytest.mark.parametrize("role", ROLES)
def test_every_page_can_be_read_by_everybody(
    demo_server: Server, people: Chromium, tour: Tour, role: str
) -> None:
    with demo_server.at_hand():
        user = None if role == "visitor" else tour.scene.users[role]
        page = opened_with_axe(people, demo_server, user)
    found: list[str] = []
    for path in tour.paths[role]:
        page.goto(path)
        # Numbers in an address differ from run to run; the look of a page should not.
        found += looked_at(page, turns(re.sub(r"\d+", "0", path), LOOKS))
    assert not found, "\n".join(found)


def test_no_page_is_left_out(demo_server: Server, tour: Tour) -> None:
    """A new route is in the tour by itself; what is left out must not be a page."""
    with demo_server.at_hand():
        rules = {rule.endpoint: rule for _, rule in routes(demo_server.app, "GET")}
        assert set(rules) >= _NOT_PAGES
        person = tour.scene.person("author")
        pages = [
            name
            for name in sorted(_NOT_PAGES)
            if (answer := person.get(tour.scene.path(rules[name]))).mimetype == "text/html"
            and answer.status_code == 200
        ]
    assert not pages
    assert sum(len(paths) for paths in tour.paths.values()) > len(rules) - len(_NOT_PAGES)


def busiest_thread() -> str:
    """The address of the demo's longest public discussion."""
    number = db.session.scalars(
        sa.select(Thread.id)
        .join(Space, Space.id == Thread.space_id)
        .where(Space.slug == "commons")
        .order_by(Thread.comment_count.desc())
    ).first()
    return f"/t/{number}"


def most_debated() -> str:
    """The proposal with most stances."""
    total = sum((getattr(Proposal, f"{choice}_count") for choice in StanceChoice), sa.literal(0))
    found = db.session.scalars(
        sa.select(Proposal.thread_id).order_by(total.desc(), Proposal.thread_id).limit(1)
    ).one()
    return f"/t/{found}"


def test_a_refused_form_says_so_to_everybody(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        page = opened_with_axe(people, demo_server, factories.user())
    found = []
    for path, button in (("/threads/new", "Start the thread"), ("/join", "Join")):
        page.goto(path)
        page.locator("main").evaluate("main => main.querySelector('form').noValidate = true")
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("[aria-invalid]").first).to_be_visible()
        found += looked_at(page)
    assert not found, "\n".join(found)


def test_the_composer_at_work_can_be_used_by_everybody(
    demo_server: Server, people: Chromium
) -> None:
    """With its toolbar, names to choose from, the preview, and a draft saved elsewhere."""
    with demo_server.at_hand():
        thread = factories.thread()
        page = opened_with_axe(people, demo_server, factories.user())
        other = page.context.new_page()
        path = f"/t/{thread.id}-{thread.slug}"
    found = []
    for opened in (page, other):
        opened.goto(path)
        area = opened.locator("textarea[name=source]")
        area.fill(f"**Bold** words of {'one' if opened is page else 'two'}. ")
        expect(opened.locator(".both > .preview strong")).to_be_visible()
        opened.get_by_role("button", name="Save draft").click()
        expect(opened.locator(".draft-state, .notice.care").filter(has_text="aft")).to_be_visible()
        opened.get_by_text("Help with writing").click()
        area.press("Control+End")
        area.press_sequentially("@m")
        expect(opened.get_by_role("listbox", name="People")).to_be_visible()
        found += looked_at(opened)
    people.problems.clear()  # the browser tells of the answer 409
    assert not found, "\n".join(found)


def test_a_thread_is_begun_with_lists_that_everybody_can_use(
    demo_server: Server, people: Chromium
) -> None:
    """With threads about the same, a tag that was chosen, and more of them to choose from."""
    with demo_server.at_hand():
        factories.thread(title="Rooms for families that arrive at night")
        page = opened_with_axe(people, demo_server, factories.user())
    page.goto("/threads/new")
    page.get_by_label("Title").press_sequentially("Rooms for families")
    similar = page.get_by_role("region", name="Are these about the same?")
    expect(similar.get_by_role("link").first).to_be_visible()
    found = looked_at(page)
    box = page.get_by_role("combobox", name="Add a tag")
    box.press_sequentially("hous")
    expect(page.get_by_role("listbox", name="Tags")).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    box.press_sequentially("e")
    expect(page.get_by_role("listbox", name="Tags")).to_be_visible()
    found += looked_at(page)
    assert not found, "\n".join(found)


def test_the_open_menu_fits_on_a_phone(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        pages = [opened_with_axe(people, demo_server, who) for who in (None, factories.user())]
    for page in pages:
        page.set_viewport_size({"width": NARROW, "height": 900})
        page.goto("/")
        page.locator(".menu > summary:visible").click()
        # The header alone: of a link that the open menu half covers, only half can be pressed.
        found = [row for scheme in SCHEMES for row in violations(page, scheme, ".bar")]
        assert not found + too_wide(page)
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


def test_an_account_is_made_and_set_up_by_keyboard(demo_server: Server, people: Chromium) -> None:
    """Register and change a setting, with Tab, Space, arrows and Enter alone."""
    page = people.open(demo_server)
    page.goto("/register")
    tab_to(page, "User name")
    page.keyboard.type("keys-and-nothing-else")
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("@keys-and-nothing-else")).to_be_attached()
    page.goto("/settings/preferences")
    tab_to(page, "As my device is set")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Single keys act")
    page.keyboard.press("Space")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_label("Single keys act")).not_to_be_checked()


def test_a_problem_is_reported_by_keyboard(demo_server: Server, people: Chromium) -> None:
    """From the comment to the report, past a refusal, and the report taken back: keys alone."""
    with demo_server.at_hand():
        thread = factories.thread()
        factories.comment(thread, text="She lives behind the mill.")
        member = factories.user()
        page, name = people.open(demo_server, member), member.display_name
        path = f"/t/{thread.id}-{thread.slug}"
    page.goto(path)
    expect(page.locator("#c1")).to_be_visible()
    tab_to(page, "Report")  # of the thread
    tab_to(page, "Report")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Report #1"))
    found = []
    page.evaluate(AXE_SCRIPT)
    found += [row for scheme in SCHEMES for row in violations(page, scheme)]
    tab_to(page, "It identifies someone")
    page.keyboard.press("ArrowUp")  # round to the last, "Something else"
    tab_to(page, "Send the report")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please say what it is, in a few words.").first).to_be_visible()
    people.problems.clear()  # the browser tells of the answer 422
    page.evaluate(AXE_SCRIPT)
    found += [row for scheme in SCHEMES for row in violations(page, scheme)]
    tab_to(page, "Something else")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("It identifies someone")).to_be_checked()
    tab_to(page, "Anything that helps")
    page.keyboard.type("It says where somebody lives.")
    tab_to(page, "Send the report")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you. Your report has arrived")).to_be_visible()
    expect(page.get_by_text("Waiting for a review.")).to_be_visible()
    expect(page.get_by_text("behind the mill")).to_have_count(0)
    tab_to(page, f"{name}Menu")
    page.keyboard.press("Enter")
    tab_to(page, "Your reports")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Your reports"))
    tab_to(page, "Take it back")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your report is taken back.")).to_be_visible()
    page.goto(path)
    expect(page.get_by_text("behind the mill")).to_be_visible()
    assert not found, "\n".join(found)


# Every control in turn, and what of it the way out would hide.
_COVERED = """() => {
    const way = document.querySelector(".leave");
    const over = way.getBoundingClientRect();
    const hits = (box) => box.right > over.left && box.left < over.right
        && box.bottom > over.top && box.top < over.bottom;
    const hidden = [...document.querySelectorAll("main a, main button, main input, main textarea")]
        .filter((element) => element.checkVisibility())
        .filter((element) => {
            element.focus();
            const { left, right, top, bottom } = element.getBoundingClientRect();
            const line = element.matches("textarea") ? top + 32 : bottom;   // that is written in
            return hits({ left, right, top, bottom: line });
        })
        .map((element) => element.outerHTML.slice(0, 100));
    window.scrollTo(0, document.documentElement.scrollHeight);
    const last = [...document.querySelectorAll(".foot p")].at(-1).getBoundingClientRect();
    return last.bottom > over.top ? [...hidden, "the last line"] : hidden;
}"""


@pytest.mark.parametrize("height", [ZOOMED["height"], 640], ids=["zoomed", "phone"])
def test_the_way_out_covers_no_control_and_not_the_last_line(
    demo_server: Server, people: Chromium, height: int
) -> None:
    with demo_server.at_hand():
        path = busiest_thread()
        page = people.open(demo_server, factories.user(), width=NARROW)
    page.set_viewport_size({"width": NARROW, "height": height})
    page.goto(path)
    assert page.evaluate(_COVERED) == []


# Letters in each line of the longest paragraphs, but the last line of each.
_LINES = """() => [...document.querySelectorAll("main .prose > p")].flatMap((paragraph) => {
    const lengths = new Map();
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let at = 0; at < node.length; at += 1) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const line = Math.round(range.getBoundingClientRect().bottom);
            lengths.set(line, (lengths.get(line) ?? 0) + 1);
        }
    }
    return [...lengths.values()].slice(0, -1);
})"""


def test_a_line_of_text_holds_60_to_75_letters(demo_server: Server, people: Chromium) -> None:
    with demo_server.at_hand():
        path = busiest_thread()
    page = people.open(demo_server)
    page.goto(path)
    lines = page.evaluate(_LINES)
    assert len(lines) > 20
    assert 60 <= sum(lines) / len(lines) <= 75


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


def opened_with_axe(people: Chromium, server: Server, user: User | None) -> Page:
    """An empty page of somebody's browser; axe, half a megabyte, is sent there but once."""
    page = people.open(server, user)
    page.context.add_init_script(AXE_SCRIPT)
    return page


def looked_at(page: Page, looks: Sequence[Look] = LOOKS) -> list[str]:
    """What is wrong with this page, wide and narrow, by day and by night, one line each.

    The page is loaded once: its colours and its width change in place, as on the reader's desk.
    """
    found = []
    for size, scheme in looks:
        page.set_viewport_size(size)
        found += violations(page, scheme)
    page.set_viewport_size(ZOOMED)
    found += too_wide(page) + too_small(page)
    page.set_viewport_size(FULL)
    return found


# Without `preload`, which looks for films that start by themselves in 20 ms.
_AXE = """(within) => axe.run(within || document, {
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
    elementRef: false,
    preload: false,
}).then((results) => results.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.html.slice(0, 160)}`)))"""


def violations(page: Page, scheme: Literal["light", "dark"], within: str = "") -> list[str]:
    """What axe finds on this page now, or in one part of it (a selector), one line each."""
    page.emulate_media(color_scheme=scheme)
    width = page.viewport_size["width"] if page.viewport_size else 0
    return [f"{page.url} at {width}, {scheme}: {row}" for row in page.evaluate(_AXE, within)]


# A link in a line of text is as high as the line, and WCAG lets it be; so are hidden controls.
_SMALL = """least => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => !element.matches(".skip, [type=hidden]"))
    .filter((element) => getComputedStyle(element).display !== "inline")
    .map((element) => {
        const label = element.matches("[type=checkbox], [type=radio]") && element.labels[0];
        const [own, more] = [element, label || element].map((part) => part.getBoundingClientRect());
        const width = Math.max(own.right, more.right) - Math.min(own.left, more.left);
        return { element, width, height: Math.max(own.height, more.height) };
    })
    .filter(({ width, height }) => Math.min(width, height) < least - 0.01)
    .map(({ element, width, height }) =>
        `${Math.round(width)} by ${Math.round(height)}: ${element.outerHTML.slice(0, 120)}`)"""


def too_small(page: Page) -> list[str]:
    """Targets under the least size, one line each."""
    return [f"{page.url}: {row}" for row in page.evaluate(_SMALL, SMALLEST)]


def too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url} is {width} wide"] if width > NARROW else []
