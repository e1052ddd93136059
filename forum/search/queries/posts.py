"""Threads and comments that hold what was asked for and that the viewer may see.

The work of one search is bounded whatever the word: of each table of the index the newest rows
that match are walked through, at most SCANNED of them, until RANKED may be seen; these are ranked
here, in the same way for both databases. docs/decisions/0019 has the reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache, lru_cache
from math import log2
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.accounts.people import PersonName, person
from forum.core import paging
from forum.core.actor import Actor, SiteRole
from forum.core.db import UtcDateTime, db
from forum.core.links import comment_path, space_path, thread_path
from forum.core.markup import name_key, spoken
from forum.index.models import COMMENTS, THREADS
from forum.index.queries import Match, expression, found_ids, not_holding, steer
from forum.index.words import Term, folded, stem_english, stem_spanish
from forum.posts.models import Post, PostState
from forum.search.asked import Asked, Kind, Mark, with_start
from forum.search.queries.marked import Span, Wanted, marked, snippet, wanted
from forum.spaces.models import Space
from forum.spaces.queries import anyone_of, visible_to
from forum.tags.queries import tags_by_word
from forum.threads.models import Thread, ThreadKind, ThreadTag

PAGE_SIZE = 20
SCANNED = 10_000  # rows of the index with the words, newest first, that are looked through
RANKED = 200  # of each: comments, threads, and threads by their titles

# What a place in the order is worth. Ten years newer is as good as the word in the title; three
# who agree are as good as one year.
_TITLE = 3_000  # all of it in the title; a part of it in proportion
_YEAR = 300
_AGREEMENT = 150  # for each time that the number of those who agree doubles
_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
_DAY = 86_400

_p, _t, _s, _u = (model.__table__.c for model in (Post, Thread, Space, User))


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A thread's opening or a comment, with the words that were asked for marked.

    Its `snippet` is empty where a content note stands instead of its words.
    """

    id: int
    thread_id: int
    number: int
    kind: ThreadKind
    path: str
    thread_title: str
    title: tuple[Span, ...]
    snippet: tuple[Span, ...]
    content_note: str
    author: PersonName
    space_name: str
    space_path: str
    created_at: datetime
    agreement_count: int
    is_question: bool
    is_answered: bool

    @property
    def is_opening(self) -> bool:
        return self.number == 0


@dataclass(frozen=True, slots=True)
class FoundPosts:
    """A page of what was found, best first.

    `count` is exact unless `is_bounded`: then there are more than those that were ranked.
    """

    rows: tuple[FoundPost, ...]
    count: int
    is_bounded: bool
    next: str | None = None


NOTHING = FoundPosts((), 0, is_bounded=False)


def search_posts(viewer: Actor, asked: Asked, cursor: str | None = None) -> FoundPosts:
    """A page of the best posts. Where whole words find no full page, the last may be unfinished."""
    start = paging.decode(cursor, (int, int)) if cursor is not None else None
    looking = _Looking(viewer, asked)
    candidates = looking.candidates(asked.terms)
    is_typed = bool(asked.last) and len(candidates) < PAGE_SIZE
    if is_typed:
        candidates = looking.candidates(with_start(asked))
    best = sorted(candidates.values(), key=lambda one: one.place, reverse=True)
    from_here = [one for one in best if start is None or one.place <= start]
    rows, has_more = paging.cut(from_here, PAGE_SIZE)
    return FoundPosts(
        rows=_details([one.id for one in rows], wanted(asked, with_start=is_typed)),
        count=len(best),
        is_bounded=looking.is_bounded,
        next=paging.encode(from_here[PAGE_SIZE].place) if has_more else None,
    )


def newest_posts(
    viewer: Actor, asked: Asked, *, limit: int = PAGE_SIZE, above: int = 0
) -> tuple[FoundPost, ...]:
    """The newest posts that hold whole words, newest first; `above`: with a larger id than this."""
    found = _Looking(viewer, asked, above=above).candidates(asked.terms)
    ids = sorted(found, reverse=True)[: min(limit, RANKED)]
    return _details(ids, wanted(asked, with_start=False))


