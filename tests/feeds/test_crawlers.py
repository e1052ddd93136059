"""What crawlers get: robots.txt, the site map, and what pages say about themselves."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, transaction
from forum.feeds import queries
from forum.spaces.models import Visibility
from forum.threads import actions
from forum.threads.models import ThreadKind
from forum.web.access import SIGNED_IN, declared
from tests import factories
from tests.security.scene import build, routes
from tests.support.feeds import BASE
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

_MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')
NOINDEX = '<meta name="robots" content="noindex">'
META = re.compile(r'<meta property="([^"]+)"(?: itemprop="([^"]+)")? content="([^"]*)">')


@pytest.fixture
def scene(app):
    """One of everything that addresses name."""
    return build(app)


# robots.txt


def _rules(text):
    """Patterns of RFC 9309 as regular expressions."""
    paths = re.findall(r"^Disallow: (\S+)$", text, re.MULTILINE)
    return [re.compile(".*".join(map(re.escape, path.split("*")))) for path in paths]


def _is_left_alone(browser, path):
    return any(rule.match(path) for rule in _rules(browser.get("/robots.txt").text))


def test_robots_names_the_site_map_and_is_plain_text(browser):
    answer = browser.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("User-agent: *\n")
    assert answer.text.endswith(f"\nSitemap: {BASE}/sitemap.xml\n")
    with statements() as seen:
        browser.get("/robots.txt")
    assert seen == []


def test_public_pages_may_be_read_by_crawlers(scene, browser):
    thread = factories.thread()
    factories.comment(thread)
    pages = [
        "/", "/spaces", "/tags", "/s/commons", "/tags/housing", f"/t/{thread.id}-{thread.slug}",
        f"/t/{thread.id}/c/1", "/feed", f"/t/{thread.id}/feed", "/sitemap.xml", "/?show=new",
        "/s/commons?after=abc", "/static/css/base.css", f"/u/{scene.users['author'].username}",
    ]  # fmt: skip
    assert [path for path in pages if _is_left_alone(browser, path)] == []


def test_what_needs_a_sign_in_or_a_form_is_left_alone(scene, browser):
    left = [
        path
        for _, rule in routes(scene.app, "GET")
        if declared(scene.app, rule.endpoint).level >= SIGNED_IN
        and not _is_left_alone(browser, path := scene.path(rule))
    ]
    assert left == []
    for path in ("/sign-in", "/register", "/reset/code", "/search?q=x", "/feed?token=x"):
        assert _is_left_alone(browser, path), path


# The site map


def _places(answer, name="url"):
    """Address and time of change of every line of a site map."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.data)  # noqa: S314 - made by ourselves
    assert root.tag == _MAP + {"url": "urlset", "sitemap": "sitemapindex"}[name]
    return {node.findtext(f"{_MAP}loc"): node.findtext(f"{_MAP}lastmod") for node in root}


