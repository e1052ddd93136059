"""Writes of the search: the index made anew, and searches that members keep."""

from collections.abc import Callable

from forum.core.db import transaction
from forum.index.actions import clear, clear_names, put_comments, put_names, put_threads
from forum.index.models import COMMENTS, THREADS, Named
from forum.search.queries.upkeep import last_ids, names_of, ranges
from forum.threads.queries import openings_between, said_between

Progress = Callable[[int, int], None]


def rebuild(progress: Progress = lambda _done, _total: None) -> None:
    """Make the index anew while the forum goes on; opens its own transactions, one a batch.

    What is written meanwhile is indexed by whoever writes it, and each batch sees the newest state.
    """
    last = last_ids()
    total, done = sum(last.values()), 0
    for table, put in ((COMMENTS, _put_comments), (THREADS, _put_threads)):
        for first, end in ranges(last[table]):
            with transaction():
                clear(table, first, end)
                put(first, end)
            done += end - first + 1
            progress(done, total)
    with transaction():
        for kind in Named:
            clear_names(kind)
            for id_, names in names_of(kind):
                put_names(kind, id_, names)


def _put_comments(first: int, last: int) -> None:
    put_comments(
        (post.post_id, post.text)
        for post in said_between(first, last)
        if post.is_found and not post.is_opening
    )


def _put_threads(first: int, last: int) -> None:
    put_threads(
        (post.thread_id, post.title, post.text)
        for post in openings_between(first, last)
        if post.is_found
    )
