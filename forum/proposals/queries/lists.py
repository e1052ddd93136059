"""Lists of proposals that a viewer may see: two statements a page, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core import paging
from forum.core.actor import Actor
from forum.core.db import UtcDateTime, db
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.links import space_path, thread_path
from forum.core.paging import Page
from forum.places.models import Place
from forum.places.queries import ANYWHERE, PlaceChip, name_of, within
from forum.proposals.models import LEAST_SHOWN, LIVE, Proposal, ProposalState
from forum.proposals.words import state_told
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.tags.models import Tag
from forum.tags.queries import TagChip
from forum.threads.models import Thread, ThreadKind, ThreadTag
from forum.threads.queries import chips_of_threads

PAGE_SIZE = 20
LIVE_ONES = "live"  # what stands in a filter for every state that takes stances
_MOST_SIMILAR = 6


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """What a list is about, as its address says it; empty: no matter."""

    state: str = ""  # a state, or LIVE_ONES
    need: str = ""  # slugs; a need with all beneath it
    place: str = ""
    space: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in a list; `stances` are in the order of the models, None below five."""

    id: int
    title: str
    path: str
    state: ProposalState
    state_at: datetime
    place: PlaceChip | None
    tags: tuple[TagChip, ...]
    author: PersonName
    space_name: str
    space_path: str
    comment_count: int
    last_activity_at: datetime
    stances: tuple[int, ...] | None
    is_closed: bool

    @property
    def state_words(self) -> str:
        return state_told(self.state)

    @property
    def stance_count(self) -> int:
        return sum(self.stances or ())


@dataclass(frozen=True, slots=True)
class Similar:
    """Something that may be about the same as what is being written, and why."""

    title: str
    path: str
    in_words: str


def proposals(
    viewer: Actor, wanted: ProposalFilter, cursor: str | None = None
) -> Page[ProposalRow]:
    """A page of proposals, the latest activity first; NotFound for a filter that does not exist."""
    statement = _rows().where(*_conditions(viewer, wanted)).limit(PAGE_SIZE + 1)
    if cursor is not None:
        at, id_ = paging.decode(cursor, (str, int))
        start = (sa.literal(paging.moment(at), UtcDateTime()), sa.literal(id_))
        statement = statement.where(
            sa.tuple_(Thread.last_activity_at, Thread.id) <= sa.tuple_(*start)
        )
    found = db.session.execute(statement).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = None
    if has_more:
        spare = found[PAGE_SIZE]
        following = paging.encode((spare.last_activity_at.isoformat(), spare.id))
    return Page(_shown(rows), next=following)