def count_newest(viewer: Actor, asked: Asked, *, above: int) -> int:
    """How many there are with a larger id than `above`; beyond RANKED it stops counting."""
    return len(_Looking(viewer, asked, above=above).candidates(asked.terms))


# What may be on the page


@dataclass(frozen=True, slots=True)
class _Candidate:
    id: int
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What tells one statement from another; the values come as parameters."""

    role: SiteRole | None
    dialect: str
    arms: tuple[str, ...]
    filters: tuple[str, ...]
    kinds: tuple[Kind, ...]
    marks: tuple[Mark, ...]
    has_excluded: bool
    is_common: bool


class _Looking:
    """One search of one viewer."""

    def __init__(self, viewer: Actor, asked: Asked, *, above: int = 0) -> None:
        self.is_bounded = False
        self._viewer = viewer
        self._asked = asked
        self._filters = _filters(viewer, asked, above)

    def candidates(self, terms: tuple[Term, ...]) -> dict[int, _Candidate]:
        """What is found, by id, each with its place in the order."""
        asked, self.is_bounded = self._asked, False
        arms = _arms(asked)
        if not arms or not asked.narrows:
            return {}
        shape = _Shape(
            self._viewer.role if self._viewer.is_signed_in else None,
            db.session.get_bind().dialect.name,
            arms,
            tuple(self._filters),
            tuple(sorted(set(asked.kinds))),
            tuple(sorted(set(asked.marks))),
            bool(asked.excluded) and not terms,
            _steer(asked, terms),
        )
        values = {"viewer_id": self._viewer.id, **self._filters, **_matches(asked, terms)}
        rows = db.session.connection().execute(_statement(shape), values).all()
        found: dict[int, _Candidate] = {}
        counts = dict.fromkeys(arms, 0)
        for arm, id_, at, agreements, title in rows:
            counts[arm] += 1
            if id_ not in found:
                share = 1.0 if arm == "titles" else _share(terms, title) if title else 0.0
                found[id_] = _Candidate(id_, (_score(share, at, agreements), id_))
        self.is_bounded = RANKED in counts.values()
        return found


def _score(in_title: float, at: datetime, agreements: int) -> int:
    years = (at - _SINCE).total_seconds() / _DAY / 365
    return int(_TITLE * in_title + _YEAR * years + _AGREEMENT * log2(1 + agreements))


def _share(terms: tuple[Term, ...], title: str) -> float:
    """How much of what was asked for stands in a title that does not hold all of it: below 1."""
    if len(terms) < 2:  # noqa: PLR2004 - of one word nothing or all
        return 0.0
    stems = _stems_of_title(title)
    hits = sum(any(stems.issuperset(way) for way in term.alternatives) for term in terms)
    return hits / (len(terms) + 1)


@lru_cache(4096)  # a common word looks at the newest titles again and again
def _stems_of_title(title: str) -> frozenset[str]:
    words = folded(title)
    return frozenset((*map(stem_english, words), *map(stem_spanish, words)))


def _matches(asked: Asked, terms: tuple[Term, ...]) -> dict[str, str]:
    if terms:
        match = Match((terms,), asked.excluded)
        return {
            "match": expression(match),
            "match_title": expression(match, column="title"),
        }
    if asked.excluded:
        return {"match": expression(Match(tuple((term,) for term in asked.excluded)))}
    return {}


def _steer(asked: Asked, terms: tuple[Term, ...]) -> bool:
    looked_for = (terms,) if terms else tuple((term,) for term in asked.excluded)
    return bool(looked_for) and steer(COMMENTS, Match(looked_for)) and bool(terms)


def _arms(asked: Asked) -> tuple[str, ...]:
    """Where to look: in comments, in threads, in their titles alone; without words in all posts."""
    kinds = set(asked.kinds) or set(Kind)
    has_comments = Kind.COMMENT in kinds and Mark.PROMPT not in asked.marks
    is_of_threads = bool(kinds & {Kind.THREAD, Kind.PROMPT, Kind.DISCUSSION, Kind.PROPOSAL})
    has_threads = is_of_threads and not {Mark.QUESTION, Mark.UNANSWERED} & set(asked.marks)
    if not asked.terms:
        return ("posts",) if has_comments or has_threads else ()
    return ("titles", "threads") * has_threads + ("comments",) * has_comments


def _filters(viewer: Actor, asked: Asked, above: int) -> dict[str, object]:
    """The parameters of the filters; their names say which filters there are."""
    values: dict[str, object] = {}
    tags = tags_by_word(asked.tags)
    for number, word in enumerate(asked.tags):
        values[f"tag_{number}"] = tags[word].id if word in tags else 0
    for number, slug in enumerate(asked.spaces):
        values[f"space_{number}"] = slug
    for number, name in enumerate(asked.people):
        values[f"person_{number}"] = name_key(name)
    zone = ZoneInfo(viewer.timezone)
    if asked.before is not None:
        values["before"] = datetime.combine(asked.before, time(), zone)
    if asked.after is not None:
        values["after"] = datetime.combine(asked.after, time(), zone)
    if above:
        values["above"] = above
    return values


@lru_cache(200)  # whoever searches chooses the shape, so it must not grow for ever
def _statement(shape: _Shape) -> sa.Select[Any]:
    """One statement for all viewers of a role and all searches of a shape."""
    arms = [_arm(shape, arm).subquery(arm) for arm in shape.arms]
    if len(arms) == 1:
        return sa.select(arms[0])
    return sa.select(sa.union_all(*map(sa.select, arms)).subquery())


def _arm(shape: _Shape, arm: str) -> sa.Select[Any]:
    opening = sa.and_(_p.thread_id == _t.id, _p.number == 0)
    posts, threads, spaces = Post.__table__, Thread.__table__, Space.__table__
    if arm == "posts":
        tables = posts.join(threads, _t.id == _p.thread_id)
        newest: sa.ColumnElement[int] = _p.id
    elif arm == "comments":
        found = found_ids(COMMENTS, "match", SCANNED, is_common=shape.is_common)
        tables = found.join(posts, _p.id == found.c.id).join(threads, _t.id == _p.thread_id)
        newest = found.c.id
    else:
        is_title = arm == "titles"
        found = found_ids(
            THREADS,
            "match_title" if is_title else "match",
            SCANNED,
            column="title" if is_title else "",
            is_common=shape.is_common,
        )
        tables = found.join(threads, _t.id == found.c.id).join(posts, opening)
        newest = found.c.id
    statement = (
        sa.select(
            sa.literal(arm, literal_execute=True).label("arm"),
            _p.id,
            _p.created_at,
            _p.agreement_count,
            (sa.null() if arm == "comments" else _title_of_opening()).label("title"),
        )
        .select_from(tables.join(spaces, _s.id == _t.space_id))
        .where(*_conditions(shape))
        .order_by(newest.desc())
        .limit(RANKED)
    )
    if arm == "posts" and shape.has_excluded:
        statement = statement.where(*_without())
    return statement


def _title_of_opening() -> sa.ColumnElement[str | None]:
    return sa.case((_p.number == 0, _t.title), else_=None)


def _without() -> tuple[sa.ColumnElement[bool], ...]:
    """None of the words that are not wanted, where nothing else is asked for."""
    return (
        sa.or_(_p.number == 0, not_holding(COMMENTS, "match", _p.id)),
        sa.or_(_p.number > 0, not_holding(THREADS, "match", _t.id)),
    )


def _conditions(shape: _Shape) -> list[sa.ColumnElement[bool]]:
    return [
        _p.state == PostState.PUBLISHED,
        _t.deleted_at.is_(None),
        visible_to(anyone_of(shape.role)),
        *map(_filter, shape.filters),
        *([sa.or_(*map(_of_kind, shape.kinds))] if shape.kinds else []),
        *(condition for mark in shape.marks for condition in _marked(mark)),
    ]


def _filter(name: str) -> sa.ColumnElement[bool]:
    kind = name.partition("_")[0]
    moment = sa.bindparam(name, type_=UtcDateTime())
    number, text = sa.bindparam(name, type_=sa.Integer()), sa.bindparam(name, type_=sa.String())
    tagged = ThreadTag.__table__.c
    author = sa.select(_u.id).where(_u.username_key == text, _u.state == UserState.ACTIVE)
    conditions: Mapping[str, sa.ColumnElement[bool]] = {
        "tag": sa.exists().where(tagged.thread_id == _t.id, tagged.tag_id == number),
        "space": _s.slug == text,
        "person": _p.author_id == author.scalar_subquery(),
        "before": _p.created_at < moment,
        "after": _p.created_at >= moment,
        "above": _p.id > number,
    }
    return conditions[kind]


def _of_kind(kind: Kind) -> sa.ColumnElement[bool]:
    is_opening = _p.number == 0
    conditions: Mapping[Kind, sa.ColumnElement[bool]] = {
        Kind.THREAD: is_opening,
        Kind.COMMENT: _p.number > 0,
        Kind.PROMPT: sa.and_(is_opening, _t.kind == ThreadKind.PROMPT),
        Kind.DISCUSSION: sa.and_(is_opening, _t.kind == ThreadKind.DISCUSSION),
        Kind.PROPOSAL: sa.and_(is_opening, _t.kind == ThreadKind.PROPOSAL),
    }
    return conditions.get(kind, sa.false())


def _marked(mark: Mark) -> tuple[sa.ColumnElement[bool], ...]:
    if mark is Mark.PROMPT:
        return (_p.number == 0, _t.kind == ThreadKind.PROMPT)
    if mark is Mark.UNANSWERED:
        return (_p.is_question, _p.answer_id.is_(None))
    return (_p.is_question,)


# What is on the page


@cache
def _details_statement() -> sa.Select[Any]:
    return (
        sa.select(
            _p.id, _p.thread_id, _p.number, _p.html, _p.question, _p.content_note,
            _p.created_at, _p.agreement_count, _p.is_question, _p.answer_id,
            _t.kind, _t.title, _t.slug.label("thread_slug"),
            _s.name.label("space_name"), _s.slug.label("space_slug"),
            _u.username, _u.display_name, _u.state,
        )
        .select_from(
            Post.__table__.join(Thread.__table__, _t.id == _p.thread_id)
            .join(Space.__table__, _s.id == _t.space_id)
            .outerjoin(User.__table__, _u.id == _p.author_id)
        )
        .where(_p.id.in_(sa.bindparam("ids", expanding=True)))
    )  # fmt: skip


def _details(ids: Sequence[int], words: Wanted) -> tuple[FoundPost, ...]:
    """Posts in the order of their ids here, which the viewer may see."""
    if not ids:
        return ()
    rows = db.session.connection().execute(_details_statement(), {"ids": list(ids)}).mappings()
    found = {row["id"]: _found(row, words) for row in rows}
    return tuple(found[id_] for id_ in ids)


def _found(row: Mapping[Any, Any], words: Wanted) -> FoundPost:
    is_opening, note = row["number"] == 0, row["content_note"]
    text = "" if note else f"{spoken(row['html'])} {row['question']}"
    title = row["title"]
    return FoundPost(
        id=row["id"],
        thread_id=row["thread_id"],
        number=row["number"],
        kind=row["kind"],
        path=(
            thread_path(row["thread_id"], row["thread_slug"])
            if is_opening
            else comment_path(row["thread_id"], row["number"])
        ),
        thread_title=title,
        title=marked(title, words) if is_opening else (Span(title),),
        snippet=snippet(text, words),
        content_note=note,
        author=person(row["username"], row["display_name"], row["state"]),
        space_name=row["space_name"],
        space_path=space_path(row["space_slug"]),
        created_at=row["created_at"],
        agreement_count=row["agreement_count"],
        is_question=row["is_question"],
        is_answered=row["answer_id"] is not None,
    )
