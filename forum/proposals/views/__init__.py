"""Pages of proposals."""

from forum.proposals.views import answers, claims, coauthors, reading, states, writing
from forum.proposals.views.blueprint import blueprint

__all__ = ["answers", "blueprint", "claims", "coauthors", "reading", "states", "writing"]
