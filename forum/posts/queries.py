"""Reads of posts: one with its facts, its history, who agreed, and what a person wrote."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.markup import (
    OUT_OF_SIGHT,
    Links,
    Rendered,
    mentioned_names,
    quoted_numbers,
    redact_quotes,
    render,
)
from forum.posts.models import Agreement, Post, PostRevision, PostState, Quote

WINDOW = timedelta(minutes=10)  # of the limit on posts
_OUT_OF_SIGHT = (PostState.WAITING, PostState.REMOVED)  # for now: their words can come back


@dataclass(frozen=True, slots=True)
class Version:
    """How a post read at one time; `number` is its revision, the newest is the present text."""

    number: int
    title: str
    source: str
    question: str
    content_note: str
    written_at: datetime


def get_post(thread_id: int, number: int, *, for_update: bool = False) -> Post:
    """A post by its place; raises NotFound. Whether it may be seen is the caller's to ask."""
    statement = sa.select(Post).where(Post.thread_id == thread_id, Post.number == number)
    if for_update:
        statement = statement.with_for_update()
    post = db.session.scalar(statement)
    if post is None:
        raise NotFound
    return post


def find_post(post_id: int) -> Post | None:
    """A post by its id, whoever may see it: the caller asks."""
    return db.session.get(Post, post_id)


def author_of(post: Post) -> PersonName:
    row = db.session.execute(
        sa.select(User.username, User.display_name, User.state).where(User.id == post.author_id)
    ).one_or_none()
    return person(*row) if row else person(None, None, None)


def find_submitted(author_id: int, submit_key: str) -> Post | None:
    """The post that this form made already, if it did."""
    return db.session.scalar(
        sa.select(Post).where(Post.author_id == author_id, Post.submit_key == submit_key)
    )


def times_of_latest(author_id: int, since: datetime, limit: int) -> tuple[datetime, ...]:
    """When the author's newest posts since then were written, newest first."""
    return tuple(
        db.session.scalars(
            sa.select(Post.created_at)
            .where(
                Post.author_id == author_id,
                Post.created_at > since,
                Post.is_imported.is_(False),
            )
            .order_by(Post.created_at.desc())
            .limit(limit)
        )
    )


def history(post: Post, title: str = "") -> tuple[Version, ...]:
    """All versions as others may read them, oldest first; the last is what stands now."""
    hidden = out_of_sight(post)
    earlier = db.session.scalars(
        sa.select(PostRevision).where(PostRevision.post_id == post.id).order_by(PostRevision.number)
    )
    versions = [
        Version(
            row.number,
            row.title,
            readable(row.source, hidden),
            row.question,
            row.content_note,
            row.written_at,
        )
        for row in earlier
    ]
    now = Version(
        post.revision,
        title,
        readable(post.source, hidden),
        post.question,
        post.content_note,
        post.edited_at or post.created_at,
    )
    return (*versions, now)


def agreeing(post_id: int) -> tuple[PersonName, ...]:
    """Everybody who agrees with a comment, first to last."""
    rows = db.session.execute(
        sa.select(User.username, User.display_name, User.state)
        .join(Agreement, Agreement.user_id == User.id)
        .where(Agreement.post_id == post_id)
        .order_by(Agreement.created_at, User.id)
    )
    return tuple(person(*row) for row in rows)


def replies_to(post_id: int) -> tuple[tuple[int, PersonName], ...]:
    """Numbers and authors of the published replies to a comment, at most fifty."""
    rows = db.session.execute(
        sa.select(Post.number, User.username, User.display_name, User.state)
        .outerjoin(User, User.id == Post.author_id)
        .where(Post.parent_id == post_id, Post.state == PostState.PUBLISHED)
        .order_by(Post.number)
        .limit(50)
    )
    return tuple((row[0], person(row[1], row[2], row[3])) for row in rows)


def quoting(post_id: int) -> tuple[tuple[Post, int], ...]:
    """The posts that quote this one, locked, each with the number that it gives it."""
    rows = db.session.execute(
        sa.select(Post, Quote.as_number)
        .join(Quote, Quote.post_id == Post.id)
        .where(Quote.quoted_id == post_id)
        .order_by(Post.id)
        .with_for_update(of=Post)
        .execution_options(populate_existing=True)
    )
    return tuple((post, number) for post, number in rows)


def taken_back_among(thread_id: int, numbers: Collection[int]) -> tuple[int, ...]:
    """Which of these numbers of a thread are comments whose authors took their words back."""
    return _in_state(thread_id, numbers, (PostState.WITHDRAWN,))


def out_of_sight_among(thread_id: int, numbers: Collection[int]) -> tuple[int, ...]:
    """Which of these numbers of a thread are comments that nobody reads for now."""
    return _in_state(thread_id, numbers, _OUT_OF_SIGHT)


def _in_state(
    thread_id: int, numbers: Collection[int], states: Collection[PostState]
) -> tuple[int, ...]:
    if not numbers:
        return ()
    return tuple(
        db.session.scalars(
            sa.select(Post.number).where(
                Post.thread_id == thread_id,
                Post.number.in_(numbers),
                Post.state.in_(states),
            )
        )
    )


def quoted_but_taken_back(post_id: int) -> tuple[int, ...]:
    """The numbers by which a post quotes comments whose authors took their words back."""
    return tuple(
        db.session.scalars(
            sa.select(Quote.as_number)
            .join(Post, Post.id == Quote.quoted_id)
            .where(Quote.post_id == post_id, Post.state == PostState.WITHDRAWN)
        )
    )


