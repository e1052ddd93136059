"""Searches that members keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.search.asked import read
from forum.search.models import SavedSearch
from forum.search.queries.posts import (
    PAGE_SIZE,
    RANKED,
    FoundPost,
    count_newest,
    newest_posts,
)

MOST_SAVED = 20  # of one member: each is looked at anew whenever they are listed


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A kept search; `new_count` is what came since the last look, RANKED standing for more."""

    id: int
    name: str
    line: str
    new_count: int

    @property
    def new_in_words(self) -> str:
        return f"{RANKED - 1}+" if self.new_count >= RANKED else str(self.new_count)


def saved_searches(viewer: Actor) -> tuple[SavedRow, ...]:
    """The viewer's searches by name, each with how much is new; a statement or two each."""
    return tuple(
        SavedRow(
            saved.id,
            saved.name,
            saved.query,
            count_newest(viewer, read(saved.query), above=saved.seen_post_id),
        )
        for saved in saved_by(viewer)
    )


def saved_by(viewer: Actor) -> Sequence[SavedSearch]:
    """The viewer's searches by name, without looking what they find."""
    return db.session.scalars(
        sa.select(SavedSearch)
        .where(SavedSearch.user_id == viewer.id)
        .order_by(SavedSearch.name, SavedSearch.id)
        .limit(MOST_SAVED)
    ).all()


def get_saved(viewer: Actor, saved_id: int) -> SavedSearch:
    """A search of the viewer's own; NotFound for anybody else's."""
    saved = db.session.scalar(
        sa.select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.user_id == viewer.id)
    )
    if saved is None:
        raise NotFound
    return saved


def found_posts(viewer: Actor, line: str, limit: int = PAGE_SIZE) -> tuple[FoundPost, ...]:
    """The newest posts that a search finds for this viewer: for feeds and notices.

    Whole words only: who follows a word does not follow what merely begins so.
    """
    return newest_posts(viewer, read(line), limit=limit)


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What this domain keeps about a member, as (kind, values)."""
    found = db.session.execute(
        sa.select(SavedSearch.name, SavedSearch.query, SavedSearch.created_at)
        .where(SavedSearch.user_id == user_id)
        .order_by(SavedSearch.id)
    )
    for name, query, created_at in found:
        yield (
            "saved_search",
            {"name": name, "search": query, "saved_at": created_at.isoformat()},
        )
