"""A page of a thread's comments, as rows with all that their template needs."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import person
from forum.badges.queries import chip
from forum.cases.words import waiting_for
from forum.core import paging
from forum.core.actor import Actor
from forum.core.db import UtcDateTime, at_most, db
from forum.core.links import comment_path
from forum.posts import policy
from forum.posts.models import Agreement, Post, PostState
from forum.sanctions import policy as sanctions
from forum.threads import policy as thread_policy
from forum.threads.models import ThreadKind
from forum.threads.queries.folding import fold
from forum.threads.queries.tree import (
    PAGE_SIZE,
    Row,
    decoded,
    fetch,
    place_of,
    start_of_page_with,
    start_of_previous,
)
from forum.threads.rows import CommentRow, Comments, Head, Order, Powers, comment_ref, stub

DEEPEST_SHOWN = 4
NAMES_SHOWN = 3
_OF_VISITOR = Powers(report=True)  # after signing in, which the form asks for

_posts = Post.__table__
_agreements = Agreement.__table__
_user = User.__table__


def comments_page(
    viewer: Actor, head: Head, *, order: Order, cursor: str | None = None, at: int | None = None
) -> Comments:
    """The page that starts at `cursor`, or the one that holds comment `at`, or the first.

    One statement; each adds one more: a start that is not the beginning, agreements on the page,
    and unread numbers between those of the page. Raises NotFound for a cursor or number that does
    not exist.
    """
    if at is not None and at > 0:
        start = start_of_page_with(head.id, at, order)
    elif cursor is not None:
        start = decoded(cursor, order)
    else:
        start = None
    found = fetch(viewer, head.id, order, start)
    shown, has_more = paging.cut(found, PAGE_SIZE)
    following = paging.encode(place_of(found[PAGE_SIZE]).cursor(order)) if has_more else None
    previous = start_of_previous(head.id, order, start) if start is not None else None
    rows = _rows(viewer, head, shown)
    if order is Order.TIME:
        _lay_flat(rows)
        tail = 1 if rows else 0
    else:
        tail = _nest(rows, shown)
    ends_folded = order is not Order.TIME and fold(rows, at)
    _name_agreers(rows)
    inside = None
    if order is not Order.TIME and shown and shown[0].depth > 1:
        inside = rows[0].in_reply_to
    # Whoever comes to the last page by its cursor came through the pages before.
    is_end = not has_more and at is None
    read_to = head.last_number if is_end else _read_to(viewer, head, rows)
    return Comments(
        tuple(rows), tail, ends_folded, following, previous, start is None, inside, read_to
    )


def _rows(viewer: Actor, head: Head, found: Sequence[Row]) -> list[CommentRow]:
    powers: dict[tuple[bool, PostState, bool], Powers] = {}
    rows = []
    for row in found:
        is_own = row.author_id is not None and row.author_id == viewer.id
        key = (is_own, row.state, row.is_question)
        if key not in powers:
            powers[key] = _powers(viewer, head, row)
        rows.append(_row(head, row, powers[key], is_own=is_own, is_member=viewer.is_signed_in))
    return rows


def _row(head: Head, row: Row, may: Powers, *, is_own: bool, is_member: bool) -> CommentRow:
    (
        id_, number, _path, _depth, created_at,
        edited_at, html, language, content_note, state, state_reason,
        agreement_count, is_question, _author_id,
        username, display_name, user_state,
        parent_number, _parent_path,
        parent_username, parent_name, parent_state,
        answer_number, answers_number, mine,
        bearing, badge_kind, organisation, badge_state, badge_until, was_raised,
        _branch_agreed,
    ) = row  # fmt: skip
    published = state is PostState.PUBLISHED
    waits = is_own and state is PostState.WAITING  # to everybody else it is not there
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
        html=html if published or waits else "",
        language=language,
        content_note=content_note if published or waits else "",
        state=state,
        stub="" if published or waits else stub(state, state_reason),
        why_waiting=waiting_for(state_reason) if waits else "",
        agreement_count=agreement_count if published else 0,
        agrees=mine is not None,
        is_question=is_question and published,
        answer=comment_ref(head.id, answer_number) if answer_number else None,
        answers=comment_ref(head.id, answers_number) if answers_number and published else None,
        in_reply_to=reply_to,
        was_raised=bool(was_raised),
        is_new=is_new,
        is_own=is_own,
        may=may,
        badge=chip(badge_kind, organisation, badge_state, badge_until)
        if badge_kind is not None and (published or waits)
        else None,
        bearing=bearing if published and head.kind is ThreadKind.PROPOSAL else None,
    )


def _powers(viewer: Actor, head: Head, row: Row) -> Powers:
    if not viewer.is_signed_in:
        return _OF_VISITOR if row.state is PostState.PUBLISHED else Powers()
    facts = head.facts_of_post(row.author_id, row.number, row.state, is_question=row.is_question)
    return Powers(
        reply=bool(policy.may_reply(viewer, facts)),
        agree=bool(policy.may_agree(viewer, facts)),
        edit=bool(policy.may_edit(viewer, facts)),
        withdraw=bool(policy.may_withdraw(viewer, facts)),
        mark_question=bool(policy.may_mark_question(viewer, facts)),
        mark_answer=bool(policy.may_mark_answer(viewer, facts)),
        remove=bool(policy.may_remove(viewer, facts)),
        restore=bool(policy.may_restore(viewer, facts)),
        report=bool(policy.may_report(viewer, facts)),
        split=bool(thread_policy.may_arrange(viewer, head.facts))
        and row.state is PostState.PUBLISHED,
        raise_it=row.state is PostState.PUBLISHED
        and bool(sanctions.may_write(viewer, head.access.space_id)),
        annotate=viewer.has_badges and bool(policy.may_annotate(viewer, facts)),
    )


def _lay_flat(rows: list[CommentRow]) -> None:
    if rows:
        rows[0].opens = 1


def _nest(rows: list[CommentRow], found: Sequence[Row]) -> int:
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
        .limit(at_most(1))
    )
    return head.last_number if elsewhere is None else elsewhere - 1


def first_unread(head: Head) -> int | None:
    """The lowest number that the viewer of this head has not read yet."""
    unread = sa.and_(
        _posts.c.thread_id == head.id,
        _posts.c.number > head.read_to,
        _posts.c.state == PostState.PUBLISHED,
    )
    statement = sa.select(_posts.c.number).where(unread).order_by(_posts.c.number).limit(at_most(1))
    if head.read_all_at is not None:
        statement = statement.where(
            _posts.c.created_at > sa.literal(head.read_all_at, UtcDateTime())
        )
    return db.session.connection().scalar(statement)
