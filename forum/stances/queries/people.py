"""What the debate keeps about people: for their own data, and to count them in groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.badges.models import LivedExperience
from forum.badges.queries import practising
from forum.core.db import db
from forum.spaces.models import Membership, SpaceRole
from forum.stances.models import Carry, Condition, ConditionBacker, Stance, StanceChoice
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who has a stance, and the groups that they are in."""

    user_id: int
    choice: StanceChoice
    is_practitioner: bool
    facilitates: bool
    has_lived_it: bool


def standings_of(thread_id: int, now: datetime) -> tuple[Standing, ...]:
    """Everybody who has a stance on a proposal, with their groups at this moment."""
    is_practitioner = practising(Stance.user_id, now)
    facilitates = sa.exists().where(
        Membership.user_id == Stance.user_id,
        Membership.space_id == Thread.space_id,
        Membership.role == SpaceRole.FACILITATOR,
    )
    has_lived_it = sa.exists().where(LivedExperience.user_id == Stance.user_id)
    rows = db.session.execute(
        sa.select(Stance.user_id, Stance.choice, is_practitioner, facilitates, has_lived_it)
        .join(Thread, Thread.id == Stance.thread_id)
        .where(Stance.thread_id == thread_id, Stance.is_current)
        .order_by(Stance.user_id)
    )
    return tuple(
        Standing(user_id, choice, bool(works), bool(runs), bool(lived))
        for user_id, choice, works, runs, lived in rows
    )


def find_current(thread_id: int, user_id: int) -> Stance | None:
    """Somebody's stance on a proposal."""
    return db.session.scalar(
        sa.select(Stance)
        .where(Stance.thread_id == thread_id, Stance.user_id == user_id, Stance.is_current)
        .execution_options(populate_existing=True)
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything of the debate that is about this person, for the download of their own data."""
    for stance in db.session.scalars(
        sa.select(Stance)
        .where(Stance.user_id == user_id)
        .order_by(Stance.id)
        .execution_options(yield_per=200)
    ):
        yield (
            "stance",
            {
                "thread": stance.thread_id,
                "choice": stance.choice.value,
                "revision": stance.revision,
                "is_current": stance.is_current,
                "taken_at": stance.created_at.isoformat(),
                "confirmed_at": stance.confirmed_at.isoformat() if stance.confirmed_at else None,
            },
        )
    asked = db.session.execute(
        sa.select(
            Condition.thread_id, Condition.number, Condition.text, Condition.author_id,
            ConditionBacker.at,
        )
        .join(ConditionBacker, ConditionBacker.condition_id == Condition.id)
        .where(ConditionBacker.user_id == user_id)
        .order_by(Condition.id)
    )  # fmt: skip
    for thread_id, number, text, author_id, at in asked:
        yield (
            "condition",
            {
                "thread": thread_id,
                "number": number,
                "text": text,
                "is_own": author_id == user_id,
                "asked_at": at.isoformat(),
            },
        )
    for carry in db.session.scalars(
        sa.select(Carry).where(Carry.user_id == user_id).order_by(Carry.thread_id)
    ):
        yield (
            "carry",
            {"thread": carry.thread_id, "into": carry.into_id, "state": carry.state.value},
        )
