"""A page of a thread's comments in one statement, as a tree or in time order.

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
from forum.accounts.people import person
from forum.core import paging
from forum.core.actor import Actor
from forum.core.db import UtcDateTime, db
from forum.core.errors import NotFound
from forum.core.links import comment_path
from forum.posts import policy
from forum.posts.models import PATH_LENGTH, PATH_STEP, Agreement, Post, PostState
from forum.posts.paths import AFTER_ALL, branch
from forum.posts.policy import PostFacts
from forum.threads import policy as thread_policy
from forum.threads.queries import cursors
from forum.threads.rows import (
    CommentRow,
    Comments,
    Head,
    Order,
    Powers,
    Standing,
    comment_ref,
    stub,
)

PAGE_SIZE = 25
DEEPEST_SHOWN = 4
NAMES_SHOWN = 3
_STANDING_ROWS = 3

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
# Says "number > 0" in a way that no index fits: else SQLite takes the one by number, reads the
# whole thread, and sorts it, instead of walking along the order that was asked for.
_is_comment = _posts.c.path != ""
# Word for word as the index of open questions says it: SQLite knows it by nothing else, and would
# read the whole thread for a thread without questions.
_is_open_question = sa.text("post.is_question AND post.answer_id IS NULL")


_Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Place:
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


def comments_page(
    viewer: Actor, head: Head, *, order: Order, cursor: str | None = None, at: int | None = None
) -> Comments:
    """The page that starts at `cursor`, or the one that holds comment `at`, or the first.

    One statement; each adds one more: a start that is not the beginning, agreements on the page,
    and unread numbers between those of the page. Raises NotFound for a cursor or number that does
    not exist.
    """
    if at is not None and at > 0:
        start = _start_of_page_with(head.id, at, order)
    elif cursor is not None:
        start = _decoded(cursor, order)
    else:
        start = None
    found = _fetch(viewer, head.id, order, start)
    shown, has_more = paging.cut(found, PAGE_SIZE)
    following = paging.encode(_place_of(found[PAGE_SIZE]).cursor(order)) if has_more else None
    previous = _previous(head.id, order, start) if start is not None else None
    rows = _rows(viewer, head, shown)
    if order is Order.TIME:
        _lay_flat(rows)
        tail = 1 if rows else 0
    else:
        tail = _nest(rows, shown)
    _name_agreers(rows)
    inside = None
    if order is not Order.TIME and shown and shown[0].depth > 1:
        inside = rows[0].in_reply_to
    # Whoever comes to the last page by its cursor came through the pages before.
    is_end = not has_more and at is None
    read_to = head.last_number if is_end else _read_to(viewer, head, rows)
    return Comments(tuple(rows), tail, following, previous, start is None, inside, read_to)


def _decoded(cursor: str, order: Order) -> paging.Key:
    key = cursors.key(cursor, _SHAPES[order])
    if order is Order.TIME:
        cursors.moment(key[0])  # raises NotFound
    return key


# -- The statement -----------------------------------------------------------------------------


@cache
def _statement(order: Order, *, is_first: bool) -> sa.Select[Any]:
    """Rows of a page and one more, for any viewer."""
    columns, tables = _columns()
    statement = sa.select(*columns).where(_is_comment).limit(PAGE_SIZE + 1)
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
        .limit(1)
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
        .limit(PAGE_SIZE + 1)
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
        _posts.c.edited_at, _posts.c.html, _posts.c.state, _posts.c.state_reason,
        _posts.c.agreement_count, _posts.c.is_question, _posts.c.author_id,
        _user.c.username, _user.c.display_name, _user.c.state.label("user_state"),
        _parent.c.number.label("parent_number"), _parent.c.path.label("parent_path"),
        _parent_user.c.username.label("parent_username"),
        _parent_user.c.display_name.label("parent_name"),
        _parent_user.c.state.label("parent_state"),
        _answer.c.number.label("answer_number"),
        answered_question.label("answers_number"),
        _mine.c.user_id.label("mine"),
    )  # fmt: skip
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    tables = (
        _posts.outerjoin(_user, _user.c.id == _posts.c.author_id)
        .outerjoin(_parent, _parent.c.id == _posts.c.parent_id)
        .outerjoin(_parent_user, _parent_user.c.id == _parent.c.author_id)
        .outerjoin(_answer, _answer.c.id == _posts.c.answer_id)
        .outerjoin(_mine, sa.and_(_mine.c.post_id == _posts.c.id, _mine.c.user_id == me))
    )
    return columns, tables


def _fetch(viewer: Actor, thread_id: int, order: Order, start: paging.Key | None) -> Sequence[_Row]:
    values: dict[str, object] = {"thread_id": thread_id, "viewer_id": viewer.id}
    values.update(_start_values(order, start))
    statement = _statement(order, is_first=start is None)
    return db.session.connection().execute(statement, values).all()


def _start_values(order: Order, start: paging.Key | None) -> dict[str, object]:
    if start is None:
        return {}
    if order is Order.TIME:
        at, number = start
        return {"start_at": cursors.moment(at), "start_number": number}
    names = {
        Order.OLDEST: ("start_path",),
        Order.NEWEST: ("start_branch", "start_path"),
        Order.AGREED: ("start_agreed", "start_branch", "start_path"),
    }[order]
    if any(isinstance(part, str) and len(part) > PATH_LENGTH for part in start):
        raise NotFound
    return dict(zip(names, start, strict=True))


# -- Where a page starts -----------------------------------------------------------------------


def _place_of(row: _Row) -> _Place:
    return _Place(row.path, row.number, row.created_at, row.branch_agreed)


def _start_of_page_with(thread_id: int, number: int, order: Order) -> paging.Key:
    """The start of a page that holds this comment: its branch, or itself far down a long one."""
    if number > cursors.LARGEST:
        raise NotFound
    root = _posts.alias("root")
    near = _posts.alias("near")
    target = (
        db.session.connection()
        .execute(
            sa.select(_posts.c.path, _posts.c.number, _posts.c.created_at, root.c.agreement_count)
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
    if target is None:
        raise NotFound
    place = _Place(*target)
    if order is Order.TIME or len(place.path) == PATH_STEP:
        return place.cursor(order)
    before = (
        db.session.connection()
        .scalars(
            sa.select(near.c.path)
            .where(
                near.c.thread_id == thread_id,
                near.c.path >= branch(place.path),
                near.c.path < place.path,
            )
            .order_by(near.c.path.desc())
            .limit(PAGE_SIZE)
        )
        .all()
    )
    path = branch(place.path) if len(before) < PAGE_SIZE else place.path
    return _Place(path, place.number, place.created_at, place.branch_agreed).cursor(order)


def _previous(thread_id: int, order: Order, start: paging.Key) -> str | None:
    """The start of the page before; None at the beginning, and for orders by branch.

    Orders by branch go back to their first page instead: what lies before may have changed place.
    """
    if order is Order.OLDEST:
        (path,) = start
        statement = (
            sa.select(_posts.c.path)
            .where(_posts.c.thread_id == thread_id, _posts.c.path < path, _is_comment)
            .order_by(_posts.c.path.desc())
        )
    elif order is Order.TIME:
        values = _start_values(order, start)
        statement = (
            sa.select(_posts.c.created_at, _posts.c.number)
            .where(
                _posts.c.thread_id == thread_id,
                _is_comment,
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
    before = db.session.connection().execute(statement.limit(PAGE_SIZE)).all()
    if not before:
        return None
    key = before[-1]
    return paging.encode((key[0],) if order is Order.OLDEST else (key[0].isoformat(), key[1]))


# -- Rows --------------------------------------------------------------------------------------


def _rows(viewer: Actor, head: Head, found: Sequence[_Row]) -> list[CommentRow]:
    powers: dict[tuple[bool, PostState, bool], Powers] = {}
    rows = []
    for row in found:
        is_own = row.author_id is not None and row.author_id == viewer.id
        key = (is_own, row.state, row.is_question)
        if key not in powers:
            powers[key] = _powers(viewer, head, row)
        rows.append(_row(head, row, powers[key], is_own=is_own, is_member=viewer.is_signed_in))
    return rows


def _row(head: Head, row: _Row, may: Powers, *, is_own: bool, is_member: bool) -> CommentRow:
    (
        id_, number, _path, _depth, created_at,
        edited_at, html, state, state_reason,
        agreement_count, is_question, _author_id,
        username, display_name, user_state,
        parent_number, _parent_path,
        parent_username, parent_name, parent_state,
        answer_number, answers_number, mine, _branch_agreed,
    ) = row  # fmt: skip
    published = state is PostState.PUBLISHED
    reply_to = None
    if parent_number:
        name = person(parent_username, parent_name, parent_state).display_name
        reply_to = comment_ref(head.id, parent_number, name)
    is_new = (
        is_member
        and not is_own
        and number > head.read_to
        and (head.read_all_at is None or created_at > head.read_all_at)
    )
    return CommentRow(
        id=id_,
        number=number,
        path=comment_path(head.id, number),
        author=person(username, display_name, user_state),
        created_at=created_at,
        is_edited=edited_at is not None and published,
        html=html if published else "",
        state=state,
        stub="" if published else stub(state, state_reason),
        agreement_count=agreement_count if published else 0,
        agrees=mine is not None,
        is_question=is_question and published,
        answer=comment_ref(head.id, answer_number) if answer_number else None,
        answers=comment_ref(head.id, answers_number) if answers_number and published else None,
        in_reply_to=reply_to,
        is_new=is_new,
        is_own=is_own,
        may=may,
    )


def _powers(viewer: Actor, head: Head, row: _Row) -> Powers:
    if not viewer.is_signed_in:
        return Powers()
    facts = PostFacts(
        author_id=row.author_id,
        number=row.number,
        state=row.state,
        is_question=row.is_question,
        is_closed=head.is_closed,
        is_deleted=head.is_deleted,
        access=head.access,
    )
    return Powers(
        reply=bool(policy.may_reply(viewer, facts)),
        agree=bool(policy.may_agree(viewer, facts)),
        edit=bool(policy.may_edit(viewer, facts)),
        withdraw=bool(policy.may_withdraw(viewer, facts)),
        mark_question=bool(policy.may_mark_question(viewer, facts)),
        mark_answer=bool(policy.may_mark_answer(viewer, facts)),
        remove=bool(policy.may_remove(viewer, facts)),
        restore=bool(policy.may_restore(viewer, facts)),
        split=bool(thread_policy.may_arrange(viewer, head.facts))
        and row.state is PostState.PUBLISHED,
    )


def _lay_flat(rows: list[CommentRow]) -> None:
    if rows:
        rows[0].opens = 1


def _nest(rows: list[CommentRow], found: Sequence[_Row]) -> int:
    """Fill in level, opens and closes; returns how many lists the last row leaves open.

    A reply directly under its parent needs no "in reply to"; one that stands elsewhere keeps it.
    """
    open_paths: list[str] = []
    for row, source in zip(rows, found, strict=True):
        while open_paths and not source.path.startswith(open_paths[-1]):
            open_paths.pop()
            row.closes += 1
        if len(open_paths) == DEEPEST_SHOWN:
            open_paths.pop()
            row.closes += 1
        is_under_parent = bool(open_paths) and source.parent_path == open_paths[-1]
        if source.depth == 1 or is_under_parent:
            row.in_reply_to = None
        if row.closes == 0:
            row.opens = 1
        else:
            row.closes -= 1  # the list that it joins stays open
        open_paths.append(source.path)
        row.level = len(open_paths)
    return len(open_paths)


def _name_agreers(rows: list[CommentRow]) -> None:
    """The first few who agree with each comment, in one statement for the page."""
    agreed = {row.id: row for row in rows if row.agreement_count}
    if not agreed:
        return
    found = db.session.connection().execute(_agreers(), {"post_ids": list(agreed)})
    names: dict[int, list[str]] = {}
    for post_id, username, display_name, state in found:
        names.setdefault(post_id, []).append(person(username, display_name, state).display_name)
    for post_id, people in names.items():
        agreed[post_id].agreed_by = tuple(people)


@cache
def _agreers() -> sa.Select[Any]:
    ranked = (
        sa.select(
            _agreements.c.post_id,
            _agreements.c.user_id,
            sa.func.row_number()
            .over(
                partition_by=_agreements.c.post_id,
                order_by=(_agreements.c.created_at, _agreements.c.user_id),
            )
            .label("rank"),
        )
        .where(_agreements.c.post_id.in_(sa.bindparam("post_ids", expanding=True)))
        .subquery()
    )
    return (
        sa.select(ranked.c.post_id, _user.c.username, _user.c.display_name, _user.c.state)
        .join(_user, _user.c.id == ranked.c.user_id)
        .where(ranked.c.rank <= NAMES_SHOWN)
        .order_by(ranked.c.post_id, ranked.c.rank)
    )


def _read_to(viewer: Actor, head: Head, rows: Sequence[CommentRow]) -> int:
    """The highest number up to which every comment was read before or is on this page.

    One statement when a number is missing here: it is on another page, or has left the thread.
    """
    read_to = head.read_to
    unread = {row.number for row in rows if row.number > read_to}
    while read_to + 1 in unread:
        read_to += 1
    if not viewer.is_signed_in or not unread or read_to >= max(unread):
        return read_to
    elsewhere = db.session.connection().scalar(
        sa.select(_posts.c.number)
        .where(
            _posts.c.thread_id == head.id,
            _posts.c.number > read_to,
            _posts.c.number.not_in(unread),
        )
        .order_by(_posts.c.number)
        .limit(1)
    )
    return head.last_number if elsewhere is None else elsewhere - 1


def first_unread(head: Head) -> int | None:
    """The lowest number that the viewer of this head has not read yet."""
    unread = sa.and_(
        _posts.c.thread_id == head.id,
        _posts.c.number > head.read_to,
        _posts.c.state == PostState.PUBLISHED,
    )
    statement = sa.select(_posts.c.number).where(unread).order_by(_posts.c.number).limit(1)
    if head.read_all_at is not None:
        statement = statement.where(
            _posts.c.created_at > sa.literal(head.read_all_at, UtcDateTime())
        )
    return db.session.connection().scalar(statement)


# -- The rail ----------------------------------------------------------------------------------


def standing(head: Head) -> Standing:
    """What most agree with and which questions wait, in one statement."""
    found = db.session.connection().execute(_standing(), {"thread_id": head.id})
    agreed, questions = [], []
    for number, count, username, display_name, state in found:
        name = person(username, display_name, state).display_name
        reference = comment_ref(head.id, number, name)
        if count is None:
            questions.append(reference)
        else:
            agreed.append((reference, count))
    agreed.sort(key=lambda pair: (-pair[1], pair[0].number))
    questions.sort(key=lambda question: question.number)
    return Standing(tuple(agreed), tuple(questions))


@cache
def _standing() -> sa.Select[Any]:
    of_thread = sa.and_(
        _posts.c.thread_id == sa.bindparam("thread_id"),
        _posts.c.state == PostState.PUBLISHED,
    )
    agreed = (
        sa.select(_posts.c.number, _posts.c.agreement_count.label("agreed"), _posts.c.author_id)
        .where(of_thread, _is_comment, _posts.c.agreement_count > 1)
        .order_by(_posts.c.agreement_count.desc(), _posts.c.number.desc())
        .limit(_STANDING_ROWS)
        .subquery("agreed")
    )
    asked = (
        # Without a type PostgreSQL takes the NULL for text, which no UNION joins with a number.
        sa.select(
            _posts.c.number, sa.cast(sa.null(), sa.Integer).label("agreed"), _posts.c.author_id
        )
        .where(of_thread, _is_open_question)
        .order_by(_posts.c.number)
        .limit(_STANDING_ROWS)
        .subquery("asked_rows")
    )
    both = sa.union_all(sa.select(agreed), sa.select(asked)).subquery("both")
    return sa.select(
        both.c.number, both.c.agreed, _user.c.username, _user.c.display_name, _user.c.state
    ).outerjoin_from(both, _user, _user.c.id == both.c.author_id)
