"""Feeds for readers' programs, and what crawlers ask for."""

from forum.feeds.views import crawlers, feeds
from forum.feeds.views.blueprint import blueprint

__all__ = ["blueprint", "crawlers", "feeds"]