def count_proposals(viewer: Actor, wanted: ProposalFilter) -> int:
    """How many there are in such a list."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Proposal)
        .join(Thread, Thread.id == Proposal.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(*_conditions(viewer, wanted))
    )
    return db.session.scalar(statement) or 0


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Thread.id, Thread.title, Thread.slug, Thread.comment_count, Thread.last_activity_at,
            Thread.closed_at, Proposal.state, Proposal.state_at,
            Proposal.agree_count, Proposal.agree_if_count, Proposal.unsure_count,
            Proposal.disagree_count, Proposal.concern_count,
            Place.id.label("place_id"), Place.slug.label("place_slug"),
            Place.kind.label("place_kind"), Place.country_code, Place.name.label("place_name"),
            Space.slug.label("space_slug"), Space.name.label("space_name"),
            Space.hides_stances,
            User.username, User.display_name, User.state.label("user_state"),
        )
        .select_from(Proposal)
        .join(Thread, Thread.id == Proposal.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .outerjoin(Place, Place.id == Proposal.place_id)
        .outerjoin(User, User.id == Thread.author_id)
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
    )  # fmt: skip


def _conditions(viewer: Actor, wanted: ProposalFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [
        Thread.deleted_at.is_(None), Thread.merged_into_id.is_(None), visible_to(viewer)
    ]  # fmt: skip
    if wanted.state == LIVE_ONES:
        conditions.append(Proposal.state.in_(LIVE))
    elif wanted.state:
        if wanted.state not in set(ProposalState):
            raise NotFound
        conditions.append(Proposal.state == ProposalState(wanted.state))
    if wanted.need:
        conditions.append(Thread.id.in_(_answering(wanted.need)))
    if wanted.place == ANYWHERE:
        conditions.append(Proposal.place_id.is_(None))
    elif wanted.place:
        place_id = db.session.scalar(sa.select(Place.id).where(Place.slug == wanted.place))
        if place_id is None:
            raise NotFound
        conditions.append(Proposal.place_id.in_(within(place_id)))
    if wanted.space:
        conditions.append(Space.slug == wanted.space)
    return conditions


def _answering(slug: str) -> sa.Select[int]:
    """Threads with a tag or one of those beneath it, as services are found by them."""
    asked = sa.select(Tag.id).where(Tag.slug == slug)
    tags = sa.select(Tag.id).where(sa.or_(Tag.slug == slug, Tag.parent_id.in_(asked)))
    return sa.select(ThreadTag.thread_id).where(ThreadTag.tag_id.in_(tags))


def _shown(found: Sequence[Any]) -> tuple[ProposalRow, ...]:
    tags = chips_of_threads([row.id for row in found])
    return tuple(_row(row, tags.get(row.id, ())) for row in found)


def _row(row: Any, tags: tuple[TagChip, ...]) -> ProposalRow:  # noqa: ANN401 - a row
    stances = (
        row.agree_count, row.agree_if_count, row.unsure_count, row.disagree_count,
        row.concern_count,
    )  # fmt: skip
    is_shown = sum(stances) >= LEAST_SHOWN and not row.hides_stances
    place = None
    if row.place_id is not None:
        name = name_of(row.place_kind, row.country_code, row.place_name)
        path = f"/proposals?place={row.place_slug}"
        place = PlaceChip(row.place_id, row.place_slug, name, path)
    return ProposalRow(
        id=row.id,
        title=row.title,
        path=thread_path(row.id, row.slug),
        state=row.state,
        state_at=row.state_at,
        place=place,
        tags=tags,
        author=person(row.username, row.display_name, row.user_state),
        space_name=row.space_name,
        space_path=space_path(row.space_slug),
        comment_count=row.comment_count,
        last_activity_at=row.last_activity_at,
        stances=stances if is_shown else None,
        is_closed=row.closed_at is not None,
    )


def tag_slugs(thread_id: int) -> tuple[str, ...]:
    """The tags of a thread in the order that its author gave, as forms name them."""
    return tuple(
        db.session.scalars(
            sa.select(Tag.slug)
            .join(ThreadTag, ThreadTag.tag_id == Tag.id)
            .where(ThreadTag.thread_id == thread_id)
            .order_by(ThreadTag.position, Tag.id)
        )
    )


# What may be about the same


def similar_proposals(
    viewer: Actor, thread_ids: Sequence[int], *, needs: tuple[str, ...] = (), place: str = ""
) -> tuple[Similar, ...]:
    """Threads of a similar title (in this order), then live proposals for the same need and place.

    Each says what is the same. Two statements.
    """
    same_need = sa.exists().where(
        ThreadTag.thread_id == Thread.id, ThreadTag.tag_id == Tag.id, Tag.slug.in_(needs or ("",))
    )
    same_place = (
        sa.and_(Proposal.thread_id.is_not(None), Proposal.place_id.is_(None))
        if not place
        else sa.func.coalesce(Place.slug, "") == place
    )
    is_similar = Thread.id.in_(thread_ids or (0,))
    both = sa.and_(Proposal.state.in_(LIVE), same_need, same_place)
    rows = db.session.execute(
        sa.select(
            Thread.id, Thread.title, Thread.slug, Thread.kind, Proposal.state,
            same_need.label("same_need"), same_place.label("same_place"),
            Space.name.label("space_name"),
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .outerjoin(Proposal, Proposal.thread_id == Thread.id)
        .outerjoin(Place, Place.id == Proposal.place_id)
        .where(
            sa.or_(is_similar, both),
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
            visible_to(viewer),
        )
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        .limit(len(thread_ids) + _MOST_SIMILAR)
    ).all()  # fmt: skip
    order = {thread_id: number for number, thread_id in enumerate(thread_ids)}
    closest = sorted(
        rows,
        key=lambda row: (
            row.id not in order, -(row.same_need + row.same_place),
            row.kind is not ThreadKind.PROPOSAL, order.get(row.id, 0),
        ),
    )  # fmt: skip
    return tuple(
        Similar(row.title, thread_path(row.id, row.slug), _why(row))
        for row in closest[:_MOST_SIMILAR]
    )


def _why(row: Any) -> str:  # noqa: ANN401
    """What kind of thread it is, where, and what is the same."""
    is_proposal = row.kind is ThreadKind.PROPOSAL and row.state is not None
    parts = [_("Proposal: %(state)s", state=state_told(row.state)) if is_proposal else _("Thread")]
    parts.append(row.space_name)
    if row.same_need:
        parts.append(_("same need"))
    if is_proposal and row.same_place:
        parts.append(_("same place"))
    return " · ".join(parts)
