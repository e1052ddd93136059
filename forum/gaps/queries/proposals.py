"""Which proposals a viewer may see for which need, and where, as sets. Two statements."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor, SiteRole
from forum.core.db import UtcDateTime, db
from forum.gaps.queries.columns import joined
from forum.gaps.sets import Weights, sets_by
from forum.proposals.models import LIVE, Proposal
from forum.spaces.models import Space
from forum.spaces.queries import anyone_of, visible_to
from forum.threads.models import Thread, ThreadTag

_p, _t, _s, _tagged = (
    model.__table__.c for model in (Proposal, Thread, Space, ThreadTag)
)  # fmt: skip
_NOWHERE = 0  # stands for no place: ids begin with 1
_STANCES = (
    _p.agree_count + _p.agree_if_count + _p.unsure_count + _p.disagree_count + _p.concern_count
)
_LIVE, _OPENED, _CLOSED = range(3)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Sets of proposals; those of `anywhere` name no place.

    `opened` are live and were made since a day, `closed` live no more since then; both are empty
    unless a day was asked for.
    """

    live: int
    anywhere: int
    by_need: dict[int, int]
    by_place: dict[int, int]
    stances: Weights
    opened: int
    closed: int


def proposals(viewer: Actor, space_id: int | None, since: datetime | None) -> Proposals:
    """The live proposals that the viewer may see, in one space or (None) in all."""
    values = {"viewer_id": viewer.id, "space_id": space_id, "since": since}
    given = {name: value for name, value in values.items() if value is not None}
    role = viewer.role if viewer.is_signed_in else None
    key = (role, space_id is not None, since is not None)
    connection = db.session.connection()
    found = connection.execute(_found(*key), given).one()
    ids, places, stances, kinds = (text or "" for text in found)
    needs = (text or "" for text in connection.execute(_needs(*key), given).one())
    by_place = dict(sets_by(places, ids, ids))
    by_kind = sets_by(kinds, ids, ids)
    opened, closed = by_kind.get(_OPENED, 0), by_kind.get(_CLOSED, 0)
    return Proposals(
        live=by_kind.get(_LIVE, 0) | opened,
        anywhere=by_place.pop(_NOWHERE, 0),
        by_need=sets_by(*needs, ids),
        by_place=by_place,
        stances=Weights(stances),
        opened=opened,
        closed=closed,
    )


@cache
def _found(role: SiteRole | None, in_space: bool, has_since: bool) -> sa.Select[Any]:  # noqa: FBT001
    kind: sa.ColumnElement[int] = sa.literal(_LIVE)
    if has_since:
        kind = sa.case(
            (_p.state.not_in(LIVE), _CLOSED), (_t.created_at >= _since(), _OPENED), else_=_LIVE
        )
    shown: tuple[sa.ColumnElement[Any], ...] = (
        joined(_p.thread_id),
        joined(sa.func.coalesce(_p.place_id, _NOWHERE)),
        joined(_STANCES),
        joined(kind),
    )
    return _seen(sa.select(*shown).select_from(_TABLES), role, in_space, has_since)


@cache
def _needs(role: SiteRole | None, in_space: bool, has_since: bool) -> sa.Select[Any]:  # noqa: FBT001
    tables = _TABLES.join(ThreadTag.__table__, _tagged.thread_id == _p.thread_id)
    shown: tuple[sa.ColumnElement[Any], ...] = (joined(_tagged.tag_id), joined(_p.thread_id))
    return _seen(sa.select(*shown).select_from(tables), role, in_space, has_since)


_TABLES = Proposal.__table__.join(Thread.__table__, _t.id == _p.thread_id).join(
    Space.__table__, _s.id == _t.space_id
)


def _seen(
    statement: sa.Select[Any],
    role: SiteRole | None,
    in_space: bool,  # noqa: FBT001 - as above
    has_since: bool,  # noqa: FBT001
) -> sa.Select[Any]:
    """What a viewer of this role may see of it, as lists of threads show it."""
    counts: sa.ColumnElement[bool] = _p.state.in_(LIVE)
    if has_since:
        counts = sa.or_(counts, _p.state_at >= _since())
    if in_space:
        statement = statement.where(_t.space_id == sa.bindparam("space_id", type_=sa.Integer()))
    return statement.where(
        counts, _t.deleted_at.is_(None), _t.merged_into_id.is_(None), visible_to(anyone_of(role))
    )


def _since() -> sa.BindParameter[Any]:
    return sa.bindparam("since", type_=UtcDateTime())
