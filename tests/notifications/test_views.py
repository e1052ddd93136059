"""The inbox as a page, and the number in the header."""

import re

import pytest

from forum.core.db import db, transaction
from forum.notifications import actions
from forum.notifications.models import Notification
from tests import factories
from tests.support.pages import Browser
from tests.support.queries import statements


def tell(user, count=1, *, path="/spaces", kind="post.published"):
    for number in range(count):
        with transaction():
            actions.notify([user.id], kind, "post", number, path=path, values={})


def header(page):
    return re.sub(r"\s+", " ", page.text.partition('class="bell"')[2].partition("</a>")[0])


def test_an_empty_inbox_says_what_will_come(browser):
    page = browser.sign_in(factories.user()).get("/notifications")
    assert "Nothing new for you" in page.text
    assert "Mark all as read" not in page.text


def test_the_inbox_is_of_members_alone(browser):
    assert browser.get("/notifications").headers["Location"].startswith("/sign-in?")


def test_opening_one_leads_on_and_marks_it_as_read(browser):
    user = factories.user()
    tell(user, 2)
    browser.sign_in(user)
    page = browser.get("/notifications")
    assert page.text.count(">New:<") == 2
    (first, _second) = re.findall(r'formaction="(/notifications/\d+/open)"', page.text)
    opened = browser.post(first)
    assert (opened.status_code, opened.headers["Location"]) == (303, "/spaces")
    assert browser.get("/notifications").text.count(">New:<") == 1


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_nothing_leads_to_another_site(browser, path):
    user = factories.user()
    tell(user, path=path)
    note = db.session.query(Notification).one()
    opened = browser.sign_in(user).post(f"/notifications/{note.id}/open")
    assert opened.headers["Location"] == "/notifications"


def test_one_without_a_place_of_its_own_is_marked_as_read_where_it_stands(browser):
    user = factories.user()
    tell(user, path="/notifications")
    browser.sign_in(user)
    assert "I have read it" in browser.get("/notifications").text
    note = db.session.query(Notification).one()
    browser.post(f"/notifications/{note.id}/open")
    assert "I have read it" not in browser.get("/notifications").text


def test_what_another_is_told_cannot_be_opened(browser):
    tell(factories.user())
    note = db.session.query(Notification).one()
    assert browser.sign_in(factories.user()).post(f"/notifications/{note.id}/open").status_code == (
        404
    )


def test_all_are_marked_as_read_at_once(browser):
    user = factories.user()
    tell(user, 3)
    browser.sign_in(user)
    assert "Mark all as read" in browser.get("/notifications").text
    browser.post("/notifications/read")
    page = browser.get("/notifications")
    assert "Mark all as read" not in page.text
    assert ">New:<" not in page.text


def test_the_header_has_the_number_for_eyes_and_ears(browser):
    user = factories.user()
    browser.sign_in(user)
    assert "not read" not in browser.get("/spaces").text
    tell(user)
    assert "Notifications</span><b" in header(browser.get("/spaces"))
    assert ", 1 not read" in header(browser.get("/spaces"))
    tell(user, 100)
    assert 'aria-hidden="true">99+</b>' in header(browser.get("/spaces"))
    browser.post("/notifications/read")
    assert "not read" not in browser.get("/spaces").text


def test_the_number_costs_no_statement(browser):
    user = factories.user()
    browser.sign_in(user)
    costs = []
    for count in (0, 1, 15):
        tell(user, count)
        with statements() as sent:
            browser.get("/spaces")
        costs.append(len(sent))
    assert len(set(costs)) == 1


def test_the_page_costs_the_same_for_one_and_for_many(browser):
    costs = []
    for count in (1, 15, 45):
        user = factories.user()
        tell(user, count)
        browser.sign_in(user)
        with statements() as sent:
            assert browser.get("/notifications").status_code == 200
        costs.append(len(sent))
    assert costs == [2, 2, 2]


def test_a_longer_inbox_goes_on_to_its_end(browser):
    user = factories.user()
    tell(user, 35)
    page = browser.sign_in(user).get("/notifications")
    assert page.text.count(">New:<") == 30
    older = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert browser.get(older[1]).text.count(">New:<") == 5


def test_visitors_meet_no_inbox(app):
    assert "/notifications" not in Browser(app).get("/").text
