"""Once a day: somebody is asked about each entry that may be out of date."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, transaction
from forum.jobs.actions import enqueue
from forum.services import effects
from forum.services.models import Service, ServiceState
from forum.services.queries.keepers import forgotten_entries, people_to_ask

JOB = "services.ask"
_EVERY = timedelta(days=1)


def ask_about_stale(_payload: Mapping[str, Any]) -> None:
    """Ask about what nobody made sure of for long; comes back tomorrow while anything is listed."""
    with transaction():
        entries = forgotten_entries()
        people = people_to_ask(entries) if entries else {}
        for entry in entries:
            entry.service.asked_at = clock.now()
        db.session.flush()
        for entry in entries:
            effects.ask_about(people[entry.service.id], entry.service)
        is_listed = Service.state == ServiceState.LISTED
        if db.session.scalar(sa.select(sa.exists().where(is_listed))):
            look_daily()


def look_daily() -> None:
    """Look for stale entries once a day, whoever asks for it and how often."""
    at = clock.now() + _EVERY
    enqueue(JOB, {}, dedupe=f"{JOB}:{at.date().isoformat()}", run_at=at)


HANDLERS: Mapping[str, Callable[[dict[str, Any]], None]] = {JOB: ask_about_stale}
