"""Proposals to choose for a brief, and those that are chosen."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from forum.core.actor import Actor
from forum.core.db import db
from forum.core.links import thread_path
from forum.places.models import Place
from forum.places.queries import ANYWHERE, chips, within
from forum.posts.models import Post, PostState
from forum.proposals.models import Proposal, ProposalState
from forum.proposals.words import state_told
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.tags.models import Tag
from forum.tags.queries import TagChip
from forum.threads.models import Thread, ThreadTag
from forum.threads.queries import chips_of_threads

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: words of the title, and slugs; empty is any."""

    words: str = ""
    need: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A proposal as it is chosen."""

    id: int
    title: str
    path: str
    state: str
    space_name: str
    place_name: str  # empty: anywhere
    needs: tuple[TagChip, ...]


def find_proposals(viewer: Actor, asked: Asked) -> tuple[Choice, ...]:
    """Proposals that stand and that the viewer may see, the newest first; four statements."""
    conditions = [
        sa.func.lower(Thread.title).contains(word.casefold(), autoescape=True)
        for word in asked.words.split()[:10]
    ]
    if asked.need:
        of_need = (
            sa.select(ThreadTag.thread_id)
            .join(Tag, Tag.id == ThreadTag.tag_id)
            .where(Tag.slug == asked.need)
        )
        conditions.append(Thread.id.in_(of_need))
    if asked.place == ANYWHERE:
        conditions.append(Proposal.place_id.is_(None))
    elif asked.place:
        root = db.session.scalar(sa.select(Place.id).where(Place.slug == asked.place))
        conditions.append(sa.false() if root is None else Proposal.place_id.in_(within(root)))
    rows = _choices(viewer, *conditions)
    return tuple(sorted(rows, key=lambda row: -row.id))


def chosen(viewer: Actor, thread_ids: Collection[int]) -> tuple[Choice, ...]:
    """Those of these that stand and that the viewer may see, in this order."""
    rows = {row.id: row for row in _choices(viewer, Thread.id.in_(thread_ids))}
    return tuple(rows[thread_id] for thread_id in thread_ids if thread_id in rows)


def _choices(viewer: Actor, *conditions: sa.ColumnElement[bool]) -> list[Choice]:
    found = db.session.execute(
        sa.select(
            Thread.id,
            Thread.title,
            Thread.slug,
            Space.name,
            Proposal.state,
            Proposal.place_id,
        )
        .join(Proposal, Proposal.thread_id == Thread.id)
        .join(Space, Space.id == Thread.space_id)
        .join(Post, sa.and_(Post.thread_id == Thread.id, Post.number == 0))
        .where(
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
            Post.state == PostState.PUBLISHED,
            Proposal.state != ProposalState.WITHDRAWN,
            visible_to(viewer),
            *conditions,
        )
        .order_by(Thread.id.desc())
        .limit(SHOWN)
    ).all()
    places = chips(row.place_id for row in found if row.place_id is not None)
    tags = chips_of_threads([row.id for row in found])
    return [
        Choice(
            row.id,
            row.title,
            thread_path(row.id, row.slug),
            state_told(row.state),
            row.name,
            places[row.place_id].name if row.place_id is not None else "",
            tuple(tag for tag in tags.get(row.id, ()) if tag.is_need),
        )
        for row in found
    ]


def states_of(thread_ids: Collection[int]) -> dict[int, ProposalState]:
    rows = db.session.execute(
        sa.select(Proposal.thread_id, Proposal.state).where(Proposal.thread_id.in_(thread_ids))
    )
    return dict(rows.all())
