"""Reads of posts: history, agreement, replies, and who wrote them."""

import pytest

from forum.core.db import db
from forum.core.errors import NotFound
from forum.posts import queries
from forum.posts.models import PostState
from tests import factories


def test_a_post_is_found_by_its_place(app):
    comment = factories.comment(factories.thread())

    assert queries.get_post(comment.thread_id, 1).id == comment.id
    with pytest.raises(NotFound):
        queries.get_post(comment.thread_id, 2)


def test_an_author_is_named_and_nobody_is_unknown(app):
    thread = factories.thread()
    named = factories.comment(thread, factories.user(display_name="Ada"))
    unnamed = factories.comment(thread, is_anonymous=True)

    assert queries.author_of(named).display_name == "Ada"
    assert queries.author_of(unnamed).display_name == "unknown author"


def test_somebody_who_left_is_a_former_member(app):
    post = factories.comment(factories.thread(), factories.user(state="deleted"))

    assert queries.author_of(post).display_name == "former member"
    assert queries.author_of(post).path is None


def test_everybody_who_agrees_is_listed_first_to_last(app):
    comment = factories.comment(factories.thread())
    people = [factories.user() for _ in range(5)]
    factories.agree(comment, *people)

    assert [row.username for row in queries.agreeing(comment.id)] == [
        person.username for person in people
    ]


def test_replies_are_the_published_ones_in_order(app):
    thread = factories.thread()
    parent = factories.comment(thread)
    for _ in range(3):
        factories.comment(thread, reply_to=1)
    queries.get_post(thread.id, 3).state = PostState.REMOVED
    db.session.commit()

    assert [number for number, _ in queries.replies_to(parent.id)] == [2, 4]


def test_a_post_never_edited_has_one_version(app):
    post = factories.comment(factories.thread())

    (only,) = queries.history(post)

    assert (only.number, only.source, only.written_at) == (1, post.source, post.created_at)


def test_names_lead_to_active_members_alone(app):
    user = factories.user("Amina")
    factories.user("gone", state="deactivated")

    assert queries.people_by_key(("amina", "gone", "nobody")) == {"amina": (user.id, "Amina")}
    assert queries.people_by_key(()) == {}


def test_numbers_lead_to_published_comments_alone(app):
    thread = factories.thread()
    first = factories.comment(thread)
    factories.comment(thread).state = PostState.WITHDRAWN
    db.session.commit()

    assert queries.ids_by_number(thread.id, (1, 2, 9)) == {1: first.id}
    assert queries.ids_by_number(thread.id, ()) == {}
    assert queries.taken_back_among(thread.id, (1, 2, 9)) == (2,)
