"""Reads of the search: posts, names, what members keep, and whether the index is right."""

from forum.search.queries.marked import Span
from forum.search.queries.names import (
    Suggestion,
    people_named,
    services_named,
    suggestions,
    tags_named,
)
from forum.search.queries.posts import (
    NOTHING,
    PAGE_SIZE,
    RANKED,
    FoundPost,
    FoundPosts,
    search_posts,
)
from forum.search.queries.saved import (
    MOST_SAVED,
    SavedRow,
    export,
    found_posts,
    get_saved,
    saved_by,
    saved_searches,
)
from forum.search.queries.titles import ThreadLink, similar_threads, threads_beginning
from forum.search.queries.upkeep import Differences, differences

__all__ = [
    "MOST_SAVED",
    "NOTHING",
    "PAGE_SIZE",
    "RANKED",
    "Differences",
    "FoundPost",
    "FoundPosts",
    "SavedRow",
    "Span",
    "Suggestion",
    "ThreadLink",
    "differences",
    "export",
    "found_posts",
    "get_saved",
    "people_named",
    "saved_by",
    "saved_searches",
    "search_posts",
    "services_named",
    "similar_threads",
    "suggestions",
    "tags_named",
    "threads_beginning",
]
