"""Reads of the search: posts, names, and what members keep."""

from forum.search.queries.titles import ThreadLink, similar_threads, threads_beginning

__all__ = ["ThreadLink", "similar_threads", "threads_beginning"]
