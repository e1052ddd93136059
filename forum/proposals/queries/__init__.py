"""Reads of proposals: what stands on a proposal's page beside its posts, lists, and people."""

from forum.proposals.queries.lists import (
    LIVE_ONES,
    ProposalFilter,
    ProposalRow,
    Similar,
    count_proposals,
    proposals,
    similar_proposals,
    tag_slugs,
)
from forum.proposals.queries.people import (
    audience_of,
    authors_of,
    coauthors_of,
    export,
    readers_among,
    threads_taken_part_in,
)
from forum.proposals.queries.raised import raised_from
from forum.proposals.queries.said import (
    answer_stands,
    claim_stands,
    facts_of_answer,
    facts_of_claim,
)
from forum.proposals.queries.view import (
    AnswerRow,
    ClaimRow,
    ProposalFacts,
    ProposalView,
    claimed,
    find_own_answer,
    get_claim,
    get_proposal,
    of_proposal,
    view_of,
)

__all__ = [
    "LIVE_ONES",
    "AnswerRow",
    "ClaimRow",
    "ProposalFacts",
    "ProposalFilter",
    "ProposalRow",
    "ProposalView",
    "Similar",
    "answer_stands",
    "audience_of",
    "authors_of",
    "claim_stands",
    "claimed",
    "coauthors_of",
    "count_proposals",
    "export",
    "facts_of_answer",
    "facts_of_claim",
    "find_own_answer",
    "get_claim",
    "get_proposal",
    "of_proposal",
    "proposals",
    "raised_from",
    "readers_among",
    "similar_proposals",
    "tag_slugs",
    "threads_taken_part_in",
    "view_of",
]
