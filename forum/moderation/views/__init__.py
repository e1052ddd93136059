"""Pages of moderation: what is reported, decided, appealed and logged, and by whom."""

from forum.moderation.views import (
    appeals,
    cases,
    log,
    queue,
    reasons,
    reporting,
    sanctions,
    transparency,
)
from forum.moderation.views.blueprint import blueprint

__all__ = [
    "appeals",
    "blueprint",
    "cases",
    "log",
    "queue",
    "reasons",
    "reporting",
    "sanctions",
    "transparency",
]
