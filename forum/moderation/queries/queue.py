"""The queue: cases that wait, what is nearest to its time first, and how many of each lane."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.names import key
from forum.accounts.people import PersonName, person
from forum.cases.models import (
    OPEN,
    Case,
    CaseState,
    Lane,
    Report,
    ReportReason,
    ReportState,
    SubjectKind,
)
from forum.context_notes.models import ContextNote
from forum.core import clock, paging
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.i18n import _, lazy
from forum.core.paging import Page
from forum.moderation.queries.cases import as_written, handled_by
from forum.posts.models import Post
from forum.proposals.models import Answer, ServiceClaim
from forum.services.models import Service
from forum.spaces.models import Space
from forum.threads.models import TagSuggestion, Thread

PAGE_SIZE = 50
MOST_COUNTED = 99  # more are "99+", and cost no more to count
ME, NOBODY = "me", "nobody"
_CLOSED = tuple(state for state in CaseState if state not in OPEN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases to show; whatever is None or empty is not asked for.

    `state` None shows all that are open, `is_decided` those that are not. `assignee` is ME, NOBODY
    or a user name. `days` is how long ago they were opened at least.
    """

    lane: Lane | None = None
    state: CaseState | None = None
    is_decided: bool = False
    reason: ReportReason | None = None
    space_id: int | None = None
    assignee: str = ""
    author: str = ""
    days: int | None = None


# Of what is no post; posts have numbers.
_WORDS: Mapping[SubjectKind, str] = {
    SubjectKind.MEMBER: lazy("The profile of %(name)s"),
    SubjectKind.SUGGESTION: lazy("Suggested tags for “%(name)s”"),
    SubjectKind.CONTEXT_NOTE: lazy("A context note in “%(name)s”"),
    SubjectKind.CLAIM: lazy("What somebody said of a service in “%(name)s”"),
    SubjectKind.ANSWER: lazy("An answer to “%(name)s”"),
    SubjectKind.SERVICE: lazy("The entry “%(name)s” of the directory"),
}


@dataclass(frozen=True, slots=True)
class SubjectName:
    """What a case is about, in words that show nothing of its text."""

    kind: SubjectKind
    name: str  # of the thread, the member or the service
    number: int | None = None
    is_covered: bool = False  # the title itself is in question

    @property
    def words(self) -> str:
        words = _WORDS.get(self.kind)
        if words is not None:
            return str(words) % {"name": self.name}
        if self.number is None:
            return _("A post that is not there any more")
        if self.number:
            return _("Comment #%(number)s in “%(title)s”", number=self.number, title=self.name)
        if self.is_covered:
            return _("The opening of a thread, with its title")
        return _("The opening of “%(title)s”", title=self.name)


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: int
    path: str
    subject: SubjectName
    space_name: str | None
    lane: Lane
    state: CaseState
    reasons: tuple[tuple[ReportReason, int], ...]
    opened_at: datetime
    due_at: datetime
    is_late: bool
    is_graphic: bool
    author: PersonName
    assignee: PersonName | None


def queue(
    actor: Actor, space_ids: tuple[int, ...], wanted: Wanted, cursor: str | None = None
) -> Page[CaseRow]:
    """Cases that this person handles, PAGE_SIZE at most; three statements however many there are.

    Which ones is asked first, of the cases alone: so the rest is looked up for a page and no more.
    """
    statement = (
        sa.select(Case.id, Case.due_at)
        .where(handled_by(actor, space_ids), *_conditions(actor, wanted))
        .order_by(Case.due_at, Case.id)
        .limit(as_written(PAGE_SIZE + 1, sa.Integer()))
    )
    if cursor is not None:
        at, id_ = paging.decode(cursor, (str, int))
        statement = statement.where(
            sa.tuple_(Case.due_at, Case.id)
            > sa.tuple_(sa.literal(paging.moment(at), Case.due_at.type), sa.literal(id_))
        )
    found, has_more = paging.cut(db.session.execute(statement).all(), PAGE_SIZE)
    case_ids = [case_id for case_id, _due_at in found]
    reasons = _reasons_of(case_ids)
    following = None
    if has_more:
        last_id, last_due_at = found[-1]
        following = paging.encode((last_due_at.isoformat(), last_id))
    now = clock.now()
    rows = tuple(_row(row, reasons, now) for row in _shown(case_ids))
    return Page(rows, next=following)


