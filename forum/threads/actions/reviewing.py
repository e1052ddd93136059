"""How a post stands after a review: in sight, waiting, or taken out; and how that is undone.

These enforce no policy: moderation, which calls them, decides who may.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import _
from forum.core.text import slug
from forum.posts import actions as posts
from forum.posts import queries as post_queries
from forum.posts.models import Post, PostState
from forum.threads.actions.counting import lock, open_questions_of, recount, touch
from forum.threads.effects import index_posts, index_thread
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class Standing:
    """How a post and its thread stand: what a decision changes, and what undoing it brings back.

    `state` WAITING or REMOVED of an opening takes its whole thread out of sight. `answers` are the
    ids of the questions that the post answers.
    """

    state: PostState
    reason: str = ""
    content_note: str = ""
    answers: tuple[int, ...] = ()
    closed_at: datetime | None = None
    closed_reason: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "state": self.state.value,
            "reason": self.reason,
            "content_note": self.content_note,
            "answers": list(self.answers),
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
            "closed_reason": self.closed_reason,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Standing":
        """What `plain` gave."""
        closed_at = plain["closed_at"]
        return cls(
            PostState(plain["state"]),
            plain["reason"],
            plain["content_note"],
            tuple(plain["answers"]),
            datetime.fromisoformat(closed_at) if closed_at else None,
            plain["closed_reason"],
        )


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the place of words that named somebody; a title for openings only."""

    source: str
    question: str = ""
    title: str = ""


def hold_post(post_id: int) -> tuple[Thread, Post]:
    """A post and its thread, both locked; NotFound."""
    while True:
        thread_id = db.session.scalar(sa.select(Post.thread_id).where(Post.id == post_id))
        if thread_id is None:
            raise NotFound
        lock(thread_id)
        post = db.session.scalar(
            sa.select(Post)
            .where(Post.id == post_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if post is not None and post.thread_id == thread_id:
            break  # else it was moved while we waited for its old thread
    thread = db.session.get_one(Thread, thread_id, populate_existing=True)
    return thread, post


def standing(thread: Thread, post: Post) -> Standing:
    state, reason = post.state, post.state_reason
    if post.number == 0 and state is PostState.PUBLISHED and thread.deleted_at is not None:
        state, reason = PostState.REMOVED, thread.deleted_reason
    answers = db.session.scalars(
        sa.select(Post.id).where(Post.answer_id == post.id).order_by(Post.id)
    )
    return Standing(
        state,
        reason,
        post.content_note,
        tuple(answers),
        thread.closed_at,
        thread.closed_reason,
    )


def stand(
    thread: Thread,
    post: Post,
    wanted: Standing,
    *,
    by_id: int | None = None,
    is_last: bool = True,
) -> tuple[int, ...]:
    """Let a post and its thread stand as wanted; `by_id` is who takes an opening out.

    Returns the ids of the posts that quote it and so read differently. Conflict when the author has
    taken the words back: then there is nothing to show or to hide. Unless this is the last thing to
    do, the caller calls `make_stale` with those ids when all is recorded.
    """
    if post.state is PostState.WITHDRAWN:
        raise Conflict(_("The author has taken these words back for good."))
    post.content_note = wanted.content_note
    thread.closed_at = wanted.closed_at
    thread.closed_reason = wanted.closed_reason
    if post.number == 0:
        _stand_opening(thread, post, wanted, by_id)
    else:
        post.state = wanted.state
        post.state_reason = wanted.reason
    if wanted.state is PostState.PUBLISHED:
        _answer_again(post, wanted.answers)
    else:
        open_questions_of(post)
    quoters = quoted_anew(post)
    _index_anew(thread, post, *quoters)
    if is_last:
        make_stale(thread.id, *quoters)
    return quoters


def quoted_anew(post: Post) -> tuple[int, ...]:
    """Take a post's words out of what others quote of it, or back into it, as it stands now.

    Returns the ids of the posts that read differently; what their authors wrote stays as it is.
    """
    db.session.flush()
    return tuple(
        quoter.id for quoter, _number in post_queries.quoting(post.id) if posts.rerender(quoter)
    )


def redact(thread: Thread, post: Post, words: Words, *, is_last: bool = True) -> dict[str, Any]:
    """Put other words in the place of a post's, in all it ever said and wherever it is quoted.

    Returns what was there, as JSON holds it, for `unredact`; nothing else keeps it. `is_last` as
    for `stand`; the posts that quoted it are then stale too: `quoting(before)`.
    """
    before = {"title": thread.title, **posts.redact(post, words.source, words.question)}
    if post.number == 0 and words.title:
        thread.title = words.title
        thread.slug = slug(words.title)
    before["revision"] = post.revision
    db.session.flush()
    _index_anew(thread, post, *quoting(before))
    if is_last:
        make_stale(thread.id, *quoting(before))
    return before


def unredact(
    thread: Thread, post: Post, before: Mapping[str, Any], *, is_last: bool = True
) -> None:
    """Bring back what `redact` took out; Conflict when the post was edited since."""
    if post.revision != before["revision"]:
        raise Conflict(_("The author has changed the text since, so the old one stays away."))
    posts.unredact(post, before)
    if post.number == 0:
        thread.title = before["title"]
        thread.slug = slug(thread.title)
    db.session.flush()
    _index_anew(thread, post, *quoting(before))
    if is_last:
        make_stale(thread.id, *quoting(before))


def quoting(before: Mapping[str, Any]) -> tuple[int, ...]:
    """The ids of the posts that quoted what `redact` took out."""
    return tuple(quote["post_id"] for quote in before["quotes"])


def make_stale(thread_id: int, *changed_ids: int) -> None:
    """Make the finished pages stale that show this thread, or one of these posts elsewhere."""
    elsewhere = db.session.scalars(
        sa.select(Post.thread_id).where(Post.id.in_(changed_ids)).distinct()
    )
    touch(thread_id, *elsewhere)


def _stand_opening(thread: Thread, post: Post, wanted: Standing, by_id: int | None) -> None:
    is_removed = wanted.state is PostState.REMOVED
    is_shown = wanted.state is PostState.PUBLISHED
    post.state = PostState.PUBLISHED if is_removed else wanted.state
    post.state_reason = "" if is_removed else wanted.reason
    thread.deleted_at = None if is_shown else thread.deleted_at or clock.now()
    thread.deleted_by_id = by_id if is_removed else None
    thread.deleted_reason = wanted.reason if is_removed else ""


def _answer_again(post: Post, question_ids: tuple[int, ...]) -> None:
    """What it answered, it answers again, unless something else answers that by now."""
    if question_ids:
        db.session.execute(
            sa.update(Post)
            .where(Post.id.in_(question_ids), Post.answer_id.is_(None), Post.is_question)
            .values(answer_id=post.id)
            .execution_options(synchronize_session=False)
        )


def _index_anew(thread: Thread, post: Post, *changed_ids: int) -> None:
    if post.number == 0:
        index_thread(thread.id)
    index_posts(post.id, *changed_ids)
    recount(thread.id)
