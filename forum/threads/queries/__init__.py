"""Reads of threads: one for its page, lists of them, and a page of comments."""

from forum.threads.queries.access import (
    find_latest,
    find_moved,
    get_comment,
    get_head,
    get_head_and_drafts,
    head_of_post,
    post_facts,
    quotes_from_elsewhere,
    titles_of,
)
from forum.threads.queries.comments import comments_page, first_unread
from forum.threads.queries.lists import (
    Show,
    chips_of_threads,
    newest_threads,
    suggestions_for,
    tag_attention,
    threads_by,
)
from forum.threads.queries.news import find_news, find_public_news
from forum.threads.queries.people import (
    agreements_by,
    comments_by,
    export,
    has_public_post,
    people_in,
)
from forum.threads.queries.said import (
    Said,
    last_post_id,
    openings_between,
    said_between,
    said_in,
    said_in_thread,
)
from forum.threads.queries.standing import standing

__all__ = [
    "Said",
    "Show",
    "agreements_by",
    "chips_of_threads",
    "comments_by",
    "comments_page",
    "export",
    "find_latest",
    "find_moved",
    "find_news",
    "find_public_news",
    "first_unread",
    "get_comment",
    "get_head",
    "get_head_and_drafts",
    "has_public_post",
    "head_of_post",
    "last_post_id",
    "newest_threads",
    "openings_between",
    "people_in",
    "post_facts",
    "quotes_from_elsewhere",
    "said_between",
    "said_in",
    "said_in_thread",
    "standing",
    "suggestions_for",
    "tag_attention",
    "threads_by",
    "titles_of",
]
