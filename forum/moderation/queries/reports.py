"""A member's own reports: a page of them, and all of them for the download of their data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import person
from forum.cases.models import Case, Report, ReportReason, ReportState, SubjectKind
from forum.context_notes.models import ContextNote
from forum.core import paging
from forum.core.actor import Actor, member_id
from forum.core.db import UtcDateTime, db
from forum.core.errors import NotFound
from forum.core.links import answer_path, claim_path, comment_path, service_path
from forum.core.paging import Page
from forum.posts.models import Post
from forum.proposals.models import Answer, ServiceClaim
from forum.services.models import Service, ServiceState
from forum.threads.models import TagSuggestion
from forum.threads.queries import titles_of

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """What a report is about, as far as its reporter may know by now; "" for what they may not."""

    path: str = ""
    name: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in its reporter's list."""

    id: int
    kind: SubjectKind
    place: Place
    reason: ReportReason
    note: str
    state: ReportState
    created_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is ReportState.OPEN


def reports_by(viewer: Actor, cursor: str | None = None) -> Page[ReportRow]:
    """The viewer's reports, newest first: five statements, however many rows."""
    statement = (
        sa.select(Report, Case.subject_kind, Case.subject_id)
        .join(Case, Case.id == Report.case_id)
        .where(Report.reporter_id == member_id(viewer))
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if cursor is not None:
        at, id_ = paging.decode(cursor, (str, int))
        start = sa.literal(_moment(str(at)), UtcDateTime())
        statement = statement.where(
            sa.tuple_(Report.created_at, Report.id) <= sa.tuple_(start, sa.literal(id_))
        )
    found = db.session.execute(statement).all()
    rows, has_more = paging.cut(found, PAGE_SIZE)
    following = None
    if has_more:
        first = found[PAGE_SIZE][0]
        following = paging.encode((first.created_at.isoformat(), first.id))
    places = _places(viewer, [(kind, subject_id) for _report, kind, subject_id in rows])
    return Page(
        tuple(
            ReportRow(
                id=report.id,
                kind=kind,
                place=places.get((kind, subject_id), Place()),
                reason=report.reason,
                note=report.note,
                state=report.state,
                created_at=report.created_at,
                closed_at=report.closed_at,
            )
            for report, kind, subject_id in rows
        ),
        next=following,
    )


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if at.tzinfo is None:
        raise NotFound
    return at


def _places(
    viewer: Actor, subjects: Sequence[tuple[SubjectKind, int]]
) -> dict[tuple[SubjectKind, int], Place]:
    """Where these are; what the viewer may not see any more is left out."""
    ids = {kind: [id_ for one, id_ in subjects if one is kind] for kind in SubjectKind}
    posts, suggestions = Post.__table__.c, TagSuggestion.__table__.c
    notes, claims, answers = (model.__table__.c for model in (ContextNote, ServiceClaim, Answer))
    found = db.session.execute(
        sa.union_all(
            sa.select(
                sa.literal(SubjectKind.POST.value), posts.id, posts.thread_id, posts.number
            ).where(posts.id.in_(ids[SubjectKind.POST])),
            sa.select(
                sa.literal(SubjectKind.SUGGESTION.value), suggestions.id, suggestions.thread_id,
                sa.literal(0),
            ).where(suggestions.id.in_(ids[SubjectKind.SUGGESTION])),
            sa.select(
                sa.literal(SubjectKind.CONTEXT_NOTE.value), notes.id, posts.thread_id, posts.number
            )
            .select_from(ContextNote.__table__.join(Post.__table__, posts.id == notes.post_id))
            .where(notes.id.in_(ids[SubjectKind.CONTEXT_NOTE])),
            sa.select(
                sa.literal(SubjectKind.CLAIM.value), claims.id, claims.thread_id, sa.literal(0)
            ).where(claims.id.in_(ids[SubjectKind.CLAIM])),
            sa.select(
                sa.literal(SubjectKind.ANSWER.value), answers.id, answers.thread_id, sa.literal(0)
            ).where(answers.id.in_(ids[SubjectKind.ANSWER])),
        )
    ).all()  # fmt: skip
    titles = titles_of(viewer, {thread_id for _kind, _id, thread_id, _number in found})
    places: dict[tuple[SubjectKind, int], Place] = {
        (SubjectKind(kind), id_): Place(
            _path(SubjectKind(kind), id_, thread_id, number), titles[thread_id], number
        )
        for kind, id_, thread_id, number in found
        if thread_id in titles
    }
    people = db.session.execute(
        sa.select(User.id, User.username, User.display_name, User.state).where(
            User.id.in_(ids[SubjectKind.MEMBER])
        )
    )
    for id_, username, display_name, state in people:
        shown = person(username, display_name, state)
        places[SubjectKind.MEMBER, id_] = Place(shown.path or "", shown.display_name)
    entries = db.session.execute(
        sa.select(Service.id, Service.slug, Service.name).where(
            Service.id.in_(ids[SubjectKind.SERVICE]), Service.state == ServiceState.LISTED
        )
    )
    for id_, slug, name in entries:
        places[SubjectKind.SERVICE, id_] = Place(service_path(id_, slug), name)
    return places


def _path(kind: SubjectKind, id_: int, thread_id: int, number: int) -> str:
    if kind is SubjectKind.CLAIM:
        return claim_path(thread_id, id_)
    if kind is SubjectKind.ANSWER:
        return answer_path(thread_id, id_)
    return comment_path(thread_id, number)


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a member reported, without the words of others, for the download of their own data."""
    found = db.session.execute(
        sa.select(Report, Case.subject_kind, Case.subject_id)
        .join(Case, Case.id == Report.case_id)
        .where(Report.reporter_id == user_id)
        .order_by(Report.id)
    )
    for report, kind, subject_id in found:
        yield (
            "reports",
            {
                "about": kind.value,
                "about_id": subject_id,
                "reason": report.reason.value,
                "note": report.note,
                "state": report.state.value,
                "reported_at": report.created_at.isoformat(),
                "closed_at": report.closed_at.isoformat() if report.closed_at else None,
            },
        )
