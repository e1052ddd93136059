"""Giving and lifting sanctions, by whom the policy lets."""

from datetime import datetime

import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.actor import Actor, Restraint
from forum.core.db import db
from forum.core.errors import NotFound
from forum.sanctions import actions as sanctions
from forum.sanctions.actions import NOTICE, Notice
from forum.sanctions.policy import Member, may_give
from forum.sanctions.queries import get_sanction
from forum.spaces.models import Membership, SpaceRole


def give(  # noqa: PLR0913 - the parts of one sentence
    actor: Actor,
    user_id: int,
    *,
    kind: Restraint,
    space_id: int | None,
    until: datetime | None,
    reason: str,
    decision_id: int | None = None,
    notice: Notice = NOTICE,
) -> int:
    _enforce(actor, user_id, space_id)
    return sanctions.give(
        actor,
        user_id,
        kind=kind,
        space_id=space_id,
        until=until,
        reason=reason,
        decision_id=decision_id,
        notice=notice,
    )


def lift(actor: Actor, sanction_id: int, reason: str, *, notice: Notice = NOTICE) -> None:
    row = get_sanction(sanction_id)
    _enforce(actor, row.user_id, row.space_id)
    sanctions.lift(actor, sanction_id, reason, notice=notice)


def _enforce(actor: Actor, user_id: int, space_id: int | None) -> None:
    role = db.session.scalar(sa.select(User.role).where(User.id == user_id))
    if role is None:
        raise NotFound
    member = Member(user_id, role, _runs(user_id, space_id))
    is_facilitator = actor.id is not None and _runs(actor.id, space_id)
    may_give(actor, member, space_id=space_id, is_facilitator=is_facilitator).enforce()


def _runs(user_id: int, space_id: int | None) -> bool:
    if space_id is None:
        return False
    found = db.session.scalar(
        sa.select(Membership.role).where(
            Membership.space_id == space_id, Membership.user_id == user_id
        )
    )
    return found is SpaceRole.FACILITATOR
