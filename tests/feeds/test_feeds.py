"""Feeds of public things: what stands in them, what never does, and what they cost."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core import clock, versions
from forum.core.db import db, transaction
from forum.posts.models import Post, PostState
from forum.spaces.models import Space, Visibility
from forum.tags import actions as tag_actions
from forum.tags.models import Tag
from forum.threads import actions
from forum.threads.actions import OpeningDraft
from forum.threads.models import ThreadKind
from forum.web.cache import PageCache
from tests import factories
from tests.security.scene import LIMITS
from tests.support.feeds import BASE, read
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements


@pytest.fixture
def space(app):
    return factories.space("open")


@pytest.fixture
def moderator(app):
    return actor_of(factories.moderator())


def _titles(browser, path):
    return [entry.title for entry in read(browser.get(path)).entries]


def _ids(browser, path):
    return [entry.id for entry in read(browser.get(path)).entries]


# What stands in them


def test_the_feed_of_the_site_has_the_newest_public_threads(browser, space):
    author = factories.user(display_name="Amina K")
    factories.thread(space, author, title="The first")
    second = factories.thread(space, author, title="The second", tags=("housing", "education"))
    feed = read(browser.get("/feed"))
    assert feed.feed.title == "Common Thread: new discussions"
    assert feed.feed.link == f"{BASE}/"
    assert [entry.title for entry in feed.entries] == ["The second", "The first"]
    entry = feed.entries[0]
    assert entry.link == f"{BASE}/t/{second.id}-the-second"
    assert entry.author == "Amina K"
    assert [tag.term for tag in entry.tags] == ["Housing", "Education"]
    assert "Where could somebody move to" in entry.content[0].value


def test_a_prompt_brings_its_question(browser, space):
    factories.thread(space, kind=ThreadKind.PROMPT, source="Background.", question="Why <this>?")
    (entry,) = read(browser.get("/feed")).entries
    assert "<p>Background.</p>" in entry.content[0].value
    assert "<p>Why &lt;this&gt;?</p>" in entry.content[0].value


def test_a_feed_ends_after_thirty(browser, space):
    author = factories.user()
    for _ in range(32):
        factories.thread(space, author)
    assert len(read(browser.get("/feed")).entries) == 30


def test_feeds_of_a_space_and_a_tag_have_theirs_alone(browser, space):
    factories.thread(space, title="In the space")
    factories.thread(title="About education", tags=("education",))
    assert _titles(browser, "/s/open/feed") == ["In the space"]
    assert _titles(browser, "/tags/education/feed") == ["About education"]
    assert read(browser.get("/s/open/feed")).feed.link == f"{BASE}/s/open"
    assert read(browser.get("/tags/education/feed")).feed.link == f"{BASE}/tags/education"


def test_the_feed_of_a_thread_has_its_comments_newest_first(browser, space):
    thread = factories.thread(space, title="A question")
    factories.comment(thread, factories.user(display_name="Amina"), "The first words.")
    factories.comment(thread, factories.user(display_name="Ben"), "See #1.", reply_to=1)
    feed = read(browser.get(f"/t/{thread.id}/feed"))
    assert feed.feed.title == "A question: comments on Common Thread"
    assert [entry.title for entry in feed.entries] == ["#2 by Ben", "#1 by Amina"]
    assert feed.entries[0].link == f"{BASE}/t/{thread.id}/c/2"
    assert f'href="{BASE}/t/{thread.id}/c/1"' in feed.entries[0].content[0].value


def test_a_thread_without_comments_has_an_empty_feed(browser, space):
    assert _titles(browser, f"/t/{factories.thread(space).id}/feed") == []


def test_links_come_from_the_settings_and_not_from_the_request(browser, space):
    factories.thread(space)
    for path in ("/feed", "/sitemap.xml", "/robots.txt"):
        text = browser.get(path, headers={"Host": "localhost:9"}).text
        assert BASE in text
        assert "localhost" not in text


def test_control_characters_from_elsewhere_do_not_break_a_feed(browser, space):
    thread = factories.thread(space, title="Quiet \x0b title")
    db.session.execute(sa.update(Post).values(html="<p>a\x01b\ufffe</p>"))
    db.session.commit()
    assert thread.title.count("\x0b")
    (entry,) = read(browser.get("/feed")).entries
    assert entry.content[0].value == "<p>ab</p>"


# What never does


def test_what_only_some_may_see_is_in_no_public_feed(browser):
    for visibility in (Visibility.MEMBERS, Visibility.PRIVATE):
        hidden = factories.space(visibility=visibility)
        thread = factories.thread(hidden, tags=("education",))
        factories.comment(thread)
        assert _titles(browser, "/feed") == _titles(browser, "/tags/education/feed") == []
        missing = browser.get("/s/no-such-space/feed")
        for path in (f"/s/{hidden.slug}/feed", f"/t/{thread.id}/feed"):
            answer = browser.get(path)
            assert (answer.status_code, answer.data) == (404, missing.data)


def test_a_session_opens_no_feed(app, browser):
    """Programs have no cookies, and a browser that shows a feed shows what programs get."""
    hidden = factories.space(visibility=Visibility.MEMBERS)
    factories.thread(hidden)
    member = Browser(app).sign_in(factories.user())
    assert member.get(f"/s/{hidden.slug}").status_code == 200
    assert member.get(f"/s/{hidden.slug}/feed").status_code == 404
    assert _titles(member, "/feed") == []
    assert member.get("/feed").data == browser.get("/feed").data


@pytest.mark.parametrize("state", [PostState.WITHDRAWN, PostState.REMOVED], ids=lambda s: s.value)
def test_words_taken_back_or_out_are_in_no_feed(browser, space, state):
    thread = factories.thread(space)
    factories.comment(thread)
    db.session.execute(sa.update(Post).values(state=state))
    db.session.commit()
    assert _titles(browser, "/feed") == []
    assert _titles(browser, f"/t/{thread.id}/feed") == []


def test_a_thread_taken_back_leaves_every_feed_at_once(browser, space):
    author = factories.user()
    thread = factories.thread(space, author)
    factories.comment(thread)
    paths = ("/feed", "/s/open/feed", "/tags/housing/feed")
    assert all(len(_titles(browser, path)) == 1 for path in paths)
    with transaction():
        actions.delete_thread(actor_of(author), thread.id)
    assert [_titles(browser, path) for path in paths] == [[], [], []]
    assert browser.get(f"/t/{thread.id}").status_code in {200, 301}  # a stub, for who has the link
    assert browser.get(f"/t/{thread.id}/feed").status_code == 404


def test_a_comment_taken_out_leaves_the_feed_at_once(browser, space, moderator):
    thread = factories.thread(space)
    factories.comment(thread)
    assert len(_titles(browser, f"/t/{thread.id}/feed")) == 1
    with transaction():
        actions.remove_comment(moderator, thread.id, 1, "It named a place.")
    assert _titles(browser, f"/t/{thread.id}/feed") == []


def test_a_new_text_of_an_opening_is_in_the_feed_at_once(browser, space):
    author = factories.user()
    thread = factories.thread(space, author, at=clock.now() - timedelta(hours=1))
    before = _ids(browser, "/feed")
    with transaction():
        draft = OpeningDraft("Another title", "Other words.", revision=1)
        actions.edit_opening(actor_of(author), thread.id, draft, LIMITS)
    (entry,) = read(browser.get("/feed")).entries
    assert (entry.title, entry.content[0].value) == ("Another title", "<p>Other words.</p>")
    assert entry.updated > entry.published
    assert [entry.id] == before


# Addresses that were


def test_every_address_of_a_threads_feed_leads_to_the_one_without_a_title(browser, space):
    thread = factories.thread(space)
    for words in (f"{thread.id}-{thread.slug}", f"{thread.id}-old-title"):
        answer = browser.get(f"/t/{words}/feed")
        assert (answer.status_code, answer.location) == (301, f"/t/{thread.id}/feed")


def test_the_feed_of_a_merged_thread_leads_on_and_ids_stay(browser, space, moderator):
    thread, into = factories.thread(space), factories.thread(space)
    factories.comment(thread)
    before = {*_ids(browser, f"/t/{thread.id}/feed"), *_ids(browser, "/feed")}
    with transaction():
        actions.merge_threads(moderator, thread.id, into.id, "They ask the same.")
    answer = browser.get(f"/t/{thread.id}/feed")
    assert (answer.status_code, answer.location) == (301, f"/t/{into.id}/feed")
    after = {*_ids(browser, f"/t/{into.id}/feed"), *_ids(browser, "/feed")}
    assert len(after) == 3
    assert after == before


def test_the_feed_of_a_thread_merged_into_a_hidden_one_is_not_there(browser, space, moderator):
    thread, into = factories.thread(space), factories.thread(factories.space("other"))
    with transaction():
        actions.merge_threads(moderator, thread.id, into.id, "They ask the same.")
    db.session.get_one(Space, into.space_id).visibility = Visibility.PRIVATE
    db.session.commit()
    assert browser.get(f"/t/{thread.id}/feed").status_code == 404


def test_an_id_survives_a_way_there_and_back(browser, space, moderator):
    thread = factories.thread(space)
    factories.comment(thread)
    (before,) = _ids(browser, f"/t/{thread.id}/feed")
    draft = actions.SplitDraft("A matter of its own", ("housing",), "It grew.")
    with transaction():
        split = actions.split_comments(moderator, thread.id, 1, draft)
    assert before in _ids(browser, "/feed")
    with transaction():
        actions.merge_threads(moderator, split.thread_id, thread.id, "It belongs here.")
    assert _ids(browser, f"/t/{thread.id}/feed") == [before]


def test_words_for_a_tag_and_merged_tags_lead_to_its_feed(browser, space, moderator):
    old, tag = factories.tag("flats", "dwellings"), factories.tag("homes")
    assert browser.get("/tags/dwellings/feed").location == "/tags/flats/feed"
    with transaction():
        tag_actions.merge_tag(moderator, old.id, tag.id)
    answer = browser.get("/tags/flats/feed")
    assert (answer.status_code, answer.location) == (301, "/tags/homes/feed")
    assert db.session.get_one(Tag, old.id).merged_into_id == tag.id


# What they cost


def test_a_feed_that_a_program_has_is_not_sent_again(browser, space):
    thread = factories.thread(space)
    for path in ("/feed", "/s/open/feed", "/tags/housing/feed", f"/t/{thread.id}/feed"):
        first = browser.get(path)
        assert first.headers["Cache-Control"] == "public, no-cache"
        assert first.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in first.headers
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    factories.thread(space)
    with transaction():
        versions.touch(versions.LISTS)
    changed = browser.get("/feed", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_feed_costs_the_same_for_1_and_15_rows(app, browser, space):
    app.extensions["page_cache"], kept = PageCache(0), app.extensions["page_cache"]
    author = factories.user()
    thread = factories.thread(space, author)
    costs = []
    for count in (1, 14):
        for _ in range(count):
            factories.thread(space, author)
            factories.comment(thread, author)
        costs.append([_cost(browser, path) for path in ("/feed", "/s/open/feed",
                      "/tags/housing/feed", f"/t/{thread.id}/feed")])  # fmt: skip
    app.extensions["page_cache"] = kept
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 7


def _cost(browser, path):
    with statements() as seen:
        read(browser.get(path))
    return len(seen)


# Where people and programs find them

ALTERNATE = re.compile(
    r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">'
)


def test_public_pages_name_their_feed_in_the_head_and_for_people(app, browser, space):
    thread = factories.thread(space)
    pages = {
        "/": "/feed",
        "/s/open": "/s/open/feed",
        "/tags/housing": "/tags/housing/feed",
        f"/t/{thread.id}-{thread.slug}": f"/t/{thread.id}/feed",
    }
    member = Browser(app).sign_in(factories.user())
    for who in (browser, member):
        for path, feed in pages.items():
            page = who.get(path).text
            assert ALTERNATE.findall(page) == [feed]
            assert f'<p class="feed"><a href="{feed}">' in page
            assert who.get(feed).status_code == 200


def test_pages_that_are_not_public_lead_to_private_feeds(app):
    hidden = factories.space(visibility=Visibility.MEMBERS)
    thread = factories.thread(hidden)
    member = Browser(app).sign_in(factories.user())
    for path in (f"/s/{hidden.slug}", f"/t/{thread.id}-{thread.slug}"):
        page = member.get(path).text
        assert ALTERNATE.findall(page) == []
        assert '<p class="feed"><a href="/settings/feeds">' in page
