"""People who take stances at the same moment, in real threads, while others write."""

import sqlalchemy as sa

from forum.core.db import db
from forum.posts.models import Post
from forum.stances.models import StanceChoice
from forum.threads.actions import CommentDraft, add_comment
from tests import factories
from tests.stances.acts import (
    CHOICES,
    assert_debate_holds_together,
    counters,
    member,
    stances,
    take,
)
from tests.support.at_once import MOST, at_once, errors_among
from tests.threads.acts import LIMITS, assert_counters_are_exact, do


def _take(actor, thread_id, choice, **values):
    return lambda: take(actor, thread_id, choice, **values)


def _comment(actor, thread_id):
    return lambda: do(add_comment, actor, thread_id, CommentDraft("Yes."), LIMITS)


def test_twenty_people_at_once_are_each_counted_once(forum, here):
    thread_id = factories.proposal().id
    people = [member() for _ in range(MOST)]
    db.session.rollback()

    for turn in range(2):  # the second time, everybody changes their mind
        results = at_once(
            forum,
            *(
                _take(actor, thread_id, CHOICES[(number + turn) % len(CHOICES)])
                for number, actor in enumerate(people)
            ),
        )
        assert errors_among(results) == []

    assert set(counters(thread_id).values()) == {MOST // len(CHOICES)}
    assert len(stances(thread_id)) == 2 * MOST
    assert_debate_holds_together()
    assert_counters_are_exact()


def test_a_form_sent_twenty_times_at_once_takes_one_stance(forum, here):
    thread_id = factories.proposal().id
    actor = member()
    db.session.rollback()
    sent = _take(actor, thread_id, StanceChoice.AGREE_IF, submit_key="key")

    results = at_once(forum, *[sent] * MOST)

    assert errors_among(results) == []
    assert len(set(results)) == 1
    assert len(stances(thread_id)) == 1
    posts = sa.select(sa.func.count()).where(Post.thread_id == thread_id, Post.number > 0)
    assert db.session.scalar(posts) == 1
    assert_debate_holds_together()
    assert_counters_are_exact()


def test_stances_and_comments_at_once_do_not_wait_for_each_other_for_good(forum, here):
    thread_id = factories.proposal().id
    people = [member() for _ in range(MOST // 2)]
    db.session.rollback()

    for choice in (StanceChoice.CONCERN, StanceChoice.AGREE, StanceChoice.AGREE_IF):
        results = at_once(
            forum,
            *(_take(actor, thread_id, choice) for actor in people),
            *(_comment(actor, thread_id) for actor in people),
        )
        assert errors_among(results) == []

    assert counters(thread_id)[StanceChoice.AGREE_IF] == len(people)
    assert_debate_holds_together()
    assert_counters_are_exact()
