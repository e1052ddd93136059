"""Which services there are for which need, and where, as sets. Three statements, the same for all.

Everybody may see the whole directory, so nothing here asks who looks.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.db import UtcDateTime, db
from forum.gaps.queries.columns import joined
from forum.gaps.sets import set_of, sets_by, union
from forum.services.models import Service, ServiceNeed, ServicePlace, ServiceState

_s, _n, _p = (model.__table__.c for model in (Service, ServiceNeed, ServicePlace))


@dataclass(frozen=True, slots=True)
class Directory:
    """Sets of listed services; those of `anywhere` name no place, and serve people in all.

    `added` and `verified` since a day are empty unless one was asked for; what was added since
    is in `added` alone. `first_fresh_at`: the fresh one that is longest ago made sure of.
    """

    listed: int
    fresh: int
    anywhere: int
    by_need: dict[int, int]
    by_place: dict[int, int]
    added: int
    verified: int
    first_fresh_at: datetime | None


def directory(fresh_from: datetime, since: datetime | None) -> Directory:
    """Every listed service; fresh are those that somebody made sure of from `fresh_from` on."""
    connection = db.session.connection()
    values: dict[str, object] = {"fresh_from": fresh_from}
    if since is not None:
        values["since"] = since
    row = connection.execute(_services(since is not None), values).one()
    first, listed, fresh, added, verified = (*row, "", "")[:5]
    needs = connection.execute(_NEEDS).one()
    places = connection.execute(_PLACES).one()
    order = listed or ""
    everything = set_of(order, order)
    by_place = sets_by(*(text or "" for text in places), order)
    is_added = set_of(added or "", order)
    return Directory(
        listed=everything,
        fresh=set_of(fresh or "", order),
        anywhere=everything & ~union(by_place.values()),
        by_need=sets_by(*(text or "" for text in needs), order),
        by_place=by_place,
        added=is_added,
        verified=set_of(verified or "", order) & ~is_added,
        first_fresh_at=first,
    )


_NEEDS = sa.select(joined(_n.tag_id), joined(_n.service_id))
_PLACES = sa.select(joined(_p.place_id), joined(_p.service_id))


@cache
def _services(has_since: bool) -> sa.Select[Any]:  # noqa: FBT001 - the key of the cache
    """The first of the fresh ones, the ids of the listed ones, and those of the fresh.

    Without `has_since` an index answers it: no service is read.
    """
    is_fresh = _s.verified_at >= sa.bindparam("fresh_from", type_=UtcDateTime())
    statement: sa.Select[Any] = sa.select(
        sa.func.min(_s.verified_at).filter(is_fresh), joined(_s.id), joined(_s.id).filter(is_fresh)
    ).where(_s.state == ServiceState.LISTED)
    if has_since:
        since = sa.bindparam("since", type_=UtcDateTime())
        statement = statement.add_columns(
            joined(_s.id).filter(_s.created_at >= since),
            joined(_s.id).filter(_s.verified_at >= since),
        )
    return statement
