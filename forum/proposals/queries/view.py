"""What stands on a proposal's page beside its posts: at most two statements, whatever there is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.badges.queries import BadgeChip, chip
from forum.core.actor import Actor, SiteRole
from forum.core.db import UtcDateTime, at_most, db
from forum.core.errors import NotFound
from forum.core.links import brief_path, comment_path, service_path, thread_path
from forum.places.models import Place
from forum.places.queries import PlaceChip, name_of
from forum.posts.models import Post, PostState
from forum.proposals import policy
from forum.proposals.models import (
    Answer,
    ClaimState,
    Coauthor,
    CoauthorState,
    Proposal,
    ProposalEvent,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.policy import SaidFacts
from forum.proposals.queries.said import answer_stands, claim_stands
from forum.proposals.words import state_told, told
from forum.services.models import Service, ServiceState
from forum.spaces.models import Space
from forum.spaces.queries import anyone_of, visible_to
from forum.threads.models import Thread
from forum.threads.rows import Head

MOST_EVENTS = 100

_p, _t, _s = Proposal.__table__.c, Thread.__table__.c, Space.__table__.c
_post, _place, _service, _u = (
    Post.__table__.c,
    Place.__table__.c,
    Service.__table__.c,
    User.__table__.c,
)
_e, _co, _a = ProposalEvent.__table__.c, Coauthor.__table__.c, Answer.__table__.c
_claim, _badge = ServiceClaim.__table__.c, Badge.__table__.c

# None of a service that left the directory: it is named nowhere any more.
_listed_name = sa.case((_service.state == ServiceState.LISTED, _service.name)).label("listed_name")


@dataclass(frozen=True, slots=True)
class Link:
    """Something elsewhere that a proposal points to."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in words."""

    at: datetime
    by: PersonName | None
    words: str
    reason: str
    after_number: int
    path: str = ""  # of the brief that it is about; who may not see that finds nothing there


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A service that somebody says is what is asked for, and what the authors say to that."""

    id: int
    service: Link
    note: str
    state: ClaimState
    answer: str
    by: PersonName
    claimed_at: datetime
    answered_at: datetime | None
    is_own: bool
    may_report: bool = False

    @property
    def is_open(self) -> bool:
        return self.state is ClaimState.OPEN


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer; `published_at` None: its author alone reads it."""

    id: int
    by: PersonName
    badge: BadgeChip | None
    html: str
    written_at: datetime
    published_at: datetime | None
    is_own: bool
    may_report: bool = False


@dataclass(frozen=True, slots=True)
class ProposalPowers:
    """What the viewer may do with a proposal."""

    edit: bool = False
    change_state: bool = False
    claim: bool = False
    answer_claims: bool = False
    answer: bool = False
    see_coauthors: bool = False
    is_invited: bool = False


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as its page shows it under the title and under the opening."""

    thread_id: int
    state: ProposalState
    state_reason: str
    state_at: datetime
    place: PlaceChip | None
    coauthors: tuple[PersonName, ...]
    service: Link | None  # of one that exists already
    merged_into: Link | None  # of a merged one, where the viewer may see the other
    raised_from: Link | None  # the comment, where the viewer may see it
    # For visitors, the titles of these two are empty.
    raised_by: PersonName | None
    answers: tuple[AnswerRow, ...]
    claims: tuple[ClaimRow, ...]
    events: tuple[Event, ...]
    may: ProposalPowers = field(default_factory=ProposalPowers)

    @property
    def base(self) -> str:
        return f"/t/{self.thread_id}"

    @property
    def state_words(self) -> str:
        return state_told(self.state)

    @property
    def names_services(self) -> bool:
        """Whether it says something of the directory, which changes without the thread."""
        return bool(self.claims) or self.service is not None


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What acts on a proposal ask about it."""

    thread_id: int
    state: ProposalState
    place_id: int | None
    place_slug: str  # empty: anywhere

    @property
    def state_words(self) -> str:
        return state_told(self.state)


