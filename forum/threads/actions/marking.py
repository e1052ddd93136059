"""Small marks: agreement, questions and answers, what is read, what is followed."""

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import UtcDateTime, db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.posts import actions as posts
from forum.posts import policy as post_policy
from forum.posts.models import Post, PostState
from forum.tags.models import Tag
from forum.threads.actions.counting import hold, recount, touch
from forum.threads.models import Attention
from forum.threads.queries import get_comment, get_head, post_facts

# "CASE" and not greatest(): the two databases name it differently.
_READ = sa.text(
    "INSERT INTO reading (user_id, thread_id, read_to, at) VALUES (:user, :thread, :read_to, :at)"
    " ON CONFLICT (user_id, thread_id) DO UPDATE SET at = excluded.at, read_to ="
    " CASE WHEN excluded.read_to > reading.read_to THEN excluded.read_to ELSE reading.read_to END"
).bindparams(sa.bindparam("at", type_=UtcDateTime()))
_READ_ALL = sa.text(
    "INSERT INTO all_read (user_id, at) VALUES (:user, :at)"
    " ON CONFLICT (user_id) DO UPDATE SET at = excluded.at"
).bindparams(sa.bindparam("at", type_=UtcDateTime()))
# Threads that were opened before count on from here; else the next comment would make all new.
_READ_TO_THE_END = sa.text(
    "UPDATE reading SET read_to = thread.last_number FROM thread"
    " WHERE reading.user_id = :user AND thread.id = reading.thread_id"
    " AND reading.read_to < thread.last_number"
)
_ATTEND = sa.text(
    "INSERT INTO reading (user_id, thread_id, read_to, attention)"
    " VALUES (:user, :thread, 0, :attention)"
    " ON CONFLICT (user_id, thread_id) DO UPDATE SET attention = excluded.attention"
)
_ATTEND_TAG = sa.text(
    "INSERT INTO tag_attention (user_id, tag_id, attention) VALUES (:user, :tag, :attention)"
    " ON CONFLICT (user_id, tag_id) DO UPDATE SET attention = excluded.attention"
)


def agree(actor: Actor, thread_id: int, number: int) -> None:
    """Agree with a comment; once more changes nothing."""
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_agree(actor, post_facts(head, post)).enforce()
    if posts.agree(actor, post):
        touch(thread_id, lists=False)


def stop_agreeing(actor: Actor, thread_id: int, number: int) -> None:
    """Withdraw an agreement, at any time; once more changes nothing."""
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_stop_agreeing(actor, post_facts(head, post)).enforce()
    if posts.stop_agreeing(actor, post):
        touch(thread_id, lists=False)


def take_agreements_back(actor: Actor) -> None:
    """Withdraw all agreements of somebody who leaves."""
    post_ids = posts.drop_agreements(member_id(actor))
    thread_ids = db.session.scalars(
        sa.select(Post.thread_id).where(Post.id.in_(post_ids)).distinct()
    ).all()
    if thread_ids:
        touch(*thread_ids, lists=False)


def mark_question(actor: Actor, thread_id: int, number: int, *, is_question: bool) -> None:
    """Mark a comment as a question that waits for an answer, or take the mark off."""
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_mark_question(actor, post_facts(head, post)).enforce()
    if post.is_question is is_question:
        return
    post.is_question = is_question
    post.answer_id = None
    db.session.flush()  # the count below reads the row
    recount(thread_id)
    touch(thread_id)


def mark_answer(actor: Actor, thread_id: int, number: int, *, answer: int | None) -> None:
    """Say that comment `answer` answers the question `number`; None: it is open again."""
    hold(actor, thread_id)
    head, post = get_comment(actor, thread_id, number, for_update=True)
    post_policy.may_mark_answer(actor, post_facts(head, post)).enforce()
    answer_id = None
    if answer is not None:
        found = db.session.scalar(
            sa.select(Post.id).where(
                Post.thread_id == thread_id,
                Post.number == answer,
                Post.number > 0,
                Post.id != post.id,
                Post.state == PostState.PUBLISHED,
            )
        )
        if found is None:
            raise Invalid(
                _("There is no comment #%(answer)s in this thread to answer it.", answer=answer),
                "answer",
            )
        answer_id = found
    post.answer_id = answer_id
    db.session.flush()  # the count below reads the row
    recount(thread_id)
    touch(thread_id)


def mark_read(actor: Actor, thread_id: int, *, read_to: int) -> None:
    """Every comment up to `read_to` was on a page that the actor opened; never goes back."""
    head = get_head(actor, thread_id)
    values = {
        "user": member_id(actor),
        "thread": thread_id,
        "read_to": max(0, min(read_to, head.last_number)),
        "at": clock.now(),
    }
    db.session.execute(_READ, values)


def mark_all_read(actor: Actor) -> None:
    """Nothing that was written until now is new any more."""
    db.session.execute(_READ_ALL, {"user": member_id(actor), "at": clock.now()})
    db.session.execute(_READ_TO_THE_END, {"user": member_id(actor)})


def attend_thread(actor: Actor, thread_id: int, attention: Attention | None) -> None:
    """Follow or mute a thread; None: neither."""
    get_head(actor, thread_id)
    value = attention.value if attention else None
    db.session.execute(_ATTEND, {"user": member_id(actor), "thread": thread_id, "attention": value})


def attend_tag(actor: Actor, tag_id: int, attention: Attention | None) -> None:
    """Follow or mute a tag; None: neither."""
    db.session.get_one(Tag, tag_id)
    if attention is None:
        db.session.execute(
            sa.text("DELETE FROM tag_attention WHERE user_id = :user AND tag_id = :tag"),
            {"user": member_id(actor), "tag": tag_id},
        )
        return
    db.session.execute(
        _ATTEND_TAG, {"user": member_id(actor), "tag": tag_id, "attention": attention.value}
    )
