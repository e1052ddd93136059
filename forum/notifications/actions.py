"""Writes of the inbox: telling people something, and noting that they have read it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.text import cut, scrub
from forum.notifications.models import Notification

LONGEST_VALUE = 1_000  # characters
# Accounts are above this package; nobody reads the inbox of an account that is gone or imported.
_ACCOUNT = sa.table("user_account", sa.column("id", sa.Integer), sa.column("state", sa.String))
_READERLESS = ("deleted", "placeholder")
_PLAIN = (str, int, float, bool, type(None))


def notify(
    user_ids: Collection[int],
    kind: str,
    subject_kind: str,
    subject_id: int,
    *,
    path: str,
    values: Mapping[str, Any],
) -> None:
    """Tell these people one thing, in one statement however many they are.

    Who was told the same of this subject before finds it anew: unread, with these values and now.
    `path` is local. `values` are what the words of the kind stand around (words.py): plain ones,
    times, and texts of at most 1,000 characters; longer ones are cut. Call it before `record`: it
    waits for whoever holds the account of one of these people.
    """
    if not user_ids:
        return
    now = clock.now()
    given = {
        "kind": kind,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "path": path,
        "values": {name: _fit(value) for name, value in values.items()},
        "created_at": now,
    }
    db.session.execute(
        _telling(db.session.get_bind().dialect.name),
        {**given, "user_ids": sorted(set(user_ids))},
    )


def _fit(value: object) -> object:
    """A value as JSON holds it; a time becomes its ISO text. TypeError for what has no text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, _PLAIN):
        raise TypeError(f"not a plain value: {type(value).__name__}")
    return cut(scrub(value), LONGEST_VALUE) if isinstance(value, str) else value


@cache
def _telling(dialect: str) -> Any:  # noqa: ANN401 - an INSERT of either dialect
    table = cast("sa.Table", Notification.__table__)
    row = table.c
    names = ("kind", "subject_kind", "subject_id", "path", "values", "created_at")
    given = [sa.bindparam(name, type_=row[name].type).label(name) for name in names]
    people = (
        sa.select(_ACCOUNT.c.id, *given)
        .where(
            _ACCOUNT.c.id.in_(sa.bindparam("user_ids", expanding=True)),
            _ACCOUNT.c.state.not_in(_READERLESS),
        )
        .order_by(_ACCOUNT.c.id)  # so that two who tell the same people do not wait for each other
    )
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).from_select(["user_id", *names], people)
    anew = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["user_id", "subject_kind", "subject_id", "kind"],
        set_={
            "path": anew.path,
            "values": anew["values"],
            "created_at": anew.created_at,
            "read_at": None,
        },
    )


def mark_read(actor: Actor, notification_id: int) -> str:
    """Note that one was read; returns where it leads. NotFound for somebody else's."""
    path = db.session.scalar(
        sa.update(Notification)
        .where(Notification.id == notification_id, Notification.user_id == member_id(actor))
        .values(read_at=sa.func.coalesce(Notification.read_at, clock.now()))
        .returning(Notification.path)
        .execution_options(synchronize_session=False)
    )
    if path is None:
        raise NotFound
    return path


def mark_all_read(actor: Actor) -> None:
    db.session.execute(
        sa.update(Notification)
        .where(Notification.user_id == member_id(actor), Notification.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def forget_member(user_id: int) -> None:
    """Empty the inbox of somebody who leaves."""
    db.session.execute(sa.delete(Notification).where(Notification.user_id == user_id))
