"""Writes of proposals: one function per verb, by what it is about."""

from forum.proposals.actions.coauthors import (
    accept_coauthorship,
    decline_coauthorship,
    invite_coauthor,
    leave_coauthorship,
)
from forum.proposals.actions.events import add_event
from forum.proposals.actions.states import StateDraft, put_state, tell_audience
from forum.proposals.actions.writing import (
    ProposalDraft,
    Start,
    accept_suggested_needs,
    add_to_part,
    edit_proposal,
    set_needs,
    start_proposal,
)

__all__ = [
    "ProposalDraft",
    "Start",
    "StateDraft",
    "accept_coauthorship",
    "accept_suggested_needs",
    "add_event",
    "add_to_part",
    "decline_coauthorship",
    "edit_proposal",
    "invite_coauthor",
    "leave_coauthorship",
    "put_state",
    "set_needs",
    "start_proposal",
    "tell_audience",
]
