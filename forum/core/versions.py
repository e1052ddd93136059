"""Versions of what pages show: a page kept in memory is good while its versions stand."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, db

SITE = "site"  # names, tags, spaces: whatever many pages show
LISTS = "lists"  # which threads there are, and their counts
DIRECTORY = "directory"  # services and places


class PageVersion(Base):
    __tablename__ = "page_version"

    scope: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)


_BUMP = sa.text(
    "INSERT INTO page_version (scope, version) VALUES (:scope, 1)"
    " ON CONFLICT (scope) DO UPDATE SET version = page_version.version + 1"
)


@cache
def _read(count: int) -> sa.Select[Any]:
    """A statement for so many scopes: every page of a visitor asks it, so it is made once."""
    table = PageVersion.__table__.c
    scopes = [sa.bindparam(f"scope_{number}", type_=table.scope.type) for number in range(count)]
    return sa.select(table.scope, table.version).where(table.scope.in_(scopes))


def thread_scope(thread_id: int) -> str:
    return f"thread:{thread_id}"


def touch(*scopes: str) -> None:
    """Make finished pages of these scopes stale, with the transaction that changed them.

    Call it last and once per action: the rows are locked until the commit, always in one order.
    """
    for scope in sorted(set(scopes)):
        db.session.execute(_BUMP, {"scope": scope})


def current(scopes: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The versions of these scopes, in one statement; a scope never touched is left out."""
    return current_by(db.session.connection(), scopes)


def current_by(connection: Connection, scopes: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    values = {f"scope_{number}": scope for number, scope in enumerate(scopes)}
    found = connection.execute(_read(len(scopes)), values)
    return tuple(sorted((scope, version) for scope, version in found))
