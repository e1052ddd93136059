"""How many statements each page sends: few, and as many for one row as for many."""

import pytest

from forum.web.cache import PageCache
from tests import factories
from tests.support.pages import Browser
from tests.support.queries import statements

THREAD = 11  # two of them ask for context notes and for proposals that came from comments
# A tag's page says the tag's other words and what is beneath it as well.
LISTS = {"/": 7, "/?show=new": 7, "/?show=unanswered": 7, "/s/open": 7, "/tags/housing": 8}
ORDERS = ("oldest", "newest", "agreed", "time")


@pytest.fixture
def uncached(app):
    """The application without its page cache: what a visitor's page costs to make."""
    kept = app.extensions["page_cache"]
    app.extensions["page_cache"] = PageCache(0)
    yield app
    app.extensions["page_cache"] = kept


def _count(browser: Browser, path: str) -> int:
    with statements() as seen:
        assert browser.get(path, follow_redirects=True).status_code == 200, path
    return len(seen)


def _talk(thread, count: int, people) -> None:
    """Comments, each agreed with, mentioning somebody, and replied to in a chain."""
    for index in range(count):
        made = factories.comment(
            thread,
            people[index % len(people)],
            f"Some words for @{people[0].username}.",
            reply_to=index if index % 3 else 0,
            is_question=index % 4 == 0,
        )
        factories.agree(made, people[(index + 1) % len(people)])


def test_a_thread_costs_the_same_for_1_15_and_150_comments(uncached):
    people = [factories.user() for _ in range(4)]
    member, visitor = Browser(uncached).sign_in(people[1]), Browser(uncached)
    costs = {}
    for count in (1, 15, 150):
        thread = factories.thread(author=people[0])
        _talk(thread, count, people)
        for order in ORDERS:
            path = f"/t/{thread.id}-{thread.slug}?order={order}"
            costs[count, order] = (_count(member, path), _count(visitor, path))
    assert costs[1, "oldest"] == costs[15, "oldest"] == costs[150, "oldest"]
    for order in ORDERS:
        assert costs[1, order] == costs[15, order]
        # Out of order, a page of several asks once more how far the member has read.
        assert costs[150, order][0] <= costs[15, order][0] + 1
        assert costs[150, order][1] == costs[15, order][1]
    assert max(max(pair) for pair in costs.values()) <= THREAD


def test_a_later_page_of_a_thread_costs_little_more(uncached):
    people = [factories.user() for _ in range(4)]
    thread = factories.thread(author=people[0])
    _talk(thread, 60, people)
    member = Browser(uncached).sign_in(people[1])
    assert _count(member, f"/t/{thread.id}-{thread.slug}?at=40") <= THREAD


def test_a_list_costs_the_same_for_1_15_and_150_threads(uncached):
    space, author = factories.space("open"), factories.user()
    member, visitor = Browser(uncached).sign_in(factories.user()), Browser(uncached)
    costs = {}
    made = 0
    for count in (1, 15, 150):
        for _ in range(count - made):
            thread = factories.thread(space, author, tags=("housing", "education"))
            factories.comment(thread, author, is_question=True)
        made = count
        costs[count] = {path: (_count(member, path), _count(visitor, path)) for path in LISTS}
    assert costs[1] == costs[15] == costs[150]
    for path, pair in costs[1].items():
        assert max(pair) <= LISTS[path], path


def _fill(space, people, count: int) -> dict[str, str]:
    """That many of everything that pages list; returns the pages."""
    thread = factories.thread(space, people[0])
    _talk(thread, count, people)
    first = factories.comment(thread, people[0])
    for _ in range(count):
        person = factories.user()
        factories.membership(space, person)
        factories.agree(first, person)
        factories.comment(thread, person, "An answer.", reply_to=first.number)
        factories.thread(space, people[0])
        factories.tag()
    base, name = f"/t/{thread.id}", people[0].username
    return {
        "agreements": f"{base}/c/{first.number}/agreements",
        "history": f"{base}/c/{first.number}/history",
        "reply": f"{base}/c/{first.number}/reply",
        "quote": f"{base}/c/{first.number}/quote",
        "people": f"{base}/people?q=m",
        "tags of a thread": f"{base}/tags",
        "split": f"{base}/c/{first.number}/split",
        "profile": f"/u/{name}",
        "comments": f"/u/{name}/comments",
        "agreed": f"/u/{name}/agreements",
        "spaces": "/spaces",
        "members": f"/s/{space.slug}/members",
        "all tags": "/tags",
        "start": "/threads/new",
        "log": "/moderation/log",
        "accounts": "/admin/members",
        "jobs": "/admin/jobs",
        "imports": "/imports",
        "sessions": "/settings/sessions",
    }


def test_every_other_page_costs_the_same_for_1_and_15_rows(uncached):
    people = [factories.user() for _ in range(4)]
    browser = Browser(uncached).sign_in(factories.administrator())
    costs = []
    for count in (1, 15):
        pages = _fill(factories.space(), people, count)
        costs.append({name: _count(browser, path) for name, path in pages.items()})
    assert costs[0] == costs[1]
    assert max(costs[0].values()) <= 12
