"""When an entry may be out of date: nobody made sure of it for SERVICE_STALE_DAYS, or ever."""

from datetime import datetime, timedelta

from flask import current_app

from forum.core import clock


def stale_before() -> datetime:
    """What was made sure of before this may be out of date."""
    return clock.now() - timedelta(days=current_app.config["SERVICE_STALE_DAYS"])


def turns_stale_at(verified_at: datetime | None) -> datetime | None:
    """When an entry turns stale by itself; None for one that is stale."""
    if verified_at is None or is_stale(verified_at):
        return None
    return verified_at + timedelta(days=current_app.config["SERVICE_STALE_DAYS"])


def is_stale(verified_at: datetime | None) -> bool:
    return verified_at is None or verified_at < stale_before()
