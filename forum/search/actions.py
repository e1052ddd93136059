"""Writes of the search: the index made anew, and searches that members keep."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.index.actions import clear, clear_names, put_comments, put_names, put_threads
from forum.index.models import COMMENTS, THREADS, Named
from forum.search import policy
from forum.search.asked import read
from forum.search.models import NAME_LENGTH, QUERY_LENGTH, SavedSearch
from forum.search.queries import MOST_SAVED, get_saved
from forum.search.queries.upkeep import is_filled, last_ids, names_of, ranges
from forum.threads.queries import last_post_id, openings_between, said_between

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A search to keep: `line` is all of it, filters as operators."""

    name: str
    line: str


def save_search(actor: Actor, draft: SavedDraft) -> SavedSearch:
    """Keep a search under a name; one of that name becomes this one."""
    policy.may_save(actor).enforce()
    name, line = scrub_line(draft.name), scrub_line(draft.line)
    if not name:
        raise Invalid(_("Please give the search a name."), "name")
    if len(name) > NAME_LENGTH:
        raise Invalid(
            _("Please keep the name under %(most)s characters.", most=NAME_LENGTH), "name"
        )
    if len(line) > QUERY_LENGTH:
        raise Invalid(
            _("Please keep the search under %(most)s characters.", most=QUERY_LENGTH), "q"
        )
    if not read(line).narrows:
        raise Invalid(_("There is nothing to search for in this."), "q")
    mine = list(
        db.session.scalars(
            sa.select(SavedSearch).where(SavedSearch.user_id == actor.id).with_for_update()
        )
    )
    saved = next((one for one in mine if one.name == name), None)
    if saved is None:
        if len(mine) >= MOST_SAVED:
            raise Conflict(
                _(
                    "You keep %(most)s searches already, which is the most."
                    " Please delete one that you need no more.",
                    most=MOST_SAVED,
                )
            )
        saved = SavedSearch(user_id=member_id(actor), name=name, created_at=clock.now())
        db.session.add(saved)
    saved.query = line
    saved.seen_post_id = last_post_id()
    return saved


def mark_seen(actor: Actor, saved_id: int) -> SavedSearch:
    """What was written until now is not new in this search any more."""
    saved = get_saved(actor, saved_id)
    saved.seen_post_id = last_post_id()
    return saved


def delete_search(actor: Actor, saved_id: int) -> None:
    db.session.delete(get_saved(actor, saved_id))


def forget_searches(actor: Actor) -> None:
    """Delete everything that somebody who leaves kept here."""
    db.session.execute(sa.delete(SavedSearch).where(SavedSearch.user_id == member_id(actor)))


def rebuild(progress: Progress | None = None) -> None:
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
            if progress is not None:
                progress(done, total)
    with transaction():
        for kind in Named:
            clear_names(kind)
            for id_, names in names_of(kind):
                put_names(kind, id_, names)


def rebuild_if_empty() -> None:
    """Make the index of a forum that was there before it had one."""
    if last_post_id() and not any(map(is_filled, (COMMENTS, THREADS))):
        rebuild()


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