def _all_of_the_map(browser):
    found = {}
    for part in _places(browser.get("/sitemap.xml"), "sitemap"):
        found |= _places(browser.get(part.removeprefix(BASE)))
    return found


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of three ids, read two at a time."""
    monkeypatch.setattr(queries, "PART_SIZE", 3)
    monkeypatch.setattr(queries, "BATCH", 2)


def test_the_map_has_public_threads_spaces_and_tags(browser):
    at = clock.now() - timedelta(days=2)
    thread = factories.thread(factories.space("open"), tags=("housing",), at=at)
    found = _all_of_the_map(browser)
    moment = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    assert found == {
        f"{BASE}/": None,
        f"{BASE}/spaces": None,
        f"{BASE}/tags": None,
        f"{BASE}/proposals": None,
        f"{BASE}/services": None,
        f"{BASE}/map": None,
        f"{BASE}/needs": None,
        f"{BASE}/s/commons": None,
        f"{BASE}/s/open": moment,
        f"{BASE}/tags/housing": moment,
        f"{BASE}/t/{thread.id}-{thread.slug}": moment,
    }


def test_every_address_of_the_map_is_a_page_that_names_itself(browser):
    space = factories.space("open")
    for title in ("A & B <c>", "Żółć", "plain"):
        factories.thread(space, title=title)
    for address in _all_of_the_map(browser):
        page = browser.get(address.removeprefix(BASE))
        assert page.status_code == 200
        assert CANONICAL.findall(page.text) == [address]
        assert NOINDEX not in page.text


def test_what_is_not_public_is_not_in_the_map(browser):
    before = _all_of_the_map(browser)
    author, moderator = factories.user(), actor_of(factories.moderator())
    for visibility in (Visibility.MEMBERS, Visibility.PRIVATE):
        hidden = factories.space(visibility=visibility)
        factories.thread(hidden, tags=("education",))
    space = factories.space("open")
    deleted, merged, into = (factories.thread(space, author) for _ in range(3))
    with transaction():
        actions.delete_thread(actor_of(author), deleted.id)
    with transaction():
        actions.merge_threads(moderator, merged.id, into.id, "They ask the same.")
    new = set(_all_of_the_map(browser)) - set(before)
    assert new == {
        f"{BASE}/s/open", f"{BASE}/tags/housing", f"{BASE}/t/{into.id}-{into.slug}",
    }  # fmt: skip


def test_the_map_is_split_by_ids_and_every_thread_is_in_it_once(browser, small_parts):
    space, author = factories.space("open"), factories.user()
    hidden = factories.space(visibility=Visibility.PRIVATE)
    made = [factories.thread(space, author) for _ in range(8)]
    gap = [factories.thread(hidden, author).id for _ in range(6)]
    made.append(factories.thread(space, author))
    parts = [part for part in _places(browser.get("/sitemap.xml"), "sitemap") if "threads" in part]
    expected = sorted({thread.id // 3 for thread in made})
    assert parts == [f"{BASE}/sitemap-threads-{part}.xml" for part in expected]
    pages = [_places(browser.get(part.removeprefix(BASE))) for part in parts]
    assert all(1 <= len(page) <= 3 for page in pages)
    lines = [address for page in pages for address in page]
    assert lines == [f"{BASE}/t/{thread.id}-{thread.slug}" for thread in made]
    assert browser.get(f"/sitemap-threads-{gap[3] // 3}.xml").status_code == 404


@pytest.mark.parametrize("part", ["4000", "42949", "42950", "2147483647", "x"])
def test_a_part_that_holds_nothing_is_not_there(browser, part):
    assert browser.get(f"/sitemap-threads-{part}.xml").status_code == 404


def test_a_part_is_read_in_batches_while_it_is_sent(browser, monkeypatch):
    monkeypatch.setattr(queries, "BATCH", 2)
    space, author = factories.space("open"), factories.user()
    for _ in range(5):
        factories.thread(space, author)
    with statements() as seen:
        answer = browser.raw("GET", "/sitemap-threads-0.xml")
        assert answer.is_streamed
        assert len(_places(answer)) == 5
    assert len([statement for statement in seen if "FROM thread" in statement]) == 1 + 4


def test_a_part_that_a_crawler_has_is_not_sent_again(browser):
    author = factories.user()
    thread = factories.thread(factories.space("open"), author)
    first = browser.get("/sitemap-threads-0.xml")
    assert first.headers["Cache-Control"] == "public, no-cache"
    headers = {"If-None-Match": first.headers["ETag"]}
    with statements() as seen:
        again = browser.get("/sitemap-threads-0.xml", headers=headers)
    assert (again.status_code, again.data) == (304, b"")
    assert len(seen) == 2
    factories.thread(factories.space("other"), author)
    with transaction():
        actions.delete_thread(actor_of(author), thread.id)
    assert browser.get("/sitemap-threads-0.xml", headers=headers).status_code == 200


# What pages say about themselves


def test_every_order_of_a_thread_leads_to_its_own_address(browser):
    thread = factories.thread(factories.space("open"))
    for _ in range(60):
        factories.comment(thread)
    path = f"/t/{thread.id}-{thread.slug}"
    for query in ("", "?order=newest", "?order=agreed", "?order=time", "?at=40", "?utm=x"):
        assert CANONICAL.findall(browser.get(path + query).text) == [BASE + path], query
    following = re.search(r'rel="next" href="([^"]+)"', browser.get(path).text)
    assert following
    page = browser.get(following[1])
    assert CANONICAL.findall(page.text) == [BASE + following[1]]
    assert CANONICAL.findall(browser.get(f"{following[1]}&utm=x").text) == [BASE + following[1]]


def test_every_part_of_a_list_leads_to_its_first_page(browser):
    space, author = factories.space("open"), factories.user()
    for _ in range(25):
        factories.thread(space, author)
    for path in ("/", "/s/open", "/tags/housing"):
        following = re.search(r'rel="next" href="([^"]+)"', browser.get(path).text)
        assert following
        assert CANONICAL.findall(browser.get(following[1]).text) == [BASE + path]
    assert CANONICAL.findall(browser.get("/?show=unanswered").text) == [f"{BASE}/"]


def test_people_forms_and_errors_are_not_to_be_listed(browser):
    author = factories.user("amina")
    thread = factories.thread(factories.space("open"), author)
    comment = factories.comment(thread, author)
    factories.agree(comment, factories.user())
    for path in (
        "/u/amina", "/u/amina/comments", "/u/amina/agreements", "/sign-in", "/register", "/reset",
        f"/t/{thread.id}/c/1/history", f"/t/{thread.id}/c/1/agreements", "/no-such-page",
    ):  # fmt: skip
        page = browser.get(path).text
        assert NOINDEX in page, path
        assert CANONICAL.findall(page) == [], path


def test_pages_that_are_not_public_give_nothing_away(app):
    hidden = factories.space("hidden", visibility=Visibility.MEMBERS)
    thread = factories.thread(hidden)
    member = Browser(app).sign_in(factories.user())
    for path in (f"/t/{thread.id}-{thread.slug}", "/s/hidden"):
        page = member.get(path).text
        assert NOINDEX in page
        assert CANONICAL.findall(page) == META.findall(page) == []
        assert "itemscope" not in page


def _card(page):
    return {name: value for name, _, value in META.findall(page)}


def test_a_public_thread_says_what_other_sites_may_show(browser):
    author = factories.user("amina", display_name="Amina K")
    at = clock.now() - timedelta(days=3)
    thread = factories.thread(
        factories.space("open"), author, title='A "quoted" <title>', at=at,
        source="> @ben wrote: his words\n\nMy **own** words & more.", tags=("housing",),
    )  # fmt: skip
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    moment = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    assert _card(page) == {
        "og:type": "article",
        "og:site_name": "Common Thread",
        "og:title": "A &#34;quoted&#34; &lt;title&gt;",
        "og:url": f"{BASE}/t/{thread.id}-{thread.slug}",
        "og:description": "My own words &amp; more.",
        "article:published_time": moment,
        "article:modified_time": moment,
        "article:tag": "Housing",
    }
    assert re.search(
        r'<html [^>]*itemscope itemtype="https://schema.org/DiscussionForumPosting"', page
    )
    items = {item for _, item, _ in META.findall(page)}
    assert {"headline", "text", "url", "datePublished", "dateModified", "keywords"} <= items
    head = page.partition("</head>")[0]
    assert "Amina" not in head
    assert "amina" not in head


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"source": "word " * 100}, "word " * 39 + "word…"),
        ({"source": "", "kind": ThreadKind.PROMPT, "question": "Which ones?"}, "Which ones?"),
    ],
    ids=["long", "question alone"],
)
def test_a_description_is_short(browser, values, expected):
    thread = factories.thread(factories.space("open"), **values)
    description = _card(browser.get(f"/t/{thread.id}-{thread.slug}").text)["og:description"]
    assert description == expected
    assert len(description) <= 200


def test_words_taken_out_are_in_no_description(browser):
    thread = factories.thread(factories.space("open"), source="words-that-go")
    db.session.execute(sa.text("UPDATE post SET state = 'removed'"))
    db.session.commit()
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert "og:description" not in page
    assert "words-that-go" not in page


def test_a_stub_of_a_thread_is_not_to_be_listed(browser):
    author = factories.user()
    thread = factories.thread(factories.space("open"), author)
    factories.comment(thread)
    with transaction():
        actions.delete_thread(actor_of(author), thread.id)
    page = browser.get(f"/t/{thread.id}-").text
    assert NOINDEX in page
    assert META.findall(page) == []
