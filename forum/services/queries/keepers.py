"""Whom to ask whether an entry still says what is so."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.badges.queries import practising
from forum.core import clock
from forum.core.actor import SiteRole
from forum.core.db import db
from forum.places.models import Place
from forum.services.models import Service, ServicePlace, ServiceState, ServiceVersion
from forum.services.staleness import stale_before
from forum.spaces.queries import facilitating

ASK_AGAIN = timedelta(days=30)  # at the soonest
MOST_ASKED = 50  # entries a day: a directory that was forgotten whole is no flood
_EVERYWHERE = ""  # stands for the country of what serves people anywhere


@dataclass(frozen=True, slots=True)
class Forgotten:
    """An entry that may be out of date, with the countries that it serves."""

    service: Service
    countries: frozenset[str]


def forgotten_entries() -> tuple[Forgotten, ...]:
    """Stale entries about which nobody was asked lately, locked; those forgotten longest first."""
    services = db.session.scalars(
        sa.select(Service)
        .where(
            Service.state == ServiceState.LISTED,
            sa.or_(Service.verified_at.is_(None), Service.verified_at < stale_before()),
            sa.or_(Service.asked_at.is_(None), Service.asked_at < clock.now() - ASK_AGAIN),
        )
        .order_by(sa.func.coalesce(Service.verified_at, Service.created_at), Service.id)
        .limit(MOST_ASKED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    countries = _countries_of([service.id for service in services])
    return tuple(
        Forgotten(service, countries.get(service.id, frozenset({_EVERYWHERE})))
        for service in services
    )


def _countries_of(service_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    if not service_ids:
        return {}
    found: dict[int, set[str]] = {}
    for service_id, code in db.session.execute(
        sa.select(ServicePlace.service_id, Place.country_code)
        .join(Place, Place.id == ServicePlace.place_id)
        .where(ServicePlace.service_id.in_(service_ids))
    ):
        found.setdefault(service_id, set()).add(code)
    return {service_id: frozenset(codes) for service_id, codes in found.items()}


def people_to_ask(entries: Iterable[Forgotten]) -> dict[int, tuple[int, ...]]:
    """Whom to ask about each entry, by its id.

    Whoever made sure of it last; else the practitioner, or else the keeper, who looked after most
    entries of its places' countries; else every moderator. Four statements, however many entries.
    """
    practitioners, keepers, moderators = _keepers()
    work = _work_by_country()
    found: dict[int, tuple[int, ...]] = {}
    for entry in entries:
        last = entry.service.verified_by_id
        if last in keepers:
            found[entry.service.id] = (last,)
            continue
        done: Counter[int] = Counter()
        for code in entry.countries:
            done.update({one: n for one, n in work.get(code, {}).items() if one in keepers})
        best = sorted(done, key=lambda one: (one not in practitioners, -done[one], one))
        found[entry.service.id] = tuple(best[:1]) or tuple(sorted(moderators))
    return found


def _keepers() -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """Practitioners, everybody who keeps the directory, and moderators; active ones, by id."""
    practitioners = frozenset(
        db.session.scalars(
            sa.select(User.id).where(
                User.state == UserState.ACTIVE, practising(User.id, clock.now())
            )
        )
    )
    staff = db.session.execute(
        sa.select(User.id, User.role).where(
            User.state == UserState.ACTIVE,
            sa.or_(User.role != SiteRole.MEMBER, facilitating(User.id)),
        )
    ).all()
    moderators = frozenset(id_ for id_, role in staff if role is not SiteRole.MEMBER)
    return practitioners, practitioners | {id_ for id_, _role in staff}, moderators


def _work_by_country() -> dict[str, Counter[int]]:
    """How many entries of each country each person changed or made sure of."""
    code = sa.func.coalesce(Place.country_code, _EVERYWHERE)
    served = (
        sa.select(Service.id, code.label("code"))
        .outerjoin(ServicePlace, ServicePlace.service_id == Service.id)
        .outerjoin(Place, Place.id == ServicePlace.place_id)
        .where(Service.state == ServiceState.LISTED)
        .distinct()
        .subquery()
    )
    done = sa.union(
        sa.select(ServiceVersion.service_id, ServiceVersion.changed_by_id.label("by")),
        sa.select(Service.id, Service.verified_by_id),
    ).subquery()
    found: dict[str, Counter[int]] = {}
    for country, by, count in db.session.execute(
        sa.select(served.c.code, done.c.by, sa.func.count())
        .join(done, done.c.service_id == served.c.id)
        .where(done.c.by.is_not(None))
        .group_by(served.c.code, done.c.by)
    ):
        found.setdefault(country, Counter())[by] += count
    return found
