"""Pages of proposals."""

from forum.proposals.views import reading, writing
from forum.proposals.views.blueprint import blueprint

__all__ = ["blueprint", "reading", "writing"]
