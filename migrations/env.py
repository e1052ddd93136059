"""How migrations connect, compare and run, alike on SQLite and PostgreSQL."""

import sqlite3
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from pysqlite3 import dbapi2 as pysqlite
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from forum.core.db import Base, UtcDateTime, db
from forum.index.models import is_known
from forum.setup import load_models, take_turns

LOCK_SECONDS = 60  # how long a node waits on SQLite while another one migrates


class BrokenReferencesError(RuntimeError):
    """A migration left rows that refer to nothing; it was rolled back."""


def run() -> None:
    """Run what the command asks for, in one transaction that is kept whole or not at all."""
    load_models()
    engine = _engine(db.engine.url)
    try:
        with engine.connect() as connection, connection.begin():
            take_turns(connection)
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_item=_render_item,
                include_name=is_known,
                transactional_ddl=True,
                **current_app.extensions["migrate"].configure_args,
            )
            with context.begin_transaction():
                context.run_migrations()
            _check_references(connection)
    finally:
        engine.dispose()


def _engine(url: sa.URL) -> Engine:
    """An engine for this run alone.

    On SQLite, foreign keys are off: a table that batch mode makes anew would take its rows'
    dependants along when the old one is dropped. They can be turned off outside a transaction
    only, so the application's connections cannot be used.
    """
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, poolclass=sa.NullPool)
    engine = sa.create_engine(url, poolclass=sa.NullPool, module=pysqlite)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return  # PostgreSQL has checked each row itself
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise BrokenReferencesError(f"{len(broken)} rows refer to nothing, in: {tables}")


def _render_item(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our column type as what it is in the database, so that no revision imports our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


if context.is_offline_mode():
    raise SystemExit("Migrations look at the data they change, so they run connected only.")
run()
