"""A content note that staff put before somebody's words, where they see them."""

import pytest

from forum.core.errors import Forbidden, Invalid, NotFound
from forum.moderation.queries.page import active_reasons
from forum.posts.models import PostState
from forum.threads import actions
from tests import factories
from tests.moderation.desk import notifications
from tests.support.cast import cast
from tests.support.pages import Browser
from tests.threads.acts import do, entries, get, version

REASON = "It helps readers."


@pytest.fixture(name="scene")
def scene_fixture(app):
    people = cast()
    thread = factories.thread(people.space, people.user("member"))
    post = factories.comment(thread, people.user("author"))
    return people, thread.id, post


@pytest.mark.parametrize("name", ["facilitator", "moderator"])
def test_staff_put_a_note_before_the_words_and_the_author_hears_why(scene, name):
    people, thread_id, post = scene
    before = version(thread_id)
    do(actions.note_post, people[name], thread_id, post.number, "about work", REASON)
    assert get(thread_id, post.number).content_note == "about work"
    assert entries("post", post.id) == [("post.note", REASON)]
    assert version(thread_id) > before
    (told,) = notifications(people["author"].id)
    assert (told.kind, told.values["why"]) == ("post.noted", REASON)


def test_the_same_note_once_more_is_nothing(scene):
    people, thread_id, post = scene
    for _ in range(2):
        do(actions.note_post, people["moderator"], thread_id, post.number, "about work", REASON)
    assert len(entries("post", post.id)) == 1


@pytest.mark.parametrize(
    ("note", "reason"), [("", REASON), ("x" * 101, REASON), ("about work", "")]
)
def test_a_note_has_words_and_a_reason(scene, note, reason):
    people, thread_id, post = scene
    with pytest.raises(Invalid):
        do(actions.note_post, people["moderator"], thread_id, post.number, note, reason)


@pytest.mark.parametrize("name", ["author", "member", "stranger"])
def test_nobody_else_does(scene, name):
    people, thread_id, post = scene
    with pytest.raises((Forbidden, NotFound)):
        do(actions.note_post, people[name], thread_id, post.number, "about work", REASON)


def test_words_that_are_gone_get_no_note(scene):
    people, thread_id, post = scene
    do(actions.remove_comment, people["moderator"], thread_id, post.number, REASON)
    with pytest.raises(Forbidden):
        do(actions.note_post, people["moderator"], thread_id, post.number, "about work", REASON)
    assert get(thread_id, post.number).state is PostState.REMOVED


def test_the_page_keeps_what_was_typed(app, scene):
    people, thread_id, post = scene
    browser = Browser(app).sign_in(people.user("facilitator"))
    path = f"/t/{thread_id}/c/{post.number}/note"
    assert browser.get(path).status_code == 200
    refused = browser.post(path, {"content_note": "about work", "reason": ""})
    assert refused.status_code == 422
    assert 'value="about work"' in refused.text
    given = {"content_note": "about work", "reason": REASON}
    assert browser.post(path, given).status_code == 303


def test_the_page_for_removing_offers_the_list_of_reasons(app, scene):
    people, thread_id, post = scene
    browser = Browser(app).sign_in(people.user("facilitator"))
    page = browser.get(f"/t/{thread_id}/c/{post.number}/remove").text
    names = [name for _id, name, _text in active_reasons("en")]
    assert names
    assert all(f'<option value="{name}">' in page for name in names)
