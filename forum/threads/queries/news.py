"""What came into a thread since somebody opened its page: one statement, however long it is."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.actor import VISITOR, Actor
from forum.core.db import db
from forum.posts.models import Post, PostState
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.threads.models import Thread

MOST_COUNTED = 100  # rows looked at, whatever number is asked from

_t, _p = Thread.__table__.c, Post.__table__.c


@dataclass(frozen=True, slots=True)
class News:
    """How many comments came, and the number of the first."""

    count: int
    first: int | None


def find_public_news(thread_id: int, after: int) -> News | None:
    """Comments after this number in a thread that everybody may read; None for any other."""
    return _find(_public(), thread_id, after)


def find_news(viewer: Actor, thread_id: int, after: int) -> News | None:
    """The same for somebody in particular."""
    return _find(_statement(viewer), thread_id, after)


@cache
def _public() -> sa.Select[*tuple[Any, ...]]:
    return _statement(VISITOR)


def _statement(viewer: Actor) -> sa.Select[*tuple[Any, ...]]:
    came = (
        sa.select(_p.number)
        .where(
            _p.thread_id == sa.bindparam("thread_id"),
            _p.number > sa.bindparam("after"),
            _p.state == PostState.PUBLISHED,
        )
        .order_by(_p.number)
        .limit(MOST_COUNTED)
        .subquery("came")
    )
    seen = (
        sa.exists()
        .where(
            _t.id == sa.bindparam("thread_id"),
            _t.deleted_at.is_(None),
            _t.merged_into_id.is_(None),
            Space.id == _t.space_id,
            visible_to(viewer),
        )
        .label("seen")
    )
    columns = (seen, sa.func.count(came.c.number), sa.func.min(came.c.number))
    return sa.select(*columns).select_from(came)


def _find(statement: sa.Select[*tuple[Any, ...]], thread_id: int, after: int) -> News | None:
    values = {"thread_id": thread_id, "after": after}
    is_seen, count, first = db.session.connection().execute(statement, values).one()
    return News(count, first) if is_seen else None
