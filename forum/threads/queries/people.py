"""What a person wrote and agrees with, as far as the viewer may see; and who is in a thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.accounts.people import PersonName, person
from forum.core import paging
from forum.core.actor import VISITOR, Actor
from forum.core.db import db
from forum.core.links import comment_path
from forum.core.markup import excerpt
from forum.core.paging import Page
from forum.posts.models import Agreement, Post, PostState
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.threads.models import Reading, TagAttention, Thread
from forum.threads.queries import cursors

PAGE_SIZE = 20
_EXCERPT = 200
_MOST_PEOPLE = 8
_posted = Post.__table__.c.created_at
_agreed = Agreement.__table__.c.created_at


@dataclass(frozen=True, slots=True)
class PostLink:
    """A comment as a list names it."""

    thread_title: str
    path: str
    number: int
    excerpt: str
    content_note: str
    created_at: datetime
    space_name: str


def comments_by(viewer: Actor, user_id: int, cursor: str | None = None) -> Page[PostLink]:
    """A person's comments that the viewer may see, newest first."""
    statement = _visible_posts(viewer, _posted).where(Post.author_id == user_id)
    return _page(statement, _posted, cursor)


def agreements_by(viewer: Actor, user_id: int, cursor: str | None = None) -> Page[PostLink]:
    """The comments that a person agrees with and the viewer may see, latest agreement first."""
    statement = (
        _visible_posts(viewer, _agreed)
        .join(Agreement, Agreement.post_id == Post.id)
        .where(Agreement.user_id == user_id)
    )
    return _page(statement, _agreed, cursor)


def has_public_post(user_id: int) -> bool:
    """Whether a visitor can read anything by this person."""
    statement = (
        sa.select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(
            Post.author_id == user_id,
            Post.state == PostState.PUBLISHED,
            Thread.deleted_at.is_(None),
            visible_to(VISITOR),
        )
        .limit(1)
    )
    return db.session.scalar(statement) is not None


def people_in(thread_id: int, start: str, limit: int = _MOST_PEOPLE) -> tuple[PersonName, ...]:
    """Members whose name begins so: those who wrote in the thread first, then all others."""
    folded = start.casefold()
    pattern = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    in_thread = (
        sa.exists().where(Post.thread_id == thread_id, Post.author_id == User.id).correlate(User)
    )
    rows = db.session.execute(
        sa.select(User.username, User.display_name, User.state)
        .where(
            User.state == UserState.ACTIVE,
            sa.or_(
                User.username_key.like(pattern, escape="\\"),
                sa.func.lower(User.display_name).like(pattern, escape="\\"),
            ),
        )
        .order_by(in_thread.desc(), User.username_key)
        .limit(limit)
    )
    return tuple(person(*row) for row in rows)


def _visible_posts(viewer: Actor, at: sa.ColumnElement[datetime]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.source,
            Post.content_note,
            Post.created_at,
            Thread.title,
            Space.name,
            at.label("at"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(
            Post.state == PostState.PUBLISHED,
            Post.number > 0,
            Thread.deleted_at.is_(None),
            visible_to(viewer),
        )
    )


def _page(
    statement: sa.Select[Any], at: sa.ColumnElement[datetime], cursor: str | None
) -> Page[PostLink]:
    if cursor is not None:
        start, id_ = cursors.key(cursor, (str, int))
        place = sa.tuple_(sa.literal(paging.moment(start), at.type), sa.literal(id_))
        statement = statement.where(sa.tuple_(at, Post.id) <= place)
    found = db.session.execute(
        statement.order_by(at.desc(), Post.id.desc()).limit(PAGE_SIZE + 1)
    ).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = None
    if has_more:
        last = found[PAGE_SIZE]
        following = paging.encode((last.at.isoformat(), last.id))
    return Page(tuple(_link(row) for row in rows), next=following)


def _link(row: sa.Row[*tuple[Any, ...]]) -> PostLink:
    return PostLink(
        thread_title=row.title,
        path=comment_path(row.thread_id, row.number),
        number=row.number,
        # What stands behind a note is opened by its reader, in its place.
        excerpt="" if row.content_note else excerpt(row.source, _EXCERPT),
        content_note=row.content_note,
        created_at=row.created_at,
        space_name=row.name,
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Titles, reading state and what is followed, for the download of one's own data."""
    for thread in db.session.scalars(
        sa.select(Thread).where(Thread.author_id == user_id).order_by(Thread.id)
    ):
        yield (
            "threads",
            {
                "thread": thread.id,
                "title": thread.title,
                "kind": thread.kind.value,
                "opened_at": thread.created_at.isoformat(),
            },
        )
    for reading in db.session.scalars(
        sa.select(Reading).where(Reading.user_id == user_id).order_by(Reading.thread_id)
    ):
        yield (
            "readings",
            {
                "thread": reading.thread_id,
                "read_to": reading.read_to,
                "attention": reading.attention.value if reading.attention else None,
            },
        )
    for attention in db.session.scalars(
        sa.select(TagAttention).where(TagAttention.user_id == user_id)
    ):
        yield ("tags", {"tag": attention.tag_id, "attention": attention.attention.value})
