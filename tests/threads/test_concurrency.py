"""People who write at the same moment, on databases of their own, in real threads."""

import sqlalchemy as sa

from forum.core.db import db
from forum.core.markup import TAKEN_BACK
from forum.core.markup import quote as as_quote
from forum.posts.models import Post
from forum.threads import actions
from forum.threads.actions import CommentDraft, Written
from tests import factories
from tests.support.at_once import at_once
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, assert_counters_are_exact, do, get, get_thread

PEOPLE = 8


def _comment(actor, thread_id, text="Yes.", **values):
    def call():
        return do(actions.add_comment, actor, thread_id, CommentDraft(text, **values), LIMITS)

    return call


def test_eight_people_in_one_thread_get_numbers_of_their_own(forum, here):
    thread_id = factories.thread().id
    people = [actor_of(factories.user()) for _ in range(PEOPLE)]
    db.session.rollback()

    for _ in range(3):
        results = at_once(forum, *(_comment(actor, thread_id) for actor in people))
        assert [result for result in results if isinstance(result, Exception)] == []

    numbers = db.session.scalars(sa.select(Post.number).where(Post.thread_id == thread_id)).all()
    assert sorted(numbers) == list(range(3 * PEOPLE + 1))
    assert get_thread(thread_id).comment_count == 3 * PEOPLE
    assert_counters_are_exact()


def test_two_equal_forms_at_once_make_one_post(forum, here):
    thread_id = factories.thread().id
    for number in range(1, 21):
        actor = actor_of(factories.user())
        db.session.rollback()

        first, second = at_once(
            forum, *[_comment(actor, thread_id, submit_key=f"key {number}")] * 2
        )

        assert first == second
        assert not isinstance(first, Exception), first
        assert get_thread(thread_id).comment_count == number
    assert_counters_are_exact()


def test_people_who_name_each_other_at_once_do_not_wait_for_each_other(forum, here):
    thread_id = factories.thread().id
    users = [factories.user() for _ in range(4)]
    actors = [actor_of(user) for user in users]
    everybody = " ".join(f"@{actor.username}" for actor in actors)
    db.session.rollback()

    for _ in range(3):
        results = at_once(forum, *(_comment(actor, thread_id, everybody) for actor in actors))

        assert [result for result in results if isinstance(result, Exception)] == []


def test_agreeing_at_once_counts_everybody_once(forum, here):
    thread = factories.thread()
    thread_id = thread.id
    factories.comment(thread)
    people = [actor_of(factories.user()) for _ in range(4)]
    db.session.rollback()

    def agree(actor):
        return lambda: do(actions.agree, actor, thread_id, 1)

    results = at_once(forum, *(agree(actor) for actor in [*people, *people]))

    assert results == [None] * 8
    assert get(thread_id, 1).agreement_count == 4
    assert_counters_are_exact()


def test_of_two_edits_at_once_one_wins_and_the_other_hears_of_it(forum, here):
    thread = factories.thread()
    user = factories.user()
    actor, thread_id = actor_of(user), thread.id
    factories.comment(thread, user)
    db.session.rollback()

    def edit(text):
        return lambda: do(
            actions.edit_comment, actor, thread_id, 1, CommentDraft(text),
            revision=1, limits=LIMITS,
        )  # fmt: skip

    results = at_once(forum, edit("One."), edit("Two."))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Written"]
    assert get(thread_id, 1).revision == 2


def test_an_edit_of_a_quote_elsewhere_survives_while_the_words_are_taken_back(forum, here):
    people = factories.space()
    author, quoter = factories.user(), factories.user()
    facilitator = actor_of(factories.facilitator(people))
    for _ in range(5):
        thread = factories.thread(people)
        factories.comment(thread, author, "Words.")
        factories.comment(thread, quoter, as_quote("Words.", number=1) + "Old end.")
        draft = actions.SplitDraft("Elsewhere", ("housing",), "Another question")
        elsewhere = do(actions.split_comments, facilitator, thread.id, 2, draft).thread_id
        thread_id, revision, source = thread.id, get(elsewhere).revision, get(elsewhere).source
        opening = actions.OpeningDraft(
            "Elsewhere", source.replace("Old end.", "New end."), revision
        )
        actors = actor_of(author), actor_of(quoter)
        db.session.rollback()

        taken, edited = at_once(
            forum,
            lambda: do(actions.take_back, actors[0], thread_id, 1),  # noqa: B023 - run at once
            lambda: do(actions.edit_opening, actors[1], elsewhere, opening, LIMITS),  # noqa: B023
        )

        assert taken is None
        now = get(elsewhere).source
        assert TAKEN_BACK in now
        assert "Words." not in now
        if isinstance(edited, Written):
            assert "New end." in now
