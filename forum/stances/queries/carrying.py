"""Whom a retired proposal asks whether their stance goes over to the other."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.proposals.models import Proposal, ProposalState
from forum.stances.models import Carry, CarryState
from forum.threads.queries import get_head


@dataclass(frozen=True, slots=True)
class Asked:
    """The question put to one supporter."""

    into_id: int
    state: CarryState

    @property
    def is_open(self) -> bool:
        return self.state is CarryState.ASKED


def get_asked(actor: Actor, thread_id: int) -> Asked:
    """What the actor is asked; NotFound when they are not, or the proposal goes on after all."""
    get_head(actor, thread_id)
    row = db.session.execute(
        sa.select(Carry.into_id, Carry.state)
        .join(Proposal, Proposal.thread_id == Carry.thread_id)
        .where(
            Carry.thread_id == thread_id,
            Carry.user_id == member_id(actor),
            Proposal.state == ProposalState.MERGED,
            Proposal.merged_into_id == Carry.into_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return Asked(*row)
