"""Which comments stand on a page of a thread: one statement, and the cursors that start it.

A page starts at a comment and holds the PAGE_SIZE that follow; its cursor is that comment's place.
The tree orders go by branch, a top-level comment with everything below it: `path` keeps a branch
together and in reading order, and the branches themselves come oldest, newest or most agreed first.
However long a thread is, a statement looks at no more than PAGE_SIZE branches and as many rows of
each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.badges.models import Badge
from forum.core import paging
from forum.core.actor import Actor
from forum.core.db import UtcDateTime, at_most, db
from forum.core.errors import NotFound
from forum.posts.models import PATH_LENGTH, PATH_STEP, Agreement, Post
from forum.posts.paths import AFTER_ALL, branch
from forum.threads.queries import cursors
from forum.threads.rows import Order

PAGE_SIZE = 25

_SHAPES: dict[Order, tuple[type, ...]] = {
    Order.OLDEST: (str,),
    Order.NEWEST: (str, str),
    Order.AGREED: (int, str, str),
    Order.TIME: (str, int),
}
_posts = Post.__table__
_agreements = Agreement.__table__
_parent = _posts.alias("parent")
_answer = _posts.alias("answer")
_asked = _posts.alias("asked")
_user = User.__table__
_parent_user = _user.alias("parent_user")
_mine = _agreements.alias("mine")
# Proposals are above this package; whether one was made of a comment is known with the comment.
_proposal = sa.table("proposal", sa.column("raised_from_id", sa.Integer))
_badge = Badge.__table__
# Says "number > 0" in a way that no index fits: else SQLite takes the one by number, reads the
# whole thread, and sorts it, instead of walking along the order that was asked for.
is_comment = _posts.c.path != ""

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one comment in every order."""

    path: str
    number: int
    created_at: datetime
    branch_agreed: int

    def cursor(self, order: Order) -> paging.Key:
        if order is Order.TIME:
            return (self.created_at.isoformat(), self.number)
        if order is Order.AGREED:
            return (self.branch_agreed, branch(self.path), self.path)
        if order is Order.NEWEST:
            return (branch(self.path), self.path)
        return (self.path,)


def decoded(cursor: str, order: Order) -> paging.Key:
    key = cursors.key(cursor, _SHAPES[order])
    if order is Order.TIME:
        paging.moment(key[0])  # raises NotFound
    return key


# -- The statement -----------------------------------------------------------------------------


@cache
def _statement(order: Order, *, is_first: bool) -> sa.Select[Any]:
    """Rows of a page and one more, for any viewer."""
    columns, tables = _columns()
    statement = sa.select(*columns).where(is_comment).limit(at_most(PAGE_SIZE + 1))
    if order in {Order.TIME, Order.OLDEST}:
        statement = statement.add_columns(sa.literal_column("0").label("branch_agreed"))
        statement = statement.where(_posts.c.thread_id == sa.bindparam("thread_id"))
    if order is Order.TIME:
        statement = statement.select_from(tables).order_by(_posts.c.created_at, _posts.c.number)
        if not is_first:
            start = sa.tuple_(
                sa.bindparam("start_at", type_=UtcDateTime()), sa.bindparam("start_number")
            )
            statement = statement.where(sa.tuple_(_posts.c.created_at, _posts.c.number) >= start)
        return statement
    if order is Order.OLDEST:
        statement = statement.select_from(tables).order_by(_posts.c.path)
        if not is_first:
            statement = statement.where(_posts.c.path >= _text("start_path"))
        return statement
    branches = _branches(order, is_first=is_first)
    # The thread comes with the branch, so that a database starts from the few branches: given the
    # thread itself, SQLite starts from all posts of it.
    within = sa.and_(
        _posts.c.thread_id == branches.c.thread_id,
        _posts.c.path >= branches.c.begin,
        _posts.c.path <= branches.c.last,
    )
    statement = statement.add_columns(branches.c.agreement_count.label("branch_agreed"))
    statement = statement.select_from(tables.join(branches, within))
    if order is Order.AGREED:
        return statement.order_by(branches.c.agreement_count.desc(), branches.c.path, _posts.c.path)
    return statement.order_by(branches.c.path.desc(), _posts.c.path)


