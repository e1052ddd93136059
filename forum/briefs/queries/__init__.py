"""Reads of briefs: one and lists of them, what to choose, quotes, and what a document says."""

from forum.briefs.queries import quoting
from forum.briefs.queries.access import (
    BriefRow,
    FoundBrief,
    get_brief,
    own_drafts,
    published_briefs,
)
from forum.briefs.queries.access import export as export_briefs
from forum.briefs.queries.choosing import SHOWN, Asked, Choice, chosen, find_proposals, states_of
from forum.briefs.queries.figures import frozen_proposals
from forum.briefs.queries.quoting import Ask, Candidate, asks_for, candidates, get_quotable
from forum.briefs.queries.words import Words, words_of

export_quotes = quoting.export

__all__ = [
    "SHOWN",
    "Ask",
    "Asked",
    "BriefRow",
    "Candidate",
    "Choice",
    "FoundBrief",
    "Words",
    "asks_for",
    "candidates",
    "chosen",
    "export_briefs",
    "export_quotes",
    "find_proposals",
    "frozen_proposals",
    "get_brief",
    "get_quotable",
    "own_drafts",
    "published_briefs",
    "states_of",
    "words_of",
]
