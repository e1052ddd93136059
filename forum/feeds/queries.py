"""Reads for programs: the newest posts that somebody may see, and addresses for crawlers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core.actor import VISITOR, Actor
from forum.core.db import db
from forum.core.links import space_path, tag_path, thread_path
from forum.posts.models import Post, PostState
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.tags.models import Tag
from forum.tags.queries import TagChip
from forum.threads.models import MovedPost, Thread, ThreadTag
from forum.threads.queries import chips_of_threads

ENTRIES = 30
# Of a site map, by its standard. A part holds the threads of a range of ids, so that it never
# holds more, no thread ever changes its part, and no list has to be walked to find where one ends.
PART_SIZE = 50_000
_LARGEST_ID = 2**31 - 1
BATCH = 2_000  # addresses held in memory at once


@dataclass(frozen=True, slots=True)
class FeedPost:
    """A published post; `born_in` and `born_as` are the thread and number it was written under."""

    thread_id: int
    number: int
    title: str
    slug: str
    author: PersonName
    written_at: datetime
    edited_at: datetime | None
    html: str
    content_note: str
    question: str
    born_in: int
    born_as: int
    tags: tuple[TagChip, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """An address for crawlers, and when something last happened there."""

    path: str
    changed_at: datetime | None


def openings(
    viewer: Actor, *, space_id: int | None = None, tag_id: int | None = None
) -> tuple[FeedPost, ...]:
    """The threads that were opened last, everywhere, in a space or with a tag. Two statements."""
    statement = (
        _posts()
        .join(Space, Space.id == Thread.space_id)
        .where(Post.number == 0, visible_to(viewer))
        .order_by(Thread.created_at.desc(), Thread.id.desc())
    )
    if space_id is not None:
        statement = statement.where(Thread.space_id == space_id)
    if tag_id is not None:
        tagged = sa.exists().where(ThreadTag.thread_id == Thread.id, ThreadTag.tag_id == tag_id)
        statement = statement.where(tagged)
    found = db.session.execute(statement).all()
    tags = chips_of_threads([row.thread_id for row in found])
    return tuple(_post(row, tags.get(row.thread_id, ())) for row in found)


def comments(thread_id: int) -> tuple[FeedPost, ...]:
    """The newest comments of a thread; whether it may be seen is the caller's to ask."""
    statement = (
        _posts()
        .where(Post.thread_id == thread_id, Post.number > 0)
        .order_by(Post.created_at.desc(), Post.number.desc())
    )
    return tuple(_post(row) for row in db.session.execute(statement))


def posts(ids: Sequence[int]) -> tuple[FeedPost, ...]:
    """These posts, newest first; whether they may be seen is the caller's to ask."""
    if not ids:
        return ()
    statement = _posts().where(Post.id.in_(ids)).order_by(Post.id.desc())
    return tuple(_post(row) for row in db.session.execute(statement))


def _posts() -> sa.Select[*tuple[Any, ...]]:
    """Posts with their words in threads that are there: nothing taken back, out, or merged away."""
    first_number = (
        sa.select(sa.func.min(MovedPost.number))
        .where(MovedPost.thread_id == Post.written_in_id, MovedPost.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery()
    )
    return (
        sa.select(
            Post.thread_id,
            Post.number,
            Thread.title,
            Thread.slug,
            User.username,
            User.display_name,
            User.state,
            Post.created_at,
            Post.edited_at,
            Post.html,
            Post.content_note,
            Post.question,
            Post.written_in_id,
            sa.func.coalesce(first_number, Post.number).label("born_as"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(User, User.id == Post.author_id)
        .where(
            Post.state == PostState.PUBLISHED,
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
        )
        .limit(ENTRIES)
    )


def _post(row: sa.Row[*tuple[Any, ...]], tags: tuple[TagChip, ...] = ()) -> FeedPost:
    (
        thread_id, number, title, slug,
        username, display_name, user_state,
        written_at, edited_at, html, content_note, question, born_in, born_as,
    ) = row  # fmt: skip
    return FeedPost(
        thread_id=thread_id,
        number=number,
        title=title,
        slug=slug,
        author=person(username, display_name, user_state),
        written_at=written_at,
        edited_at=edited_at,
        html=html,
        content_note=content_note,
        question=question,
        born_in=born_in,
        born_as=born_as,
        tags=tags,
    )


# The site map: what a visitor may see, and nothing else


_PUBLIC = sa.and_(visible_to(VISITOR), Thread.deleted_at.is_(None), Thread.merged_into_id.is_(None))


def parts() -> tuple[tuple[int, datetime], ...]:
    """The parts of the site map that hold threads, and when something last happened in each."""
    part = (Thread.id // PART_SIZE).label("part")
    found = db.session.execute(
        sa.select(part, sa.func.max(Thread.last_activity_at))
        .join(Space, Space.id == Thread.space_id)
        .where(_PUBLIC)
        .group_by(part)
        .order_by(part)
    )
    return tuple((row[0], row[1]) for row in found)


def threads_in(part: int, after: int) -> tuple[tuple[int, Place], ...]:
    """The next public threads of a part, with their ids, from above the id `after`."""
    first = part * PART_SIZE
    last = min(first + PART_SIZE - 1, _LARGEST_ID)
    if first > _LARGEST_ID:
        return ()
    found = db.session.execute(
        sa.select(Thread.id, Thread.slug, Thread.last_activity_at)
        .join(Space, Space.id == Thread.space_id)
        .where(_PUBLIC, Thread.id > max(after, first - 1), Thread.id <= last)
        .order_by(Thread.id)
        .limit(BATCH)
    )
    return tuple((row.id, Place(thread_path(row.id, row.slug), row[2])) for row in found)


def public_spaces() -> tuple[Place, ...]:
    latest = sa.func.max(Thread.last_activity_at)
    there = sa.and_(
        Thread.space_id == Space.id, Thread.deleted_at.is_(None), Thread.merged_into_id.is_(None)
    )
    found = db.session.execute(
        sa.select(Space.slug, latest)
        .outerjoin(Thread, there)
        .where(visible_to(VISITOR))
        .group_by(Space.id, Space.slug)
        .order_by(Space.id)
        .limit(PART_SIZE // 2)
    )
    return tuple(Place(space_path(row[0]), row[1]) for row in found)


def tags_in_use() -> tuple[Place, ...]:
    """Tags under which a visitor finds something."""
    found = db.session.execute(
        sa.select(Tag.slug, sa.func.max(Thread.last_activity_at))
        .join(ThreadTag, ThreadTag.tag_id == Tag.id)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(_PUBLIC, Tag.merged_into_id.is_(None))
        .group_by(Tag.id, Tag.slug)
        .order_by(Tag.id)
        .limit(PART_SIZE // 2)
    )
    return tuple(Place(tag_path(row[0]), row[1]) for row in found)
