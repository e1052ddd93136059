"""Writes of proposals: one function per verb, by what it is about."""

from forum.proposals.actions.events import add_event
from forum.proposals.actions.states import StateDraft, put_state, tell_audience

__all__ = ["StateDraft", "add_event", "put_state", "tell_audience"]