def get_proposal(thread_id: int) -> ProposalFacts:
    """The row of a proposal; NotFound for threads of another kind. The caller asks who sees it."""
    found = db.session.execute(
        sa.select(Proposal.thread_id, Proposal.state, Proposal.place_id, Place.slug)
        .outerjoin(Place, Place.id == Proposal.place_id)
        .where(Proposal.thread_id == thread_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return ProposalFacts(found[0], found[1], found[2], found[3] or "")


def claimed(thread_id: int) -> tuple[tuple[int, str], ...]:
    """The listed services of which somebody says that they are what a proposal asks for."""
    found = db.session.execute(
        sa.select(_service.id, _service.name)
        .select_from(
            ServiceClaim.__table__.join(Service.__table__, _service.id == _claim.service_id)
        )
        .where(
            _claim.thread_id == thread_id,
            claim_stands(),
            _service.state == ServiceState.LISTED,
        )
        .order_by(_service.name, _service.id)
    )
    return tuple((id_, name) for id_, name in found)


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One's own answer as one wrote it."""

    source: str
    revision: int
    badge_id: int | None
    published_at: datetime | None


def find_own_answer(viewer: Actor, thread_id: int) -> OwnAnswer | None:
    found = db.session.execute(
        sa.select(_a.source, _a.revision, _a.badge_id, _a.published_at).where(
            _a.thread_id == thread_id, _a.author_id == viewer.id, answer_stands()
        )
    ).one_or_none()
    return None if found is None else OwnAnswer(*found)


@dataclass(frozen=True, slots=True)
class ClaimAsked:
    """A claim that is being answered."""

    id: int
    service: Link
    note: str
    state: ClaimState


def get_claim(thread_id: int, claim_id: int) -> ClaimAsked:
    """A claim about this proposal, unless it was removed; NotFound.

    The caller asks who sees the proposal.
    """
    found = db.session.execute(
        sa.select(_claim.state, _claim.note, _service.id, _service.slug, _listed_name)
        .select_from(
            ServiceClaim.__table__.join(Service.__table__, _service.id == _claim.service_id)
        )
        .where(_claim.id == claim_id, _claim.thread_id == thread_id, _claim.removed_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    service = _link_to(found.listed_name, found.id, found.slug)
    return ClaimAsked(claim_id, service, found.note, found.state)


def of_proposal(viewer: Actor) -> sa.Select[Any]:
    """The row of a proposal, by `thread_id` and `viewer_id`, for `view_of`."""
    return _of_proposal(viewer.role if viewer.is_signed_in else None)


def view_of(viewer: Actor, head: Head, row: Any) -> ProposalView:  # noqa: ANN401 - a row of it
    """What a row of `of_proposal` says; one statement more where others have taken part."""
    beside: Sequence[Any] = ()
    if row.has_beside:
        values = {"thread_id": head.id, "viewer_id": viewer.id}
        beside = db.session.connection().execute(_beside(), values).all()
    people = [one for one in beside if one.what == "coauthor"]
    authors = frozenset(one.user_id for one in people if one.state == CoauthorState.ACCEPTED) | (
        {head.author_id} if head.author_id is not None else frozenset()
    )
    is_shown = head.has_opening
    raised_author = None
    if row.from_number is not None and row.from_is_visible:
        raised_author = person(row.username, row.display_name, row.user_state)
    return ProposalView(
        thread_id=head.id,
        state=row.state,
        state_reason=row.state_reason if is_shown else "",
        state_at=row.state_at,
        place=_place_of(row),
        coauthors=_names(people, CoauthorState.ACCEPTED),
        service=_service_of(row),
        merged_into=_merged(viewer, row),
        raised_from=_raised(viewer, row),
        raised_by=raised_author,
        answers=_answers(viewer, head, beside) if is_shown else (),
        claims=_claims(viewer, head, beside) if is_shown else (),
        events=_events(beside) if is_shown else (),
        may=_powers(viewer, head, row.state, authors, people),
    )


def _powers(
    viewer: Actor,
    head: Head,
    state: ProposalState,
    authors: frozenset[int],
    people: Sequence[Any],
) -> ProposalPowers:
    if not viewer.is_signed_in:
        return ProposalPowers()
    mine = next((one.state for one in people if one.user_id == viewer.id), None)
    roles = policy.roles_of(viewer, head, authors)
    tends = bool(policy.may_tend(viewer, head, authors))
    return ProposalPowers(
        edit=tends and not head.is_own,  # its author has "Edit" among the acts on the opening
        change_state=bool(policy.next_states(roles, state)),
        claim=bool(policy.may_claim(viewer, head.facts, state)),
        answer_claims=tends,
        # Whether a badge is a practitioner's is asked where the answer is written.
        answer=bool(policy.may_answer(viewer, head, is_practitioner=viewer.has_badges)),
        see_coauthors=tends or mine is not None,
        is_invited=mine == CoauthorState.INVITED,
    )


@cache
def _of_proposal(role: SiteRole | None) -> sa.Select[Any]:
    """The row with what it points to, and whether the viewer may see that."""
    viewer = anyone_of(role)
    into, source = Thread.__table__.alias("into"), Thread.__table__.alias("source")
    into_is_visible = sa.exists().where(
        _s.id == into.c.space_id, visible_to(viewer), into.c.deleted_at.is_(None)
    )
    from_is_visible = sa.exists().where(
        _s.id == source.c.space_id,
        visible_to(viewer),
        source.c.deleted_at.is_(None),
        _post.state == PostState.PUBLISHED,
    )
    tables = (
        Proposal.__table__.outerjoin(Place.__table__, _place.id == _p.place_id)
        .outerjoin(Service.__table__, _service.id == _p.service_id)
        .outerjoin(into, into.c.id == _p.merged_into_id)
        .outerjoin(Post.__table__, _post.id == _p.raised_from_id)
        .outerjoin(source, source.c.id == _post.thread_id)
        .outerjoin(User.__table__, _u.id == _post.author_id)
    )
    return (
        sa.select(
            _p.state, _p.state_reason, _p.state_at,
            _place.id.label("place_id"), _place.slug.label("place_slug"),
            _place.kind.label("place_kind"), _place.country_code,
            _place.name.label("place_name"),
            _service.id.label("service_id"), _service.slug.label("service_slug"),
            _listed_name,
            into.c.id.label("into_id"), into.c.slug.label("into_slug"),
            into.c.title.label("into_title"), into_is_visible.label("into_is_visible"),
            _post.thread_id.label("from_thread"), _post.number.label("from_number"),
            from_is_visible.label("from_is_visible"),
            source.c.title.label("from_title"),
            _u.username, _u.display_name, _u.state.label("user_state"),
            _has_beside().label("has_beside"),
        )
        .select_from(tables)
        .where(_p.thread_id == sa.bindparam("thread_id"))
    )  # fmt: skip


def _has_beside() -> sa.ColumnElement[bool]:
    """Whether `_beside` may find something: of most proposals there is nothing yet."""
    return sa.or_(
        *(
            sa.exists().where(one.c.thread_id == _p.thread_id).correlate(Proposal.__table__)
            for one in (
                model.__table__ for model in (Coauthor, ProposalEvent, ServiceClaim, Answer)
            )
        )
    )


@cache
def _beside() -> sa.CompoundSelect[Any]:
    """Co-authors, events, claims and answers in one statement: `what` says which a row is."""
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    of_it: sa.BindParameter[int] = sa.bindparam("thread_id", type_=sa.Integer())
    person_columns = (_u.username, _u.display_name, _u.state.label("user_state"))
    newest = sa.select(_e.id).where(_e.thread_id == of_it).order_by(_e.id.desc())
    coauthors = (
        sa.select(*_columns("coauthor", at=_co.at, user_id=_co.user_id, state=_co.state))
        .add_columns(*person_columns)
        .join_from(Coauthor.__table__, User.__table__, _u.id == _co.user_id)
        .where(_co.thread_id == of_it)
    )
    events = (
        sa.select(
            *_columns(
                "event", id=_e.id, at=_e.at, user_id=_e.actor_id, state=_e.verb,
                text=_reason_in_sight(),
                values=_e["values"], after_number=_e.after_number,
            )
        )
        .add_columns(*person_columns)
        .join_from(ProposalEvent.__table__, User.__table__, _u.id == _e.actor_id, isouter=True)
        .where(_e.id.in_(newest.limit(at_most(MOST_EVENTS))))
    )  # fmt: skip
    claims = (
        sa.select(
            *_columns(
                "claim", id=_claim.id, at=_claim.claimed_at, user_id=_claim.claimed_by_id,
                state=_claim.state, text=_claim.note, answer=_claim.answer,
                done_at=_claim.answered_at, service_id=_service.id, slug=_service.slug,
                name=_listed_name,
            )
        )
        .add_columns(*person_columns)
        .select_from(
            ServiceClaim.__table__.join(
                Service.__table__, _service.id == _claim.service_id
            ).outerjoin(User.__table__, _u.id == _claim.claimed_by_id)
        )
        .where(_claim.thread_id == of_it, claim_stands())
    )  # fmt: skip
    answers = (
        sa.select(
            *_columns(
                "answer", id=_a.id, at=_a.written_at, user_id=_a.author_id, answer=_a.html,
                done_at=_a.published_at, badge_kind=_badge.kind, badge_state=_badge.state,
                organisation=_badge.organisation, expires_at=_badge.expires_at,
            )
        )
        .add_columns(*person_columns)
        .select_from(
            Answer.__table__.outerjoin(User.__table__, _u.id == _a.author_id).outerjoin(
                Badge.__table__, _badge.id == _a.badge_id
            )
        )
        .where(
            _a.thread_id == of_it,
            answer_stands(),
            sa.or_(_a.published_at.is_not(None), _a.author_id == me),
        )
    )  # fmt: skip
    return sa.union_all(coauthors, events, claims, answers)


def _reason_in_sight() -> sa.ColumnElement[str]:
    """What was given as a reason; what the authors answered to a removed claim went with that."""
    is_removed = sa.exists().where(
        _claim.thread_id == _e.thread_id,
        _claim.removed_at.is_not(None),
        _claim.answer == _e.reason,
    )
    return sa.case((sa.and_(_e.verb == "claim.not_enough", is_removed), ""), else_=_e.reason)


_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "id": sa.Integer(), "at": UtcDateTime(), "user_id": sa.Integer(), "state": sa.String(),
    "text": sa.Text(), "answer": sa.Text(), "values": sa.JSON(), "after_number": sa.Integer(),
    "done_at": UtcDateTime(), "service_id": sa.Integer(), "slug": sa.String(),
    "name": sa.String(), "badge_kind": sa.String(), "organisation": sa.String(),
    "badge_state": sa.String(), "expires_at": UtcDateTime(),
}  # fmt: skip


def _columns(what: str, **given: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """Columns of the same names and types for every kind of row; NULL for what it does not have."""
    return (
        sa.literal_column(f"'{what}'").label("what"),
        *(
            (
                sa.type_coerce(given[name], kind) if name in given else sa.cast(sa.null(), kind)
            ).label(name)
            for name, kind in _TYPES.items()
        ),
    )


def _place_of(row: Any) -> PlaceChip | None:  # noqa: ANN401 - a row
    if row.place_id is None:
        return None
    name = name_of(row.place_kind, row.country_code, row.place_name)
    return PlaceChip(row.place_id, row.place_slug, name, f"/proposals?place={row.place_slug}")


def _service_of(row: Any) -> Link | None:  # noqa: ANN401
    if row.service_id is None:
        return None
    return _link_to(row.listed_name, row.service_id, row.service_slug)


def _link_to(name: str | None, service_id: int, slug: str) -> Link:
    """To a service of the directory; without name and path if it left that (`name` None)."""
    return Link("", "") if name is None else Link(name, service_path(service_id, slug))


# A visitor's page is kept, and outlives what it says of other threads: so it says little of them.


def _merged(viewer: Actor, row: Any) -> Link | None:  # noqa: ANN401
    if row.into_id is None or not row.into_is_visible:
        return None
    if not viewer.is_signed_in:
        return Link("", f"/t/{row.into_id}")
    return Link(row.into_title, thread_path(row.into_id, row.into_slug))


def _raised(viewer: Actor, row: Any) -> Link | None:  # noqa: ANN401
    if row.from_number is None or not row.from_is_visible:
        return None
    title = row.from_title if viewer.is_signed_in else ""
    return Link(title, comment_path(row.from_thread, row.from_number))


def _names(people: Sequence[Any], state: CoauthorState) -> tuple[PersonName, ...]:
    return tuple(
        person(one.username, one.display_name, one.user_state)
        for one in sorted(people, key=lambda one: one.at)
        if one.state == state
    )


def _events(rows: Sequence[Any]) -> tuple[Event, ...]:
    events = sorted((one for one in rows if one.what == "event"), key=lambda one: one.id)
    return tuple(
        Event(
            at=one.at,
            by=person(one.username, one.display_name, one.user_state) if one.user_id else None,
            words=told(one.state, one.values or {}),
            reason=one.text,
            after_number=one.after_number,
            path=brief_path(one.values["brief"], "") if "brief" in (one.values or {}) else "",
        )
        for one in events
    )


def _may_report(viewer: Actor, head: Head, author_id: int | None) -> bool:
    """Whether something that stands there can be reported; visitors are asked to sign in first."""
    said = SaidFacts(author_id, is_there=True)
    return not viewer.is_signed_in or bool(policy.may_report(viewer, head, said))


def _claims(viewer: Actor, head: Head, rows: Sequence[Any]) -> tuple[ClaimRow, ...]:
    claims = sorted((one for one in rows if one.what == "claim"), key=lambda one: one.id)
    return tuple(
        ClaimRow(
            id=one.id,
            service=_link_to(one.name, one.service_id, one.slug),
            note=one.text,
            state=ClaimState(one.state),
            answer=one.answer,
            by=person(one.username, one.display_name, one.user_state),
            claimed_at=one.at,
            answered_at=one.done_at,
            is_own=one.user_id is not None and one.user_id == viewer.id,
            may_report=_may_report(viewer, head, one.user_id),
        )
        for one in claims
    )


def _answers(viewer: Actor, head: Head, rows: Sequence[Any]) -> tuple[AnswerRow, ...]:
    answers = sorted(
        (one for one in rows if one.what == "answer"),
        key=lambda one: (one.done_at is None, one.done_at or one.at, one.id),
    )
    return tuple(
        AnswerRow(
            id=one.id,
            by=person(one.username, one.display_name, one.user_state),
            badge=chip(
                BadgeKind(one.badge_kind) if one.badge_kind else None,
                one.organisation,
                BadgeState(one.badge_state) if one.badge_state else None,
                one.expires_at,
            ),
            html=one.answer,
            written_at=one.at,
            published_at=one.done_at,
            is_own=one.user_id is not None and one.user_id == viewer.id,
            may_report=one.done_at is not None and _may_report(viewer, head, one.user_id),
        )
        for one in answers
    )
