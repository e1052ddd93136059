"""Writes of briefs: one function per verb, by what it is about."""

from forum.briefs.actions.leaving import forget_member
from forum.briefs.actions.publishing import publish
from forum.briefs.actions.quoting import answer, ask_quote, drop_quote
from forum.briefs.actions.writing import (
    MOST_PROPOSALS,
    BriefDraft,
    add_proposals,
    delete_brief,
    edit_brief,
    make_brief,
)

__all__ = [
    "MOST_PROPOSALS",
    "BriefDraft",
    "add_proposals",
    "answer",
    "ask_quote",
    "delete_brief",
    "drop_quote",
    "edit_brief",
    "forget_member",
    "make_brief",
    "publish",
]
