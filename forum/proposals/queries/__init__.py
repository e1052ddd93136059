"""Reads of proposals: what stands on a proposal's page beside its posts, lists, and people."""

from forum.proposals.queries.people import audience_of, authors_of
from forum.proposals.queries.view import ProposalView, find_view

__all__ = ["ProposalView", "audience_of", "authors_of", "find_view"]
