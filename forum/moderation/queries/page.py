"""Everything on the page of one case: a number of statements that does not grow with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName
from forum.accounts.queries import names_of
from forum.cases.models import Case, CaseEvent, Report, ReportReason, ReportState, SubjectKind
from forum.context_notes.models import ContextNote
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.diff import Span, word_diff
from forum.core.links import answer_path, claim_path, comment_path, thread_path
from forum.moderation import policy
from forum.moderation.models import Appeal, Decision, Exposure, Outcome, Reason, SealedText
from forum.moderation.policy import CaseFacts, DecisionFacts
from forum.moderation.queries.decisions import facts_of_decision
from forum.moderation.queries.queue import SubjectName
from forum.moderation.words import DECIDED, event
from forum.posts.models import Post, PostState
from forum.proposals.models import Answer, ServiceClaim
from forum.sanctions.queries import SanctionRow, history_of
from forum.services.models import Service
from forum.services.queries import find_said
from forum.spaces.models import Space
from forum.threads.models import TagSuggestion, Thread

_MOST_EVENTS = 200  # of a timeline
_MOST_REPORTS = 100
_MOST_EARLIER = 20  # decisions about the same person
_AROUND = 2  # numbers before and after a comment
_REPORTERS = frozenset({"reported", "withdrawn"})  # verbs whose actor is somebody who reported


@dataclass(frozen=True, slots=True)
class SubjectView:
    """What a case is about, as it stands now; `text` is to be compared with what was reported."""

    name: SubjectName
    path: str | None
    space_name: str | None = None
    state: PostState | None = None
    title: str = ""
    source: str = ""
    question: str = ""
    answer: str = ""  # of a proposal's authors, to what is said of a service
    content_note: str = ""
    html: str = ""
    language: str = ""
    is_opening: bool = False
    is_closed: bool = False
    thread_id: int | None = None
    post: Post | None = None

    @property
    def text(self) -> str:
        parts = (self.title, self.content_note, self.source, self.question, self.answer)
        return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class ReportView:
    """`by` is None for whoever may not read names."""

    reason: ReportReason
    note: str
    by: PersonName | None
    at: datetime
    state: ReportState
    replied_before: bool


@dataclass(frozen=True, slots=True)
class EventView:
    id: int
    at: datetime
    what: str
    by: PersonName | None
    is_by_member: bool  # somebody who reported, without a name
    note: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    id: int
    case_id: int
    outcomes: tuple[str, ...]
    reason: str
    note: str
    at: datetime
    by: PersonName | None
    undone_at: datetime | None
    has_redaction: bool = False
    may_undo: bool = False
    why_not_undo: str = ""
    is_sealed: bool = False
    may_ask: bool = False
    may_open: bool = False


@dataclass(frozen=True, slots=True)
class AroundView:
    """A post of the conversation, as everybody reads it."""

    number: int
    path: str
    by: PersonName
    html: str
    content_note: str
    language: str


@dataclass(frozen=True, slots=True)
class AuthorView:
    name: PersonName
    post_count: int
    decisions: tuple[DecisionView, ...]
    sanctions: tuple[SanctionRow, ...]
    space_names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppealView:
    text: str
    at: datetime
    decision: DecisionView


@dataclass(frozen=True, slots=True)
class CasePage:
    case: Case
    facts: CaseFacts
    subject: SubjectView
    assignee: PersonName | None
    reports: tuple[ReportView, ...]
    snapshot: str  # of the newest report
    difference: tuple[Span, ...]  # from there to the present words; empty when they are the same
    around: tuple[AroundView, ...]
    author: AuthorView | None
    decisions: tuple[DecisionView, ...]
    appeal: AppealView | None
    events: tuple[EventView, ...]
    opened_today: int

    @property
    def last_event(self) -> int:
        return self.events[-1].id if self.events else 0


def case_page(actor: Actor, case: Case, facts: CaseFacts, *, language: str, day: str) -> CasePage:
    """The page of a case that the actor handles. `day` is today where they are."""
    subject = _subject(case)
    reports = db.session.scalars(
        sa.select(Report)
        .where(Report.case_id == case.id)
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(_MOST_REPORTS)
    ).all()
    events = db.session.scalars(
        sa.select(CaseEvent)
        .where(CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
        .limit(_MOST_EVENTS)
    ).all()
    decisions = _decisions(Decision.case_id == case.id)
    earlier = _decisions(
        sa.and_(Case.author_id == case.author_id, Decision.case_id != case.id)
        if case.author_id is not None
        else sa.false()
    )
    appeal = db.session.scalar(
        sa.select(Appeal)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Decision.case_id == case.id, Appeal.verdict.is_(None))
        .limit(1)
    )
    sanctions = history_of(case.author_id) if case.author_id is not None else ()
    around = _around(subject)
    names = names_of(
        {
            *_ids(case.author_id, case.assignee_id),
            *_ids(*(report.reporter_id for report in reports)),
            *_ids(*(event.actor_id for event in events)),
            *_ids(*(row.decided_by_id for row, _reason in (*decisions, *earlier))),
            *_ids(*(sanction.given_by_id for sanction in sanctions)),
            *_ids(*(post.author_id for post in around)),
        }
    )
    view = _Viewing(actor, facts, names, language)
    seals = _seals([row.id for row, _reason in decisions])
    newest = decisions[0][0].id if decisions else 0
    shown = tuple(
        view.decision(row, reason, seals.get(row.id), is_latest=row.id == newest)
        for row, reason in decisions
    )
    snapshot = reports[0].snapshot if reports else ""
    has_changed = bool(snapshot) and snapshot != subject.text
    return CasePage(
        case=case,
        facts=facts,
        subject=subject,
        assignee=names.get(case.assignee_id) if case.assignee_id is not None else None,
        reports=tuple(view.report(report) for report in reports),
        snapshot=snapshot,
        difference=word_diff(snapshot, subject.text) if has_changed else (),
        around=tuple(view.post(post) for post in around),
        author=_author(case, view, earlier, sanctions),
        decisions=shown,
        appeal=_appeal(appeal, shown),
        events=tuple(view.event(row) for row in reversed(events)),
        opened_today=db.session.scalar(
            sa.select(Exposure.count).where(Exposure.user_id == actor.id, Exposure.day == day)
        )
        or 0,
    )


def _ids(*ids: int | None) -> Iterable[int]:
    return (one for one in ids if one is not None)


def _subject(case: Case) -> SubjectView:
    show = _SUBJECTS.get(case.subject_kind)
    if show is None:
        return SubjectView(SubjectName(case.subject_kind, ""), None)
    return show(case.subject_id)


def _post(post_id: int) -> SubjectView:
    row = db.session.execute(
        sa.select(Post, Thread, Space.name)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(Post.id == post_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return SubjectView(SubjectName(SubjectKind.POST, ""), None)
    post, thread, space_name = row
    is_opening = post.number == 0
    state = post.state
    if is_opening and state is PostState.PUBLISHED and thread.deleted_at is not None:
        state = PostState.REMOVED
    is_covered = thread.deleted_at is not None
    return SubjectView(
        name=SubjectName(SubjectKind.POST, thread.title, post.number, is_covered=is_covered),
        path=thread_path(thread.id, "") if is_opening else comment_path(thread.id, post.number),
        space_name=space_name,
        state=state,
        title=thread.title if is_opening else "",
        source=post.source,
        question=post.question,
        content_note=post.content_note,
        html=post.html,
        language=post.language,
        is_opening=is_opening,
        is_closed=thread.closed_at is not None,
        thread_id=thread.id,
        post=post,
    )


def _member(user_id: int) -> SubjectView:
    user = db.session.get(User, user_id, populate_existing=True)
    found = names_of([user_id]).get(user_id)
    name = found.display_name if found else ""
    return SubjectView(
        name=SubjectName(SubjectKind.MEMBER, name),
        path=found.path if found else None,
        title=name,
        source=user.about_source if user else "",
        html=user.about_html if user else "",
    )


def _suggestion(suggestion_id: int) -> SubjectView:
    row = db.session.execute(
        sa.select(TagSuggestion, Thread.title, Space.name)
        .join(Thread, Thread.id == TagSuggestion.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(TagSuggestion.id == suggestion_id)
    ).one_or_none()
    if row is None:
        return SubjectView(SubjectName(SubjectKind.POST, ""), None)
    suggestion, title, space_name = row
    words = ", ".join([*suggestion.tag_slugs, *suggestion.new_words])
    return SubjectView(
        name=SubjectName(SubjectKind.SUGGESTION, title),
        path=f"/t/{suggestion.thread_id}/tags",
        space_name=space_name,
        title=words,
        source=suggestion.note,
        thread_id=suggestion.thread_id,
    )


def _service(service_id: int) -> SubjectView:
    service = find_said(service_id)
    if service is None:
        return SubjectView(SubjectName(SubjectKind.SERVICE, ""), None)
    return SubjectView(
        name=SubjectName(SubjectKind.SERVICE, service.name),
        path=service.path,
        title=service.name,
        source=service.text,
    )


def _note(note_id: int) -> SubjectView:
    row = db.session.execute(
        sa.select(ContextNote, Post.number, Thread, Space.name)
        .join(Post, Post.id == ContextNote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(ContextNote.id == note_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return SubjectView(SubjectName(SubjectKind.CONTEXT_NOTE, ""), None)
    note, number, thread, space_name = row
    sources = "\n".join(" ".join(source) for source in note.sources)
    return SubjectView(
        name=SubjectName(SubjectKind.CONTEXT_NOTE, thread.title),
        path=comment_path(thread.id, number),
        space_name=space_name,
        source=f"{note.text}\n\n{sources}".strip(),
    )


def _claim(claim_id: int) -> SubjectView:
    row = db.session.execute(
        sa.select(ServiceClaim, Service.name, Thread, Space.name)
        .join(Service, Service.id == ServiceClaim.service_id)
        .join(Thread, Thread.id == ServiceClaim.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(ServiceClaim.id == claim_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return SubjectView(SubjectName(SubjectKind.CLAIM, ""), None)
    claim, service_name, thread, space_name = row
    return SubjectView(
        name=SubjectName(SubjectKind.CLAIM, thread.title),
        path=claim_path(thread.id, claim.id),
        space_name=space_name,
        title=service_name,
        source=claim.note,
        answer=claim.answer,
    )


def _answer(answer_id: int) -> SubjectView:
    row = db.session.execute(
        sa.select(Answer, Thread, Space.name)
        .join(Thread, Thread.id == Answer.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(Answer.id == answer_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return SubjectView(SubjectName(SubjectKind.ANSWER, ""), None)
    answer, thread, space_name = row
    return SubjectView(
        name=SubjectName(SubjectKind.ANSWER, thread.title),
        path=answer_path(thread.id, answer.id),
        space_name=space_name,
        source=answer.source,
        html=answer.html,
    )


_SUBJECTS: Mapping[SubjectKind, Callable[[int], SubjectView]] = {
    SubjectKind.POST: _post,
    SubjectKind.MEMBER: _member,
    SubjectKind.SUGGESTION: _suggestion,
    SubjectKind.SERVICE: _service,
    SubjectKind.CONTEXT_NOTE: _note,
    SubjectKind.CLAIM: _claim,
    SubjectKind.ANSWER: _answer,
}


def _around(subject: SubjectView) -> tuple[Post, ...]:
    """What it answers, and what was said just before and after it, as far as it can be read."""
    post = subject.post
    if post is None:
        return ()
    return tuple(
        db.session.scalars(
            sa.select(Post)
            .where(
                Post.thread_id == post.thread_id,
                Post.id != post.id,
                Post.state == PostState.PUBLISHED,
                sa.or_(
                    Post.id == post.parent_id,
                    Post.number == 0,
                    Post.number.between(post.number - _AROUND, post.number + _AROUND),
                ),
            )
            .order_by(Post.number)
        )
    )


def _decisions(condition: sa.ColumnElement[bool]) -> list[tuple[Decision, Reason | None]]:
    """The newest first."""
    rows = db.session.execute(
        sa.select(Decision, Reason)
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .where(condition)
        .order_by(Decision.id.desc())
        .limit(_MOST_EARLIER)
    )
    return [(row[0], row[1]) for row in rows]


def _seals(decision_ids: list[int]) -> dict[int, SealedText]:
    rows = db.session.scalars(
        sa.select(SealedText).where(
            SealedText.decision_id.in_(decision_ids), SealedText.expires_at > clock.now()
        )
    )
    return {row.decision_id: row for row in rows}


def _author(
    case: Case,
    view: "_Viewing",
    earlier: list[tuple[Decision, Reason | None]],
    sanctions: tuple[SanctionRow, ...],
) -> AuthorView | None:
    name = view.names.get(case.author_id) if case.author_id is not None else None
    if name is None:
        return None
    posts = db.session.scalar(
        sa.select(sa.func.count()).select_from(Post).where(Post.author_id == case.author_id)
    )
    space_ids = {one.space_id for one in sanctions if one.space_id is not None}
    spaces = {}
    if space_ids:
        found = db.session.execute(sa.select(Space.id, Space.name).where(Space.id.in_(space_ids)))
        spaces = dict(found.all())
    decided = tuple(view.decision(row, reason, None) for row, reason in earlier)
    return AuthorView(name, posts or 0, decided, sanctions, spaces)


def _appeal(appeal: Appeal | None, decisions: tuple[DecisionView, ...]) -> AppealView | None:
    if appeal is None:
        return None
    against = next((one for one in decisions if one.id == appeal.decision_id), None)
    return AppealView(appeal.text, appeal.created_at, against) if against else None


@dataclass(frozen=True, slots=True)
class _Viewing:
    """How rows look to somebody."""

    actor: Actor
    facts: CaseFacts
    names: dict[int, PersonName]
    language: str

    def name(self, user_id: int | None) -> PersonName | None:
        return self.names.get(user_id) if user_id is not None else None

    def report(self, report: Report) -> ReportView:
        sees = bool(policy.may_see_reporters(self.actor))
        return ReportView(
            reason=report.reason,
            note=report.note,
            by=self.name(report.reporter_id) if sees else None,
            at=report.created_at,
            state=report.state,
            replied_before=report.replied_before,
        )

    def event(self, row: CaseEvent) -> EventView:
        is_covered = row.verb in _REPORTERS and not policy.may_see_reporters(self.actor)
        return EventView(
            id=row.id,
            at=row.at,
            what=event(row.verb),
            by=None if is_covered else self.name(row.actor_id),
            is_by_member=is_covered,
            note=row.note,
        )

    def post(self, post: Post) -> AroundView:
        return AroundView(
            number=post.number,
            path=comment_path(post.thread_id, post.number),
            by=self.name(post.author_id) or PersonName(""),
            html=post.html,
            content_note=post.content_note,
            language=post.language,
        )

    def decision(
        self,
        row: Decision,
        reason: Reason | None,
        sealed: SealedText | None,
        *,
        is_latest: bool = False,
    ) -> DecisionView:
        facts = self._facts_of(row, sealed, is_latest=is_latest)
        undo = policy.may_undo(self.actor, self.facts, facts)
        may_seal = sealed is not None and bool(policy.may_open_seal(self.actor, self.facts))
        asked = sealed.asked_by_id if sealed is not None else None
        return DecisionView(
            id=row.id,
            case_id=row.case_id,
            outcomes=tuple(str(DECIDED[Outcome(one)]) for one in row.outcomes),
            reason=_name_of(reason, self.language),
            note=row.note,
            at=row.decided_at,
            by=self.name(row.decided_by_id),
            undone_at=row.undone_at,
            has_redaction="redaction" in row.changes,
            may_undo=bool(undo),
            why_not_undo="" if undo.hidden else str(undo.reason),
            is_sealed=sealed is not None,
            may_ask=may_seal and asked is None,
            may_open=may_seal and asked is not None and asked != self.actor.id,
        )

    def _facts_of(
        self, row: Decision, sealed: SealedText | None, *, is_latest: bool
    ) -> DecisionFacts:
        return DecisionFacts(
            decided_by_id=row.decided_by_id,
            decided_at=row.decided_at,
            is_undone=row.undone_at is not None,
            is_latest=is_latest,
            can_be_undone="redaction" not in row.changes or sealed is not None,
            is_appealed=False,
            concerns_id=self.facts.author_id,
            changed_something=True,
        )


def _name_of(reason: Reason | None, language: str) -> str:
    if reason is None:
        return ""
    return reason.name_es if language == "es" else reason.name_en


def events_since(events: tuple[EventView, ...], seen: int) -> tuple[EventView, ...]:
    """What happened after the page was shown that somebody acted from."""
    return tuple(event for event in events if event.id > seen)


def active_reasons(language: str) -> tuple[tuple[int, str, str], ...]:
    """Ids, names and texts of the reasons that decisions can give, in the order of the list."""
    rows = db.session.scalars(
        sa.select(Reason).where(Reason.is_active).order_by(Reason.position, Reason.id)
    )
    return tuple(
        (row.id, _name_of(row, language), row.text_es if language == "es" else row.text_en)
        for row in rows
    )


def all_reasons() -> tuple[Reason, ...]:
    """The whole list, with what is retired at its end."""
    return tuple(
        db.session.scalars(
            sa.select(Reason).order_by(Reason.is_active.desc(), Reason.position, Reason.id)
        )
    )


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """A decision as the person reads it whom it concerns; who decided it is not for them."""

    id: int
    facts: DecisionFacts
    outcomes: tuple[str, ...]
    reason: str
    text: str
    note: str
    subject: SubjectView
    appeal: Appeal | None
    sanction_id: int | None


def own_decision(decision_id: int, language: str) -> OwnDecision | None:
    row = db.session.execute(
        sa.select(Decision, Case, Reason, Appeal)
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.id == decision_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    decision, case, reason, appeal = row
    text = ""
    if reason is not None:
        text = reason.text_es if language == "es" else reason.text_en
    return OwnDecision(
        id=decision.id,
        facts=facts_of_decision(decision),
        outcomes=tuple(str(DECIDED[Outcome(one)]) for one in decision.outcomes),
        reason=_name_of(reason, language),
        text=text,
        note=decision.note,
        subject=_subject(case),
        appeal=appeal,
        sanction_id=decision.changes.get("sanction"),
    )
