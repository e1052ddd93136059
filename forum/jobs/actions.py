"""Writing jobs down, taking them on lease, and saying what became of them."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db, insert
from forum.core.errors import Conflict
from forum.core.i18n import _
from forum.core.text import cut, scrub_line
from forum.jobs.models import Job
from forum.jobs.policy import may_retry
from forum.jobs.queries import lease_clock

LEASE = timedelta(seconds=60)  # a worker that says nothing for so long is taken for dead
ATTEMPTS = 8  # spread over some ten hours; then the job is a dead letter
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
KEEP_DONE = timedelta(days=14)  # and with it how long a `dedupe` is remembered

_WAIT_FACTOR = 4
_JITTER = 0.25  # a quarter up or down, so that what failed together does not return together
_ERROR_LENGTH = 500
_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Claim:
    """A job on lease; only who holds the token may say what became of it."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    token: str


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    dedupe: str | None = None,
    run_at: datetime | None = None,
) -> int | None:
    """Write a job into the current transaction: it runs after the commit, or not at all.

    `payload` is plain JSON and holds ids rather than texts. A second job of the same `dedupe` is
    not written (None) while the first is remembered: until it is done, and 14 days more.
    """
    now = clock.now()
    statement = (
        insert(Job)
        .values(
            kind=kind, payload=dict(payload), dedupe=dedupe, run_at=run_at or now, created_at=now
        )
        .on_conflict_do_nothing(index_elements=[Job.dedupe])
        .returning(Job.id)
    )
    return db.session.scalar(statement)


def claim(kinds: Collection[str]) -> Claim | None:
    """Take the job of these kinds that is due longest, for the time of LEASE; None without one.

    Trying is counted here, not at the end: a job that takes its worker down with it counts too.
    """
    while True:
        token = secrets.token_hex(16)
        due = (
            sa.select(Job.id)
            .where(
                Job.kind.in_(kinds),
                Job.done_at.is_(None),
                Job.dead_at.is_(None),
                Job.run_at <= clock.now(),
                sa.or_(Job.lease_until.is_(None), Job.lease_until < lease_clock()),
            )
            .order_by(Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        statement = (
            sa.update(Job)
            .where(Job.id == due.scalar_subquery())
            .values(lease_token=token, lease_until=lease_clock(LEASE), attempts=Job.attempts + 1)
            .returning(Job.id, Job.kind, Job.payload, Job.attempts)
            .execution_options(synchronize_session=False)
        )
        row = db.session.execute(statement).one_or_none()
        if row is None:
            return None
        found = Claim(row.id, row.kind, row.payload, row.attempts, token)
        if found.attempts <= ATTEMPTS:
            return found
        _close(found, dead_at=clock.now(), attempts=ATTEMPTS, last_error="Its worker ended.")


def renew(held: Claim) -> bool:
    """Hold a job for another LEASE; False when somebody else has it by now."""
    return _update(held, lease_until=lease_clock(LEASE))


def finish(held: Claim) -> bool:
    """The job is done; False, and nothing changed, when the lease was lost."""
    return _close(held, done_at=clock.now(), last_error="")


def release(held: Claim, error: str) -> bool:
    """The job failed: try again later, or bury it as a dead letter after ATTEMPTS."""
    now = clock.now()
    said = cut(scrub_line(error), _ERROR_LENGTH)
    if held.attempts >= ATTEMPTS:
        return _close(held, dead_at=now, last_error=said)
    return _close(held, run_at=now + wait_after(held.attempts), last_error=said)


def wait_after(attempts: int) -> timedelta:
    """The pause after the n-th failure: 10 s, then four times as long each time, up to some 6 h."""
    seconds = FIRST_WAIT.total_seconds() * _WAIT_FACTOR ** float(attempts - 1)
    jitter = _random.uniform(1 - _JITTER, 1 + _JITTER)
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()) * jitter)


def retry(actor: Actor, job_id: int) -> None:
    """Give a dead letter its attempts back; Conflict when it is no dead letter."""
    may_retry(actor).enforce()
    changed = db.session.scalar(
        sa.update(Job)
        .where(Job.id == job_id, Job.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, run_at=clock.now())
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        raise Conflict(
            _("This job is not waiting for anybody. It may have been tried again already.")
        )


def forget_done() -> None:
    """Delete jobs that were done long ago; dead letters stay until somebody looks at them."""
    db.session.execute(
        sa.delete(Job)
        .where(Job.done_at < clock.now() - KEEP_DONE)
        .execution_options(synchronize_session=False)
    )


def _close(held: Claim, **values: Any) -> bool:
    return _update(held, lease_until=None, lease_token=None, **values)


def _update(held: Claim, **values: Any) -> bool:
    changed = db.session.scalar(
        sa.update(Job)
        .where(Job.id == held.id, Job.lease_token == held.token)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None
