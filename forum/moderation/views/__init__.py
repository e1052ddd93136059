"""Pages of moderation: reporting, the log, and what everybody may know of it."""

from forum.moderation.views import log, reporting, transparency
from forum.moderation.views.blueprint import blueprint

__all__ = ["blueprint", "log", "reporting", "transparency"]
