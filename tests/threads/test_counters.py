"""Counters and links after any sequence of acts."""

import contextlib

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core.actor import VISITOR
from forum.core.db import db
from forum.core.errors import DomainError
from forum.core.markup import quote as as_quote
from forum.posts.models import Post
from forum.search.queries import differences
from forum.threads import actions
from forum.threads.actions import CommentDraft, SplitDraft
from forum.threads.models import Thread
from forum.threads.queries import find_moved, get_head
from forum.threads.rows import Order
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, assert_counters_are_exact, do, get_thread
from tests.threads.trees import nested, walk

WHY = "So that it is found"
_VERBS = (
    "comment", "comment", "comment", "ask", "quote", "agree", "agree", "stop", "question", "answer",
    "take_back", "remove", "restore", "delete", "undelete", "split", "merge", "leave",
)  # fmt: skip
_ACTS = st.lists(
    st.tuples(
        st.sampled_from(_VERBS),
        st.integers(0, 2),  # who
        st.integers(0, 3),  # in which thread
        st.integers(0, 6),  # which comment
        st.integers(0, 6),  # which other comment or thread
    ),
    min_size=5,
    max_size=25,
)


class _World:
    """One space, two members and its facilitator, and the threads that come to be."""

    def __init__(self):
        self.space = factories.space()
        self.people = [
            actor_of(factories.user()),
            actor_of(factories.user()),
            actor_of(factories.facilitator(self.space)),
        ]
        self.threads = [factories.thread(self.space).id for _ in range(2)]
        self.places = {}  # every place that ever was -> the id of the post that was there

    def act(self, verb, who, where, number, other):
        actor, thread = self.people[who], self.threads[where % len(self.threads)]
        with contextlib.suppress(DomainError):
            getattr(self, f"do_{verb}")(actor, thread, number, other)
        rows = db.session.execute(
            sa.select(Post.thread_id, Post.number, Post.id).where(Post.thread_id.in_(self.threads))
        )
        for thread_id, number_now, post_id in rows:
            self.places[thread_id, number_now] = post_id

    def _write(self, actor, thread, draft):
        do(actions.add_comment, actor, thread, draft, LIMITS)

    def do_comment(self, actor, thread, number, _other):
        self._write(actor, thread, CommentDraft("Words.", number))

    def do_ask(self, actor, thread, number, _other):
        self._write(actor, thread, CommentDraft("Words?", number, is_question=True))

    def do_quote(self, actor, thread, number, other):
        self._write(actor, thread, CommentDraft(as_quote("Words.", number=other) + "Yes.", number))

    def do_agree(self, actor, thread, number, _other):
        do(actions.agree, actor, thread, number)

    def do_stop(self, actor, thread, number, _other):
        do(actions.stop_agreeing, actor, thread, number)

    def do_question(self, actor, thread, number, other):
        do(actions.mark_question, actor, thread, number, is_question=other % 3 > 0)

    def do_answer(self, actor, thread, number, other):
        do(actions.mark_answer, actor, thread, number, answer=other or None)

    def do_take_back(self, actor, thread, number, _other):
        do(actions.take_back, actor, thread, number)

    def do_remove(self, _actor, thread, number, _other):
        do(actions.remove_comment, self.people[2], thread, number, WHY)

    def do_restore(self, _actor, thread, number, _other):
        do(actions.restore_comment, self.people[2], thread, number)

    def do_delete(self, _actor, thread, _number, _other):
        do(actions.delete_thread, self.people[2], thread, WHY)

    def do_undelete(self, _actor, thread, _number, _other):
        do(actions.restore_thread, self.people[2], thread)

    def do_split(self, _actor, thread, number, _other):
        draft = SplitDraft("A question apart", ("education",), WHY)
        written = do(actions.split_comments, self.people[2], thread, number, draft)
        self.threads.append(written.thread_id)

    def do_merge(self, _actor, thread, _number, other):
        into = self.threads[other % len(self.threads)]
        do(actions.merge_threads, self.people[2], thread, into, WHY)

    def do_leave(self, actor, _thread, _number, other):
        do(actions.take_all_back if other % 2 else actions.take_agreements_back, actor)


@wide
@settings(
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=_ACTS)
def test_counters_trees_and_links_stay_right_whatever_people_do(app, acts):
    world = _World()
    for act in acts:
        world.act(*act)

    assert_counters_are_exact()
    assert not differences()  # of the index of words
    for (thread_id, number), post_id in world.places.items():
        moved = find_moved(thread_id, number)
        post = db.session.get_one(Post, post_id, populate_existing=True)
        here = (post.thread_id, post.number)
        assert here in {moved, (thread_id, number)}
    for thread_id in world.threads:
        thread = get_thread(thread_id)
        if thread.merged_into_id is not None or thread.deleted_at is not None:
            continue
        for order in Order:
            shown = [page for page in walk(VISITOR, thread, order) if nested(page) is not None]
            numbers = [row.number for page in shown for row in page.rows]
            assert sorted(numbers) == sorted(
                db.session.scalars(
                    sa.select(Post.number).where(Post.thread_id == thread_id, Post.number > 0)
                )
            )


def test_counting_again_mends_what_was_counted_wrong(app):
    thread = factories.thread()
    factories.comment(thread, is_question=True)
    factories.comment(thread)
    db.session.execute(sa.update(Thread).values(comment_count=40, open_question_count=7))
    db.session.commit()

    do(actions.recount, thread.id)

    assert_counters_are_exact()
    assert not differences()  # of the index of words
    assert get_head(VISITOR, thread.id).comment_count == 2
