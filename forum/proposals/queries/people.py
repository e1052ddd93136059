"""Whose a proposal is, and whom it concerns."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core.actor import SiteRole
from forum.core.db import db
from forum.proposals.models import Answer, Coauthor, CoauthorState, ProposalEvent, ServiceClaim
from forum.spaces.models import Membership, Space, Visibility
from forum.threads.models import Attention, Reading, Thread


def authors_of(thread_id: int) -> frozenset[int]:
    """The author and the co-authors who accepted, by the ids of their accounts."""
    author = sa.select(Thread.author_id).where(
        Thread.id == thread_id, Thread.author_id.is_not(None)
    )
    return frozenset(db.session.scalars(author.union(_coauthors(thread_id))))


@dataclass(frozen=True, slots=True)
class CoauthorRow:
    """Somebody who was asked to write a proposal together."""

    user_id: int
    person: PersonName
    state: CoauthorState


def coauthors_of(thread_id: int) -> tuple[CoauthorRow, ...]:
    """Everybody who was invited, in the order in which they last answered."""
    found = db.session.execute(
        sa.select(Coauthor.user_id, Coauthor.state, User.username, User.display_name, User.state)
        .join(User, User.id == Coauthor.user_id)
        .where(Coauthor.thread_id == thread_id)
        .order_by(Coauthor.at, Coauthor.user_id)
    )
    return tuple(
        CoauthorRow(user_id, person(username, name, user_state), state)
        for user_id, state, username, name, user_state in found
    )


def audience_of(thread_id: int) -> frozenset[int]:
    """Whom the fate of a proposal concerns: its authors and its followers, if they may see it."""
    author = sa.select(Thread.author_id).where(Thread.id == thread_id)
    followers = sa.select(Reading.user_id).where(
        Reading.thread_id == thread_id, Reading.attention == Attention.FOLLOW
    )
    concerned = author.union(_coauthors(thread_id), followers)
    return _readers(thread_id, User.id.in_(concerned))


def readers_among(thread_id: int, user_ids: Collection[int]) -> frozenset[int]:
    """Those of these members who may see the space of a thread."""
    return _readers(thread_id, User.id.in_(user_ids)) if user_ids else frozenset()


def threads_taken_part_in(user_id: int) -> tuple[int, ...]:
    """The proposals in which somebody did something beside writing posts, by id."""
    tables = (
        sa.select(Coauthor.thread_id).where(
            sa.or_(Coauthor.user_id == user_id, Coauthor.invited_by_id == user_id)
        ),
        sa.select(Answer.thread_id).where(Answer.author_id == user_id),
        sa.select(ServiceClaim.thread_id).where(
            sa.or_(ServiceClaim.claimed_by_id == user_id, ServiceClaim.answered_by_id == user_id)
        ),
        sa.select(ProposalEvent.thread_id).where(ProposalEvent.actor_id == user_id),
    )
    return tuple(sorted(db.session.scalars(sa.union(*tables))))


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What somebody did for proposals beside writing posts, for the download of their data."""
    for row in db.session.scalars(
        sa.select(Coauthor).where(Coauthor.user_id == user_id).order_by(Coauthor.thread_id)
    ):
        yield (
            "co_author",
            {"thread": row.thread_id, "state": row.state.value, "at": row.at.isoformat()},
        )
    for answer in db.session.scalars(
        sa.select(Answer).where(Answer.author_id == user_id).order_by(Answer.id)
    ):
        published_at = answer.published_at
        yield (
            "answer",
            {
                "thread": answer.thread_id,
                "text": answer.source,
                "written_at": answer.written_at.isoformat(),
                "published_at": published_at.isoformat() if published_at else None,
                "state": answer.state.value,
            },
        )
    for claim in db.session.scalars(
        sa.select(ServiceClaim)
        .where(
            sa.or_(ServiceClaim.claimed_by_id == user_id, ServiceClaim.answered_by_id == user_id)
        )
        .order_by(ServiceClaim.id)
    ):
        yield (
            "exists_already",
            {
                "thread": claim.thread_id,
                "service": claim.service_id,
                "note": claim.note if claim.claimed_by_id == user_id else None,
                "answer": claim.answer if claim.answered_by_id == user_id else None,
                "state": claim.state.value,
                "removed_at": claim.removed_at.isoformat() if claim.removed_at else None,
                "at": claim.claimed_at.isoformat(),
            },
        )
    for event in db.session.scalars(
        sa.select(ProposalEvent)
        .where(ProposalEvent.actor_id == user_id)
        .order_by(ProposalEvent.id)
        .execution_options(yield_per=200)
    ):
        yield (
            "proposal_event",
            {
                "thread": event.thread_id,
                "verb": event.verb,
                "reason": event.reason,
                "values": event.values,
                "at": event.at.isoformat(),
            },
        )


def _readers(thread_id: int, which: sa.ColumnElement[bool]) -> frozenset[int]:
    is_member = sa.exists().where(Membership.space_id == Space.id, Membership.user_id == User.id)
    found = (
        sa.select(User.id)
        .join(Thread, Thread.id == thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(
            which,
            sa.or_(Space.visibility != Visibility.PRIVATE, User.role != SiteRole.MEMBER, is_member),
        )
    )
    return frozenset(db.session.scalars(found))


def _coauthors(thread_id: int) -> sa.Select[int]:
    return sa.select(Coauthor.user_id).where(
        Coauthor.thread_id == thread_id, Coauthor.state == CoauthorState.ACCEPTED
    )
