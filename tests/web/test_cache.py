"""Finished pages for visitors: the same for all, gone with what they show, cheap."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.accounts import actions as accounts
from forum.app import create_app
from forum.core import clock, versions
from forum.core.db import Base, db, transaction
from forum.setup import plant
from forum.threads import actions
from forum.web.cache import Kept, PageCache, remembered
from tests import factories
from tests.conftest import SETTINGS
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

WORDS = "words-of-a-comment"


def _kept(body: str, version: int = 1) -> Kept:
    return Kept(("site",), (("site", version),), body.encode(), body[:8])


# The store


def test_a_page_is_kept_while_its_versions_stand():
    store, page = PageCache(100_000), _kept("a")
    store.put("/", page)
    assert store.get("/", page.versions) is page
    assert store.get("/", (("site", 2),)) is None
    assert store.get("/other", page.versions) is None


def test_a_page_is_kept_no_longer_than_it_said_itself():
    store, now = PageCache(100_000), clock.now()
    page = replace(_kept("a"), good_until=now + timedelta(minutes=5))
    store.put("/", page)
    assert store.get("/", page.versions) is page
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert store.get("/", page.versions) is None


def test_what_was_worked_out_is_remembered_until_its_scope_is_touched_or_its_time_is_over(app):
    now = clock.now()
    made = iter("abc")

    def ask() -> str:
        return remembered("letters", (versions.DIRECTORY,), lambda: (next(made), until))

    until = None
    assert [ask(), ask()] == ["a", "a"]
    with transaction():
        versions.touch(versions.DIRECTORY)
    until = now + timedelta(minutes=5)
    assert [ask(), ask()] == ["b", "b"]
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        assert ask() == "c"


def test_what_was_used_least_recently_goes_first():
    store = PageCache(8_800)
    pages = {name: _kept(name * 500) for name in "abcdefgh"}
    for name in "abc":
        store.put(name, pages[name])
    store.get("a", pages["a"].versions)
    for name in "defg":
        store.put(name, pages[name])
        store.get("a", pages["a"].versions)
    assert store.get("a", pages["a"].versions)
    assert store.get("b", pages["b"].versions) is None


def test_a_page_that_would_fill_the_store_is_not_kept():
    store, page = PageCache(6_000), _kept("a" * 2_000)
    store.put("/", page)
    assert store.get("/", page.versions) is None


def test_a_page_put_twice_counts_once():
    store = PageCache(8_800)
    for _ in range(50):
        store.put("/", _kept("a" * 500))
    store.put("/other", _kept("b" * 500))
    assert store.get("/", _kept("a").versions)


def test_a_store_of_no_size_keeps_nothing():
    store, page = PageCache(0), _kept("a")
    store.put("/", page)
    assert store.get("/", page.versions) is None


# Pages


@pytest.fixture
def thread(app):
    made = factories.thread()
    factories.comment(made, text=WORDS)
    return made


def _path(thread) -> str:
    return f"/t/{thread.id}-{thread.slug}"


def _pages(thread) -> list[str]:
    lists = ["/", "/?show=new", "/spaces", "/s/commons", "/tags", "/tags/housing"]
    feeds = ["/feed", "/s/commons/feed", "/tags/housing/feed", f"/t/{thread.id}/feed"]
    return [*lists, _path(thread), *feeds, "/sitemap.xml", "/sitemap-places.xml"]


def test_two_visitors_get_the_same_bytes_and_no_cookie(browser, thread):
    for path in _pages(thread):
        first, second = browser.get(path), Browser(browser.app).get(path)
        browser.app.extensions["page_cache"].clear()
        third = Browser(browser.app).get(path)
        assert first.data == second.data == third.data, path
        assert "Set-Cookie" not in first.headers
        assert first.headers["Cache-Control"] == "public, no-cache"


def test_a_page_that_a_browser_has_is_not_sent_again(browser, thread):
    for path in _pages(thread):
        etag = browser.get(path).headers["ETag"]
        again = browser.get(path, headers={"If-None-Match": f'W/"x", {etag}'})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == etag
        assert browser.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_member_gets_a_page_of_their_own(browser, thread):
    visitor = browser.get(_path(thread))
    member = Browser(browser.app).sign_in(factories.user()).get(_path(thread))
    assert member.headers["Cache-Control"] == "no-store"
    assert "ETag" not in member.headers
    assert "csrf_token" in member.text
    assert "csrf_token" not in visitor.text
    assert "csrf_token" not in browser.get(_path(thread)).text


def test_a_kept_page_costs_one_statement(browser, thread):
    for path in _pages(thread):
        browser.get(path)
        with statements() as seen:
            assert browser.get(path).status_code == 200
        assert len(seen) == 1, path


def test_a_page_is_sent_again_with_the_headers_that_it_was_first_sent_with(browser, thread):
    first = browser.get(_path(thread))
    again = browser.get(_path(thread))
    assert dict(again.headers) == dict(first.headers)
    assert again.headers["Content-Length"] == str(len(again.data))
    unchanged = browser.get(_path(thread), headers={"If-None-Match": first.headers["ETag"]})
    assert set(first.headers.keys()) - set(unchanged.headers.keys()) == {
        "Content-Type",
        "Content-Length",
    }


def test_a_kept_page_is_sent_without_asking_flask(browser, thread, monkeypatch):
    browser.get(_path(thread))
    monkeypatch.setattr(browser.app, "full_dispatch_request", lambda *_: pytest.fail("asked"))
    assert WORDS in browser.get(_path(thread)).text


def test_a_kept_page_is_refused_to_a_host_that_is_not_ours(browser, thread):
    assert browser.get(_path(thread)).status_code == 200
    elsewhere = browser.raw("GET", _path(thread), headers={"Host": "elsewhere.example"})
    assert elsewhere.status_code == 400
    assert WORDS not in elsewhere.text


def test_a_kept_page_waits_for_the_database_like_any_other(browser, thread, monkeypatch):
    browser.get(_path(thread))

    def gone(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server is gone"))

    monkeypatch.setattr("forum.core.versions.current_by", gone)
    assert browser.raw("GET", _path(thread)).status_code == 503


def test_a_request_that_asks_for_the_head_alone_gets_no_body(browser, thread):
    for _ in range(2):
        head = browser.raw("HEAD", _path(thread))
        assert (head.status_code, head.data) == (200, b"")
        assert (
            browser.get(_path(thread)).headers["Content-Length"] == head.headers["Content-Length"]
        )


def test_parameters_that_a_page_does_not_read_make_no_other_page(browser, thread):
    browser.get(_path(thread))
    with statements() as seen:
        browser.get(f"{_path(thread)}?utm_source=elsewhere")
    assert len(seen) == 1


def test_a_value_cannot_pass_for_the_value_of_another_parameter(browser, thread):
    browser.get("/?show=new")
    assert browser.get("/", query_string={"show": "new\n"}).status_code == 404
    assert browser.get("/", query_string={"show": "new&after="}).status_code == 404


def test_a_page_that_is_not_there_is_not_kept(browser):
    space = factories.space("soon", visibility="private")
    assert browser.get("/s/soon").status_code == 404
    db.session.get_one(type(space), space.id).visibility = "public"
    db.session.commit()
    assert browser.get("/s/soon").status_code == 200


def test_a_renamed_author_appears_under_the_new_name(browser):
    author = factories.user(display_name="First Name")
    thread = factories.thread(author=author)
    factories.comment(thread, author)
    assert "First Name" in browser.get(_path(thread)).text
    draft = accounts.Profile(display_name="Second Name", about="")
    with transaction():
        accounts.edit_profile(actor_of(author), draft)
    for path in (_path(thread), "/"):
        assert "First Name" not in browser.get(path).text
        assert "Second Name" in browser.get(path).text


# Two processes on one database


@contextlib.contextmanager
def _second(url: str, folder: str) -> Iterator[Flask]:
    app = create_app({**SETTINGS, "DATABASE_URL": url, "INSTANCE_PATH": folder})
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def pair(tmp_path) -> Iterator[tuple[Flask, Flask]]:
    """Two applications, as two workers, each with a page cache of its own."""
    url, folder = f"sqlite:///{tmp_path}/forum.sqlite3", str(tmp_path)
    with _second(url, folder) as one, _second(url, folder) as two:
        with one.app_context():
            Base.metadata.create_all(db.engine)
            plant()
        yield one, two


def _seen(app: Flask, path: str) -> str:
    return Browser(app).raw("GET", path).text


ACTS = {
    "taken-back": lambda thread, author, _: actions.take_back(author, thread, 1),
    "removed": lambda thread, _, moderator: actions.remove_comment(moderator, thread, 1, "Named."),
}


@pytest.mark.parametrize("act", ACTS)
def test_words_that_go_are_gone_for_visitors_of_every_worker_at_once(pair, act):
    one, _ = pair
    with one.app_context():
        author, moderator = factories.user(), factories.moderator()
        thread = factories.thread()
        factories.comment(thread, author, WORDS)
        people, thread_id, path = (
            [actor_of(p) for p in (author, moderator)],
            thread.id,
            _path(thread),
        )
        db.session.remove()
    for app in pair:
        with app.app_context():
            assert WORDS in _seen(app, path)
            assert WORDS in _seen(app, path)
            db.session.remove()
    with one.app_context():
        with transaction():
            ACTS[act](thread_id, *people)
        db.session.remove()
    for app in pair:
        with app.app_context():
            assert WORDS not in _seen(app, path)
            db.session.remove()


def test_a_thread_taken_back_is_gone_from_every_list_of_every_worker(pair):
    one, two = pair
    with one.app_context():
        author = factories.user()
        thread = factories.thread(author=author, title="A title that goes")
        thread_id, actor = thread.id, actor_of(author)
        db.session.remove()
    lists = ("/", "/?show=new", "/tags/housing")
    for app in pair:
        with app.app_context():
            assert all("A title that goes" in _seen(app, path) for path in lists)
    with one.app_context():
        with transaction():
            actions.delete_thread(actor, thread_id)
        db.session.remove()
    for app in (two, one):
        with app.app_context():
            assert not [path for path in lists if "A title that goes" in _seen(app, path)]
