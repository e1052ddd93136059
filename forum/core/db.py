"""The database: engine options, base class, column types, and the one place that commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from pysqlite3 import dbapi2 as pysqlite
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from forum.core.errors import NotFound

Row = TypeVar("Row")

# The WAL-reset corruption bug of SQLite is mended from this version on.
SAFE_SQLITE = (3, 51, 3)
BUSY_MS = 5000

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# True while a transaction that will write is being opened: SQLite then takes its write lock first
# (BEGIN IMMEDIATE), because a reader that turns into a writer fails at once when another wrote.
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, on both databases; refuses naive values."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"naive datetime: {value!r}")
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every model subclasses (never `db.Model`)."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=_NAMES),
        type_annotation_map={datetime: UtcDateTime(), str: sa.String(255)},
    )


intpk = Annotated[int, mapped_column(primary_key=True)]

db = SQLAlchemy(
    model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False}
)


def choice(kind: type[StrEnum], name: str) -> sa.Enum:
    """A column type for a StrEnum, stored by value with a named CHECK on both databases."""
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda values: [value.value for value in values],
    )


def engine_options(url: str, *, pool_size: int) -> dict[str, Any]:
    """Options for create_engine that make SQLite and PostgreSQL behave alike."""
    # What people typed is in the parameters, and has no place in a log.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**options, "module": pysqlite, "connect_args": {"timeout": BUSY_MS / 1000}}
    return {**options, "pool_pre_ping": True, "pool_size": pool_size, "max_overflow": pool_size}


def prepare_engine(engine: Engine) -> None:
    """Hook the connection settings of SQLite onto an engine; nothing to do for PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged post survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
        "cache_size=-16000",  # kB a connection: pages of the indexes stay, and are not read again
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("one_read"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def locked(table: type[Row], row_id: int) -> Row:
    """A row as it is now, locked until the commit; NotFound."""
    row = db.session.get(table, row_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def at_most(count: int) -> sa.ColumnElement[int]:
    """The LIMIT of a hot statement, written out: for what is the same whenever it is sent.

    SQLite plans by the value of a parameter there, and so prepares the statement anew each time:
    40 to 150 microseconds.
    """
    return sa.literal_column(str(count), sa.Integer())


def insert(table: Any) -> sqlite.Insert | postgresql.Insert:  # noqa: ANN401 - a model or a table
    """An INSERT that can also say what becomes of a row that is there already."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


@contextmanager
def one_read(engine: Engine) -> Iterator[Connection]:
    """A connection for a single SELECT, without the cost of a transaction around it."""
    is_sqlite = engine.dialect.name == "sqlite"
    options = {"one_read": True} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect() as connection:
        yield connection.execution_options(**options)


def end_reading() -> None:
    """End the transaction that was read in; objects changed outside `transaction()` are let go.

    With COMMIT where nothing was changed, because psycopg forgets its prepared statements at every
    ROLLBACK: PostgreSQL then plans each statement of each page anew, at ten times its cost.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.rollback()
        return
    try:
        session.commit()
    except sa.exc.SQLAlchemyError:  # the connection is gone, and nothing with it
        session.rollback()


@contextmanager
def transaction() -> Iterator[None]:
    """Open a write transaction, commit it at the end, roll it back on any error.

    What was read before is let go first, so that everything inside sees one state of the data;
    actions therefore load what they change themselves. Nesting is a programming error.
    """
    if _writing.get():
        raise RuntimeError("transactions do not nest")
    end_reading()
    session = db.session()
    session.expire_all()
    mark = _writing.set(True)
    try:
        session.connection()
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(mark)


def sqlite_is_safe() -> bool:
    return tuple(pysqlite.sqlite_version_info) >= SAFE_SQLITE
