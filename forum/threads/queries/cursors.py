"""What stands in the cursors of threads and comments, checked before a database sees it."""

from forum.core import paging
from forum.core.errors import NotFound

LARGEST = 2**31 - 1  # of a number, a count or an id on PostgreSQL


def key(cursor: str, shape: tuple[type, ...]) -> paging.Key:
    """The key in a cursor; NotFound for one that no page gave out."""
    parts = paging.decode(cursor, shape)
    if any(isinstance(part, int) and abs(part) > LARGEST for part in parts):
        raise NotFound
    return parts
