"""Runs the forum: sets it up, then serves it with gunicorn, and works off its jobs on SQLite."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn import sock
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http import wsgi
from typing_extensions import override

from forum import setup
from forum.core.db import SAFE_SQLITE, db, sqlite_is_safe
from forum.core.errors import DomainError
from forum.demo import cli as demo
from forum.demo.logins import Login
from forum.jobs import worker

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_WORKERS = 2
THREADS = 4  # per worker
_TIMEOUT = 60  # seconds after which a worker that does not answer at all is replaced
_GRACE = 30  # seconds that requests at hand get to end
_REQUESTS = 50_000  # after which a worker is replaced, so that no leak grows for ever
_MEMORY = Path("/dev/shm")  # noqa: S108 - the heartbeat files of workers; a slow disk would stop them
_JOBS_PAUSE = 5  # seconds between two starts of the jobs' process
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what not to name in an address
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
_LOOK_SECONDS = 1.0
_CRASHED = 1


@click.command("serve")
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="Port."
)
@click.option(
    "--workers",
    default=DEFAULT_WORKERS,
    show_default=True,
    type=click.IntRange(1, 64),
    help=f"Processes, with {THREADS} threads each.",
)
@click.option("--demo", "with_demo", is_flag=True, help="Fill an empty forum with demo content.")
@with_appcontext
def serve_command(*, host: str, port: int, workers: int, with_demo: bool) -> None:
    """Set the forum up and serve it until SIGTERM."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
    _check_address(app, host, port)
    _admit(app, host, port)
    if _is_sqlite(app) and not sqlite_is_safe():
        least = ".".join(map(str, SAFE_SQLITE))
        click.echo(
            f"Warning: this SQLite is older than {least} and can damage its file under load.",
            err=True,
        )
    setup.upgrade()
    setup.plant()
    logins = _demo_logins() if with_demo else ()
    db.session.remove()
    db.engine.dispose()  # processes made below must not share a connection
    _Server(app, address=(host, port), workers=workers, logins=logins).run()


def _check_address(app: Flask, host: str, port: int) -> None:
    if app.config["DEBUG"] and host not in _LOOPBACK:
        raise click.ClickException("FORUM_DEBUG is on, so this forum serves 127.0.0.1 only.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Cannot listen on {host} port {port}: {error.strerror}. Is a forum running there"
                " already? Choose another with --port."
            ) from None


def _admit(app: Flask, host: str, port: int) -> None:
    """Answer to the address that was asked for; links in mail name it unless one is configured."""
    if host not in _EVERYWHERE and _named(host) not in app.config["TRUSTED_HOSTS"]:
        app.config["TRUSTED_HOSTS"] = [*app.config["TRUSTED_HOSTS"], _named(host)]
    if "FORUM_BASE_URL" not in os.environ and host not in _EVERYWHERE:
        app.config["BASE_URL"] = _address(host, port)


def _is_sqlite(app: Flask) -> bool:
    return str(app.config["DATABASE_URL"]).startswith("sqlite")


def _demo_logins() -> tuple[Login, ...]:
    try:
        return demo.prepare()
    except DomainError as error:
        raise click.ClickException(error.message) from None


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _address(host: str, port: int) -> str:
    return f"http://{_named(DEFAULT_HOST if host in _EVERYWHERE else host)}:{port}"


class _QuietResponse(wsgi.Response):
    """Says nothing about the software that answers."""

    @override
    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


class _Server(BaseApplication):
    """gunicorn in this process, with settings of our own and none from files or GUNICORN_*."""

    def __init__(
        self, app: Flask, *, address: tuple[str, int], workers: int, logins: tuple[Login, ...]
    ) -> None:
        self.app = app
        self._address = address
        self._workers = workers
        self._logins = logins
        wsgi.Response = _QuietResponse
        super().__init__()

    @override
    def load_config(self) -> None:
        host, port = self._address
        settings: dict[str, Any] = {
            "bind": f"{_named(host)}:{port}",
            "workers": self._workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": _TIMEOUT,
            "graceful_timeout": _GRACE,
            "max_requests": _REQUESTS,
            "max_requests_jitter": _REQUESTS // 10,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # FORUM_PROXY_HOPS decides whom to believe
            "loglevel": "warning",
            "proc_name": "forum",
            "when_ready": self._announce,
            "post_worker_init": lambda _worker: _signals_come(),
        }
        if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
            settings["worker_tmp_dir"] = str(_MEMORY)
        for name, value in settings.items():
            self.cfg.set(name, value)

    @override
    def load(self) -> Flask:
        return self.app

    @property
    def has_jobs(self) -> bool:
        """Whether jobs are worked off here."""
        return _is_sqlite(self.app)

    @override
    def run(self) -> None:
        _Arbiter(self).run()

    def _announce(self, _arbiter: Arbiter) -> None:
        click.echo(f"{self.app.config['SITE_NAME']} is ready: {_address(*self._address)}")
        if self._logins:
            demo.tell(self._logins)
        sys.stdout.flush()


