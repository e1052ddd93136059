"""One connection for a whole test, in the place of an engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection


class _Read:
    """The test's connection for one statement, inside the test's own transaction."""

    def __init__(self, connection: Connection) -> None:
        self.execute = connection.execute

    def execution_options(self, **_options: Any) -> "_Read":
        return self


def shared(connection: Connection) -> Connection:
    """The connection itself, which then has the `connect()` of an engine as well."""

    @contextmanager
    def connect() -> Iterator[_Read]:
        yield _Read(connection)

    connection.connect = connect  # type: ignore[attr-defined]
    return connection
