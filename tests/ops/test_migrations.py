"""Migrations run up, down and up again, on both databases, and lose nothing."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from forum import paths
from forum.app import create_app
from forum.core.db import Base, db
from forum.index.models import is_known
from forum.setup import load_models, plant, upgrade
from tests.conftest import SETTINGS

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
load_models()
REVISIONS = tuple(
    script.revision for script in reversed(list(ScriptDirectory(paths.MIGRATIONS).walk_revisions()))
)
# For the tables of the index, which SQLAlchemy does not know.
_WORDS = {
    "sqlite": (
        "INSERT INTO comment_words (rowid, words) VALUES (1, 'hous'), (2, 'work')",
        "INSERT INTO thread_words (rowid, title, words) VALUES (1, 'hous', 'work'), (2, 'a', '')",
    ),
    "postgresql": (
        "INSERT INTO comment_words VALUES (1, 'hous'), (2, 'work')",
        "INSERT INTO thread_words VALUES (1, 'hous', 'hous work'), (2, '', '')",
    ),
}
AT = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database of its own, outside any transaction of the tests."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/forum.sqlite3"
    else:
        url = _second_database(request.getfixturevalue("postgres_url"))
    app = create_app({**SETTINGS, "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _second_database(url: str) -> str:
    name = "forum_test_migrations"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def test_up_from_empty_gives_what_the_models_say(fresh: Flask):
    upgrade()

    assert _differences() == []


def test_up_from_empty_gives_what_create_all_gives(fresh: Flask, tmp_path: Path):
    upgrade()
    migrated = _structure()
    flask_migrate.downgrade(revision="base")

    Base.metadata.create_all(db.engine)

    assert _structure() == migrated


def test_down_to_nothing_leaves_nothing(fresh: Flask):
    upgrade()

    flask_migrate.downgrade(revision="base")

    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    assert _routines() == []


def test_up_down_and_up_again_works(fresh: Flask):
    upgrade()
    flask_migrate.downgrade(revision="base")

    upgrade()

    assert _differences() == []


def test_one_step_up_and_down_keeps_every_row(fresh: Flask):
    """From each revision, on the way down from the newest to nothing."""
    upgrade()
    _fill()
    for below in ("base", *REVISIONS[:-1])[::-1]:
        flask_migrate.downgrade(revision=below)
        before = _content()

        flask_migrate.upgrade(revision="+1")
        flask_migrate.downgrade(revision=below)

        assert _content() == before, f"up from {below} and down again"


def test_an_upgrade_of_a_filled_database_changes_no_row(fresh: Flask):
    upgrade()
    _fill()
    before = _content()

    upgrade()

    assert _content() == before


def test_going_below_claims_and_answers_drops_what_was_removed_and_the_cases(fresh: Flask):
    upgrade()
    _fill()
    with db.engine.begin() as connection:
        for statement in (
            "UPDATE moderation_case SET subject_kind = 'claim' WHERE id = 1",
            "UPDATE moderation_case SET subject_kind = 'answer' WHERE id = 2",
            "UPDATE service_claim SET removed_at = NULL, state = 'withdrawn' WHERE id = 1",
            "UPDATE service_claim SET thread_id = 1, service_id = 1, state = 'open' WHERE id = 2",
            "UPDATE answer SET state = 'removed' WHERE id = 1",
            "UPDATE answer SET thread_id = 1, author_id = 1, state = 'standing' WHERE id = 2",
        ):
            connection.exec_driver_sql(statement)
    upgrade()

    flask_migrate.downgrade(revision="0010")

    for statement, left in (
        ("SELECT id FROM moderation_case", []),
        ("SELECT id FROM report", []),
        ("SELECT id FROM service_claim", [2]),
        ("SELECT id FROM answer", [2]),
    ):
        assert [row[0] for row in _all(statement)] == left
    upgrade()
    assert _all("SELECT state FROM answer")[0][0] == "standing"
    assert _differences() == []


def test_every_table_takes_a_row_of_the_filler(fresh: Flask):
    upgrade()

    _fill()

    assert [name for name, (count, _) in _content().items() if count == 0] == []


def test_setting_up_twice_plants_once(fresh: Flask):
    upgrade()
    plant()
    before = _content()

    upgrade()
    plant()

    assert _content() == before


def test_a_row_that_refers_to_nothing_stops_a_migration(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    url = f"sqlite:///{tmp_path}/forum.sqlite3"
    app = create_app({**SETTINGS, "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("INSERT INTO all_read (user_id, at) VALUES (7, '2026-01-01')")
            driver.execute("PRAGMA foreign_keys=ON")

        with pytest.raises(SystemExit):
            upgrade()
        db.engine.dispose()

    assert "1 rows refer to nothing, in: all_read" in caplog.text


def test_two_nodes_that_start_at_once_both_get_through(fresh: Flask):
    values = {
        "PATH": "/usr/bin:/bin",
        "FORUM_DATABASE_URL": fresh.config["DATABASE_URL"],
        "FORUM_INSTANCE_PATH": fresh.config["INSTANCE_PATH"],
    }
    command = [sys.executable, "-m", "forum.cli", "setup"]
    nodes = [
        subprocess.Popen(command, env=values, cwd=paths.ROOT, stderr=subprocess.PIPE)  # noqa: S603
        for _ in range(2)
    ]
    ends = [(node.communicate(timeout=60)[1].decode(), node.returncode) for node in nodes]

    assert [code for _, code in ends] == [0, 0], ends


def _differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_known}
        )
        return compare_metadata(context, Base.metadata)


def _structure() -> dict[str, object]:
    inspector = sa.inspect(db.engine)
    tables = [name for name in inspector.get_table_names() if name != "alembic_version"]
    found: dict[str, object] = {"triggers": _triggers(), "routines": _routines()}
    for name in tables:
        found[name] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            },
            "key": inspector.get_pk_constraint(name),
            "indexes": _by_name(inspector.get_indexes(name)),
            "unique": _by_name(inspector.get_unique_constraints(name)),
            "checks": _by_name(inspector.get_check_constraints(name)),
            "references": _by_name(inspector.get_foreign_keys(name)),
        }
    return found


def _by_name(rows) -> dict[str, str]:
    return {
        row["name"]: str({**row, "dialect_options": _as_text(row.get("dialect_options", {}))})
        for row in rows
    }


def _as_text(options: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in options.items()}


def _triggers() -> list[str]:
    if db.engine.dialect.name == "sqlite":
        statement = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        statement = (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY tgname"
        )
    return [" ".join(str(row).split()) for row in _all(statement)]


def _routines() -> list[str]:
    if db.engine.dialect.name == "sqlite":
        return []
    return [
        " ".join(str(row).replace("\\n", " ").split())
        for row in _all(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    ]


def _all(statement: str) -> list[sa.Row]:
    with db.engine.connect() as connection:
        return list(connection.execute(sa.text(statement)))


def _content() -> dict[str, tuple[int, str]]:
    """Of each table: how many rows, and a digest of them in the order of their keys."""
    found = {}
    reflected = sa.MetaData()
    reflected.reflect(db.engine)
    with db.engine.connect() as connection:
        for table in reflected.sorted_tables:
            if table.name == "alembic_version" or table.name.endswith("_words_idx"):
                continue  # FTS5 fills the latter when there is more to keep
            rows = connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            digest = hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
            found[table.name] = (len(rows), digest)
    return found


def _fill() -> None:
    """Two rows in every table: one with a value everywhere, one with as few as may be."""
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            for number in (1, 2):
                row = {
                    column.name: _value(table, column, number)
                    for column in table.columns
                    if column.computed is None and (number == 1 or not column.nullable)
                }
                connection.execute(sa.insert(table).values(row))
        for statement in _WORDS[db.engine.dialect.name]:
            connection.exec_driver_sql(statement)


def _value(table: sa.Table, column: sa.Column, number: int) -> object:
    if column.foreign_keys:
        return _reference(table, column, number)
    if isinstance(column.type, sa.Enum):
        return list(column.type.enum_class)[number - 1]
    values = (
        (sa.JSON, {"text": "Zo\u00eb", "list": [1, None]}),
        (sa.Boolean, number == 1),
        (sa.Integer, number),
        (sa.LargeBinary, b"\x00\xff"),
        (sa.String, f"{column.name[:3]} {number}"[: getattr(column.type, "length", None)]),
    )
    return next((value for kind, value in values if isinstance(column.type, kind)), AT)


def _reference(table: sa.Table, column: sa.Column, number: int) -> object:
    if number == 1 and column.nullable and next(iter(column.foreign_keys)).column.table is table:
        return None  # nothing to refer to yet
    return number