def _shown(case_ids: list[int]) -> Iterable[tuple[Any, ...]]:
    """These cases in the order of the queue, with the names of all that they are about."""
    if not case_ids:
        return ()
    author, assignee = aliased(User), aliased(User)
    tagged = aliased(Thread)
    is_post = Case.subject_kind == SubjectKind.POST
    is_suggestion = Case.subject_kind == SubjectKind.SUGGESTION
    is_note = Case.subject_kind == SubjectKind.CONTEXT_NOTE
    noted_post, noted = aliased(Post), aliased(Thread)
    is_service = Case.subject_kind == SubjectKind.SERVICE
    is_claim = Case.subject_kind == SubjectKind.CLAIM
    is_answer = Case.subject_kind == SubjectKind.ANSWER
    proposed = aliased(Thread)
    in_thread = sa.func.coalesce(ServiceClaim.thread_id, Answer.thread_id)
    statement = (
        sa.select(
            Case, Space.name, Post.number, Thread.title, Thread.deleted_at, tagged.title,
            Service.name, noted.title, proposed.title,
            author.username, author.display_name, author.state,
            assignee.username, assignee.display_name, assignee.state,
        )
        .outerjoin(Space, Space.id == Case.space_id)
        .outerjoin(Post, sa.and_(is_post, Post.id == Case.subject_id))
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(TagSuggestion, sa.and_(is_suggestion, TagSuggestion.id == Case.subject_id))
        .outerjoin(tagged, tagged.id == TagSuggestion.thread_id)
        .outerjoin(Service, sa.and_(is_service, Service.id == Case.subject_id))
        .outerjoin(ContextNote, sa.and_(is_note, ContextNote.id == Case.subject_id))
        .outerjoin(noted_post, noted_post.id == ContextNote.post_id)
        .outerjoin(noted, noted.id == noted_post.thread_id)
        .outerjoin(ServiceClaim, sa.and_(is_claim, ServiceClaim.id == Case.subject_id))
        .outerjoin(Answer, sa.and_(is_answer, Answer.id == Case.subject_id))
        .outerjoin(proposed, proposed.id == in_thread)
        .outerjoin(author, author.id == Case.author_id)
        .outerjoin(assignee, assignee.id == Case.assignee_id)
        .where(Case.id.in_(case_ids))
        .order_by(Case.due_at, Case.id)
    )  # fmt: skip
    return (tuple(row) for row in db.session.execute(statement))


def _conditions(actor: Actor, wanted: Wanted) -> Iterable[sa.ColumnElement[bool]]:
    if wanted.state is not None:
        yield Case.state == as_written(wanted.state, Case.state.type)
    yield Case.is_open.is_(_is_open(wanted))
    if wanted.lane is not None:
        yield Case.lane == as_written(wanted.lane, Case.lane.type)
    if wanted.reason is not None:
        yield sa.exists().where(
            Report.case_id == Case.id,
            Report.reason == as_written(wanted.reason, Report.reason.type),
            Report.state != ReportState.WITHDRAWN,
        )
    if wanted.space_id is not None:
        yield Case.space_id == wanted.space_id
    if wanted.assignee == NOBODY:
        yield Case.assignee_id.is_(None)
    elif wanted.assignee:
        yield Case.assignee_id == (actor.id if wanted.assignee == ME else _named(wanted.assignee))
    if wanted.author:
        yield Case.author_id == _named(wanted.author)
    if wanted.days is not None:
        yield Case.opened_at <= clock.now() - timedelta(days=wanted.days)


def _is_open(wanted: Wanted) -> bool:
    """Said also where the state says it, so that the index of what is open is used."""
    return wanted.state in OPEN if wanted.state is not None else not wanted.is_decided


def _named(username: str) -> sa.ScalarSelect[int]:
    name = username.strip().removeprefix("@")
    return sa.select(User.id).where(User.username_key == key(name)).scalar_subquery()


def _reasons_of(case_ids: list[int]) -> dict[int, list[tuple[ReportReason, int]]]:
    if not case_ids:
        return {}
    found: dict[int, list[tuple[ReportReason, int]]] = {}
    count = sa.func.count()
    for case_id, reason, number in db.session.execute(
        sa.select(Report.case_id, Report.reason, count)
        .where(Report.case_id.in_(case_ids), Report.state != ReportState.WITHDRAWN)
        .group_by(Report.case_id, Report.reason)
        .order_by(Report.case_id, count.desc(), Report.reason)
    ):
        found.setdefault(case_id, []).append((reason, number))
    return found


def _row(
    row: Sequence[Any], reasons: dict[int, list[tuple[ReportReason, int]]], now: datetime
) -> CaseRow:
    (
        case,
        space_name,
        number,
        title,
        deleted_at,
        tagged_title,
        service_name,
        noted_title,
        proposed_title,
        *people,
    ) = row
    author, assignee = person(*people[:3]), person(*people[3:])
    name = {
        SubjectKind.POST: title,
        SubjectKind.MEMBER: author.display_name,
        SubjectKind.SUGGESTION: tagged_title,
        SubjectKind.SERVICE: service_name,
        SubjectKind.CONTEXT_NOTE: noted_title,
        SubjectKind.CLAIM: proposed_title,
        SubjectKind.ANSWER: proposed_title,
    }.get(case.subject_kind)
    return CaseRow(
        id=case.id,
        path=f"/moderation/cases/{case.id}",
        subject=SubjectName(case.subject_kind, name or "", number, deleted_at is not None),
        space_name=space_name,
        lane=case.lane,
        state=case.state,
        reasons=tuple(reasons.get(case.id, ())),
        opened_at=case.opened_at,
        due_at=case.due_at,
        is_late=case.is_open and case.due_at < now,
        is_graphic=case.is_graphic,
        author=author,
        assignee=assignee if case.assignee_id is not None else None,
    )


def lane_counts(actor: Actor, space_ids: tuple[int, ...]) -> dict[Lane, int]:
    """How many open cases wait in each lane, MOST_COUNTED + 1 at most; one statement."""
    parts = [
        sa.select(sa.func.count())
        .select_from(
            sa.select(Case.id)
            .where(
                Case.is_open.is_(True),
                Case.lane == as_written(lane, Case.lane.type),
                handled_by(actor, space_ids),
            )
            .limit(as_written(MOST_COUNTED + 1, sa.Integer()))
            .subquery()
        )
        .scalar_subquery()
        for lane in Lane
    ]
    row = db.session.execute(sa.select(*parts)).one()
    return dict(zip(Lane, row, strict=True))
