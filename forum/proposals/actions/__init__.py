"""Writes of proposals: one function per verb, by what it is about."""

from forum.proposals.actions.answers import AnswerDraft, drop_answer, save_answer
from forum.proposals.actions.claims import (
    ClaimDraft,
    accept_claim,
    claim_service,
    refuse_claim,
    withdraw_claim,
)
from forum.proposals.actions.coauthors import (
    accept_coauthorship,
    decline_coauthorship,
    invite_coauthor,
    leave_coauthorship,
)
from forum.proposals.actions.events import add_event
from forum.proposals.actions.leaving import forget_member
from forum.proposals.actions.states import StateDraft, change_state, put_state, tell_audience
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
    "AnswerDraft",
    "ClaimDraft",
    "ProposalDraft",
    "Start",
    "StateDraft",
    "accept_claim",
    "accept_coauthorship",
    "accept_suggested_needs",
    "add_event",
    "add_to_part",
    "change_state",
    "claim_service",
    "decline_coauthorship",
    "drop_answer",
    "edit_proposal",
    "forget_member",
    "invite_coauthor",
    "leave_coauthorship",
    "put_state",
    "refuse_claim",
    "save_answer",
    "set_needs",
    "start_proposal",
    "tell_audience",
    "withdraw_claim",
]
