"""Writes of the debate about proposals: one function per verb, by what it is about."""

from forum.stances.actions.answering import (
    AdoptDraft,
    adopt_condition,
    decline_condition,
    remove_condition,
)
from forum.stances.actions.asking import join_condition, leave_condition
from forum.stances.actions.counting import count_groups, handlers, recount
from forum.stances.actions.leaving import forget_member
from forum.stances.actions.points import adopt_point, drop_point, forget_points
from forum.stances.actions.retiring import carry_stance, leave_stance, retire
from forum.stances.actions.taking import (
    StanceDraft,
    confirm_stance,
    take_stance,
    withdraw_stance,
)

__all__ = [
    "AdoptDraft",
    "StanceDraft",
    "adopt_condition",
    "adopt_point",
    "carry_stance",
    "confirm_stance",
    "count_groups",
    "decline_condition",
    "drop_point",
    "forget_member",
    "forget_points",
    "handlers",
    "join_condition",
    "leave_condition",
    "leave_stance",
    "recount",
    "remove_condition",
    "retire",
    "take_stance",
    "withdraw_stance",
]
