"""Agreement, questions and answers, reading and following."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.posts.models import Agreement
from forum.spaces.models import Visibility
from forum.threads import actions
from forum.threads.models import Attention, TagAttention
from forum.threads.queries import first_unread, get_head, newest_threads, tag_attention
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.threads.acts import (
    assert_counters_are_exact,
    do,
    get,
    get_thread,
    lists_version,
    version,
)

NOON = "2026-03-02T12:00:00+00:00"


@pytest.fixture
def member(app):
    return actor_of(factories.user())


# -- Agreement ---------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("name", ["member", "facilitator", "moderator", "administrator"])
def test_who_may_read_a_comment_may_agree_with_it(app, name, visibility):
    people = cast(visibility)
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))
    before = version(thread.id), lists_version()

    do(actions.agree, people[name], thread.id, 1)

    assert get(thread.id, 1).agreement_count == 1
    assert version(thread.id) > before[0]
    assert lists_version() == before[1]


def test_an_agreement_can_be_withdrawn_in_a_closed_thread(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))
    do(actions.agree, people["member"], thread.id, 1)
    do(actions.close_thread, people["facilitator"], thread.id, "Settled")

    do(actions.stop_agreeing, people["member"], thread.id, 1)

    assert get(thread.id, 1).agreement_count == 0


def test_agreeing_twice_counts_once(app, member):
    thread = factories.thread()
    factories.comment(thread)
    do(actions.agree, member, thread.id, 1)
    before = version(thread.id)

    do(actions.agree, member, thread.id, 1)

    assert get(thread.id, 1).agreement_count == 1
    assert version(thread.id) == before


def test_an_agreement_can_be_withdrawn_and_once_more_changes_nothing(app, member):
    thread = factories.thread()
    factories.comment(thread)
    do(actions.agree, member, thread.id, 1)

    do(actions.stop_agreeing, member, thread.id, 1)
    before = version(thread.id)
    do(actions.stop_agreeing, member, thread.id, 1)

    assert get(thread.id, 1).agreement_count == 0
    assert version(thread.id) == before
    assert_counters_are_exact()


@pytest.mark.parametrize("name", ["author", "visitor"])
def test_nobody_agrees_with_themselves_and_visitors_not_at_all(app, name):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))

    with pytest.raises(Forbidden):
        do(actions.agree, people[name], thread.id, 1)


def test_nobody_agrees_with_an_opening(app, member):
    with pytest.raises(Forbidden):
        do(actions.agree, member, factories.thread().id, 0)


def test_a_closed_thread_takes_no_agreement(app, member):
    thread = factories.thread(closed_at=clock.now())
    factories.comment(thread)

    with pytest.raises(Forbidden, match="closed"):
        do(actions.agree, member, thread.id, 1)


def test_nobody_agrees_with_what_they_cannot_see(app):
    people = cast(Visibility.PRIVATE)
    thread = factories.thread(people.space)
    factories.comment(thread)

    for name in ("stranger", "visitor"):
        with pytest.raises(NotFound):
            do(actions.agree, people[name], thread.id, 1)


def test_whoever_leaves_takes_their_agreements_along(app, member):
    user = factories.user()
    thread = factories.thread()
    first, second = factories.comment(thread), factories.comment(thread)
    for comment in (first, second):
        factories.agree(comment, user, factories.user())
    before = version(thread.id)

    do(actions.take_agreements_back, actor_of(user))

    assert get(thread.id, 1).agreement_count == get(thread.id, 2).agreement_count == 1
    assert not db.session.scalar(sa.select(Agreement).where(Agreement.user_id == user.id))
    assert version(thread.id) > before
    assert_counters_are_exact()


# -- Questions and answers ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["author", "facilitator", "moderator", "administrator"])
def test_its_author_or_a_facilitator_marks_a_question_and_its_answer(app, name):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))
    factories.comment(thread)
    before = version(thread.id), lists_version()

    do(actions.mark_question, people[name], thread.id, 1, is_question=True)
    assert get_thread(thread.id).open_question_count == 1
    assert version(thread.id) > before[0]
    assert lists_version() > before[1]

    do(actions.mark_answer, people[name], thread.id, 1, answer=2)
    assert get_thread(thread.id).open_question_count == 0
    assert get(thread.id, 1).answer_id == get(thread.id, 2).id

    do(actions.mark_answer, people[name], thread.id, 1, answer=None)
    assert get_thread(thread.id).open_question_count == 1
    assert_counters_are_exact()


@pytest.mark.parametrize("name", ["member", "stranger", "visitor"])
def test_others_mark_no_question_and_no_answer(app, name):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)

    with pytest.raises(Forbidden):
        do(actions.mark_question, people[name], thread.id, 1, is_question=False)
    with pytest.raises(Forbidden):
        do(actions.mark_answer, people[name], thread.id, 1, answer=None)


def test_marking_a_question_twice_is_marking_it_once(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)
    factories.comment(thread)
    do(actions.mark_answer, people["author"], thread.id, 1, answer=2)
    before = version(thread.id)

    do(actions.mark_question, people["author"], thread.id, 1, is_question=True)

    assert get(thread.id, 1).answer_id is not None
    assert version(thread.id) == before


def test_a_comment_that_is_no_question_any_more_has_no_answer(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)
    factories.comment(thread)
    do(actions.mark_answer, people["author"], thread.id, 1, answer=2)

    do(actions.mark_question, people["author"], thread.id, 1, is_question=False)

    assert get(thread.id, 1).answer_id is None
    assert_counters_are_exact()


@pytest.mark.parametrize("answer", [0, 1, 3, 99], ids=["opening", "itself", "removed", "unknown"])
def test_only_another_comment_of_the_thread_answers_a_question(app, answer):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)
    factories.comment(thread)
    factories.comment(thread)
    do(actions.remove_comment, people["facilitator"], thread.id, 3, "Not here")

    with pytest.raises(Invalid) as refused:
        do(actions.mark_answer, people["author"], thread.id, 1, answer=answer)

    assert refused.value.field == "answer"


def test_what_is_no_question_has_no_answer(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))
    factories.comment(thread)

    with pytest.raises(Forbidden, match="not marked as a question"):
        do(actions.mark_answer, people["author"], thread.id, 1, answer=2)


# -- Reading -----------------------------------------------------------------------------------


def _listed(member, thread):
    return next(row for row in newest_threads(member).rows if row.id == thread.id)


def test_a_thread_is_new_until_it_is_opened(app, member):
    thread = factories.thread()
    assert _listed(member, thread).is_new

    do(actions.mark_read, member, thread.id, read_to=0)

    assert not _listed(member, thread).is_new
    assert _listed(member, thread).new_count == 0


def test_comments_since_the_last_visit_are_counted(app, member):
    thread = factories.thread()
    factories.comment(thread)
    do(actions.mark_read, member, thread.id, read_to=1)
    factories.comment(thread)
    factories.comment(thread)

    assert _listed(member, thread).new_count == 2
    assert first_unread(get_head(member, thread.id)) == 2


def test_reading_never_goes_back_and_never_past_the_end(app, member):
    thread = factories.thread()
    for _ in range(3):
        factories.comment(thread)

    do(actions.mark_read, member, thread.id, read_to=2)
    do(actions.mark_read, member, thread.id, read_to=1)
    assert get_head(member, thread.id).read_to == 2
    do(actions.mark_read, member, thread.id, read_to=900)
    assert get_head(member, thread.id).read_to == 3
    do(actions.mark_read, member, thread.id, read_to=-5)
    assert get_head(member, thread.id).read_to == 3
    assert first_unread(get_head(member, thread.id)) is None


def test_nobody_marks_as_read_what_they_cannot_see(app):
    people = cast(Visibility.PRIVATE)
    thread = factories.thread(people.space)

    with pytest.raises(NotFound):
        do(actions.mark_read, people["stranger"], thread.id, read_to=0)


def test_mark_all_read_leaves_nothing_new_and_what_follows_is_counted_from_there(app, member):
    with time_machine.travel(NOON, tick=False) as time:
        reader = actor_of(factories.user())
        opened, unopened = factories.thread(), factories.thread()
        do(actions.mark_read, reader, opened.id, read_to=0)
        for _ in range(3):
            factories.comment(opened)
        time.shift(timedelta(minutes=1))

        do(actions.mark_all_read, reader)

        assert not _listed(reader, unopened).is_new
        assert _listed(reader, opened).new_count == 0
        assert first_unread(get_head(reader, opened.id)) is None

        time.shift(timedelta(minutes=1))
        factories.comment(opened)
        factories.comment(unopened)
        assert _listed(reader, opened).new_count == 1
        assert _listed(reader, unopened).is_new
        assert first_unread(get_head(reader, opened.id)) == 4


def test_mark_all_read_is_ones_own(app, member):
    thread = factories.thread()
    do(actions.mark_all_read, actor_of(factories.user()))

    assert _listed(member, thread).is_new


def test_what_was_there_before_one_joined_is_not_new(app):
    thread = factories.thread(at=clock.now() - timedelta(days=2))
    newcomer = actor_of(factories.user(created_at=clock.now() - timedelta(days=1)))

    assert not _listed(newcomer, thread).is_new


# -- Following ---------------------------------------------------------------------------------


@pytest.mark.parametrize("attention", [*Attention, None])
def test_a_thread_is_followed_muted_or_neither(app, member, attention):
    thread = factories.thread()
    do(actions.attend_thread, member, thread.id, Attention.FOLLOW)

    do(actions.attend_thread, member, thread.id, attention)
    do(actions.attend_thread, member, thread.id, attention)

    assert get_head(member, thread.id).follow is attention
    assert not get_head(member, thread.id).was_opened


def test_following_keeps_how_far_one_has_read(app, member):
    thread = factories.thread()
    factories.comment(thread)
    do(actions.mark_read, member, thread.id, read_to=1)

    do(actions.attend_thread, member, thread.id, Attention.FOLLOW)

    assert get_head(member, thread.id).read_to == 1
    assert get_head(member, thread.id).was_opened


def test_nobody_follows_what_they_cannot_see(app):
    people = cast(Visibility.PRIVATE)
    thread = factories.thread(people.space)

    with pytest.raises(NotFound):
        do(actions.attend_thread, people["stranger"], thread.id, Attention.FOLLOW)


@pytest.mark.parametrize("attention", [*Attention, None])
def test_a_tag_is_followed_muted_or_neither(app, member, attention):
    tag = factories.tag()
    do(actions.attend_tag, member, tag.id, Attention.FOLLOW)

    do(actions.attend_tag, member, tag.id, attention)
    do(actions.attend_tag, member, tag.id, attention)

    assert tag_attention(member, tag.id) is attention
    assert db.session.scalar(sa.select(sa.func.count()).select_from(TagAttention)) == (
        attention is not None
    )
