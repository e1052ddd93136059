"""The demo's places, services and badges."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from forum.badges.models import Badge, BadgeState
from forum.core.db import db
from forum.demo.directory import DemoBadge, DemoPlace, DemoService
from forum.places.models import Place, PlaceKind
from forum.places.names import key_of
from forum.services.actions.writing import checked, make
from forum.services.models import ServiceState

_BADGE_LASTS = timedelta(days=365)
_WAITS = timedelta(days=2)  # a request for a badge
_LISTED_BEFORE = timedelta(days=20)  # an entry is older than the last look at it
_NEVER_SEEN = timedelta(days=45)  # the age of an entry that nobody has looked at since

_Ids = Mapping[str, int]


def add_place(demo: DemoPlace, now: datetime) -> int:
    country = Place.country_code == demo.country
    above = Place.slug == demo.parent if demo.parent else Place.kind == PlaceKind.COUNTRY
    parent_id = db.session.scalars(sa.select(Place.id).where(country, above)).one()
    place = Place(
        slug=demo.slug,
        kind=demo.kind,
        country_code=demo.country,
        name=demo.name,
        name_key=key_of(demo.name),
        parent_id=parent_id,
        created_at=now,
    )
    db.session.add(place)
    db.session.flush()  # what lies in it needs the id
    return place.id


def add_service(demo: DemoService, now: datetime, people: _Ids) -> int:
    draft, found = checked(demo.draft)
    service = make(draft, found, ServiceState.LISTED, None)
    since = _NEVER_SEEN if demo.verified_ago is None else demo.verified_ago + _LISTED_BEFORE
    service.created_at = service.changed_at = now - since
    if demo.verified_ago is not None:
        service.verified_at = now - demo.verified_ago
        service.verified_by_id = people[demo.verified_by]
    return service.id


def add_badge(demo: DemoBadge, now: datetime, people: _Ids, by_id: int) -> int:
    badge = Badge(
        user_id=people[demo.username],
        kind=demo.kind,
        organisation=demo.organisation,
        role=demo.role,
        work=demo.work,
        requested_at=now - _WAITS - (demo.granted_ago or timedelta(0)),
    )
    if demo.granted_ago is not None:
        badge.state = BadgeState.ACTIVE if demo.is_in_force else BadgeState.ENDED
        badge.decided_at = now - demo.granted_ago
        badge.decided_by_id = by_id
        badge.expires_at = badge.decided_at + _BADGE_LASTS
    if demo.ended_ago is not None:
        badge.ended_at = now - demo.ended_ago
    db.session.add(badge)
    db.session.flush()  # posts that wear it need the id
    return badge.id
