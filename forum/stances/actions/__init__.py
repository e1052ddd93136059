"""Writes of the debate about proposals: one function per verb, by what it is about."""

from forum.stances.actions.asking import join_condition, leave_condition
from forum.stances.actions.counting import count_groups, handlers, recount
from forum.stances.actions.taking import (
    StanceDraft,
    confirm_stance,
    take_stance,
    withdraw_stance,
)

__all__ = [
    "StanceDraft",
    "confirm_stance",
    "count_groups",
    "handlers",
    "join_condition",
    "leave_condition",
    "recount",
    "take_stance",
    "withdraw_stance",
]
