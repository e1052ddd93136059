"""Reads of the debate about a proposal."""

from forum.stances.queries.carrying import Asked, get_asked
from forum.stances.queries.changes import Changes, changes_since
from forum.stances.queries.conditions import ConditionRow, conditions_of, get_condition
from forum.stances.queries.debate import (
    Debate,
    OwnStance,
    Share,
    Spread,
    find_debate,
    get_facts,
)
from forum.stances.queries.people import export, find_current, standings_of
from forum.stances.queries.points import (
    MOST,
    PointRow,
    Points,
    Side,
    export_points,
    points_of,
)
from forum.stances.queries.whole import WholeProposal, find_proposal

__all__ = [
    "MOST",
    "Asked",
    "Changes",
    "ConditionRow",
    "Debate",
    "OwnStance",
    "PointRow",
    "Points",
    "Share",
    "Side",
    "Spread",
    "WholeProposal",
    "changes_since",
    "conditions_of",
    "export",
    "export_points",
    "find_current",
    "find_debate",
    "find_proposal",
    "get_asked",
    "get_condition",
    "get_facts",
    "points_of",
    "standings_of",
]
