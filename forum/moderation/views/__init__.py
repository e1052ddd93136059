"""Pages of moderation."""

from forum.moderation.views import appeals, cases, queue, reasons, sanctions
from forum.moderation.views.blueprint import blueprint

__all__ = ["appeals", "blueprint", "cases", "queue", "reasons", "sanctions"]
