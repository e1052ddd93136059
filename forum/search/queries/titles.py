"""Threads by their titles: similar ones, and those that a few letters may mean."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor, SiteRole
from forum.core.db import db
from forum.core.i18n import ngettext
from forum.core.links import thread_path
from forum.index.models import THREADS
from forum.index.queries import Match, expression, found_ids
from forum.index.words import Term, analyse, term
from forum.search.asked import read, with_start
from forum.spaces.models import Space
from forum.spaces.queries import anyone_of, visible_to
from forum.threads.models import Thread, ThreadKind

_SCANNED = 2_000  # titles with the words, newest first, of which
_COMPARED = 100  # that the viewer may see are looked at
_LONGEST = 200  # characters of a title that is still being written
_MOST_WORDS = 6  # of a title: their pairs are looked for, 15 at most

_t, _s = Thread.__table__.c, Space.__table__.c


@dataclass(frozen=True, slots=True)
class ThreadLink:
    """A thread in a short list."""

    id: int
    title: str
    path: str
    kind: ThreadKind
    space_name: str
    comment_count: int
    last_activity_at: datetime
    is_closed: bool

    @property
    def in_words(self) -> str:
        """What helps to choose it, besides the title."""
        words: str = ngettext(
            "%(num)s comment in %(space)s",
            "%(num)s comments in %(space)s",
            self.comment_count,
            space=self.space_name,
        )
        return words


def similar_threads(viewer: Actor, title: str, limit: int = 5) -> tuple[ThreadLink, ...]:
    """Threads whose titles share words with this one, closest first; one or two statements.

    Two words in common make a title similar; where that finds too few, one does.
    """
    words = [one for word in title[:_LONGEST].split() if (one := term(word))]
    terms = tuple(dict.fromkeys(words))[:_MOST_WORDS]
    if not terms:
        return ()
    found: dict[int, ThreadLink] = {}
    for size in range(min(len(terms), 2), 0, -1):
        if len(found) < limit:
            match = Match(tuple(combinations(terms, size)))
            found.update((link.id, link) for link in _links(viewer, match, _COMPARED))
    closest = sorted(found.values(), key=lambda link: (-_closeness(link.title, terms), -link.id))
    return tuple(closest[:limit])


def _closeness(title: str, terms: tuple[Term, ...]) -> float:
    """How many of the words a title holds, and of two that hold as many, the shorter one."""
    (words,) = analyse(title)
    stems = set(words.stems)
    common = sum(any(stems.issuperset(way) for way in one.alternatives) for one in terms)
    return common + 1 / (1 + len(stems))


def threads_beginning(viewer: Actor, text: str, limit: int) -> tuple[ThreadLink, ...]:
    """The newest threads whose titles hold these words, the last of which may be unfinished."""
    asked = read(text)
    if not asked.terms:
        return ()
    return _links(viewer, Match((with_start(asked),)), limit)


def _links(viewer: Actor, match: Match, limit: int) -> tuple[ThreadLink, ...]:
    role = viewer.role if viewer.is_signed_in else None
    rows = db.session.connection().execute(
        _statement(role, db.session.get_bind().dialect.name),
        {
            "match": expression(match, column="title"),
            "viewer_id": viewer.id,
            "limit": limit,
        },
    )
    return tuple(
        ThreadLink(
            id=id_,
            title=title,
            path=thread_path(id_, slug),
            kind=kind,
            space_name=space_name,
            comment_count=comment_count,
            last_activity_at=last_activity_at,
            is_closed=closed_at is not None,
        )
        for (
            id_, title, slug, kind, space_name, comment_count, last_activity_at, closed_at,
        ) in rows
    )  # fmt: skip


@cache
def _statement(role: SiteRole | None, _dialect: str) -> sa.Select[Any]:
    viewer = anyone_of(role)
    found = found_ids(THREADS, "match", _SCANNED, column="title")
    return (
        sa.select(
            _t.id, _t.title, _t.slug, _t.kind, _s.name, _t.comment_count, _t.last_activity_at,
            _t.closed_at,
        )
        .select_from(
            found.join(Thread.__table__, _t.id == found.c.id).join(
                Space.__table__, _s.id == _t.space_id
            )
        )
        .where(_t.deleted_at.is_(None), visible_to(viewer))
        .order_by(found.c.id.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer()))
    )  # fmt: skip
