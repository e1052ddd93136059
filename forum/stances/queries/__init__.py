"""Reads of the debate about a proposal."""

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

__all__ = [
    "ConditionRow",
    "Debate",
    "OwnStance",
    "Share",
    "Spread",
    "conditions_of",
    "export",
    "find_current",
    "find_debate",
    "get_condition",
    "get_facts",
    "standings_of",
]
