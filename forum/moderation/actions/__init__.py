"""Writes of moderation: one function per verb, by what it is about."""

from forum.moderation.actions.appealing import AnswerDraft, answer, appeal
from forum.moderation.actions.deciding import DecisionDraft, Penalty, decide, undo
from forum.moderation.actions.handling import (
    add_note,
    count_opened_text,
    escalate,
    hand_over,
    look,
    release,
    take,
    today,
    wait_for_author,
)
from forum.moderation.actions.leaving import forget_member
from forum.moderation.actions.reasons import (
    ReasonDraft,
    add_reason,
    edit_reason,
    plant_reasons,
)
from forum.moderation.actions.sealing import HANDLERS, ask_to_open, open_seal

__all__ = [
    "HANDLERS",
    "AnswerDraft",
    "DecisionDraft",
    "Penalty",
    "ReasonDraft",
    "add_note",
    "add_reason",
    "answer",
    "appeal",
    "ask_to_open",
    "count_opened_text",
    "decide",
    "edit_reason",
    "escalate",
    "forget_member",
    "hand_over",
    "look",
    "open_seal",
    "plant_reasons",
    "release",
    "take",
    "today",
    "undo",
    "wait_for_author",
]
