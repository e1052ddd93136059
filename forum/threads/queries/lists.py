"""Lists of threads that a viewer may see: two statements a page, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core import paging
from forum.core.actor import Actor, SiteRole
from forum.core.db import UtcDateTime, at_most, db
from forum.core.links import space_path, tag_path, thread_path
from forum.core.paging import Page
from forum.spaces.models import Space
from forum.spaces.queries import anyone_of, visible_to
from forum.tags.models import Tag
from forum.tags.queries import TagChip
from forum.threads.models import (
    AllRead,
    Attention,
    Reading,
    SuggestionState,
    TagAttention,
    TagSuggestion,
    Thread,
    ThreadTag,
)
from forum.threads.queries import cursors
from forum.threads.rows import ThreadRow

PAGE_SIZE = 20

_t, _s = Thread.__table__.c, Space.__table__.c
_author = User.__table__.alias("author")
_last = User.__table__.alias("last_author")
_r, _a = Reading.__table__.c, AllRead.__table__.c
_is_not_merged = _t.merged_into_id.is_(None)

_Row = sa.Row[*tuple[Any, ...]]


class Show(StrEnum):
    """Which threads, in which order."""

    ACTIVE = "active"  # latest activity first
    NEW = "new"  # latest opened first
    UNANSWERED = "unanswered"  # with a question that nobody answered, latest activity first
    FOLLOWING = "following"  # followed by the viewer, or with a tag that they follow


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list is about; all None: every visible thread."""

    show: Show = Show.ACTIVE
    space_id: int | None = None
    tag_id: int | None = None
    author_id: int | None = None

    @property
    def pins_first(self) -> bool:
        return self.space_id is not None and self.show is Show.ACTIVE


def newest_threads(
    viewer: Actor,
    *,
    space_id: int | None = None,
    tag_id: int | None = None,
    show: Show = Show.ACTIVE,
    cursor: str | None = None,
) -> Page[ThreadRow]:
    """A page of the threads in a space, with a tag, or everywhere; pinned first in a space."""
    return _page(viewer, Shown(show=show, space_id=space_id, tag_id=tag_id), cursor)


def threads_by(viewer: Actor, user_id: int, cursor: str | None = None) -> Page[ThreadRow]:
    """The threads that a person opened and the viewer may see, newest first."""
    return _page(viewer, Shown(show=Show.NEW, author_id=user_id), cursor)


def _page(viewer: Actor, shown: Shown, cursor: str | None) -> Page[ThreadRow]:
    values: dict[str, object] = {
        "viewer_id": viewer.id,
        "space_id": shown.space_id,
        "tag_id": shown.tag_id,
        "author_id": shown.author_id,
    }
    if cursor is not None:
        values.update(_start(shown, cursor))
    statement = _statement(
        viewer.role if viewer.is_signed_in else None,
        shown.show,
        shown.pins_first,
        tuple(
            name
            for name, value in (
                ("space_id", shown.space_id),
                ("tag_id", shown.tag_id),
                ("author_id", shown.author_id),
            )
            if value is not None
        ),
        cursor is not None,
    )
    found = db.session.connection().execute(statement, values).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = paging.encode(_key(shown, found[PAGE_SIZE])) if has_more else None
    return Page(_rows(viewer, rows), next=following)


def _key(shown: Shown, row: _Row) -> paging.Key:
    """Where a page starts: at this row."""
    at = row.created_at if shown.show is Show.NEW else row.last_activity_at
    if shown.pins_first:
        return (int(row.is_pinned), at.isoformat(), row.id)
    return (at.isoformat(), row.id)


def _start(shown: Shown, cursor: str) -> dict[str, object]:
    shape: tuple[type, ...] = (int, str, int) if shown.pins_first else (str, int)
    *pinned, at, id_ = cursors.key(cursor, shape)
    values: dict[str, object] = {"start_at": paging.moment(at), "start_id": id_}
    if pinned:
        values["start_pinned"] = bool(pinned[0])
    return values


@cache
def _statement(
    role: SiteRole | None,
    show: Show,
    pins_first: bool,  # noqa: FBT001 - all five are the key of the cache
    filters: tuple[str, ...],
    continues: bool,  # noqa: FBT001
) -> sa.Select[Any]:
    """One statement for all viewers of a role; who they are comes with the values."""
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    viewer = anyone_of(role)
    tables = (
        Thread.__table__.join(Space.__table__, _s.id == _t.space_id)
        .outerjoin(_author, _author.c.id == _t.author_id)
        .outerjoin(_last, _last.c.id == _t.last_author_id)
        .outerjoin(Reading.__table__, sa.and_(_r.thread_id == _t.id, _r.user_id == me))
        .outerjoin(AllRead.__table__, _a.user_id == me)
    )
    statement = (
        sa.select(
            _t.id, _t.kind, _t.title, _t.slug, _t.created_at, _t.last_activity_at,
            _t.last_number, _t.comment_count, _t.open_question_count, _t.is_pinned,
            _t.closed_at, _s.slug.label("space_slug"), _s.name.label("space_name"),
            _author.c.username, _author.c.display_name, _author.c.state,
            _t.last_author_id,
            _last.c.username.label("last_username"),
            _last.c.display_name.label("last_name"),
            _last.c.state.label("last_state"),
            _r.read_to, _r.at.label("read_at"), _r.attention, _a.at.label("all_read_at"),
        )
        .select_from(tables)
        .where(_t.deleted_at.is_(None), _is_not_merged, visible_to(viewer))
        .limit(at_most(PAGE_SIZE + 1))
    )  # fmt: skip
    for name in filters:
        statement = statement.where(_filter(name))
    if show is Show.UNANSWERED:
        statement = statement.where(_t.open_question_count > 0)
    if show is Show.FOLLOWING:
        statement = statement.where(_followed(me))
    at = _t.created_at if show is Show.NEW else _t.last_activity_at
    order: tuple[sa.ColumnElement[Any], ...] = (at, _t.id)
    start: tuple[sa.ColumnElement[Any], ...] = (
        sa.bindparam("start_at", type_=UtcDateTime()),
        sa.bindparam("start_id", type_=sa.Integer()),
    )
    if pins_first:
        order = (_t.is_pinned, *order)
        start = (sa.bindparam("start_pinned", type_=sa.Boolean()), *start)
    if continues:
        statement = statement.where(sa.tuple_(*order) <= sa.tuple_(*start))
    return statement.order_by(*(column.desc() for column in order))


