"""Fields that no form offers change nothing."""

from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.db import db
from forum.posts.models import Post
from forum.spaces.models import Membership, Space
from forum.threads.models import Thread
from tests.security.scene import FORMS, routes
from tests.support.breadth import is_turn, wide

EXTRA = {
    "role": "administrator",
    "member_role": "facilitator",
    "user_id": "1",
    "author_id": "1",
    "actor_id": "1",
    "id": "1",
    "state": "removed",
    "is_pinned": "1",
    "is_imported": "1",
    "agreement_count": "99",
    "comment_count": "99",
    "created_at": "2001-01-01T00:00:00",
    "edited_at": "2001-01-01T00:00:00",
    "closed_at": "2001-01-01T00:00:00",
    "deleted_at": "2001-01-01T00:00:00",
    "merged_into_id": "1",
    "number": "77",
    "path": "zzzz",
    "html": "<script>alert(1)</script>",
    "password_hash": "x",
    "email_confirmed_at": "2001-01-01T00:00:00",
    "render_version": "99",
    "thread_id": "1",
    "space_id": "1",
}
WATCHED = {
    User: ("role", "state", "password_hash", "created_at", "email_confirmed_at"),
    Membership: ("role", "user_id"),
    Space: ("visibility", "who_starts", "created_at"),
}


def _rows(model: Any, columns: tuple[str, ...]) -> list[str]:
    found = db.session.execute(sa.select(*(getattr(model, name) for name in columns)))
    return sorted(map(repr, found))


def _watched() -> dict[str, list[str]]:
    db.session.commit()
    return {model.__name__: _rows(model, columns) for model, columns in WATCHED.items()}


def _written_after(post_id: int, thread_id: int) -> list[Any]:
    db.session.commit()
    posts = db.session.scalars(sa.select(Post).where(Post.id > post_id)).all()
    threads = db.session.scalars(sa.select(Thread).where(Thread.id > thread_id)).all()
    return [*posts, *threads]


@wide
def test_nothing_that_a_form_does_not_offer_is_taken(scene):
    person = scene.person("facilitator")
    wrong = []
    for _, rule in routes(scene.app, "POST"):
        if rule.endpoint in {"imports.claim", "accounts.deactivate"}:
            continue  # they change a state, which is their purpose
        if not is_turn(scene.app, rule.endpoint):
            continue
        form = FORMS.get(rule.endpoint, {})
        extra = {key: value for key, value in EXTRA.items() if key not in form}
        with scene.undone():
            person.post(scene.path(rule), form)
            plain = _watched()
        with scene.undone():
            person.post(scene.path(rule), {**extra, **form})
            filled = _watched()
        if {key: len(rows) for key, rows in plain.items()} != {
            key: len(rows) for key, rows in filled.items()
        } or plain["User"] != filled["User"]:
            wrong.append(rule.endpoint)
    assert not wrong


def test_who_writes_is_who_is_signed_in_and_nothing_else_is_chosen(scene):
    person, author = scene.person("member"), scene.users["member"].id
    last_post = db.session.scalar(sa.select(sa.func.max(Post.id)))
    last_thread = db.session.scalar(sa.select(sa.func.max(Thread.id)))
    reply = person.post(f"/t/{scene.thread.id}/reply", {**EXTRA, **FORMS["posts.reply"]})
    start = person.post("/threads/new", {**EXTRA, **FORMS["threads.new"]})
    assert reply.status_code == start.status_code == 303
    comment, opening, thread = _written_after(last_post, last_thread)
    assert (comment.thread_id, comment.depth) == (scene.thread.id, 1)
    assert comment.number != 77
    assert opening.number == 0
    for post in (comment, opening):
        assert post.author_id == author
        assert post.html == "<p>Some words.</p>"
        assert (post.state.value, post.agreement_count, post.is_imported) == ("published", 0, False)
        assert post.created_at.year > 2001
        assert post.edited_at is None
    assert thread.author_id == author
    assert (thread.is_pinned, thread.comment_count) == (False, 0)
    assert (thread.closed_at, thread.deleted_at, thread.merged_into_id) == (None, None, None)


def test_a_comment_keeps_its_author_and_place_through_an_edit(scene):
    person = scene.person("author")
    answer = person.post(f"/t/{scene.thread.id}/c/1/edit", {**EXTRA, **FORMS["posts.edit"]})
    assert answer.status_code == 303
    post = db.session.scalars(
        sa.select(Post).where(Post.thread_id == scene.thread.id, Post.number == 1)
    ).one()
    assert (post.author_id, post.depth) == (scene.users["author"].id, 1)
    assert post.html == "<p>Other words.</p>"
    assert (post.state.value, post.agreement_count) == ("published", 1)


def test_a_member_cannot_open_a_prompt_by_naming_its_kind(scene):
    data = {
        **FORMS["threads.new"],
        "space": scene.circle.slug,
        "kind": "prompt",
        "question": "Why?",
    }
    answer = scene.person("member").post("/threads/new", data)
    assert answer.status_code == 403
    assert "Some words." in answer.text


def test_a_registration_makes_a_member_whatever_it_asks_for(browser):
    data = {"username": "amina", "password": "four unrelated quiet words"}
    browser.post("/register", {**EXTRA, **data})
    made = db.session.scalars(sa.select(User).where(User.username == "amina")).one()
    assert (made.role.value, made.state.value) == ("member", "active")
    assert made.email_confirmed_at is None
    assert made.created_at.year > 2001
