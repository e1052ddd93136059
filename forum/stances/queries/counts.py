"""Counters of proposals counted again from their stances."""

import sqlalchemy as sa

from forum.proposals.models import Proposal
from forum.stances.models import Stance, StanceChoice

COUNTERS = {
    StanceChoice.AGREE: Proposal.agree_count,
    StanceChoice.AGREE_IF: Proposal.agree_if_count,
    StanceChoice.UNSURE: Proposal.unsure_count,
    StanceChoice.DISAGREE: Proposal.disagree_count,
    StanceChoice.CONCERN: Proposal.concern_count,
}


def current(choice: StanceChoice) -> sa.ScalarSelect[int]:
    """How many have this stance on the Proposal of the statement around it."""
    return (
        sa.select(sa.func.count())
        .select_from(Stance)
        .where(Stance.thread_id == Proposal.thread_id, Stance.is_current, Stance.choice == choice)
        .correlate(Proposal)
        .scalar_subquery()
    )
