"""The worker: takes one job after the other, holds its lease while it runs, notes how it ended."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forum.core.db import transaction
from forum.jobs import actions, queries
from forum.jobs.actions import Claim

Handler = Callable[[dict[str, Any]], None]

LONGEST = timedelta(minutes=10)  # a job that takes longer is taken to hang, and is cut off
BEAT = timedelta(seconds=20)  # how often the lease is renewed: twice may fail, the third not
IDLE_SECONDS = (0.5, 2.0)  # between looks at an empty table: at first, and after a while
_DOWN_SECONDS = 5.0  # between looks while the database does not answer
_NOTE_AGAIN_SECONDS = (0.2, 1.0)  # when the end of a job could not be noted
_TIDY_SECONDS = 3600.0

_log = logging.getLogger(__name__)


class WorkerStuckError(Exception):
    """A job was cut off, but its thread lives on: this process has to be replaced."""


class _Outcome(Enum):
    NOTHING_DUE = auto()
    ENDED = auto()
    HUNG = auto()


def run_due(limit: int) -> int:
    """Run jobs that are due now, at most `limit`; how many ran, failed ones included."""
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
    ran = 0
    while ran < limit and _run_next(app) is not _Outcome.NOTHING_DUE:
        ran += 1
    return ran


def run(app: Flask, *, stop: threading.Event, once: bool = False) -> None:
    """Work until `stop` is set, finishing the job at hand; with `once` until nothing is due.

    WorkerStuckError when a job hangs: no thread can be ended from outside, so the caller replaces
    the process. A database that does not answer is waited for, except with `once`.
    """
    pause = IDLE_SECONDS[0]
    tidied: float | None = None
    while not stop.is_set():
        try:
            if tidied is None or time.monotonic() - tidied > _TIDY_SECONDS:
                _tidy(app)
                tidied = time.monotonic()
            outcome = _run_next(app) if _is_any_due(app) else _Outcome.NOTHING_DUE
        except (DBAPIError, PoolTimeout) as error:
            if once:
                raise
            _log.warning("the database does not answer: %s", type(error).__name__)
            stop.wait(_DOWN_SECONDS)
            continue
        if outcome is _Outcome.HUNG:
            raise WorkerStuckError
        if outcome is _Outcome.ENDED:
            pause = IDLE_SECONDS[0]
        elif once:
            return
        else:
            stop.wait(pause)
            pause = min(pause * 1.5, IDLE_SECONDS[1])


def _handlers(app: Flask) -> dict[str, Handler]:
    handlers: dict[str, Handler] = app.extensions["job_handlers"]
    return handlers


def _is_any_due(app: Flask) -> bool:
    """A look without the write lock, which on SQLite would stop everybody who posts."""
    with app.app_context():
        return queries.is_any_due(_handlers(app))


def _tidy(app: Flask) -> None:
    with app.app_context(), transaction():
        actions.forget_done()


def _run_next(app: Flask) -> _Outcome:
    handlers = _handlers(app)
    with app.app_context(), transaction():
        held = actions.claim(handlers)
    if held is None:
        return _Outcome.NOTHING_DUE
    thread, failure = _start(app, handlers[held.kind], held)
    if _is_over(app, thread, held):
        _note(app, held, failure[0] if failure else None)
        return _Outcome.ENDED
    error = f"Cut off: it ran for more than {LONGEST.total_seconds() / 60:g} minutes."
    _log.error("job %s (%s): %s", held.id, held.kind, error)
    _note(app, held, error)
    return _Outcome.HUNG


def _start(app: Flask, handler: Handler, held: Claim) -> tuple[threading.Thread, list[str]]:
    """The job in a thread of its own, which dies with the process; the list holds its error."""
    failure = ["It ended early."]  # until we know better

    def work() -> None:
        try:
            with app.app_context():
                handler(held.payload)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is this job's alone
            _log.exception("job %s (%s) failed, attempt %s", held.id, held.kind, held.attempts)
            failure[:] = [_in_short(error)]
        else:
            failure.clear()

    thread = threading.Thread(target=work, name=f"job-{held.id}", daemon=True)
    thread.start()
    return thread, failure


def _in_short(error: BaseException) -> str:
    """Kind and first line: what follows may be the parameters of a statement."""
    first = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _is_over(app: Flask, thread: threading.Thread, held: Claim) -> bool:
    """Wait for the end, renewing the lease meanwhile; False when it does not come."""
    deadline = time.monotonic() + LONGEST.total_seconds()
    while (left := deadline - time.monotonic()) > 0:
        thread.join(min(left, BEAT.total_seconds()))
        if not thread.is_alive():
            return True
        _renew(app, held)
    return False


def _renew(app: Flask, held: Claim) -> None:
    """Renew the lease if the database lets us: on SQLite the job itself may be writing just now."""
    try:
        with app.app_context(), transaction():
            is_held = actions.renew(held)
    except (DBAPIError, PoolTimeout) as error:
        _log.warning("job %s: lease not renewed: %s", held.id, type(error).__name__)
        return
    if not is_held:
        _log.warning("job %s: the lease was lost, so it may run twice", held.id)


def _note(app: Flask, held: Claim, error: str | None) -> None:
    """Note the end of a job; if that cannot be, its lease runs out and it is done again."""
    for pause in (*_NOTE_AGAIN_SECONDS, None):
        try:
            with app.app_context(), transaction():
                if error is None:
                    actions.finish(held)
                else:
                    actions.release(held, error)
        except (DBAPIError, PoolTimeout):
            if pause is None:
                _log.exception("job %s: its end could not be noted", held.id)
                return
            time.sleep(pause)
        else:
            return
