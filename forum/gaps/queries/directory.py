"""Which services there are for which need, and where, as sets. Three statements, the same for all.

Everybody may see the whole directory, so nothing here asks who looks.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.db import UtcDateTime, db
from forum.gaps.queries.columns import joined, split
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
    listed, fresh, first, *news = connection.execute(_services(since is not None), values).one()
    positions = {id_: position for position, id_ in enumerate(split(listed))}
    added, verified = (set_of(split(one), positions) for one in (news or (None, None)))
    needs, in_need = map(split, connection.execute(_NEEDS).one())
    places, in_place = map(split, connection.execute(_PLACES).one())
    by_place = sets_by(places, in_place, positions)
    everything = (1 << len(positions)) - 1
    return Directory(
        listed=everything,
        fresh=set_of(split(fresh), positions),
        anywhere=everything & ~union(by_place.values()),
        by_need={int(id_): rows for id_, rows in sets_by(needs, in_need, positions).items()},
        by_place={int(id_): rows for id_, rows in by_place.items()},
        added=added,
        verified=verified & ~added,
        first_fresh_at=first,
    )


_NEEDS = sa.select(joined(_n.tag_id), joined(_n.service_id))
_PLACES = sa.select(joined(_p.place_id), joined(_p.service_id))


@cache
def _services(has_since: bool) -> sa.Select[Any]:  # noqa: FBT001 - the key of the cache
    """Ids of the listed ones, of the fresh ones, and since when those are it.

    Without `has_since` an index answers it: no service is read.
    """
    is_fresh = _s.verified_at >= sa.bindparam("fresh_from", type_=UtcDateTime())
    statement: sa.Select[Any] = sa.select(
        joined(_s.id), joined(_s.id).filter(is_fresh), sa.func.min(_s.verified_at).filter(is_fresh)
    ).where(_s.state == ServiceState.LISTED)
    if has_since:
        since = sa.bindparam("since", type_=UtcDateTime())
        statement = statement.add_columns(
            joined(_s.id).filter(_s.created_at >= since),
            joined(_s.id).filter(_s.verified_at >= since),
        )
    return statement
