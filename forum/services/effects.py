"""What people hear of entries: those who suggested one, and those who are asked about one."""

from collections.abc import Collection

from forum.core.links import service_path
from forum.notifications.actions import notify
from forum.services.models import Service


def tell_listed(service: Service) -> None:
    _tell([service.suggested_by_id], "service.listed", service)


def tell_declined(service: Service, reason: str) -> None:
    _tell([service.suggested_by_id], "service.declined", service, note=reason)


def ask_about(user_ids: Collection[int], service: Service) -> None:
    """Whether what the entry says is still so."""
    _tell(user_ids, "service.stale", service)


def _tell(user_ids: Collection[int | None], kind: str, service: Service, **values: str) -> None:
    notify(
        [user_id for user_id in user_ids if user_id is not None],
        kind,
        "service",
        service.id,
        path=service_path(service.id, service.slug),
        values={"name": service.name, **values},
    )
