"""Paths that stored HTML may hold: few, short, and kept working for good."""

from urllib.parse import quote


def member_path(username: str) -> str:
    return f"/u/{quote(username, safe='')}"


def thread_path(thread_id: int, slug: str) -> str:
    return f"/t/{thread_id}-{quote(slug, safe='')}"


def comment_path(thread_id: int, number: int) -> str:
    """The permalink of a comment; redirects to the page that holds it, also after moves."""
    return f"/t/{thread_id}/c/{number}"


def space_path(slug: str) -> str:
    return f"/s/{quote(slug, safe='')}"


def tag_path(slug: str) -> str:
    return f"/tags/{quote(slug, safe='')}"
