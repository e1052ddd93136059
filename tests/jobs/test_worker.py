"""The worker runs what is due, whatever the jobs do."""

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core.db import db, transaction
from forum.jobs import worker
from forum.jobs.actions import enqueue
from forum.jobs.models import Job
from forum.jobs.worker import run_due


def _enqueue(kind, payload=None):
    with transaction():
        return enqueue(kind, payload or {})


def _job(job_id) -> Job:
    return db.session.get(Job, job_id, populate_existing=True)


@pytest.fixture
def ran(handlers):
    """The payloads that the handler "note" was called with."""
    seen = []
    handlers["note"] = seen.append
    return seen


def test_due_jobs_run_with_their_payload(ran):
    job_id = _enqueue("note", {"number": 7})
    assert run_due(10) == 1
    assert ran == [{"number": 7}]
    assert _job(job_id).done_at is not None


def test_no_more_run_than_asked_for(ran):
    for number in range(3):
        _enqueue("note", {"number": number})
    assert run_due(2) == 2
    assert len(ran) == 2


def test_a_job_that_is_done_runs_no_more(ran):
    _enqueue("note")
    run_due(10)
    assert run_due(10) == 0
    assert len(ran) == 1


def test_a_handler_has_transactions_of_its_own(handlers):
    def follow_up(_payload):
        with transaction():
            enqueue("next", {})

    handlers["first"] = follow_up
    _enqueue("first")
    run_due(1)
    kinds = set(db.session.scalars(sa.select(Job.kind).where(Job.done_at.is_(None))))
    assert kinds == {"next"}


def test_what_a_failed_job_wrote_is_rolled_back(handlers):
    def half_way(_payload):
        with transaction():
            enqueue("next", {})
            raise ValueError

    handlers["first"] = half_way
    _enqueue("first")
    run_due(1)
    assert list(db.session.scalars(sa.select(Job.kind))) == ["first"]


@pytest.mark.parametrize("error", [ValueError("no such thing"), SystemExit(1)], ids=type)
def test_a_job_that_raises_does_not_block_the_others(handlers, ran, error):
    def fail(_payload):
        raise error

    handlers["poison"] = fail
    poison = _enqueue("poison")
    _enqueue("note")
    assert run_due(10) == 2
    assert len(ran) == 1
    assert _job(poison).done_at is None
    assert _job(poison).last_error


def test_the_error_keeps_no_parameters_of_statements(handlers):
    def fail(_payload):
        db.session.execute(sa.text("SELECT :secret FROM nowhere"), {"secret": "hush"})

    handlers["poison"] = fail
    poison = _enqueue("poison")
    run_due(1)
    assert "nowhere" in _job(poison).last_error
    assert "hush" not in _job(poison).last_error


def test_a_job_that_hangs_is_cut_off(handlers, ran, monkeypatch):
    monkeypatch.setattr(worker, "LONGEST", timedelta(seconds=0.5))
    over = threading.Event()
    handlers["poison"] = lambda _payload: over.wait(10)
    poison = _enqueue("poison")
    _enqueue("note")
    started = time.monotonic()
    assert run_due(10) == 2
    assert time.monotonic() - started < 5
    assert len(ran) == 1
    assert _job(poison).last_error.startswith("Cut off")
    over.set()


def test_the_worker_asks_for_a_new_process_when_a_job_hangs(app, handlers, monkeypatch):
    monkeypatch.setattr(worker, "LONGEST", timedelta(seconds=0.1))
    over = threading.Event()
    handlers["poison"] = lambda _payload: over.wait(10)
    _enqueue("poison")
    with pytest.raises(worker.WorkerStuckError):
        worker.run(app, stop=threading.Event())
    over.set()


def test_the_lease_is_renewed_while_a_job_runs(app, handlers, monkeypatch):
    monkeypatch.setattr(worker, "BEAT", timedelta(seconds=0.02))
    renewed = threading.Event()
    monkeypatch.setattr(worker.actions, "renew", lambda _held: renewed.set() or True)
    handlers["slow"] = lambda _payload: renewed.wait(5)
    _enqueue("slow")
    run_due(1)
    assert renewed.is_set()


def test_the_worker_drains_what_is_due_and_ends(app, ran):
    for number in range(3):
        _enqueue("note", {"number": number})
    worker.run(app, stop=threading.Event(), once=True)
    assert [payload["number"] for payload in ran] == [0, 1, 2]


def test_a_stop_lets_the_job_at_hand_finish_and_begins_no_other(app, handlers):
    stop = threading.Event()
    handlers["note"] = lambda _payload: stop.set()
    first, second = _enqueue("note"), _enqueue("note")
    worker.run(app, stop=stop)
    assert _job(first).done_at is not None
    assert _job(second).attempts == 0


def test_the_worker_outlives_a_database_that_does_not_answer(app, ran, monkeypatch):
    stop = threading.Event()
    looks = iter([sa.exc.OperationalError("", {}, OSError()), False])
    monkeypatch.setattr(worker, "_DOWN_SECONDS", 0.01)

    def look(_app):
        found = next(looks)
        if isinstance(found, Exception):
            raise found
        stop.set()
        return found

    monkeypatch.setattr(worker, "_is_any_due", look)
    worker.run(app, stop=stop)
    assert stop.is_set()
