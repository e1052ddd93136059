"""One brief with what decides over it, and the lists of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.briefs.models import Brief, BriefProposal
from forum.briefs.policy import BriefFacts, may_read
from forum.core import paging
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import brief_path
from forum.core.paging import Page
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.threads.models import Thread

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class BriefRow:
    """A brief in a list."""

    id: int
    title: str
    path: str
    author: PersonName
    published_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FoundBrief:
    """A brief as one viewer meets it."""

    brief: Brief
    author: PersonName
    facts: BriefFacts

    @property
    def path(self) -> str:
        return brief_path(self.brief.id, self.brief.slug)


def in_sight(viewer: Actor) -> sa.ColumnElement[bool]:
    """A condition on Brief: the viewer may see every proposal of its published version."""
    hidden = (
        sa.select(BriefProposal.brief_id)
        .join(Thread, Thread.id == BriefProposal.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(BriefProposal.brief_id == Brief.id, sa.not_(visible_to(viewer)))
        .correlate(Brief)
    )
    return ~hidden.exists()


def get_brief(viewer: Actor, brief_id: int, *, for_update: bool = False) -> FoundBrief:
    """A brief; NotFound when the viewer may not know of it."""
    statement = (
        sa.select(Brief, in_sight(viewer), User.username, User.display_name, User.state)
        .outerjoin(User, User.id == Brief.author_id)
        .where(Brief.id == brief_id)
    )
    if for_update:
        statement = statement.with_for_update(of=Brief).execution_options(populate_existing=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    brief, is_in_sight, username, display_name, state = row
    facts = BriefFacts(brief.author_id, brief.published_at is not None, bool(is_in_sight))
    may_read(viewer, facts).enforce()
    return FoundBrief(brief, person(username, display_name, state), facts)


def published_briefs(viewer: Actor, cursor: str | None = None) -> Page[BriefRow]:
    """The published briefs that the viewer may see, the newest first."""
    statement = _rows().where(Brief.published_at.is_not(None), in_sight(viewer))
    if cursor is not None:
        at, id_ = paging.decode(cursor, (str, int))
        place = sa.tuple_(sa.literal(paging.moment(at), Brief.published_at.type), sa.literal(id_))
        statement = statement.where(sa.tuple_(Brief.published_at, Brief.id) < place)
    found = db.session.execute(
        statement.order_by(Brief.published_at.desc(), Brief.id.desc()).limit(PER_PAGE + 1)
    ).all()
    rows, has_more = paging.cut(found, PER_PAGE)
    following = None
    if has_more:
        following = paging.encode((rows[-1].published_at.isoformat(), rows[-1].id))
    return Page(tuple(_row(row) for row in rows), next=following)


def own_drafts(viewer: Actor) -> tuple[BriefRow, ...]:
    """What the viewer has not published, the last changed first."""
    found = db.session.execute(
        _rows()
        .where(Brief.author_id == member_id(viewer), Brief.published_at.is_(None))
        .order_by(Brief.changed_at.desc(), Brief.id.desc())
        .limit(PER_PAGE)
    )
    return tuple(_row(row) for row in found)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Brief.id,
        Brief.slug,
        Brief.title,
        Brief.document["title"].as_string().label("published_title"),
        Brief.published_at,
        Brief.changed_at,
        User.username,
        User.display_name,
        User.state,
    ).outerjoin(User, User.id == Brief.author_id)


def _row(row: sa.Row[*tuple[Any, ...]]) -> BriefRow:
    return BriefRow(
        id=row.id,
        # What its author has changed since is theirs until they publish it again.
        title=row.published_title if row.published_at else row.title,
        path=brief_path(row.id, row.slug),
        author=person(row.username, row.display_name, row.state),
        published_at=row.published_at,
        changed_at=row.changed_at,
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every brief that a member made, for the download of one's own data."""
    for row in db.session.scalars(
        sa.select(Brief).where(Brief.author_id == user_id).order_by(Brief.id)
    ):
        yield (
            "briefs",
            {
                "title": row.title,
                "introduction": row.introduction,
                "proposals": row.thread_ids,
                "language": row.language,
                "created_at": row.created_at.isoformat(),
                "published_at": row.published_at.isoformat() if row.published_at else None,
            },
        )
