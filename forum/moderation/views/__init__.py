"""Pages of moderation: reporting, and what was reported."""

from forum.moderation.views import reporting
from forum.moderation.views.blueprint import blueprint

__all__ = ["blueprint", "reporting"]
