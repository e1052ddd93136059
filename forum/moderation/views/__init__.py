"""Pages of moderation: reporting, what was reported, and the log of what came of it."""

from forum.moderation.views import log, reporting
from forum.moderation.views.blueprint import blueprint

__all__ = ["blueprint", "log", "reporting"]
