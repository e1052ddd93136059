"""Every page as each person gets it: what stands on it, with which headers, at what price."""

import re

import pytest

from forum.web.headers import CSP
from tests.security.conftest import READERS
from tests.security.scene import CIRCLE_WORDS, DRAFT, EMAIL, GONE, NOTICE, PROOF

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
OWN_PAGES = re.compile(r"/(?:settings|admin|imports)(?:/|$)")
# Whoever holds a claim link is told where it leads.
CLAIM = "/claim/"

# The same for everybody, whoever asks: what a cookie says is not looked at.
FOR_PROGRAMS = re.compile(r"^/(?:feed|robots\.txt|sitemap.*\.xml|(?:s|t|tags)/[^/]+/feed)$")
KINDS = {
    "text/html",
    "application/json",
    "application/atom+xml",
    "application/xml",
    "image/svg+xml",
    "text/plain",
    "text/csv",
    "text/markdown",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

WITHOUT_CHARSET = {
    "application/json",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

people = pytest.mark.parametrize("name", READERS)


@people
def test_reading_every_page_changes_nothing(crawl, name):
    assert crawl.changed[name] == set()


@people
def test_no_page_fails(crawl, name):
    wrong = [page.path for page in crawl.seen[name] if page.status >= 500]
    assert not wrong


@people
def test_words_that_are_gone_are_on_no_page(crawl, name):
    found = {
        (page.path, what)
        for page in crawl.seen[name]
        for what, words in GONE.items()
        if words in page.text
    }
    # Whoever wrote words that are out of sight may look at them before taking them back for good.
    assert found == crawl.own.get(name, set())


@people
def test_a_mail_address_is_only_on_pages_of_its_owner(crawl, name):
    found = [page.path for page in crawl.seen[name] if EMAIL in page.text]
    assert all(OWN_PAGES.match(path) for path in found)
    assert bool(found) is (name == "author")


@people
def test_no_page_holds_the_digest_of_a_session(crawl, name):
    assert len(crawl.digests) == len(READERS) - 1
    for page in crawl.seen[name]:
        assert not [digest for digest in crawl.digests if digest in page.text], page.path


@pytest.mark.parametrize("name", ["visitor", "outsider"])
def test_no_page_names_anything_of_a_private_space_to_those_outside(crawl, name):
    found = [
        (page.path, word)
        for page in crawl.seen[name]
        if not page.path.startswith(CLAIM)
        for word in CIRCLE_WORDS.values()
        if word in page.text and word not in page.path
    ]
    assert not found


def test_members_meet_the_words_of_their_space(crawl):
    """Shows that the test above would find them."""
    text = "".join(page.text for page in crawl.seen["facilitator"])
    assert [word for word in CIRCLE_WORDS.values() if word not in text] == []


@people
def test_every_answer_carries_the_headers_of_all_pages(crawl, name):
    for page in crawl.seen[name]:
        assert {key: page.headers.get(key) for key in HEADERS} == HEADERS, page.path
        assert page.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, page.path
        assert "Server" not in page.headers
        assert "X-Powered-By" not in page.headers


@people
def test_every_answer_says_what_it_is(crawl, name):
    kinds = {page.headers["Content-Type"] for page in crawl.seen[name]}
    assert {kind.partition(";")[0] for kind in kinds} <= KINDS
    assert all(kind.endswith("; charset=utf-8") for kind in kinds - WITHOUT_CHARSET)


@pytest.mark.parametrize("name", [name for name in READERS if name != "visitor"])
def test_pages_for_members_are_kept_nowhere(crawl, name):
    kinds = {
        page.headers["Cache-Control"]
        for page in crawl.seen[name]
        if not FOR_PROGRAMS.match(page.path)
    }
    assert kinds == {"no-store"}


@people
def test_what_programs_read_is_the_same_for_everybody(crawl, name):
    theirs, visitors = (
        {page.path: (page.status, page.text) for page in crawl.seen[who] if page.status == 200}
        for who in (name, "visitor")
    )
    programs = {path for path in visitors if FOR_PROGRAMS.match(path)}
    assert {"/feed", "/robots.txt", "/s/commons/feed", "/sitemap.xml"} <= programs
    assert {path: theirs.get(path) for path in programs} == {
        path: visitors[path] for path in programs
    }


def test_pages_for_visitors_are_kept_only_where_everybody_gets_the_same(crawl):
    kept = [
        page
        for page in crawl.seen["visitor"]
        if page.headers["Cache-Control"] != "no-store" and not FOR_PROGRAMS.match(page.path)
    ]
    shared = {page.path.partition("?")[0] for page in kept}
    assert shared == {
        *("/", "/spaces", "/s/commons", "/tags", "/tags/housing", "/tags/education"),
        *("/services", "/places", "/proposals", "/needs", "/needs/housing"),
        *("/map", "/map.csv", "/map.json", "/map.svg"),
    }
    for page in kept:
        assert page.headers["Cache-Control"] == "public, no-cache"
        assert page.headers["ETag"]
        assert "Cookie" in page.headers["Vary"]
        assert "csrf_token" not in page.text


@people
def test_no_address_on_a_page_carries_a_secret(crawl, name):
    links = re.compile(r"""(?:href|src|action)=["']([^"']*)""")
    for page in crawl.seen[name]:
        for link in links.findall(page.text):
            assert not re.search(r"[?&;](?:csrf_)?token=", link), f"{page.path}: {link}"


@people
def test_nothing_on_a_page_is_fetched_from_elsewhere(crawl, name):
    fetched = re.compile(r"""(?:src|srcset|poster|action)=["']([^"']*)""")
    for page in crawl.seen[name]:
        for link in fetched.findall(page.text):
            assert link.startswith("/"), f"{page.path}: {link}"
            assert not link.startswith("//"), f"{page.path}: {link}"


def test_what_somebody_is_told_is_met_by_nobody_else(crawl):
    readers = {name for name in READERS for page in crawl.seen[name] if NOTICE in page.text}
    assert readers == {"author"}


def test_a_draft_is_met_by_nobody_but_its_author(crawl):
    readers = {name for name in READERS for page in crawl.seen[name] if DRAFT in page.text}
    assert readers == {"author"}


def test_a_private_comment_on_a_badge_is_read_by_its_author_and_moderators(crawl):
    readers = {name for name in READERS for page in crawl.seen[name] if PROOF in page.text}
    assert readers == {"author", "administrator"}  # READERS knows one of those who decide
