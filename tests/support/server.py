"""A real server for tests with a browser: `forum serve` in a process of its own, per database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.app import create_app
from forum.core.db import db
from tests import factories

HOST = "127.0.0.1"
_KEY = "a key of the browser tests 0123456789 abcdefghijklmnop"
_COMMAND = (sys.executable, "-c", "from forum.cli import main; main()", "serve")
_PATIENCE = 60  # seconds: the two processors of a small machine may be busy with other tests


@dataclass(frozen=True, slots=True)
class Server:
    """A forum that is being served; `app` is the same forum seen from the test's process."""

    url: str
    app: Flask

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Reach its database, by factories and queries."""
        with self.app.app_context():
            yield
            db.session.remove()

    def cookie(self, user: Any) -> dict[str, str]:
        """A cookie with which a browser is signed in as this member."""
        content = {"_user_id": factories.session_token(user), "_fresh": True}
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        name = self.app.config["SESSION_COOKIE_NAME"]
        return {"name": name, "value": serializer.dumps(content), "url": self.url}


@contextmanager
def serving(folder: Path, *options: str, database_url: str = "") -> Iterator[Server]:
    """Serve a forum that is set up in `folder`; SQLite when no database is named."""
    port = _free_port()
    settings = {"INSTANCE_PATH": str(folder), "SECRET_KEY": _KEY, "DATABASE_URL": database_url}
    environment = {**os.environ, **{f"FORUM_{name}": value for name, value in settings.items()}}
    log = folder / "server.log"
    command = (*_COMMAND, "--host", HOST, "--port", str(port), "--workers", "1", *options)
    with (
        log.open("w") as output,
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait_for(process, port, log)
            app = create_app(settings)
            yield Server(f"http://{HOST}:{port}", app)
            with app.app_context():
                db.engine.dispose()
        finally:
            process.terminate()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        if process.poll() is not None:
            break
        with closing(socket.socket()) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"The forum did not start: {log.read_text()}", pytrace=False)


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A forum on SQLite, with the demo content in it."""
    with serving(tmp_path_factory.mktemp("served-sqlite"), "--demo") as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A forum on PostgreSQL, in a database beside the one that other tests roll back."""
    name = f"forum_browser_{os.getpid()}"
    engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    try:
        with serving(tmp_path_factory.mktemp("served-postgres"), database_url=url) as server:
            yield server
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest) -> Server:
    """A forum on each database."""
    name = "demo_server" if request.param == "sqlite" else "postgres_server"
    found: Server = request.getfixturevalue(name)
    return found
