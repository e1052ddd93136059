"""Measures what the queue of moderation costs with 500 cases and with 50,000 of the same kind.

    python bench/cases.py                      both databases
    python bench/cases.py --database sqlite

The requests run in this process, so CPU time is its own, and PostgreSQL's beside it. Prints
Markdown; ends with exit code 1 when a page takes more than LIMIT times as much, or more than MOST
statements.
"""

import argparse
import contextlib
import contextvars
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import data
import sqlalchemy as sa
from flask import Flask
from measure import cpu_ms
from run import Member, Site, site_of
from sqlalchemy import event

from forum.accounts.models import User
from forum.cases.models import (
    Case,
    CaseState,
    Lane,
    Report,
    ReportReason,
    ReportState,
    SubjectKind,
)
from forum.cases.policy import PATIENCE, REPORT
from forum.core import clock
from forum.core.actor import SiteRole
from forum.core.db import db, transaction
from forum.posts import paths
from forum.posts.models import Post
from forum.threads.models import Thread

FEW, MANY = 500, 50_000
LIMIT = 1.2  # times the CPU of FEW
MOST = 12  # statements of a page
ROUNDS = 9
_SIZE = data.Size(users=50, threads=50, comments=20, long_thread=20)
_FACILITATOR, _MODERATOR = 1, 2  # of the data set: user 1 runs all spaces but Commons
_STATES = (CaseState.NEW, CaseState.IN_REVIEW, CaseState.ACTIONED, CaseState.NO_ACTION)
_BATCH = 1_000
_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SHOW")


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    user_id: int
    path: str


PAGES = (
    Page("moderator, all lanes", _MODERATOR, "/moderation"),
    Page("moderator, one lane", _MODERATOR, "/moderation?lane=privacy"),
    Page("moderator, a reason and nobody's", _MODERATOR, "/moderation?reason=spam&assignee=nobody"),
    Page("moderator, decided ones", _MODERATOR, "/moderation?state=decided"),
    Page("facilitator, all lanes", _FACILITATOR, "/moderation"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request: milliseconds here and of the database, and statements."""

    cpu: float
    database_cpu: float
    statements: int


def _add_posts(count: int) -> None:
    """Short comments below those of the data set: what cases are about, and nothing looks for."""
    chance = random.Random(data.SEED)
    now = clock.now()
    rows = [
        {
            "thread_id": 1 + place % _SIZE.threads, "number": 100 + place // _SIZE.threads,
            "path": paths.below("", 100 + place // _SIZE.threads), "depth": 1,
            "author_id": chance.randint(3, _SIZE.users), "source": "Words.",
            "html": "<p>Words.</p>", "render_version": 1, "created_at": now,
            "written_in_id": 1 + place % _SIZE.threads,
        }
        for place in range(count)
    ]  # fmt: skip
    with transaction():
        for start in range(0, count, _BATCH):
            db.session.execute(sa.insert(Post), rows[start : start + _BATCH])


def _add_cases(first: int, last: int) -> None:
    """Cases about the posts `first` to `last`, half of them open, with one to three reports."""
    chance = random.Random(data.SEED + first)
    now = clock.now()
    posts = db.session.execute(
        sa.select(Post.id, Post.author_id, Thread.space_id)
        .join(Thread, Thread.id == Post.thread_id)
        .order_by(Post.id)
        .offset(first)
        .limit(last - first)
    ).all()
    for start in range(0, len(posts), _BATCH):
        batch = posts[start : start + _BATCH]
        cases, reports = [], []
        for number, (post_id, author_id, space_id) in enumerate(batch, start=first + start + 1):
            lane, state = chance.choice(tuple(Lane)), chance.choice(_STATES)
            opened_at = now - timedelta(minutes=chance.randrange(60 * 24 * 30))
            count = chance.randint(1, 3)
            cases.append(
                {
                    "id": number, "subject_kind": SubjectKind.POST, "subject_id": post_id,
                    "space_id": space_id, "author_id": author_id, "lane": lane, "state": state,
                    "is_graphic": False, "version": 1, "report_count": count,
                    "weight": count * REPORT, "opened_at": opened_at,
                    "due_at": opened_at + PATIENCE[lane] / count, "changed_at": opened_at,
                    "assignee_id": None if number % 4 else _MODERATOR,
                }
            )  # fmt: skip
            reports += [
                {
                    "case_id": number, "reporter_id": 10 + which, "note": "", "snapshot": "Words.",
                    "reason": chance.choice(tuple(ReportReason)), "revision": 1,
                    "replied_before": False, "weight": REPORT, "created_at": opened_at,
                    "state": ReportState.OPEN if state.value in {"new", "in_review"}
                    else ReportState.UPHELD,
                }
                for which in range(count)
            ]  # fmt: skip
        with transaction():
            db.session.execute(sa.insert(Case), cases)
            db.session.execute(sa.insert(Report), reports)


@contextlib.contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(_CONTROL):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _ask(app: Flask, member: Member, path: str) -> None:
    client = app.test_client(use_cookies=False)
    # In a context of its own, as in a server: else requests would share `g`.
    answer: Any = contextvars.Context().run(client.open, path, headers=[member.cookie])
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")


@dataclass(frozen=True, slots=True)
class Queue:
    """A forum with so many cases."""

    site: Site

    def settle(self, page: Page) -> int:
        """Ask until everything is warm; returns the statements of one request."""
        for _ in range(10):
            self._ask(page)
        with self.site.app.app_context(), _statements() as seen:
            self._ask(page)
        return len(seen)

    def cost(self, page: Page, times: int) -> tuple[float, float]:
        """Milliseconds of a request, here and of the database, over one round."""
        roots = [] if self.site.postmaster is None else [self.site.postmaster]
        database, own = cpu_ms(roots), time.process_time()
        for _ in range(times):
            self._ask(page)
        spent = (time.process_time() - own) * 1000
        return spent / times, (cpu_ms(roots) - database) / times

    def _ask(self, page: Page) -> None:
        _ask(self.site.app, self.site.members[page.user_id - 1], page.path)


def _measured(few: Queue, many: Queue, page: Page, times: int) -> tuple[Cost, Cost]:
    """The least of ROUNDS, in turns: what others do on the machine only ever adds."""
    queues = (few, many)
    statements = [queue.settle(page) for queue in queues]
    rounds: list[list[tuple[float, float]]] = [[], []]
    for _ in range(ROUNDS):
        for queue, seen in zip(queues, rounds, strict=True):
            seen.append(queue.cost(page, times))
    first, second = (
        Cost(*min(seen, key=sum), statements=count)
        for seen, count in zip(rounds, statements, strict=True)
    )
    return first, second


def analyse() -> None:
    """What both databases do by themselves in a night, and a bench does not wait for."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            sa.text(
                "VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "PRAGMA optimize"
            )
        )
        if db.engine.dialect.name == "postgresql":
            connection.execute(sa.text("CHECKPOINT"))  # not while something is measured


