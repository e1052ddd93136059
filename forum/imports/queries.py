"""Reads of imports: runs, what a file's items became, and authors that wait for their person."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer

from forum.accounts.models import User, UserState
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.imports.models import ClaimLink, ImportedItem, ImportRun, RunState
from forum.posts.models import Post
from forum.spaces.models import Space

RUNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RunRow:
    """An import as its page shows it; `report` counts what it did, once it is done."""

    id: int
    format: str
    filename: str
    space_name: str
    space_slug: str
    is_dry: bool
    state: RunState
    message: str
    report: dict[str, object]
    done_count: int
    total_count: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in {RunState.DONE, RunState.REFUSED}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A placeholder member with imported posts in a space."""

    user_id: int
    display_name: str
    post_count: int


def _runs() -> sa.Select[ImportRun, str, str]:
    return sa.select(ImportRun, Space.name, Space.slug).join(Space, Space.id == ImportRun.space_id)


def _run_row(run: ImportRun, space_name: str, space_slug: str) -> RunRow:
    return RunRow(
        id=run.id,
        format=run.format,
        filename=run.filename,
        space_name=space_name,
        space_slug=space_slug,
        is_dry=run.is_dry,
        state=run.state,
        message=run.message,
        report=run.report or {},
        done_count=run.done_count,
        total_count=run.total_count,
        created_at=run.created_at,
        ended_at=run.ended_at,
    )


def latest_runs() -> tuple[RunRow, ...]:
    """The newest imports first."""
    found = db.session.execute(
        _runs().options(defer(ImportRun.data)).order_by(ImportRun.id.desc()).limit(RUNS_SHOWN)
    )
    return tuple(_run_row(*row) for row in found)


def get_run(run_id: int) -> RunRow:
    """One import; raises NotFound."""
    found = db.session.execute(
        _runs().options(defer(ImportRun.data)).where(ImportRun.id == run_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return _run_row(*found)


def known_items(space_id: int, file_format: str) -> dict[str, ImportedItem]:
    """What earlier runs made of this format's items in this space, by source key."""
    found = db.session.scalars(
        sa.select(ImportedItem).where(
            ImportedItem.space_id == space_id, ImportedItem.format == file_format
        )
    )
    return {item.source_key: item for item in found}


def waiting_authors(space_id: int) -> tuple[Waiting, ...]:
    """Placeholder members with posts from imports into this space, by name."""
    found = db.session.execute(
        sa.select(User.id, User.display_name, sa.func.count(Post.id))
        .join(ImportedItem, ImportedItem.user_id == User.id)
        .outerjoin(Post, Post.author_id == User.id)
        .where(ImportedItem.space_id == space_id, User.state == UserState.PLACEHOLDER)
        .group_by(User.id, User.display_name)
        .order_by(User.display_name, User.id)
    )
    return tuple(Waiting(user_id, name, count) for user_id, name, count in found)


def get_waiting(space_id: int, user_id: int) -> Waiting:
    for waiting in waiting_authors(space_id):
        if waiting.user_id == user_id:
            return waiting
    raise NotFound


def claimable(token_hash: str, now: datetime) -> tuple[ClaimLink, User, int]:
    """The link, the placeholder and how many posts it has; NotFound for a dead link."""
    found = db.session.execute(
        sa.select(ClaimLink, User)
        .join(User, User.id == ClaimLink.placeholder_id)
        .where(
            ClaimLink.token_hash == token_hash,
            ClaimLink.used_at.is_(None),
            ClaimLink.expires_at > now,
            User.state == UserState.PLACEHOLDER,
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("This link was used already, or is too old. Please ask for a new one."))
    count = db.session.scalar(
        sa.select(sa.func.count()).select_from(Post).where(Post.author_id == found[1].id)
    )
    return found[0], found[1], count or 0
