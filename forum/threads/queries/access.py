"""One thread or comment, with everything that decides what the viewer may do with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.people import person
from forum.badges.models import Badge
from forum.badges.queries import chip
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.drafts.models import Draft
from forum.drafts.queries import Kept, Words
from forum.posts.models import Post, Quote
from forum.posts.policy import PostFacts
from forum.spaces.models import Membership, Space, Visibility
from forum.spaces.policy import SpaceAccess
from forum.spaces.queries import visible_to
from forum.threads.models import AllRead, MovedPost, Reading, Thread
from forum.threads.policy import may_see
from forum.threads.rows import Head

_t, _s, _p, _u = (model.__table__.c for model in (Thread, Space, Post, User))
_m, _r, _a = (model.__table__.c for model in (Membership, Reading, AllRead))
_b = Badge.__table__.c
_draft = Draft.__table__
_reply_draft = Draft.__table__.alias("reply_draft")
_d = _draft.c


@cache
def _head_statement() -> sa.Select[Any]:
    """One statement for everybody: a visitor is simply nobody's member and has read nothing."""
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    tables = (
        Thread.__table__.join(Space.__table__, _s.id == _t.space_id)
        .join(Post.__table__, sa.and_(_p.thread_id == _t.id, _p.number == 0))
        .outerjoin(User.__table__, _u.id == _p.author_id)
        .outerjoin(Membership.__table__, sa.and_(_m.space_id == _s.id, _m.user_id == me))
        .outerjoin(Reading.__table__, sa.and_(_r.thread_id == _t.id, _r.user_id == me))
        .outerjoin(AllRead.__table__, _a.user_id == me)
        .outerjoin(Badge.__table__, _b.id == _p.badge_id)
    )
    return (
        sa.select(
            _t.id, _t.kind, _t.title, _t.slug, _t.space_id, _s.slug, _s.name, _s.language,
            _s.visibility, _s.who_starts, _s.who_comments, _m.role, _s.hold_first,
            _p.author_id, _u.username, _u.display_name, _u.state,
            _t.created_at, _t.last_activity_at, _t.last_number, _t.comment_count,
            _t.open_question_count, _t.is_pinned, _t.closed_at, _t.closed_reason,
            _t.deleted_at, _t.deleted_reason, _t.slow_minutes, _t.slow_until,
            _p.id, _p.html, _p.state, _p.state_reason, _p.revision, _p.edited_at, _p.question,
            _p.language,
            _p.content_note,
            _r.read_to, _r.at, _r.attention, _a.at,
            _b.kind, _b.organisation, _b.state, _b.expires_at,
        )
        .select_from(tables)
        .where(_t.id == sa.bindparam("thread_id"), _t.merged_into_id.is_(None))
    )  # fmt: skip


@cache
def _statement_with_drafts() -> sa.Select[Any]:
    """The same, and what the viewer has begun to write: no statement of its own for that."""
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    elsewhere = (
        sa.select(sa.func.min(_reply_draft.c.reply_to))
        .where(
            _reply_draft.c.user_id == me,
            _reply_draft.c.thread_id == _t.id,
            _reply_draft.c.reply_to > 0,
        )
        .correlate(Thread.__table__)
        .scalar_subquery()
    )
    begun = sa.and_(_d.thread_id == _t.id, _d.user_id == me, _d.reply_to == 0)
    base = _head_statement()
    (tables,) = base.get_final_froms()
    return base.add_columns(
        _d.id, _d.version, _d.saved_at, _d.source, _d.content_note, _d.is_question, elsewhere
    ).select_from(tables.outerjoin(_draft, begun))


@dataclass(frozen=True, slots=True)
class Begun:
    """What the viewer has begun to write in a thread: a comment, and a reply to `reply_to`."""

    comment: Kept | None = None
    reply_to: int | None = None


def get_head(viewer: Actor, thread_id: int) -> Head:
    """The thread, when the viewer may see it; NotFound otherwise, also after a merge."""
    return _head(viewer, _row(_head_statement(), viewer, thread_id))


def get_head_and_drafts(viewer: Actor, thread_id: int) -> tuple[Head, Begun]:
    """The same, with the viewer's drafts; a visitor has none."""
    if not viewer.is_signed_in:
        return get_head(viewer, thread_id), Begun()
    row = _row(_statement_with_drafts(), viewer, thread_id)
    *of_head, id_, version, saved_at, source, note, is_question, reply_to = row
    head = _head(viewer, of_head)
    if id_ is None:
        return head, Begun(None, reply_to)
    words = Words(source, content_note=note, is_question=is_question)
    return head, Begun(Kept(id_, thread_id, 0, version, saved_at, words), reply_to)


def _row(statement: sa.Select[Any], viewer: Actor, thread_id: int) -> Sequence[Any]:
    row = (
        db.session.connection()
        .execute(statement, {"thread_id": thread_id, "viewer_id": viewer.id})
        .one_or_none()
    )
    if row is None:
        raise NotFound
    return row


