"""Counters of stances, and the count of groups that follows in the night."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import NotFound
from forum.jobs.actions import enqueue
from forum.proposals.models import Proposal
from forum.stances import perspectives
from forum.stances.models import Perspectives, StanceChoice
from forum.stances.perspectives import Person
from forum.stances.queries import standings_of
from forum.stances.queries.counts import COUNTERS, current
from forum.threads.actions.counting import lock, touch

JOB = "stances.count_groups"
_KEY_LENGTH = 16  # hexadecimal digits of what stands for a member, and for the key


def move_count(
    thread_id: int, *, before: StanceChoice | None = None, after: StanceChoice | None = None
) -> None:
    """One stance less of `before`, one more of `after`."""
    values: dict[str, Any] = {}
    if before is not None:
        values[COUNTERS[before].key] = COUNTERS[before] - 1
    if after is not None:
        values[COUNTERS[after].key] = COUNTERS[after] + 1
    db.session.execute(
        sa.update(Proposal)
        .where(Proposal.thread_id == thread_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def recount(*thread_ids: int) -> None:
    """Count the current stances of proposals again from their rows."""
    db.session.execute(
        sa.update(Proposal)
        .where(Proposal.thread_id.in_(thread_ids))
        .values({COUNTERS[choice].key: current(choice) for choice in StanceChoice})
        .execution_options(synchronize_session=False)
    )


def count_again_soon(thread_id: int) -> None:
    """Count the groups of a proposal after midnight, once however many change their stance today.

    At once would tell who it was: whoever took the last stance before the figures changed.
    """
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    dedupe = f"{JOB}:{thread_id}:{midnight.date().isoformat()}"
    enqueue(JOB, {"thread": thread_id}, dedupe=dedupe, run_at=midnight)


def handlers(secrets: Iterable[str]) -> Mapping[str, Callable[[dict[str, Any]], None]]:
    """Handlers of jobs; members are known by a key made of the first of these secrets.

    The others are the ones before: what was counted under one of them is counted on under it.
    """
    keys = [hmac.digest(secret.encode(), b"perspectives", "sha256") for secret in secrets]
    return {JOB: partial(_run, keys)}


def _run(keys: list[bytes], payload: dict[str, Any]) -> None:
    with transaction():
        count_groups(int(payload["thread"]), keys)


def count_groups(thread_id: int, keys: list[bytes]) -> None:
    """Bring the figures by group up to date, as far as that singles nobody out.

    Figures that were counted under a key that is lost stay as they are: who is in them cannot be
    told any more, and counting anew beside them would let the two be compared.
    """
    try:
        lock(thread_id)
    except NotFound:
        return  # it is gone, and its stances with it
    row = db.session.get(Perspectives, thread_id)
    key = next((key for key in keys if row is None or _id_of(key) == row.key_id), None)
    if key is None:
        return
    book = perspectives.from_json(row.values if row else {})
    people = [
        Person(
            _digest(key, thread_id, one.user_id),
            one.choice,
            one.is_practitioner,
            one.facilitates,
            one.has_lived_it,
        )
        for one in standings_of(thread_id, clock.now())
    ]
    after = perspectives.count(book, people)
    figures = perspectives.shown(after, _totals(people))
    shown: dict[str, Any] = {
        group.value: {choice.value: number for choice, number in of_group.items()}
        for group, of_group in figures.items()
    }
    if row is not None and (after, shown) == (book, row.shown):
        return
    if row is None:
        if not after.work and not after.lived:
            return
        row = Perspectives(thread_id=thread_id, key_id=_id_of(key))
        db.session.add(row)
    row.values = perspectives.to_json(after)
    row.shown = shown
    row.taken_at = clock.now()
    db.session.flush()
    touch(thread_id, lists=False)


def _totals(people: list[Person]) -> dict[StanceChoice, int]:
    totals = dict.fromkeys(StanceChoice, 0)
    for one in people:
        totals[one.choice] += 1
    return totals


def _digest(key: bytes, thread_id: int, user_id: int) -> str:
    """What stands for a member in the figures of one proposal, and in no other's."""
    return hmac.new(key, f"{thread_id}:{user_id}".encode(), hashlib.sha256).hexdigest()[
        :_KEY_LENGTH
    ]


def _id_of(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:_KEY_LENGTH]