class _Arbiter(Arbiter):
    """gunicorn's first process; on SQLite it also keeps one process for jobs alive.

    The embedded database has one machine and few jobs, so nobody should have to start a second
    command for them. With PostgreSQL, `forum worker` runs wherever there is room.
    """

    _jobs_pid = 0
    _jobs_started = 0.0

    @override
    def spawn_worker(self) -> int:
        # Whoever stops all processes at once (systemd, `timeout`) may meet a worker that is just
        # being replaced. The signal waits until the new one listens to it; else it would be lost.
        master = os.getpid()
        with _signals_wait():
            try:
                pid: int = super().spawn_worker()
            except SystemExit as end:  # of the worker, in its own process
                if os.getpid() == master:
                    raise
                # It is done. What this command would tidy up behind itself is not the worker's.
                sys.stdout.flush()
                os._exit(end.code if isinstance(end.code, int) else _CRASHED)
            return pid

    @override
    def manage_workers(self) -> None:
        super().manage_workers()
        if not self.app.has_jobs or self._jobs_are_alive():
            return
        if time.monotonic() - self._jobs_started > _JOBS_PAUSE or not self._jobs_started:
            self._jobs_started = time.monotonic()
            with _signals_wait():
                self._jobs_pid = self._start_jobs()

    @override
    def stop(self, graceful: bool = True) -> None:
        self._signal_jobs(signal.SIGTERM)
        super().stop(graceful)
        limit = time.monotonic() + (_GRACE if graceful else 1)
        while self._jobs_are_alive() and time.monotonic() < limit:
            self.reap_workers()
            time.sleep(0.05)
        self._signal_jobs(signal.SIGKILL)

    def _jobs_are_alive(self) -> bool:
        """Whether the process is there: a dead one has been waited for by reap_workers."""
        return self._signal_jobs(0)

    def _signal_jobs(self, number: int) -> bool:
        if not self._jobs_pid:
            return False
        try:
            os.kill(self._jobs_pid, number)
        except ProcessLookupError:
            self._jobs_pid = 0
            return False
        return True

    def _start_jobs(self) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        code = _CRASHED
        try:
            sock.close_sockets(self.LISTENERS, unlink=False)
            for sibling in self.WORKERS.values():
                sibling.tmp.close()
            for number in {*Arbiter.SIGNALS, signal.SIGCHLD}:
                signal.signal(number, signal.SIG_DFL)
            _work(self.app.app, parent)
            code = 0
        except worker.WorkerStuckError:
            self.log.error("A job hung and was cut off; its process starts afresh.")  # noqa: TRY400 - no traceback helps
        except Exception:
            self.log.exception("The jobs' process ended.")
        finally:
            os._exit(code)


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold back the signals that stop a process; a child lets them come when it is ready."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        _signals_come()


def _signals_come() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)


def _work(app: Flask, parent: int) -> None:
    """Work off jobs until a signal to stop, or until the parent is gone; raises what the work did.

    The signals stay blocked and are asked for here. A handler would run inside whatever the
    worker does at that moment, with its locks held.
    """
    stop = threading.Event()
    failure: list[Exception] = []

    def work() -> None:
        try:
            worker.run(app, stop=stop)
        except Exception as error:  # noqa: BLE001 - raised again below
            failure.append(error)

    thread = threading.Thread(target=work, name="jobs", daemon=True)
    thread.start()
    while thread.is_alive() and os.getppid() == parent:
        if signal.sigtimedwait(_STOPPING, _LOOK_SECONDS) is not None:
            break
    stop.set()
    thread.join()
    if failure:
        raise failure[0]