def _branches(order: Order, *, is_first: bool) -> sa.CTE:
    """The first PAGE_SIZE + 1 branches in order, each with the paths worth looking at.

    The branches are chosen first, so that the last path is looked up for these alone.
    """
    head, row = _heads(order, is_first=is_first), _posts.alias("inner_row")
    end = head.c.path + AFTER_ALL
    begin: sa.ColumnElement[str] = head.c.path
    if not is_first:
        begin = sa.case(
            (head.c.path == _text("start_branch"), _text("start_path")), else_=head.c.path
        )
    last = (
        sa.select(row.c.path)
        .where(row.c.thread_id == head.c.thread_id, row.c.path >= begin, row.c.path < end)
        .order_by(row.c.path)
        .offset(PAGE_SIZE)
        .limit(at_most(1))
        .correlate(head)
        .scalar_subquery()
    )
    return sa.select(
        head.c.thread_id,
        head.c.path,
        head.c.agreement_count,
        begin.label("begin"),
        sa.func.coalesce(last, end).label("last"),
    ).cte("branches")


def _heads(order: Order, *, is_first: bool) -> sa.Subquery:
    """The first comments of these branches."""
    head = _posts.alias("branch")
    heads = (
        sa.select(head.c.thread_id, head.c.path, head.c.agreement_count)
        .where(head.c.thread_id == sa.bindparam("thread_id"), head.c.depth == 1)
        .limit(at_most(PAGE_SIZE + 1))
    )
    if order is Order.AGREED:
        heads = heads.order_by(head.c.agreement_count.desc(), head.c.path)
        if not is_first:
            agreed = sa.bindparam("start_agreed", type_=sa.Integer())
            heads = heads.where(
                sa.or_(
                    head.c.agreement_count < agreed,
                    sa.and_(head.c.agreement_count == agreed, head.c.path >= _text("start_branch")),
                )
            )
    else:
        heads = heads.order_by(head.c.path.desc())
        if not is_first:
            heads = heads.where(head.c.path <= _text("start_branch"))
    return heads.subquery("heads")


def _text(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=_posts.c.path.type)


def _columns() -> tuple[tuple[sa.ColumnElement[Any], ...], sa.FromClause]:
    answered_question = (
        sa.select(sa.func.min(_asked.c.number))
        # "+ 0" keeps SQLite on the index of answers: by thread, each row would look at all others.
        .where(_asked.c.answer_id == _posts.c.id, _asked.c.thread_id + 0 == _posts.c.thread_id)
        .correlate(_posts)
        .scalar_subquery()
    )
    columns = (
        _posts.c.id, _posts.c.number, _posts.c.path, _posts.c.depth, _posts.c.created_at,
        _posts.c.edited_at, _posts.c.html, _posts.c.language, _posts.c.content_note,
        _posts.c.state, _posts.c.state_reason, _posts.c.agreement_count,
        _posts.c.is_question, _posts.c.author_id,
        _user.c.username, _user.c.display_name, _user.c.state.label("user_state"),
        _parent.c.number.label("parent_number"), _parent.c.path.label("parent_path"),
        _parent_user.c.username.label("parent_username"),
        _parent_user.c.display_name.label("parent_name"),
        _parent_user.c.state.label("parent_state"),
        _answer.c.number.label("answer_number"),
        answered_question.label("answers_number"),
        _mine.c.user_id.label("mine"),
        _posts.c.bearing,
        _badge.c.kind.label("badge_kind"), _badge.c.organisation,
        _badge.c.state.label("badge_state"), _badge.c.expires_at,
        sa.exists().where(_proposal.c.raised_from_id == _posts.c.id).label("was_raised"),
    )  # fmt: skip
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    tables = (
        _posts.outerjoin(_user, _user.c.id == _posts.c.author_id)
        .outerjoin(_parent, _parent.c.id == _posts.c.parent_id)
        .outerjoin(_parent_user, _parent_user.c.id == _parent.c.author_id)
        .outerjoin(_answer, _answer.c.id == _posts.c.answer_id)
        .outerjoin(_badge, _badge.c.id == _posts.c.badge_id)
        .outerjoin(_mine, sa.and_(_mine.c.post_id == _posts.c.id, _mine.c.user_id == me))
    )
    return columns, tables


