"""What a brief freezes of its proposals: figures, states, conditions and services, no words.

All of it is plain values, as JSON holds it. Words of posts, conditions and claims are named by id.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from forum.briefs.queries.quoting import with_consent
from forum.core.db import db
from forum.places.queries import chips
from forum.posts.models import Bearing, Post, PostState
from forum.proposals.models import LEAST_SHOWN, ClaimState, Proposal, ServiceClaim
from forum.proposals.queries import claim_stands
from forum.services.models import Service, ServiceState
from forum.stances.models import AdoptedPoint, Condition, ConditionBacker
from forum.stances.queries.conditions import in_sight
from forum.threads.models import Thread
from forum.threads.queries import chips_of_threads

CHOICES = ("agree", "agree_if", "unsure", "disagree", "concern")


def frozen_proposals(thread_ids: Sequence[int], quote_ids: Collection[int]) -> list[dict[str, Any]]:
    """One entry for each of these proposals, in their order. Ten statements at most.

    Places are named in the language of the moment. Whether the proposals may be seen is the
    caller's to ask.
    """
    rows = _proposals(thread_ids)
    places = chips(row.place_id for row in rows.values() if row.place_id is not None)
    needs = chips_of_threads(list(rows))
    conditions = _conditions(thread_ids)
    services = _services(thread_ids)
    points = _points(thread_ids)
    opposing = _opposing(thread_ids)
    quotes = _quotes(quote_ids)
    return [
        {
            "thread_id": thread_id,
            "slug": row.slug,
            "opening_id": row.opening_id,
            "revision": row.revision,
            "state": row.state.value,
            "place": "" if row.place_id is None else places[row.place_id].name,
            "needs": [tag.name for tag in needs.get(thread_id, ()) if tag.is_need],
            "stances": _stances(row),
            "conditions": conditions.get(thread_id, []),
            "services": services.get(thread_id, []),
            "points": points.get(thread_id, []),
            "opposing": opposing.get(thread_id, []),
            "quotes": quotes.get(thread_id, []),
        }
        for thread_id in thread_ids
        if (row := rows.get(thread_id)) is not None
    ]


def _proposals(thread_ids: Collection[int]) -> dict[int, sa.Row[*tuple[Any, ...]]]:
    counts = [Proposal.__table__.c[f"{choice}_count"].label(choice) for choice in CHOICES]
    found = db.session.execute(
        sa.select(
            Thread.id,
            Thread.slug,
            Post.id.label("opening_id"),
            Post.revision,
            Proposal.state,
            Proposal.place_id,
            *counts,
        )
        .join(Proposal, Proposal.thread_id == Thread.id)
        .join(Post, sa.and_(Post.thread_id == Thread.id, Post.number == 0))
        .where(Thread.id.in_(thread_ids))
    )
    return {row.id: row for row in found}


def _stances(row: sa.Row[*tuple[Any, ...]]) -> dict[str, int] | None:
    counts = {choice: getattr(row, choice) for choice in CHOICES}
    return counts if sum(counts.values()) >= LEAST_SHOWN else None


def _grouped(
    found: sa.Result[*tuple[Any, ...]],
) -> dict[int, list[dict[str, Any]]]:
    """Rows by their thread, without it."""
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in found.mappings():
        values = dict(row)
        grouped.setdefault(values.pop("thread_id"), []).append(values)
    return grouped


def _conditions(thread_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    backers = (
        sa.select(sa.func.count())
        .select_from(ConditionBacker)
        .where(ConditionBacker.condition_id == Condition.id)
        .correlate(Condition)
        .scalar_subquery()
    )
    found = db.session.execute(
        sa.select(
            Condition.thread_id,
            Condition.id,
            Condition.number,
            sa.cast(Condition.state, sa.String).label("state"),
            backers.label("backers"),
        )
        .outerjoin(Post, Post.id == Condition.post_id)
        .where(Condition.thread_id.in_(thread_ids), in_sight())
        .order_by(Condition.thread_id, Condition.number)
    )
    return _grouped(found)


def _services(thread_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """What members showed to exist, and what the proposal itself was found to be."""
    columns = (
        Service.id.label("service_id"), Service.slug, Service.name, Service.organisation,
        Service.verified_at,
    )  # fmt: skip
    claimed = db.session.execute(
        sa.select(ServiceClaim.thread_id, ServiceClaim.id, ServiceClaim.state, *columns)
        .join(Service, Service.id == ServiceClaim.service_id)
        .where(
            ServiceClaim.thread_id.in_(thread_ids),
            claim_stands(),
            Service.state == ServiceState.LISTED,
        )
        .order_by(ServiceClaim.id)
    )
    named = db.session.execute(
        sa.select(
            Proposal.thread_id,
            sa.literal(0).label("id"),
            sa.literal(ClaimState.ACCEPTED.value).label("state"),
            *columns,
        )
        .join(Service, Service.id == Proposal.service_id)
        .where(Proposal.thread_id.in_(thread_ids), Service.state == ServiceState.LISTED)
    )
    services = _grouped(claimed)
    for thread_id, rows in _grouped(named).items():
        known = services.setdefault(thread_id, [])
        ids = {row["service_id"] for row in known}
        known += [row for row in rows if row["service_id"] not in ids]
    for rows in services.values():
        for row in rows:
            at = row["verified_at"]
            row["verified_at"] = None if at is None else at.isoformat()
            row["state"] = str(row["state"])
    return services


def _points(thread_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The comments that members made reasons of their own, the most adopted first."""
    count = sa.func.count().label("adopted")
    found = db.session.execute(
        sa.select(
            Post.thread_id,
            Post.id,
            Post.number,
            sa.cast(Post.bearing, sa.String).label("bearing"),
            count,
        )
        .join(AdoptedPoint, AdoptedPoint.post_id == Post.id)
        .where(_published(thread_ids))
        .group_by(Post.thread_id, Post.id, Post.number, Post.bearing)
        .order_by(count.desc(), Post.number)
    )
    return _grouped(found)


def _opposing(thread_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    found = db.session.execute(
        sa.select(Post.thread_id, Post.id, Post.number)
        .where(_published(thread_ids), Post.bearing == Bearing.OPPOSES)
        .order_by(Post.thread_id, Post.number)
    )
    return _grouped(found)


def _published(thread_ids: Collection[int]) -> sa.ColumnElement[bool]:
    return sa.and_(
        Post.thread_id.in_(thread_ids), Post.number > 0, Post.state == PostState.PUBLISHED
    )


def _quotes(post_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The chosen quotes whose authors have agreed, with the revision that they agreed to."""
    revisions: Mapping[int, int] = with_consent(post_ids)
    if not revisions:
        return {}
    found = db.session.execute(
        sa.select(Post.thread_id, Post.id, Post.number, Post.revision)
        .where(Post.id.in_(revisions))
        .order_by(Post.thread_id, Post.number)
    )
    return _grouped(found)