def _head(viewer: Actor, row: Sequence[Any]) -> Head:
    (
        id_, kind, title, slug, space_id, space_slug, space_name, space_language,
        visibility, who_starts, who_comments, role, hold_first,
        author_id, username, display_name, user_state,
        created_at, last_activity_at, last_number, comment_count,
        open_question_count, is_pinned, closed_at, closed_reason,
        deleted_at, deleted_reason, slow_minutes, slow_until,
        opening_id, html, state, state_reason, revision, edited_at, question,
        language,
        content_note,
        read_to, read_at, attention, all_read_at,
        badge_kind, organisation, badge_state, badge_until,
    ) = row  # fmt: skip
    head = Head(
        id=id_,
        kind=kind,
        stored_title=title,
        slug=slug,
        space_id=space_id,
        space_slug=space_slug,
        space_name=space_name,
        space_language=space_language,
        access=SpaceAccess(space_id, visibility, who_starts, who_comments, role, hold_first),
        author_id=author_id,
        is_own=author_id is not None and author_id == viewer.id,
        author=person(username, display_name, user_state),
        created_at=created_at,
        last_activity_at=last_activity_at,
        last_number=last_number,
        comment_count=comment_count,
        unanswered_count=open_question_count,
        is_pinned=is_pinned,
        closed_at=closed_at,
        closed_reason=closed_reason,
        deleted_at=deleted_at,
        deleted_reason=deleted_reason,
        opening_id=opening_id,
        opening_html=html,
        opening_state=state,
        opening_reason=state_reason,
        opening_revision=revision,
        opening_edited_at=edited_at,
        stored_question=question,
        opening_language=language,
        opening_note=content_note,
        read_to=read_to or 0,
        read_all_at=all_read_at or viewer.created_at,
        was_opened=read_at is not None,
        follow=attention,
        slow_minutes=slow_minutes,
        slow_until=slow_until,
        worn=chip(badge_kind, organisation, badge_state, badge_until),
    )
    may_see(viewer, head.facts).enforce()
    return head


def titles_of(viewer: Actor, thread_ids: Collection[int]) -> dict[int, str]:
    """The titles of those of these threads that the viewer may see, in one statement."""
    if not thread_ids:
        return {}
    rows = db.session.execute(
        sa.select(Thread.id, Thread.title)
        .join(Space, Space.id == Thread.space_id)
        .where(
            Thread.id.in_(thread_ids),
            Thread.merged_into_id.is_(None),
            Thread.deleted_at.is_(None),
            visible_to(viewer),
        )
    )
    return dict(rows.all())


def head_of_post(viewer: Actor, post: Post) -> Head:
    return get_head(viewer, post.thread_id)


def get_comment(
    viewer: Actor, thread_id: int, number: int, *, for_update: bool = False
) -> tuple[Head, Post]:
    """A post and its thread, when the viewer may see it; raises NotFound."""
    head = get_head(viewer, thread_id)
    statement = sa.select(Post).where(Post.thread_id == head.id, Post.number == number)
    if for_update:
        statement = statement.with_for_update()
    post = db.session.scalar(statement)
    if post is None:
        raise NotFound
    return head, post


def post_facts(head: Head, post: Post) -> PostFacts:
    """What the policy of posts asks about this one."""
    return head.facts_of_post(post.author_id, post.number, post.state, is_question=post.is_question)


def find_moved(thread_id: int, number: int | None = None) -> tuple[int, int] | None:
    """Where a merged thread, or a comment that left its thread, is now: thread id and number."""
    if number is not None:
        moved = db.session.execute(
            sa.select(Post.thread_id, Post.number)
            .join(MovedPost, MovedPost.post_id == Post.id)
            .where(MovedPost.thread_id == thread_id, MovedPost.number == number)
        ).one_or_none()
        if moved is not None:
            return moved[0], moved[1]
    target = db.session.scalar(sa.select(Thread.merged_into_id).where(Thread.id == thread_id))
    if target is None:
        return None
    opening = db.session.execute(
        sa.select(Post.thread_id, Post.number)
        .join(MovedPost, MovedPost.post_id == Post.id)
        .where(MovedPost.thread_id == thread_id, MovedPost.number == 0)
    ).one_or_none()
    return (opening[0], opening[1]) if opening is not None else (target, 0)


def quotes_from_elsewhere(thread_id: int, target: SpaceAccess) -> bool:
    """Whether a thread quotes a comment of another that fewer people read than `target`."""
    quoter, quoted = aliased(Post), aliased(Post)
    is_as_wide = [Space.id == target.space_id, Space.visibility == Visibility.PUBLIC]
    if target.visibility is not Visibility.PUBLIC:
        is_as_wide.append(Space.visibility == Visibility.MEMBERS)
    found = (
        sa.select(Quote.post_id)
        .join(quoter, quoter.id == Quote.post_id)
        .join(quoted, quoted.id == Quote.quoted_id)
        .join(Thread, Thread.id == quoted.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(quoter.thread_id == thread_id, Thread.id != thread_id, ~sa.or_(*is_as_wide))
    )
    return db.session.scalar(found.limit(1)) is not None


def find_latest(author_id: int, since: datetime, *, space_id: int | None) -> datetime | None:
    """When somebody last wrote after `since`, in a space or (None) anywhere."""
    statement = sa.select(sa.func.max(Post.created_at)).where(
        Post.author_id == author_id, Post.created_at > since, Post.is_imported.is_(False)
    )
    if space_id is not None:
        in_space = sa.select(Thread.id).where(Thread.space_id == space_id)
        statement = statement.where(Post.thread_id.in_(in_space))
    return db.session.scalar(statement)
