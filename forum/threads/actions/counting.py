"""Counters of threads, and the lock that keeps two writers of one thread apart."""

import sqlalchemy as sa

from forum.core import versions
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.posts.models import Post
from forum.threads.models import Thread
from forum.threads.queries import counts, get_head
from forum.threads.rows import Head


def hold(actor: Actor, *thread_ids: int) -> tuple[Head, ...]:
    """Lock threads in the order of their ids and return them in the order asked for.

    Raises NotFound for one that the actor may not see.
    """
    lock(*thread_ids)
    return tuple(get_head(actor, thread_id) for thread_id in thread_ids)


def lock(*thread_ids: int) -> None:
    """Lock threads, always in the order of their ids; NotFound when one does not exist."""
    locked = db.session.scalars(
        sa.select(Thread.id).where(Thread.id.in_(thread_ids)).order_by(Thread.id).with_for_update()
    ).all()
    if len(locked) != len(set(thread_ids)):
        raise NotFound


def next_number(thread_id: int) -> int:
    """Give out the next comment number of a thread: never twice, whatever is deleted."""
    return next_numbers(thread_id, 1)[0]


def next_numbers(thread_id: int, count: int) -> range:
    """The same for many comments at once."""
    last: int = db.session.execute(
        sa.update(Thread)
        .where(Thread.id == thread_id)
        .values(last_number=Thread.last_number + count)
        .returning(Thread.last_number)
    ).scalar_one()
    return range(last - count + 1, last + 1)


def add_to_counts(thread_id: int, *, comments: int = 0, questions: int = 0) -> None:
    db.session.execute(
        sa.update(Thread)
        .where(Thread.id == thread_id)
        .values(
            comment_count=Thread.comment_count + comments,
            open_question_count=Thread.open_question_count + questions,
        )
        .execution_options(synchronize_session=False)
    )


def open_questions_of(answer: Post) -> None:
    """What this post answered is an open question again."""
    db.session.execute(
        sa.update(Post)
        .where(Post.answer_id == answer.id)
        .values(answer_id=None)
        .execution_options(synchronize_session=False)
    )


def recount(thread_id: int) -> None:
    """Count comments and open questions of a thread again from its rows."""
    db.session.execute(
        sa.update(Thread)
        .where(Thread.id == thread_id)
        .values(
            comment_count=counts.published_comments(),
            open_question_count=counts.open_questions(),
        )
        .execution_options(synchronize_session=False)
    )


def recount_after_move(thread_id: int) -> None:
    """The same, with the latest activity, for a thread whose comments came or went."""
    recount(thread_id)
    latest = db.session.execute(
        sa.select(Post.created_at, Post.author_id)
        .where(Post.thread_id == thread_id)
        .order_by(Post.created_at.desc(), Post.number.desc())
        .limit(1)
    ).one_or_none()
    if latest is not None:
        db.session.execute(
            sa.update(Thread)
            .where(Thread.id == thread_id)
            .values(last_activity_at=latest[0], last_author_id=latest[1])
            .execution_options(synchronize_session=False)
        )


def touch(*thread_ids: int, lists: bool = True) -> None:
    """Make the finished pages of these threads stale, and those of lists that name them."""
    scopes = [versions.thread_scope(thread_id) for thread_id in thread_ids]
    versions.touch(*scopes, *([versions.LISTS] if lists else []))
