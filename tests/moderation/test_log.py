"""The page of the log, and the table of it."""

import csv
import io
import re

import pytest
import time_machine

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
    html = browser.get("/moderation/log").text
    assert "/u/heron" in html
    for words in ("space.edit", "space 4", "They asked for it.", "<del>Old</del>"):
        assert words in html


def test_an_act_of_nobody_is_the_forums_own(browser, admin):
    _fill((None, "space.plant", "space", None))
    assert "the forum itself" in browser.get("/moderation/log").text


def test_an_entry_outlives_its_actor(browser, admin):
    _fill((987654, "post.remove", "post", 1))
    assert "member 987654" in browser.get("/moderation/log").text


def test_what_people_wrote_is_escaped(browser, admin):
    with transaction():
        record(admin.id, "a.b", "thing", 1, after={"n": "<script>"}, reason="<b>bold</b>")
    html = browser.get("/moderation/log").text
    assert "<b>bold" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("path", ["/moderation/log", "/moderation/log/download"])
def test_members_read_no_log(browser, path):
    assert browser.sign_in(factories.user()).get(path).status_code == 404


def test_the_old_address_leads_to_the_new_one(browser, admin):
    response = browser.get("/admin/log?verb=thread.pin")
    assert (response.status_code, response.location) == (301, "/moderation/log?verb=thread.pin")


def _in(space_id, verb, **values):
    with transaction():
        record(1, verb, "thread", 1, space_id=space_id, **values)


def test_moderators_read_all_of_it_and_facilitators_what_was_done_in_their_spaces(browser):
    mine, other = factories.space("willow"), factories.space("juniper")
    _in(mine.id, "thread.close", role="facilitator")
    _in(other.id, "thread.pin")
    _in(None, "account.sign_in")

    browser.sign_in(factories.facilitator(mine))
    own = browser.get("/moderation/log").text
    assert "Thread closed" in own
    assert "<small>facilitator</small>" in own
    for words in ("Thread pinned", "Signed in</a>", "Juniper"):
        assert words not in own
    for query in ("?space=juniper", "?verb=thread.pin", "?verb=account", "?id=x"):
        assert "Thread pinned" not in browser.get(f"/moderation/log{query}").text
    assert browser.get("/moderation/log?space=juniper").status_code == 422

    everything = browser.sign_in(factories.moderator()).get("/moderation/log").text
    for words in ("Thread closed", "Thread pinned", "Signed in</a>", "Juniper"):
        assert words in everything


def test_the_log_is_narrowed_down_by_who_where_and_when(browser, admin):
    space, willow = factories.space("willow"), factories.user("willow")
    with time_machine.travel("2026-03-02T23:30:00+00:00", tick=False), transaction():
        record(willow.id, "a.first", "thing", 1, space_id=space.id)
    with time_machine.travel("2026-03-03T00:30:00+00:00", tick=False), transaction():
        record(admin.id, "a.second", "thing", 2)
        record(None, "a.third", "thing", 3)

    def verbs(query):
        text = browser.get(f"/moderation/log?verb=a&{query}").text
        return [name for name in ("a.first", "a.second", "a.third") if f">{name}</a>" in text]

    assert verbs("") == ["a.first", "a.second", "a.third"]
    assert verbs("actor=willow") == ["a.first"]
    assert verbs("actor=@Willow") == ["a.first"]
    assert verbs(f"actor={admin.id}") == ["a.second"]
    assert verbs("actor=forum") == ["a.third"]
    assert verbs("space=willow") == ["a.first"]
    assert verbs("until=2026-03-02") == ["a.first"]
    assert verbs("since=2026-03-03") == ["a.second", "a.third"]
    assert verbs("since=2026-03-02&until=2026-03-03&kind=thing&id=2") == ["a.second"]


def test_a_day_is_the_readers_own(browser):
    admin = factories.administrator(timezone="America/New_York")
    browser.sign_in(admin)
    with time_machine.travel("2026-03-03T02:00:00+00:00", tick=False):
        _fill((1, "a.late", "thing", 1))
    assert ">a.late</a>" in browser.get("/moderation/log?until=2026-03-02").text
    assert ">a.late</a>" not in browser.get("/moderation/log?since=2026-03-03").text


@pytest.mark.parametrize(
    "query",
    ["actor=nobody-here", "since=x", "until=9999-12-31", "since=0001-01-01", "space=nowhere"],
)
def test_a_filter_that_cannot_be_read_is_said_and_sends_no_table(browser, admin, query):
    assert browser.get(f"/moderation/log?{query}").status_code == 422
    assert browser.get(f"/moderation/log/download?{query}").status_code == 422


def test_the_table_has_every_entry_that_fits_and_no_formula(browser, admin, monkeypatch):
    monkeypatch.setattr(queries, "_BATCH", 2)
    for number in range(5):
        _fill((admin.id, "a.b", "thing", number))
    with transaction():
        record(
            None, "a.c", "thing", 9, before={"n": "ü"}, after={"n": 1}, reason="=1+1",
            role="forum", space_id=4, case_id=5,
        )  # fmt: skip
    _fill((1, "other.verb", "thing", 1))

    response = browser.get("/moderation/log/download?verb=a")

    assert response.mimetype == "text/csv"
    assert re.fullmatch(
        r'attachment; filename="log-\d{4}-\d\d-\d\d\.csv"',
        response.headers["Content-Disposition"],
    )
    assert response.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert [row["verb"] for row in rows] == ["a.c", *["a.b"] * 5]
    assert [row["who"] for row in rows] == ["", *["heron"] * 5]
    first = rows[0]
    assert (first["reason"], first["role"]) == ("'=1+1", "forum")
    assert (first["space"], first["case"], first["before"]) == ("4", "5", '{"n": "ü"}')


def test_the_table_of_a_facilitator_holds_their_spaces_alone(browser):
    mine = factories.space("willow")
    _in(mine.id, "thread.close")
    _in(factories.space().id, "thread.pin")
    text = browser.sign_in(factories.facilitator(mine)).get("/moderation/log/download").text
    assert "thread.close" in text
    assert "thread.pin" not in text


def test_visitors_are_asked_to_sign_in(browser):
    assert browser.get("/moderation/log").status_code == 303


def test_the_log_can_be_narrowed_down(browser, admin):
    _fill((1, "thread.close", "thread", 1), (1, "post.remove", "post", 5))
    html = browser.get("/moderation/log?verb=post&kind=post&id=5").text
    assert "post.remove" in html
    assert "thread.close</td>" not in html


@pytest.mark.parametrize("number", ["x", "-1", "99999999999999999999"])
def test_a_number_that_is_none_is_said_and_kept(browser, admin, number):
    response = browser.get(f"/moderation/log?id={number}")
    assert response.status_code == 422
    assert f'value="{number}"' in response.text


def test_older_entries_keep_the_filter(browser, admin, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    _fill((1, "a.one", "thing", 1), (1, "b.two", "thing", 2), (1, "a.three", "thing", 3))
    first = browser.get("/moderation/log?verb=a").text
    path = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.get(path).text
    assert "a.three" in first
    assert "a.one" in second
    assert 'rel="next"' not in second
    assert 'href="/moderation/log?verb=a"' in second


def test_an_empty_log_says_so(browser, admin):
    assert "No entries" in browser.get("/moderation/log").text


def test_the_page_costs_the_same_statements_however_many_entries(browser, admin):
    counts = []
    for more in (1, 14):
        _fill(*[(factories.user().id, "a.b", "thing", 1) for _ in range(more)])
        with statements() as sent:
            browser.get("/moderation/log")
        counts.append(len(sent))
    assert counts[0] == counts[1]