def out_of_sight(post: Post) -> frozenset[int]:
    """The numbers by which a post quotes comments that nobody reads for now.

    A quote that is linked is known by its link, whatever moved since; one that is new, by its
    number in the thread.
    """
    rows = db.session.execute(
        sa.select(Quote.as_number, Post.state)
        .join(Post, Post.id == Quote.quoted_id)
        .where(Quote.post_id == post.id)
    )
    linked: dict[int, PostState] = dict(rows.all())
    new = set(quoted_numbers(post.source)) - linked.keys()
    hidden = {number for number, state in linked.items() if state in _OUT_OF_SIGHT}
    return frozenset(hidden.union(out_of_sight_among(numbered_in(post), new)))


def numbered_in(post: Post) -> int:
    """The thread whose comments the numbers in a text mean.

    An opening had no comments when it was written: its numbers are those of where it came from.
    """
    return post.thread_id if post.number else post.written_in_id or post.thread_id


def readable(source: str, hidden: Iterable[int]) -> str:
    """A text as others read it: without what it quotes of the comments with these numbers."""
    for number in hidden:
        source = redact_quotes(source, number, OUT_OF_SIGHT)
    return source


def revisions_of(post_ids: list[int]) -> tuple[PostRevision, ...]:
    return tuple(
        db.session.scalars(sa.select(PostRevision).where(PostRevision.post_id.in_(post_ids)))
    )


def posts_of(author_id: int) -> tuple[Post, ...]:
    """Every post of a person that still has its words."""
    return tuple(
        db.session.scalars(
            sa.select(Post)
            .where(Post.author_id == author_id, Post.state != PostState.WITHDRAWN)
            .order_by(Post.id)
        )
    )


def threads_of(author_id: int) -> tuple[int, ...]:
    """The threads in which a person has such posts."""
    return tuple(
        db.session.scalars(
            sa.select(Post.thread_id)
            .where(Post.author_id == author_id, Post.state != PostState.WITHDRAWN)
            .distinct()
        )
    )


def has_answered(author_id: int, post: Post, since: datetime) -> bool:
    """Whether a person answered this post, or the thread that it opens, since then."""
    answered = Post.parent_id == post.id
    if post.number == 0:
        answered = sa.and_(Post.thread_id == post.thread_id, Post.parent_id.is_(None))
    found = sa.select(Post.id).where(
        answered, Post.number > 0, Post.author_id == author_id, Post.created_at > since
    )
    return db.session.scalar(found.limit(1)) is not None


def ids_by_number(thread_id: int, numbers: tuple[int, ...]) -> dict[int, int]:
    """Ids of the posts of a thread that a text quotes, by number; unknown ones are left out.

    What went out of sight while somebody quoted it is linked too: its words come back or go.
    """
    if not numbers:
        return {}
    rows = db.session.execute(
        sa.select(Post.number, Post.id).where(
            Post.thread_id == thread_id,
            Post.number.in_(numbers),
            Post.state.in_((PostState.PUBLISHED, *_OUT_OF_SIGHT)),
        )
    )
    return dict(rows.all())


def people_by_key(keys: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """Ids and user names of active members by name key, for the names that a text mentions."""
    if not keys:
        return {}
    rows = db.session.execute(
        sa.select(User.username_key, User.id, User.username).where(
            User.username_key.in_(keys), User.state == "active"
        )
    )
    return {key: (user_id, username) for key, user_id, username in rows}


def rendered(source: str, thread_id: int | None) -> tuple[Rendered, dict[str, tuple[int, str]]]:
    """A text as it is shown, and the members it names; raises Invalid for what cannot be shown."""
    people = people_by_key(mentioned_names(source))
    names = {key: username for key, (_, username) in people.items()}
    return render(source, links=Links(people=names, thread_id=thread_id)), people


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything of posts that is about this person, for the download of their own data."""
    parent = aliased(Post)
    for post, parent_number in db.session.execute(
        sa.select(Post, parent.number)
        .outerjoin(parent, parent.id == Post.parent_id)
        .where(Post.author_id == user_id)
        .order_by(Post.id)
        .execution_options(yield_per=200)
    ):
        yield (
            "posts",
            {
                "thread": post.thread_id,
                "number": post.number,
                "in_reply_to": parent_number,
                "written_at": post.created_at.isoformat(),
                "edited_at": post.edited_at.isoformat() if post.edited_at else None,
                "text": post.source,
                "language": post.language,
                "question": post.question,
                "content_note": post.content_note,
                "bearing": post.bearing.value if post.bearing else None,
                "state": post.state.value,
            },
        )
    for revision, thread_id, number in db.session.execute(
        sa.select(PostRevision, Post.thread_id, Post.number)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.author_id == user_id)
        .order_by(PostRevision.id)
        .execution_options(yield_per=200)
    ):
        yield (
            "earlier_versions",
            {
                "thread": thread_id,
                "number": number,
                "text": revision.source,
                "question": revision.question,
                "content_note": revision.content_note,
                "written_at": revision.written_at.isoformat(),
            },
        )
    for thread_id, number, at in db.session.execute(
        sa.select(Post.thread_id, Post.number, Agreement.created_at)
        .join(Agreement, Agreement.post_id == Post.id)
        .where(Agreement.user_id == user_id)
        .order_by(Agreement.created_at)
        .execution_options(yield_per=200)
    ):
        yield (
            "agreements",
            {"thread": thread_id, "number": number, "agreed_at": at.isoformat()},
        )
