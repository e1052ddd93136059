"""People who act at the same moment: a forum whose transactions really commit, and real threads."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.app import create_app
from forum.core.db import Base, db
from forum.setup import plant

MOST = 20  # threads at once, each with a connection of its own
_schemas = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def forum(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    settings: dict[str, Any],
) -> Iterator[Flask]:
    """A forum of the module's own: an SQLite file, or a schema of its own."""
    folder = tmp_path_factory.mktemp("at-once")
    schema = f"at_once_{next(_schemas)}"
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'forum.sqlite3'}"
    else:
        server = sa.make_url(request.getfixturevalue("postgres_url"))
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
        engine.dispose()
        server = server.update_query_dict({"options": f"-c search_path={schema}"})
        url = server.render_as_string(hide_password=False)
    given = {"DATABASE_URL": url, "INSTANCE_PATH": str(folder), "POOL_SIZE": MOST}
    app = create_app({**settings, **given})
    with app.app_context():
        Base.metadata.create_all(db.engine)
        plant()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        if request.param == "postgres":
            with db.engine.begin() as connection:
                connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
        db.engine.dispose()


@pytest.fixture
def here(forum: Flask) -> Iterator[None]:
    with forum.app_context():
        yield
        db.session.remove()


def at_once(app: Flask, *calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; a call's error is its result."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait()
            try:
                return call()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def errors_among(results: list[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]
