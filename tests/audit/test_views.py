"""The page of the log."""

import pytest

from forum.audit import queries
from forum.audit.actions import record
from forum.core.db import transaction
from tests import factories
from tests.support.queries import statements


@pytest.fixture
def admin(browser):
    member = factories.administrator("heron")
    browser.sign_in(member)
    return member


def _fill(*entries):
    with transaction():
        for entry in entries:
            record(*entry)


def test_administrators_read_who_did_what(browser, admin):
    with transaction():
        record(
            admin.id,
            "space.edit",
            "space",
            4,
            before={"name": "Old"},
            after={"name": "New"},
            reason="They asked for it.",
        )
    html = browser.get("/admin/log").text
    assert "/u/heron" in html
    for words in ("space.edit", "space 4", "They asked for it.", "<del>Old</del>"):
        assert words in html


def test_an_act_of_nobody_is_the_forums_own(browser, admin):
    _fill((None, "space.plant", "space", None))
    assert "the forum itself" in browser.get("/admin/log").text


def test_an_entry_outlives_its_actor(browser, admin):
    _fill((987654, "post.remove", "post", 1))
    assert "member 987654" in browser.get("/admin/log").text


def test_what_people_wrote_is_escaped(browser, admin):
    with transaction():
        record(admin.id, "a.b", "thing", 1, after={"n": "<script>"}, reason="<b>bold</b>")
    html = browser.get("/admin/log").text
    assert "<b>bold" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("role", [factories.user, factories.moderator])
def test_nobody_else_reads_the_log(browser, role):
    assert browser.sign_in(role()).get("/admin/log").status_code == 404


def test_visitors_are_asked_to_sign_in(browser):
    assert browser.get("/admin/log").status_code == 303


def test_the_log_can_be_narrowed_down(browser, admin):
    _fill((1, "thread.close", "thread", 1), (1, "post.remove", "post", 5))
    html = browser.get("/admin/log?verb=post&kind=post&id=5").text
    assert "post.remove" in html
    assert "thread.close</td>" not in html


@pytest.mark.parametrize("number", ["x", "-1", "99999999999999999999"])
def test_a_number_that_is_none_is_said_and_kept(browser, admin, number):
    response = browser.get(f"/admin/log?id={number}")
    assert response.status_code == 422
    assert f'value="{number}"' in response.text


def test_older_entries_keep_the_filter(browser, admin, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    _fill((1, "a.one", "thing", 1), (1, "b.two", "thing", 2), (1, "a.three", "thing", 3))
    first = browser.get("/admin/log?verb=a").text
    path = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.get(path).text
    assert "a.three" in first
    assert "a.one" in second
    assert 'rel="next"' not in second
    assert 'href="/admin/log?verb=a"' in second


def test_an_empty_log_says_so(browser, admin):
    assert "No entries" in browser.get("/admin/log").text


def test_the_page_costs_the_same_statements_however_many_entries(browser, admin):
    counts = []
    for more in (1, 14):
        _fill(*[(factories.user().id, "a.b", "thing", 1) for _ in range(more)])
        with statements() as sent:
            browser.get("/admin/log")
        counts.append(len(sent))
    assert counts[0] == counts[1]
