"""Points for and against a proposal: comments that bear on it, by how many made them their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.badges.models import Badge
from forum.badges.queries import BadgeChip, chip
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.links import comment_path
from forum.core.markup import excerpt_of_html
from forum.posts.models import Bearing, Post, PostState
from forum.posts.words import BEARINGS
from forum.stances import policy
from forum.stances.models import AdoptedPoint
from forum.threads.rows import Head

ON_PAGE = 3  # of each side, beside the proposal
MOST = 100  # of each side, on their own page
_EXCERPT = 220  # characters

_p, _u, _b = (model.__table__.c for model in (Post, User, Badge))
_adopted = AdoptedPoint.__table__
_SIDES = {
    Bearing.SUPPORTS: 0,
    Bearing.OPPOSES: 1,
    Bearing.QUALIFIES: 1,
    Bearing.QUESTIONS: 2,
}


@dataclass(frozen=True, slots=True)
class PointRow:
    """A comment that bears on the proposal; what it says stays behind its content note."""

    number: int
    path: str
    author: PersonName
    badge: BadgeChip | None
    bearing: Bearing
    excerpt: str
    language: str
    content_note: str
    count: int
    is_adopted: bool
    may_adopt: bool

    @property
    def bearing_name(self) -> str:
        return str(BEARINGS[self.bearing])


@dataclass(frozen=True, slots=True)
class Side:
    """The points of one side, the most adopted first; `total` counts those left out as well."""

    rows: tuple[PointRow, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Points:
    """What speaks for a proposal, what against it or only with an if, and what is asked."""

    supports: Side
    against: Side
    questions: Side
    path: str  # of the page that has all of them

    @property
    def total(self) -> int:
        return self.supports.total + self.against.total + self.questions.total

    @property
    def has_more(self) -> bool:
        sides = (self.supports, self.against, self.questions)
        return any(side.total > len(side.rows) for side in sides)


@cache
def _statement() -> sa.Select[Any]:
    """The first few of each side, with how many there are: one look at the thread's comments."""
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    adopted = (
        sa.select(sa.func.count())
        .select_from(_adopted)
        .where(_adopted.c.post_id == _p.id)
        .correlate(Post.__table__)
        .scalar_subquery()
    )
    side = sa.case(
        *((_p.bearing == bearing, sa.literal_column(str(side))) for bearing, side in _SIDES.items())
    )
    weighed = (
        sa.select(_p.id, side.label("side"), adopted.label("adopted"), _p.number)
        .where(
            _p.thread_id == sa.bindparam("thread_id"),
            _p.number > 0,
            _p.bearing.is_not(None),
            _p.state == PostState.PUBLISHED,
        )
        .subquery("weighed")
    )
    w = weighed.c
    ranked = sa.select(
        w.id,
        w.side,
        w.adopted,
        sa.func.row_number()
        .over(partition_by=w.side, order_by=(w.adopted.desc(), w.number))
        .label("place"),
        sa.func.count().over(partition_by=w.side).label("total"),
    ).subquery("ranked")
    r = ranked.c
    mine = _adopted.alias("mine")
    tables = (
        ranked.join(Post.__table__, _p.id == r.id)
        .outerjoin(User.__table__, _u.id == _p.author_id)
        .outerjoin(Badge.__table__, _b.id == _p.badge_id)
        .outerjoin(mine, sa.and_(mine.c.post_id == r.id, mine.c.user_id == me))
    )
    return (
        sa.select(
            r.side, r.adopted, r.total, _p.number, _p.author_id, _p.bearing, _p.html, _p.language,
            _p.content_note, _p.is_question, _u.username, _u.display_name,
            _u.state.label("user_state"), _b.kind, _b.organisation,
            _b.state.label("badge_state"), _b.expires_at, mine.c.user_id.label("mine"),
        )
        .select_from(tables)
        .where(r.place <= sa.bindparam("limit_of_side", type_=sa.Integer()))
        .order_by(r.side, r.place)
    )  # fmt: skip


def points_of(viewer: Actor, head: Head, limit: int = ON_PAGE) -> Points:
    """The points of a proposal that the viewer sees, `limit` of each side; one statement."""
    values = {"viewer_id": viewer.id, "thread_id": head.id, "limit_of_side": limit}
    rows: dict[int, list[PointRow]] = {0: [], 1: [], 2: []}
    totals = dict.fromkeys(rows, 0)
    for row in db.session.connection().execute(_statement(), values):
        rows[row.side].append(_point(viewer, head, row))
        totals[row.side] = row.total
    supports, against, questions = (Side(tuple(rows[side]), totals[side]) for side in sorted(rows))
    return Points(supports, against, questions, _path(head))


def no_points(head: Head) -> Points:
    """Of a proposal on which no comment bears yet."""
    return Points(Side(), Side(), Side(), _path(head))


def _path(head: Head) -> str:
    return f"{head.base}/points"


def _point(viewer: Actor, head: Head, row: Any) -> PointRow:  # noqa: ANN401 - a row of _statement
    facts = head.facts_of_post(
        row.author_id, row.number, PostState.PUBLISHED, is_question=row.is_question
    )
    return PointRow(
        number=row.number,
        path=comment_path(head.id, row.number),
        author=person(row.username, row.display_name, row.user_state),
        badge=chip(row.kind, row.organisation, row.badge_state, row.expires_at),
        bearing=row.bearing,
        excerpt="" if row.content_note else excerpt_of_html(row.html, _EXCERPT),
        language=row.language,
        content_note=row.content_note,
        count=row.adopted,
        is_adopted=row.mine is not None,
        may_adopt=bool(policy.may_adopt_point(viewer, facts, head.kind, row.bearing)),
    )


def export_points(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a member made their own, for the download of their own data."""
    for thread_id, number, at in db.session.execute(
        sa.select(Post.thread_id, Post.number, AdoptedPoint.at)
        .join(AdoptedPoint, AdoptedPoint.post_id == Post.id)
        .where(AdoptedPoint.user_id == user_id)
        .order_by(AdoptedPoint.at)
    ):
        yield "adopted_points", {"thread": thread_id, "number": number, "at": at.isoformat()}
