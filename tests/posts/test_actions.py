"""What happens to one text: who it names, what it quotes, and rendering it again."""

import pytest
import sqlalchemy as sa

from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.markup import RENDERER_VERSION
from forum.core.markup import quote as as_quote
from forum.posts import actions, queries
from forum.posts.models import Mention, Post, PostState, Quote
from tests import factories


def _names(post) -> list[int]:
    named = sa.select(Mention.user_id).where(Mention.post_id == post.id).order_by(Mention.user_id)
    return list(db.session.scalars(named))


def _quotes(post) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Quote.as_number, Quote.quoted_id).where(Quote.post_id == post.id)
    )
    return dict(rows.all())


def test_several_people_are_named_in_one_comment(app):
    people = [factories.user() for _ in range(3)]
    text = "I agree with " + ", ".join(f"@{person.username}" for person in people)

    post = factories.comment(factories.thread(), None, text)

    assert _names(post) == [person.id for person in people]
    for person in people:
        assert f'href="/u/{person.username}"' in post.html


def test_names_in_a_quote_call_nobody_again(app):
    person = factories.user()
    thread = factories.thread()
    text = f"Ask @{person.username}."
    factories.comment(thread, None, text)

    post = factories.comment(thread, None, as_quote(text, number=1) + "Yes.")

    assert _names(post) == []


def test_a_quote_knows_what_it_quotes(app):
    thread = factories.thread()
    first = factories.comment(thread, None, "Words.")

    post = factories.comment(
        thread, None, as_quote("Words.", number=1) + as_quote("Others.", number=99) + "Yes."
    )

    assert _quotes(post) == {1: first.id}


def test_the_opening_can_be_quoted(app):
    thread = factories.thread()
    opening = queries.get_post(thread.id, 0)

    post = factories.comment(thread, None, as_quote("Where?", number=0) + "Here.")

    assert _quotes(post) == {0: opening.id}


@pytest.mark.parametrize("source", ["w" * 20_001, "> " * 20 + "deep"], ids=["too-long", "too-deep"])
def test_a_text_that_cannot_be_shown_is_refused(app, source):
    thread = factories.thread()

    with pytest.raises(Invalid):
        factories.comment(thread, None, source)

    assert db.session.scalar(sa.select(sa.func.count(Post.id))) == 1


def test_rendering_again_brings_old_html_up_to_date(app):
    post = factories.comment(factories.thread(), None, "**Words.**")
    right = post.html
    post.html, post.render_version = "<p>old</p>", 0
    db.session.commit()

    with transaction():
        fresh = db.session.get_one(Post, post.id)
        assert actions.rerender(fresh)
        assert not actions.rerender(fresh)

    assert (post.html, post.render_version) == (right, RENDERER_VERSION)


def test_removing_and_restoring_keeps_the_words(app):
    post = factories.comment(factories.thread())
    source = post.source

    with transaction():
        actions.remove(db.session.get_one(Post, post.id), "Not here")
    assert (post.state, post.state_reason) == (PostState.REMOVED, "Not here")
    with transaction():
        actions.restore(db.session.get_one(Post, post.id))

    assert (post.state, post.state_reason, post.source) == (PostState.PUBLISHED, "", source)


def test_a_visitor_has_no_pace_and_cannot_agree(app):
    limits = actions.Limits(20, 5, queries.WINDOW)
    post = factories.comment(factories.thread())

    with pytest.raises(TypeError):
        actions.check_pace(VISITOR, limits)
    with pytest.raises(TypeError):
        actions.agree(VISITOR, post)
