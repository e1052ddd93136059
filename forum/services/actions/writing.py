"""What every change of an entry has in common: its values, its version, its words in the index."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, locked
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.text import slug
from forum.index.actions import put_names
from forum.index.models import Named
from forum.places.models import Place
from forum.services.checking import LENGTHS, ServiceDraft, cleaned, problems_of
from forum.services.models import (
    Service,
    ServiceNeed,
    ServicePlace,
    ServiceState,
    ServiceVersion,
)
from forum.services.queries.known import Resolved, known, resolved
from forum.tags.models import Tag

REASON_LENGTH = 500
_INDEXED = ("name", "organisation", "offers", "eligibility")


def checked(draft: ServiceDraft) -> tuple[ServiceDraft, Resolved]:
    """The draft as it is kept, with what it names; Invalid, beside the first field at fault."""
    draft = cleaned(draft)
    for problem in problems_of(draft):
        raise Invalid(problem.message, problem.field)
    found = resolved(draft, known())
    for problem in found.problems:
        raise Invalid(problem.message, problem.field)
    return draft, found


def hold(service_id: int, version: int | None = None) -> Service:
    """An entry, locked; NotFound, or Conflict when it is not as it was shown."""
    service = locked(Service, service_id)
    if version is not None and service.version != version:
        raise Conflict(_("Somebody else changed this entry in the meantime."))
    return service


def make(draft: ServiceDraft, found: Resolved, state: ServiceState, by_id: int | None) -> Service:
    """Write a new entry of a checked draft, with its first version."""
    now = clock.now()
    service = Service(
        **{name: getattr(draft, name) for name in LENGTHS},
        slug=slug(draft.name),
        languages=list(draft.languages),
        external_id=draft.external_id or str(uuid.uuid4()),
        state=state,
        suggested_by_id=by_id,
        created_at=now,
        changed_at=now,
    )
    db.session.add(service)
    db.session.flush()
    _put_named(service.id, found.needs, found.places)
    keep_version(service, by_id, "", needs=found.needs.values(), places=found.places.values())
    index(service)
    return service


def put(service: Service, draft: ServiceDraft, found: Resolved) -> bool:
    """Give an entry the values of a checked draft; False when it has them already."""
    before = (values_of(service), *named_by(service.id))
    for name in LENGTHS:
        if getattr(service, name) != getattr(draft, name):
            setattr(service, name, getattr(draft, name))
    if service.languages != list(draft.languages):
        service.languages = list(draft.languages)
    service.slug = slug(service.name)
    after = (values_of(service), sorted(found.needs.values()), sorted(found.places.values()))
    if before[1:] != after[1:]:
        for table in (ServiceNeed, ServicePlace):
            db.session.execute(
                sa.delete(table)
                .where(table.service_id == service.id)
                .execution_options(synchronize_session=False)
            )
        _put_named(service.id, found.needs, found.places)
    return before != after


def step(
    service: Service, by_id: int | None, reason: str, *, named: tuple[list[str], list[str]] | None
) -> None:
    """Count a change, keep what the entry says now, and let it be found by its words.

    `named` are the slugs of its needs and places, when they are known already.
    """
    service.version += 1
    service.changed_at = clock.now()
    needs, places = named if named is not None else named_by(service.id)
    keep_version(service, by_id, reason, needs=needs, places=places)
    index(service)


def keep_version(
    service: Service,
    by_id: int | None,
    reason: str,
    *,
    needs: Iterable[str],
    places: Iterable[str],
) -> None:
    db.session.add(
        ServiceVersion(
            service_id=service.id,
            number=service.version,
            values={
                **values_of(service),
                "needs": sorted(needs),
                "places": sorted(places),
                "state": service.state.value,
            },
            changed_by_id=by_id,
            changed_at=service.changed_at,
            reason=reason,
        )
    )
    db.session.flush()


def values_of(service: Service) -> dict[str, Any]:
    return {
        **{name: getattr(service, name) for name in LENGTHS},
        "languages": list(service.languages),
    }


def draft_of(values: Mapping[str, Any]) -> ServiceDraft:
    """The draft that a version's values are."""
    return ServiceDraft(
        **{name: values.get(name, "") for name in LENGTHS},
        languages=tuple(values.get("languages", ())),
        needs=tuple(values.get("needs", ())),
        places=tuple(values.get("places", ())),
    )


def named_by(service_id: int) -> tuple[list[str], list[str]]:
    """The slugs of an entry's needs and places, sorted."""
    needs = db.session.scalars(
        sa.select(Tag.slug)
        .join(ServiceNeed, ServiceNeed.tag_id == Tag.id)
        .where(ServiceNeed.service_id == service_id)
    )
    places = db.session.scalars(
        sa.select(Place.slug)
        .join(ServicePlace, ServicePlace.place_id == Place.id)
        .where(ServicePlace.service_id == service_id)
    )
    return sorted(needs), sorted(places)


def index(service: Service) -> None:
    """Only what is listed is found by its words."""
    is_listed = service.state is ServiceState.LISTED
    texts = [getattr(service, name) for name in _INDEXED] if is_listed else []
    put_names(Named.SERVICE, service.id, texts)


def _put_named(service_id: int, tag_ids: Iterable[int], place_ids: Iterable[int]) -> None:
    db.session.add_all(ServiceNeed(service_id=service_id, tag_id=id_) for id_ in tag_ids)
    db.session.add_all(ServicePlace(service_id=service_id, place_id=id_) for id_ in place_ids)
    db.session.flush()
