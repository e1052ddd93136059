"""Pages about threads: reading, starting, arranging."""

from forum.threads.views import arranging, reading, writing
from forum.threads.views.blueprint import blueprint

__all__ = ["arranging", "blueprint", "reading", "writing"]
