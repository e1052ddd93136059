"""The conditions of a proposal that a viewer may read."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import comment_path
from forum.posts.models import Post, PostState
from forum.stances.models import Condition, ConditionBacker, ConditionState
from forum.stances.words import CONDITION_STATES

_c, _p = Condition.__table__.c, Post.__table__.c
_ORDER = (ConditionState.OPEN, ConditionState.ADOPTED, ConditionState.DECLINED)


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition; `said_path` leads to the comment that asked for it, while that can be read."""

    id: int
    number: int
    text: str
    state: ConditionState
    backers: int
    is_backed: bool  # by the viewer
    answer: str
    adopted_revision: int | None
    decided_at: datetime | None
    said_path: str
    waits: bool
    said_number: int | None = None  # of that comment

    @property
    def is_open(self) -> bool:
        return self.state is ConditionState.OPEN

    @property
    def label(self) -> str:
        return str(CONDITION_STATES[self.state])


def in_sight(me: sa.ColumnElement[int] | None = None) -> sa.ColumnElement[bool]:
    """Whether a Condition can be read, beside an outer join of the Post that said it.

    Not while its comment waits (but by its author, `me`) or is removed, nor once nobody asks for
    it. Words that were taken back stay as long as others have made them their own.
    """
    backer = ConditionBacker.__table__.alias("asking")
    asked = sa.exists().where(backer.c.condition_id == _c.id)
    others = asked.where(sa.or_(_c.author_id.is_(None), backer.c.user_id != _c.author_id))
    is_own = sa.false() if me is None else _c.author_id == me
    is_read = sa.or_(
        _p.id.is_(None),
        _p.state == PostState.PUBLISHED,
        sa.and_(_p.state == PostState.WAITING, is_own),
        sa.and_(
            _p.state == PostState.WITHDRAWN,
            sa.or_(others.correlate(Condition.__table__), _c.state == ConditionState.ADOPTED),
        ),
    )
    return sa.and_(
        _c.state != ConditionState.REMOVED,
        sa.or_(_c.state != ConditionState.OPEN, asked.correlate(Condition.__table__)),
        is_read,
    )


@cache
def _statement() -> sa.Select[Any]:
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    backer = ConditionBacker.__table__.alias("backer")
    backers = (
        sa.select(sa.func.count())
        .where(backer.c.condition_id == _c.id)
        .correlate(Condition.__table__)
        .scalar_subquery()
    )
    mine = sa.exists().where(backer.c.condition_id == _c.id, backer.c.user_id == me)
    return (
        sa.select(
            _c.id, _c.number, _c.text, _c.state, _c.answer, _c.adopted_revision, _c.decided_at,
            backers.label("backers"), mine.label("mine"),
            _p.thread_id.label("said_in"), _p.number.label("said_as"), _p.state.label("said"),
        )
        .select_from(Condition.__table__.outerjoin(Post.__table__, _p.id == _c.post_id))
        .where(_c.thread_id == sa.bindparam("thread_id"), in_sight(me))
        .order_by(_c.number)
    )  # fmt: skip


def conditions_of(viewer: Actor, thread_id: int) -> tuple[ConditionRow, ...]:
    """The conditions that the viewer may read: open ones first, with most backers first."""
    values = {"viewer_id": viewer.id, "thread_id": thread_id}
    rows = [_condition(row) for row in db.session.connection().execute(_statement(), values)]
    rows.sort(key=lambda row: (_ORDER.index(row.state), -row.backers, row.number))
    return tuple(rows)


def get_condition(viewer: Actor, thread_id: int, number: int) -> ConditionRow:
    """One of them; NotFound for what cannot be read. The thread is the caller's to look at."""
    for row in conditions_of(viewer, thread_id):
        if row.number == number:
            return row
    raise NotFound


def _condition(row: Any) -> ConditionRow:  # noqa: ANN401 - a row of _statement
    is_said = row.said in {PostState.PUBLISHED, PostState.WAITING}
    return ConditionRow(
        id=row.id,
        number=row.number,
        text=row.text,
        state=row.state,
        backers=row.backers,
        is_backed=bool(row.mine),
        answer=row.answer,
        adopted_revision=row.adopted_revision,
        decided_at=row.decided_at,
        said_path=comment_path(row.said_in, row.said_as) if is_said else "",
        waits=row.said is PostState.WAITING,
        said_number=row.said_as if is_said else None,
    )
