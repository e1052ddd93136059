"""The feed of a kept search: its owner's alone, by a token, with what they may see."""

import pytest
import sqlalchemy as sa

from forum.accounts import actions
from forum.core.db import db, transaction
from forum.posts.models import Post, PostState
from forum.search.actions import SavedDraft, delete_search, save_search
from forum.spaces.models import Membership, Visibility
from tests import factories
from tests.support.feeds import BASE, read
from tests.support.pages import Browser, actor_of


@pytest.fixture
def owner(app):
    return factories.user("amina")


@pytest.fixture
def talk(owner):
    thread = factories.thread(
        factories.space("open-floor"), owner, title="Lanterns for the path", tags=("housing",)
    )
    factories.comment(thread, text="A lantern at every door.")
    return thread


@pytest.fixture
def path(owner, talk):
    with transaction():
        saved = save_search(actor_of(owner), SavedDraft("Light", "lantern"))
        return f"/searches/{saved.id}/feed"


def _token(user):
    with transaction():
        return actions.make_feed_token(actor_of(user), "Reader")


def _titles(browser, path, token):
    return [entry.title for entry in read(browser.get(f"{path}?token={token}")).entries]


def test_it_holds_what_the_search_finds_newest_first(browser, owner, talk, path):
    feed = read(browser.get(f"{path}?token={_token(owner)}"))

    assert feed.feed.title == "Light: found on Common Thread"
    assert feed.feed.link == f"{BASE}/search?q=lantern"
    assert [entry.title for entry in feed.entries] == [
        "Comment #1 in Lanterns for the path",
        "Lanterns for the path",
    ]
    assert feed.entries[0].link == f"{BASE}/t/{talk.id}/c/1"
    assert feed.entries[0].content[0].value == "<p>A lantern at every door.</p>"


def test_an_entry_has_the_name_it_has_in_other_feeds(browser, owner, talk, path):
    found = read(browser.get(f"{path}?token={_token(owner)}"))
    thread = read(browser.get(f"/t/{talk.id}/feed"))

    assert found.entries[0].id == thread.entries[0].id


def test_nobody_else_reads_it(app, owner, talk, path):
    token, moderators = _token(factories.user()), _token(factories.moderator())
    missing = Browser(app).get(f"/searches/999999/feed?token={token}")
    assert missing.status_code == 404
    for browser, query in (
        (Browser(app), f"?token={token}"),
        (Browser(app), f"?token={moderators}"),
        (Browser(app), "?token=nobodys"),
        (Browser(app), ""),
        (Browser(app).sign_in(owner), ""),
    ):
        answer = browser.get(f"{path}{query}")
        assert (answer.status_code, "Light" in answer.text) == (404, False)


def test_it_ends_with_the_search(browser, owner, path):
    token = _token(owner)
    with transaction():
        delete_search(actor_of(owner), int(path.split("/")[2]))

    assert browser.get(f"{path}?token={token}").status_code == 404


def test_what_its_owner_may_not_see_is_never_in_it(browser, owner, talk, path):
    token = _token(owner)
    hidden = factories.space("hidden", visibility=Visibility.PRIVATE)
    factories.thread(hidden, title="Lanterns between us")
    taken_back = factories.comment(talk, text="My lantern is broken.")
    db.session.get_one(Post, taken_back.id).state = PostState.WITHDRAWN
    db.session.commit()
    shown = ["Comment #1 in Lanterns for the path", "Lanterns for the path"]

    assert _titles(browser, path, token) == shown
    factories.membership(hidden, owner)
    assert _titles(browser, path, token) == ["Lanterns between us", *shown]
    db.session.execute(sa.delete(Membership).where(Membership.user_id == owner.id))
    db.session.commit()
    assert _titles(browser, path, token) == shown


def test_a_content_note_stands_instead_of_the_words(app, owner, talk, path):
    writer = Browser(app).sign_in(owner)
    writer.post(f"/t/{talk.id}/reply", {"source": "No lantern.", "content_note": "about <night>"})
    text = read(Browser(app).get(f"{path}?token={_token(owner)}")).entries[0].content[0].value

    assert text == "<p>Content note: about &lt;night&gt;</p>"


def test_it_is_stored_nowhere_and_not_sent_again(browser, owner, path):
    token = _token(owner)
    first = browser.get(f"{path}?token={token}")
    again = browser.get(f"{path}?token={token}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    for answer in (first, again):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers
    assert token not in first.text


def test_what_comes_new_is_sent(browser, owner, talk, path):
    token = _token(owner)
    tag = browser.get(f"{path}?token={token}").headers["ETag"]
    factories.comment(talk, text="Another lantern.")

    answer = browser.get(f"{path}?token={token}", headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert len(read(answer).entries) == 3


def test_a_program_that_asks_without_pause_is_told_to_wait(app, browser, owner, path, monkeypatch):
    monkeypatch.setitem(app.config, "SEARCHES_PER_MINUTE", 2)
    app.extensions["pace"].__init__()
    token = _token(owner)

    answers = [browser.raw("GET", f"{path}?token={token}").status_code for _ in range(3)]
    app.extensions["pace"].__init__()

    assert answers == [200, 200, 429]


def test_its_address_comes_with_a_new_token_and_the_list_leads_there(app, owner, path):
    browser = Browser(app).sign_in(owner)

    assert (
        'href="/settings/feeds">Feeds of your saved searches</a>' in browser.get("/searches").text
    )
    made = browser.post("/settings/feeds", {"name": "Reader"}).text
    assert f'value="{BASE}{path}?token=' in made
    assert "Saved search: Light" in made
