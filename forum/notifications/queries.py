"""Reads of the inbox: always and only one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.core import paging
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.paging import Page
from forum.notifications.models import INBOX, Notification
from forum.notifications.words import told

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One thing that a member is told, in the words of their language and the times of theirs."""

    id: int
    title: str
    texts: tuple[str, ...]  # paragraphs
    path: str
    created_at: datetime
    is_unread: bool

    @property
    def has_place(self) -> bool:
        """Whether it leads anywhere but to the inbox itself."""
        return self.path != INBOX


def unread_count(user_id: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """How many wait for the member of the statement around it."""
    return (
        sa.select(sa.func.count())
        .select_from(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None))
        .scalar_subquery()
    )


def inbox(actor: Actor, cursor: str | None = None) -> Page[NotificationRow]:
    """What the actor is told: what they have not read first, then the newest first."""
    is_read = sa.case((Notification.read_at.is_(None), 0), else_=1)
    statement = (
        sa.select(Notification, is_read.label("is_read"))
        .where(Notification.user_id == member_id(actor))
        .order_by(is_read, Notification.created_at.desc(), Notification.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor is not None:
        after_read, at, id_ = paging.decode(cursor, (int, str, int))
        later = sa.tuple_(Notification.created_at, Notification.id) < sa.tuple_(
            sa.literal(paging.moment(at), Notification.created_at.type), sa.literal(id_)
        )
        statement = statement.where(
            sa.or_(is_read > after_read, sa.and_(is_read == after_read, later))
        )
    found = db.session.execute(statement).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = None
    if has_more:
        last, last_read = rows[-1]
        following = paging.encode((last_read, last.created_at.isoformat(), last.id))
    return Page(tuple(_row(actor, row) for row, _is_read in rows), next=following)


def _row(actor: Actor, row: Notification) -> NotificationRow:
    words = told(actor, row.kind, row.values)
    return NotificationRow(
        id=row.id,
        title=words.title,
        texts=words.texts,
        path=row.path,
        created_at=row.created_at,
        is_unread=row.read_at is None,
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything in the inbox, for the download of one's own data."""
    for row in db.session.scalars(
        sa.select(Notification)
        .where(Notification.user_id == user_id)
        .order_by(Notification.created_at, Notification.id)
    ):
        yield (
            "notifications",
            {
                "about": row.kind,
                "values": row.values,
                "path": row.path,
                "at": row.created_at.isoformat(),
                "read_at": row.read_at.isoformat() if row.read_at else None,
            },
        )