def fetch(viewer: Actor, thread_id: int, order: Order, start: paging.Key | None) -> Sequence[Row]:
    values: dict[str, object] = {"thread_id": thread_id, "viewer_id": viewer.id}
    values.update(_start_values(order, start))
    statement = _statement(order, is_first=start is None)
    return db.session.connection().execute(statement, values).all()


def _start_values(order: Order, start: paging.Key | None) -> dict[str, object]:
    if start is None:
        return {}
    if order is Order.TIME:
        at, number = start
        return {"start_at": paging.moment(at), "start_number": number}
    names = {
        Order.OLDEST: ("start_path",),
        Order.NEWEST: ("start_branch", "start_path"),
        Order.AGREED: ("start_agreed", "start_branch", "start_path"),
    }[order]
    if any(isinstance(part, str) and len(part) > PATH_LENGTH for part in start):
        raise NotFound
    return dict(zip(names, start, strict=True))


# -- Where a page starts -----------------------------------------------------------------------


def place_of(row: Row) -> Place:
    return Place(row.path, row.number, row.created_at, row.branch_agreed)


def start_of_page_with(thread_id: int, number: int, order: Order) -> paging.Key | None:
    """The start of a page that holds this comment; None for the first page, where that holds it.

    Otherwise the page starts at the comment's branch, or at itself far down a long one. Whoever
    answers or agrees in a thread of one page stays on it that way.
    """
    if number > cursors.LARGEST:
        raise NotFound
    root, near = _posts.alias("root"), _posts.alias("near")
    page_before = (
        sa.select(near.c.path)
        .where(
            near.c.thread_id == thread_id,
            near.c.path < _posts.c.path,
            near.c.path != "",
        )
        .order_by(near.c.path.desc())
        .offset(PAGE_SIZE - 1)
        .limit(at_most(1))
        .correlate(_posts)
        .scalar_subquery()
    )
    found = (
        db.session.connection()
        .execute(
            sa.select(
                _posts.c.path,
                _posts.c.number,
                _posts.c.created_at,
                root.c.agreement_count,
                page_before,
            )
            .join(
                root,
                sa.and_(
                    root.c.thread_id == _posts.c.thread_id,
                    root.c.path == sa.func.substr(_posts.c.path, 1, PATH_STEP),
                ),
            )
            .where(_posts.c.thread_id == thread_id, _posts.c.number == number)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    *values, earlier = found
    place = Place(*values)
    if order is Order.OLDEST and earlier is None:
        return None
    if order is Order.TIME:
        return place.cursor(order)
    start = branch(place.path)
    path = place.path if earlier is not None and earlier >= start else start
    return Place(path, place.number, place.created_at, place.branch_agreed).cursor(order)


def start_of_previous(thread_id: int, order: Order, start: paging.Key) -> str | None:
    """The start of the page before; None at the beginning, and for orders by branch.

    Orders by branch go back to their first page instead: what lies before may have changed place.
    """
    if order is Order.OLDEST:
        (path,) = start
        statement = (
            sa.select(_posts.c.path)
            .where(_posts.c.thread_id == thread_id, _posts.c.path < path, is_comment)
            .order_by(_posts.c.path.desc())
        )
    elif order is Order.TIME:
        values = _start_values(order, start)
        statement = (
            sa.select(_posts.c.created_at, _posts.c.number)
            .where(
                _posts.c.thread_id == thread_id,
                is_comment,
                sa.tuple_(_posts.c.created_at, _posts.c.number)
                < sa.tuple_(
                    sa.bindparam("start_at", values["start_at"], type_=UtcDateTime()),
                    sa.bindparam("start_number", values["start_number"]),
                ),
            )
            .order_by(_posts.c.created_at.desc(), _posts.c.number.desc())
        )
    else:
        return None
    before = db.session.connection().execute(statement.limit(at_most(PAGE_SIZE))).all()
    if not before:
        return None
    key = before[-1]
    return paging.encode((key[0],) if order is Order.OLDEST else (key[0].isoformat(), key[1]))
