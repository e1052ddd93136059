"""Writes of the directory: one function per verb."""

from forum.services.actions.asking import HANDLERS, ask_about_stale
from forum.services.actions.importing import Fate, Options, Outcome, bring_in, check_size
from forum.services.actions.keeping import (
    edit,
    list_suggested,
    retire,
    revert,
    set_state,
    suggest,
    verify,
)
from forum.services.actions.leaving import forget_member, retag
from forum.services.actions.writing import hold
from forum.services.checking import ServiceDraft

__all__ = [
    "HANDLERS",
    "Fate",
    "Options",
    "Outcome",
    "ServiceDraft",
    "ask_about_stale",
    "bring_in",
    "check_size",
    "edit",
    "forget_member",
    "hold",
    "list_suggested",
    "retag",
    "retire",
    "revert",
    "set_state",
    "suggest",
    "verify",
]
