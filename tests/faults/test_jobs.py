"""Workers that are killed, hang or compete lose no job and do none twice."""

import json
import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from forum.app import create_app
from forum.core import versions
from forum.core.db import Base, db, transaction
from forum.jobs.actions import enqueue
from forum.jobs.models import Job
from forum.mail.actions import send
from forum.mail.models import Delivery, DeliveryState
from tests.conftest import SECRET
from tests.faults import worker_process
from tests.mail.server import Server

PATIENCE_SECONDS = 30  # a limit for busy machines; the whole file takes some ten seconds
SCRIPT = Path(__file__).with_name("worker_process.py")
# Where processes of their own come from that need not start Python and read the forum each.
_BRANCHING = multiprocessing.get_context("forkserver")
_BRANCHING.set_forkserver_preload(["forum.app"])


class Worker(_BRANCHING.Process):
    """A process of its own that does what the command does."""

    def wait(self, timeout: float) -> int | None:
        self.join(timeout)
        return self.exitcode


class Ground:
    """A database of this test's own, and the workers on it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.settings = {
            "SECRET_KEY": SECRET,
            "DATABASE_URL": url,
            "INSTANCE_PATH": str(folder),
            "SMTP_STARTTLS": False,
        }
        self.processes: list[Worker | subprocess.Popen[bytes]] = []
        self.app = create_app(self.settings)
        with self.app.app_context():
            Base.metadata.create_all(db.engine)

    def start(self, *arguments: str) -> Worker:
        process = Worker(target=worker_process.main, args=(self._given(*arguments),))
        process.start()
        self.processes.append(process)
        return process

    def start_from_nothing(self, *, longest: float) -> subprocess.Popen[bytes]:
        """A worker with a command line of its own, from which it can start afresh."""
        given = json.dumps(self._given(longest=longest))
        process = subprocess.Popen([sys.executable, str(SCRIPT), given])  # noqa: S603
        self.processes.append(process)
        return process

    def _given(self, *arguments: str, longest: float = 30.0) -> dict[str, Any]:
        return {
            "settings": self.settings,
            "folder": str(self.folder),
            "longest": longest,
            "arguments": arguments,
        }

    def enqueue(self, kind: str, count: int = 1) -> None:
        with self.app.app_context(), transaction():
            for number in range(count):
                enqueue(kind, {"number": number})

    def end_leases(self) -> None:
        """Let a minute pass, as far as leases go."""
        with self.app.app_context(), transaction():
            past = datetime(2020, 1, 1, tzinfo=UTC)
            db.session.execute(
                sa.update(Job).where(Job.lease_until.is_not(None)).values(lease_until=past)
            )

    def jobs(self) -> list[Job]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Job).order_by(Job.id)))

    def notes(self) -> list[list[str]]:
        file = self.folder / "notes"
        return [line.split() for line in file.read_text().splitlines()] if file.exists() else []

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(PATIENCE_SECONDS)
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def ground(request, tmp_path):
    if request.param == "sqlite":
        made = Ground(f"sqlite:///{tmp_path / 'forum.sqlite3'}", tmp_path)
        yield made
        made.close()
        return
    url = sa.make_url(request.getfixturevalue("postgres_url"))
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE faults"))
    made = Ground(url.set(database="faults").render_as_string(hide_password=False), tmp_path)
    yield made
    made.close()
    with engine.connect() as connection:
        connection.execute(sa.text("DROP DATABASE faults WITH (FORCE)"))
    engine.dispose()


def _until(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.02)


def test_a_job_whose_worker_is_killed_is_done_exactly_once_by_the_next(ground):
    ground.enqueue("stumble")
    first = ground.start()
    _until((ground.folder / "stumbling").exists)
    first.kill()
    first.wait(PATIENCE_SECONDS)
    ground.end_leases()
    assert ground.start("--once").wait(PATIENCE_SECONDS) == 0
    job = ground.jobs()[0]
    assert (job.done_at is not None, job.attempts) == (True, 2)
    with ground.app.app_context():
        assert versions.current(("counted",)) == (("counted", 1),)


def test_two_workers_never_do_one_job_both(ground):
    ground.enqueue("note", 20)
    workers = [ground.start("--once") for _ in range(2)]
    assert [worker.wait(PATIENCE_SECONDS) for worker in workers] == [0, 0]
    starts = Counter(number for moment, number, _ in ground.notes() if moment == "start")
    assert starts == {str(number): 1 for number in range(20)}
    assert all(job.done_at is not None for job in ground.jobs())


def test_a_worker_that_is_told_to_end_finishes_the_job_at_hand(ground):
    ground.enqueue("last", 2)
    worker = ground.start()
    _until((ground.folder / "last").exists)
    worker.terminate()
    assert worker.wait(PATIENCE_SECONDS) == 0
    first, second = ground.jobs()
    assert (first.done_at is not None, second.attempts) == (True, 0)


def test_a_job_that_hangs_is_cut_off_and_the_same_process_starts_afresh(ground):
    ground.enqueue("hang")
    ground.enqueue("note")
    worker = ground.start_from_nothing(longest=1.5)
    _until(lambda: len(ground.notes()) == 2)
    assert {int(process) for _, _, process in ground.notes()} == {worker.pid}
    hung = ground.jobs()[0]
    assert (hung.done_at, hung.attempts) == (None, 1)
    assert hung.last_error.startswith("Cut off")
    worker.terminate()
    assert worker.wait(PATIENCE_SECONDS) == 0


def test_a_worker_that_is_killed_while_sending_costs_a_second_copy_at_most(ground):
    server = Server()
    try:
        ground.settings |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": server.port}  # of the workers
        ground.app.config["SMTP_HOST"] = "127.0.0.1"
        server.answers.append(("DATA", "stall"))
        with ground.app.app_context(), transaction():
            send("test", "reader@example.com", {}, event="test:1")
        first = ground.start()
        assert server.started.wait(PATIENCE_SECONDS)
        first.kill()
        first.wait(PATIENCE_SECONDS)
        ground.end_leases()
        assert ground.start("--once").wait(PATIENCE_SECONDS) == 0
    finally:
        server.stop()
    assert len(server.received) == 2
    assert len({message["Message-ID"] for message in server.received}) == 1
    with ground.app.app_context():
        assert db.session.scalars(sa.select(Delivery.state)).one() is DeliveryState.SENT
