"""Pages of moderation: what is reported, decided, appealed, and by whom it is looked after."""

from forum.moderation.views import appeals, cases, queue, reasons, reporting, sanctions
from forum.moderation.views.blueprint import blueprint

__all__ = ["appeals", "blueprint", "cases", "queue", "reasons", "reporting", "sanctions"]
