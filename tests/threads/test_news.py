"""What a page asks for now and then: did comments come?"""

import pytest

from forum.core.db import transaction
from forum.spaces.models import Visibility
from forum.threads import actions
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements


def _news(browser: Browser, thread, after: int = 0, **headers: str):
    return browser.raw("GET", f"/t/{thread.id}/news?after={after}", headers=headers)


def test_it_counts_what_came_after_a_number(browser):
    thread = factories.thread()
    for _ in range(3):
        factories.comment(thread)

    assert _news(browser, thread, 1).json == {"count": 2, "first": 2}
    assert _news(browser, thread, 3).json == {"count": 0, "first": None}


def test_what_was_taken_back_is_no_news(browser):
    author = factories.user()
    thread = factories.thread()
    for _ in range(2):
        factories.comment(thread, author)
    with transaction():
        actions.take_back(actor_of(author), thread.id, 1)

    assert _news(browser, thread).json == {"count": 1, "first": 2}


def test_nothing_new_is_304_until_something_came(browser):
    thread = factories.thread()
    factories.comment(thread)
    tag = _news(browser, thread, 1).headers["ETag"]

    assert _news(browser, thread, 1, **{"If-None-Match": tag}).status_code == 304
    factories.comment(thread)
    assert _news(browser, thread, 1, **{"If-None-Match": tag}).json == {"count": 1, "first": 2}


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "visitor"])
def test_in_a_public_space_it_costs_one_statement(browser, is_member):
    thread = factories.thread()
    factories.comment(thread)
    if is_member:
        browser.sign_in(factories.user())
    with statements() as seen:
        _news(browser, thread)

    assert len(seen) == 1


def test_in_a_private_space_it_is_for_members_alone(browser):
    space, member = factories.space(visibility=Visibility.PRIVATE), factories.user()
    factories.membership(space, member)
    thread = factories.thread(space, member)
    factories.comment(thread, member)

    assert _news(browser, thread).status_code == 404
    assert _news(browser.sign_in(factories.user()), thread).status_code == 404
    assert _news(browser.sign_in(member), thread).json["count"] == 1


def test_of_a_thread_that_is_gone_there_is_no_news(browser):
    author = factories.user()
    thread = factories.thread(author=author)
    with transaction():
        actions.delete_thread(actor_of(author), thread.id, "")

    assert _news(browser, thread).status_code == 404
    assert browser.raw("GET", "/t/999999/news").status_code == 404


def test_it_looks_at_a_hundred_comments_at_most(browser):
    thread = factories.thread()
    for _ in range(102):
        factories.comment(thread)

    assert _news(browser, thread).json["count"] == 100
