"""Pages of moderation: the log, and what everybody may know of it."""

from forum.moderation.views import log, transparency
from forum.moderation.views.blueprint import blueprint

__all__ = ["blueprint", "log", "transparency"]