def _filter(name: str) -> sa.ColumnElement[bool]:
    value = sa.bindparam(name, type_=sa.Integer())
    if name == "tag_id":
        tagged = ThreadTag.__table__.c
        return sa.exists().where(tagged.thread_id == _t.id, tagged.tag_id == value)
    column: sa.ColumnElement[bool] = _t[name] == value
    return column


def _followed(me: sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    tagged, attention = ThreadTag.__table__.c, TagAttention.__table__.c
    by_tag = sa.exists().where(
        tagged.thread_id == _t.id,
        tagged.tag_id == attention.tag_id,
        attention.user_id == me,
        attention.attention == Attention.FOLLOW,
    )
    is_muted = sa.func.coalesce(_r.attention, "") == Attention.MUTE.value
    return sa.or_(_r.attention == Attention.FOLLOW, sa.and_(by_tag, sa.not_(is_muted)))


def _rows(viewer: Actor, found: Sequence[_Row]) -> tuple[ThreadRow, ...]:
    tags = chips_of_threads([row.id for row in found])
    return tuple(_row(viewer, row, tags.get(row.id, ())) for row in found)


def _row(viewer: Actor, row: _Row, tags: tuple[TagChip, ...]) -> ThreadRow:
    (
        id_, kind, title, slug, created_at, last_activity_at,
        last_number, comment_count, open_question_count, is_pinned,
        closed_at, space_slug, space_name,
        username, display_name, state,
        _last_author_id, last_username, last_name, last_state,
        read_to, read_at, attention, all_read_at,
    ) = row  # fmt: skip
    was_opened = read_at is not None
    seen_at = all_read_at or viewer.created_at
    is_past = seen_at is not None and last_activity_at <= seen_at
    new_count = None
    if viewer.is_signed_in:
        unseen = last_number - (read_to or 0)
        new_count = 0 if is_past or not was_opened else max(0, min(unseen, comment_count))
    return ThreadRow(
        id=id_,
        title=title,
        path=thread_path(id_, slug),
        kind=kind,
        space_name=space_name,
        space_path=space_path(space_slug),
        tags=tags,
        author=person(username, display_name, state),
        created_at=created_at,
        comment_count=comment_count,
        new_count=new_count,
        is_new=viewer.is_signed_in and not was_opened and not is_past,
        unanswered_count=open_question_count,
        last_activity_at=last_activity_at,
        last_by=person(last_username, last_name, last_state) if comment_count else None,
        is_pinned=is_pinned,
        is_closed=closed_at is not None,
        follow=attention,
    )


@cache
def _chips() -> sa.Select[Any]:
    tagged, tag = ThreadTag.__table__.c, Tag.__table__.c
    return (
        sa.select(tagged.thread_id, tag.id, tag.name, tag.slug, tag.is_need)
        .join_from(ThreadTag.__table__, Tag.__table__, tag.id == tagged.tag_id)
        .where(tagged.thread_id.in_(sa.bindparam("thread_ids", expanding=True)))
        .order_by(tagged.thread_id, tagged.position, tag.id)
    )


def chips_of_threads(thread_ids: Sequence[int]) -> dict[int, tuple[TagChip, ...]]:
    """The tags of each thread in the order that its author gave, in one statement."""
    if not thread_ids:
        return {}
    found = db.session.connection().execute(_chips(), {"thread_ids": list(thread_ids)})
    chips: dict[int, list[TagChip]] = {}
    for thread_id, tag_id, name, slug, is_need in found:
        chips.setdefault(thread_id, []).append(TagChip(tag_id, name, tag_path(slug), is_need))
    return {thread_id: tuple(row) for thread_id, row in chips.items()}


def tag_attention(viewer: Actor, tag_id: int) -> Attention | None:
    """Whether the viewer follows or mutes a tag."""
    if not viewer.is_signed_in:
        return None
    return db.session.scalar(
        sa.select(TagAttention.attention).where(
            TagAttention.user_id == viewer.id, TagAttention.tag_id == tag_id
        )
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested set of tags that waits for a facilitator."""

    id: int
    by: PersonName
    tag_slugs: tuple[str, ...]
    new_words: tuple[str, ...]
    note: str
    created_at: datetime


def suggestions_for(thread_id: int) -> tuple[Suggestion, ...]:
    """Open suggestions of tags, oldest first; at most fifty."""
    found = db.session.execute(
        sa.select(TagSuggestion, User.username, User.display_name, User.state)
        .outerjoin(User, User.id == TagSuggestion.suggested_by_id)
        .where(TagSuggestion.thread_id == thread_id, TagSuggestion.state == SuggestionState.OPEN)
        .order_by(TagSuggestion.id)
        .limit(50)
    )
    return tuple(
        Suggestion(
            id=row.id,
            by=person(username, display_name, state),
            tag_slugs=tuple(row.tag_slugs),
            new_words=tuple(row.new_words),
            note=row.note,
            created_at=row.created_at,
        )
        for row, username, display_name, state in found
    )
