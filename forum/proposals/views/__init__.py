"""Pages of proposals."""

from forum.proposals.views import coauthors, reading, states, writing
from forum.proposals.views.blueprint import blueprint

__all__ = ["blueprint", "coauthors", "reading", "states", "writing"]
