"""What tests of the directory do again and again."""

from typing import Any

import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core.actor import Actor
from forum.core.db import db, transaction
from forum.index.models import Named
from forum.index.queries import named
from forum.services import actions
from forum.services.checking import ServiceDraft
from forum.services.models import Service, ServiceVersion


def draft(**values: Any) -> ServiceDraft:
    return ServiceDraft(
        **{"name": "Open Door", "offers": "A room.", "needs": ("housing",), **values}
    )


def do(act: Any, *args: Any, **values: Any) -> Any:
    with transaction():
        return act(*args, **values)


def suggest(actor: Actor, **values: Any) -> Service:
    return do(actions.suggest, actor, draft(**values))


def get(service: Service | int) -> Service:
    id_ = service if isinstance(service, int) else service.id
    return db.session.scalars(
        sa.select(Service).where(Service.id == id_).execution_options(populate_existing=True)
    ).one()


def versions(service: Service) -> list[ServiceVersion]:
    return list(
        db.session.scalars(
            sa.select(ServiceVersion)
            .where(ServiceVersion.service_id == service.id)
            .order_by(ServiceVersion.number)
        )
    )


def verbs(service: Service) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(AuditEntry.verb)
            .where(AuditEntry.subject_kind == "service", AuditEntry.subject_id == service.id)
            .order_by(AuditEntry.id)
        )
    )


def found_by(word: str) -> set[int]:
    ids = named(Named.SERVICE, word)
    return set() if ids is None else set(db.session.scalars(ids))
