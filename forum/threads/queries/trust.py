"""How much of a member's writing was let through before: what decides whether a post is held."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.core.db import db
from forum.posts.models import Post, PostState
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class Trust:
    """Posts of the same author that can be read: how many in the space, and any at all."""

    here: int
    anywhere: bool


def let_through(post: Post, space_id: int, most: int) -> Trust:
    """What the author of this post has published besides it; counts `most` in the space.

    One statement. A thread that was taken out is nobody's recommendation.
    """
    published = (
        sa.select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.author_id == post.author_id,
            Post.id != post.id,
            Post.state == PostState.PUBLISHED,
            sa.or_(Post.number > 0, Thread.deleted_at.is_(None)),
        )
    )
    here = published.where(Thread.space_id == space_id).limit(most).subquery()
    row = db.session.execute(
        sa.select(
            sa.select(sa.func.count()).select_from(here).scalar_subquery(),
            sa.exists(published),
        )
    ).one()
    return Trust(row[0], row[1])
