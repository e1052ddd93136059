"""A proposal and the debate about it, as one page shows both."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor
from forum.core.db import db
from forum.proposals.queries import ProposalView, of_proposal, view_of
from forum.stances.queries.debate import Debate, debate_of, with_debate
from forum.stances.queries.points import Points, no_points, points_of
from forum.threads.models import ThreadKind
from forum.threads.rows import Head


@dataclass(frozen=True, slots=True)
class WholeProposal:
    """What stands above the comments of a proposal."""

    view: ProposalView
    debate: Debate
    points: Points


def find_proposal(viewer: Actor, head: Head) -> WholeProposal | None:
    """A proposal with its debate; None for threads of another kind.

    One statement, and one more for each of these that there is: what others did to it, conditions,
    points.
    """
    if head.kind is not ThreadKind.PROPOSAL:
        return None
    values = {"viewer_id": viewer.id, "thread_id": head.id, "space_id": head.space_id}
    statement = _with_debate(of_proposal(viewer))
    row = db.session.connection().execute(statement, values).one_or_none()
    if row is None:  # what an import or a tool made without its row
        return None
    return WholeProposal(
        view=view_of(viewer, head, row),
        debate=debate_of(viewer, head, row),
        points=points_of(viewer, head) if row.has_points else no_points(head),
    )


@cache
def _with_debate(of_it: sa.Select[Any]) -> sa.Select[Any]:
    return with_debate(of_it)