@contextlib.contextmanager
def _filled(database: str, folder: Path, count: int) -> Iterator[Queue]:
    with site_of(database, folder, _SIZE) as site:
        with transaction():
            db.session.execute(
                sa.update(User).where(User.id == _MODERATOR).values(role=SiteRole.MODERATOR)
            )
        _add_posts(MANY)
        _add_cases(0, count)
        analyse()
        yield Queue(site)


def _results(database: str, folder: Path, times: int) -> list[tuple[Page, Cost, Cost]]:
    with contextlib.ExitStack() as stack:
        queues = []
        for count in (FEW, MANY):
            place = folder / str(count)
            place.mkdir()
            queues.append(stack.enter_context(_filled(database, place, count)))
        return [(page, *_measured(*queues, page, times)) for page in PAGES]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--times", type=int, default=20, help="requests of each round")
    options = parser.parse_args()
    is_good = True
    databases = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    for database in databases:
        with tempfile.TemporaryDirectory(prefix="forum-bench-") as folder:
            results = _results(database, Path(folder), options.times)
        print(
            f"\n{database}\n\n| queue | CPU ms, {FEW} | database ms | CPU ms, {MANY:,}"
            " | database ms | ratio | statements |\n|---|---:|---:|---:|---:|---:|---:|"
        )
        for page, few, many in results:
            ratio = (many.cpu + many.database_cpu) / (few.cpu + few.database_cpu)
            is_good &= ratio <= LIMIT and many.statements <= MOST
            print(
                f"| {page.name} | {few.cpu:.2f} | {few.database_cpu:.2f} | {many.cpu:.2f}"
                f" | {many.database_cpu:.2f} | {ratio:.2f} | {many.statements} |",
                flush=True,
            )
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
