"""Counters of threads counted again from their rows."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.posts.models import Agreement, Post, PostState
from forum.threads.models import Thread


def published_comments() -> sa.ScalarSelect[int]:
    """How many published comments the Thread of the statement around it has."""
    return (
        sa.select(sa.func.count())
        .select_from(Post)
        .where(Post.thread_id == Thread.id, Post.number > 0, Post.state == PostState.PUBLISHED)
        .correlate(Thread)
        .scalar_subquery()
    )


def open_questions() -> sa.ScalarSelect[int]:
    """How many of them are questions without an answer."""
    return (
        sa.select(sa.func.count())
        .select_from(Post)
        .where(
            Post.thread_id == Thread.id,
            Post.state == PostState.PUBLISHED,
            Post.is_question,
            Post.answer_id.is_(None),
        )
        .correlate(Thread)
        .scalar_subquery()
    )


def agreements() -> sa.ScalarSelect[int]:
    """How many agree with the Post of the statement around it."""
    row = aliased(Agreement)
    return (
        sa.select(sa.func.count())
        .select_from(row)
        .where(row.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery()
    )
