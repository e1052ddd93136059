"""What threads and comments say, as the index is told it: the one definition of who is in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from forum.core.db import db
from forum.core.markup import spoken
from forum.posts.models import Post, PostState
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class Said:
    """A post with its words; `is_found` is false where nobody is to find them."""

    post_id: int
    thread_id: int
    is_opening: bool
    is_found: bool
    title: str
    text: str


_said = (
    sa.select(
        Post.id,
        Post.thread_id,
        Post.number,
        Post.html,
        Post.question,
        Thread.title,
        sa.and_(
            Post.state == PostState.PUBLISHED,
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
        ).label("is_found"),
    )
    .join(Thread, Thread.id == Post.thread_id)
    .order_by(Post.id)
)


def said_in(post_ids: Iterable[int]) -> Iterator[Said]:
    """What these posts say."""
    return _rows(_said.where(Post.id.in_(sorted(post_ids))))


def said_in_thread(thread_id: int) -> Iterator[Said]:
    """What every post of a thread says."""
    return _rows(_said.where(Post.thread_id == thread_id))


def said_between(first: int, last: int) -> Iterator[Said]:
    """What the posts with ids from `first` to `last` say."""
    return _rows(_said.where(Post.id.between(first, last)))


def openings_between(first: int, last: int) -> Iterator[Said]:
    """What the openings of the threads with ids from `first` to `last` say."""
    of_threads = _said.where(Post.thread_id.between(first, last), Post.number == 0)
    return _rows(of_threads.order_by(None).order_by(Post.thread_id))


def last_post_id() -> int:
    return db.session.scalar(sa.select(sa.func.max(Post.id))) or 0


def _rows(statement: sa.Select[int, int, int, str, str, str, bool]) -> Iterator[Said]:
    for id_, thread_id, number, html, question, title, is_found in db.session.execute(statement):
        text = f"{spoken(html)}\n{question}" if question else spoken(html)
        yield Said(id_, thread_id, number == 0, bool(is_found), title, text)
