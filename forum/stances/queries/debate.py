"""What people think of a proposal, as its page shows it; and what decides who may say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import comment_path
from forum.posts.models import Post, PostState
from forum.proposals.models import (
    LEAST_SHOWN,
    LIVE,
    Coauthor,
    CoauthorState,
    Proposal,
    ProposalState,
)
from forum.spaces.models import Space
from forum.stances import policy
from forum.stances.models import Condition, Perspectives, Stance, StanceChoice
from forum.stances.perspectives import Group
from forum.stances.policy import ProposalFacts
from forum.stances.queries.conditions import ConditionRow, conditions_of
from forum.stances.words import CHOICES, GROUPS
from forum.threads.models import ThreadKind
from forum.threads.rows import Head

_HUNDRED = 100

_pr, _st, _po, _pe, _co, _cd = (
    model.__table__.c for model in (Proposal, Stance, Post, Perspectives, Coauthor, Condition)
)
# Under names of their own, beside the posts and spaces of the statements that these are added to.
_reason, _home = Post.__table__.alias("reason"), Space.__table__.alias("home")


@dataclass(frozen=True, slots=True)
class Share:
    """How many have one stance; `start` and `width` place it in a bar that is 100 long."""

    choice: StanceChoice
    label: str
    count: int
    start: float
    width: float

    @property
    def percent(self) -> int:
        return round(self.width)

    @property
    def middle(self) -> float:
        return self.start + self.width / 2


@dataclass(frozen=True, slots=True)
class Spread:
    """How stances are spread; `is_hidden` until the viewer has one, where the space says so."""

    total: int
    shares: tuple[Share, ...]
    is_hidden: bool

    @property
    def is_shown(self) -> bool:
        return not self.is_hidden and self.total >= LEAST_SHOWN


@dataclass(frozen=True, slots=True)
class OwnStance:
    """The viewer's own; `reason_path` leads to their comment, unless it is out of sight."""

    choice: StanceChoice
    label: str
    at: datetime
    revision: int
    is_outdated: bool  # the text was changed since
    reason_path: str
    reason_waits: bool


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Stances of one group: a number for each stance, None where too few would be singled out."""

    label: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Views:
    """Stances by group, as they were counted last."""

    rows: tuple[GroupRow, ...]
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Debate:
    """Stances, conditions and perspectives as a proposal's page shows them."""

    thread_id: int
    base: str  # what the addresses of acts begin with
    facts: ProposalFacts
    is_live: bool
    spread: Spread
    own: OwnStance | None
    conditions: tuple[ConditionRow, ...]
    views: Views | None
    may_take: bool
    why_not: str
    may_answer: bool
    may_remove: bool
    may_retire: bool

    @property
    def is_first(self) -> bool:
        """Whether the viewer may take a stance and has none yet."""
        return self.may_take and self.own is None

    @property
    def open_conditions(self) -> tuple[ConditionRow, ...]:
        return tuple(row for row in self.conditions if row.is_open)


@cache
def _statement() -> sa.Select[Any]:
    of_proposal = sa.select(_pr.state).select_from(Proposal.__table__)
    return with_debate(of_proposal.where(_pr.thread_id == sa.bindparam("thread_id")))


def with_debate(of_proposal: sa.Select[Any]) -> sa.Select[Any]:
    """A statement for the row of a proposal with what `debate_of` needs; by `space_id` as well.

    It names what it selects from: the joins go on from there.
    """
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    is_coauthor = _any(_co.thread_id, _co.user_id == me, _co.state == CoauthorState.ACCEPTED)
    # Whether the statements for these may find something: of most proposals there is nothing yet.
    has_conditions = _any(_cd.thread_id)
    has_points = _any(_po.thread_id, _po.bearing.is_not(None))
    is_own = sa.and_(_st.thread_id == _pr.thread_id, _st.user_id == me, _st.is_current)
    return (
        of_proposal.add_columns(
            _pr.agree_count, _pr.agree_if_count, _pr.unsure_count, _pr.disagree_count,
            _pr.concern_count, _home.c.hides_stances, is_coauthor.label("co"),
            _st.choice, _st.created_at, _st.confirmed_at, _st.revision,
            _reason.c.thread_id.label("reason_thread"), _reason.c.number,
            _reason.c.state.label("reason_state"), _pe.shown, _pe.taken_at,
            has_conditions.label("has_conditions"), has_points.label("has_points"),
        )
        .join(_home, _home.c.id == sa.bindparam("space_id"))
        .outerjoin(Stance.__table__, is_own)
        .outerjoin(_reason, _reason.c.id == _st.post_id)
        .outerjoin(Perspectives.__table__, _pe.thread_id == _pr.thread_id)
    )  # fmt: skip


def _any(
    thread_id: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Whether there is a row like this of the proposal."""
    return sa.exists().where(thread_id == _pr.thread_id, *conditions).correlate(Proposal.__table__)


def get_facts(viewer: Actor, head: Head) -> ProposalFacts:
    """What decides who may do what in a debate; NotFound when the thread is no proposal."""
    return _facts(viewer, head, _row(viewer, head))


def find_debate(viewer: Actor, head: Head) -> Debate | None:
    """What people think of a proposal; None for threads of another kind. At most two statements."""
    if head.kind is not ThreadKind.PROPOSAL:
        return None
    return debate_of(viewer, head, _row(viewer, head))


def debate_of(viewer: Actor, head: Head, row: Any) -> Debate:  # noqa: ANN401
    """What a row of `with_debate` says; one statement more where there are conditions."""
    facts = _facts(viewer, head, row)
    own = _own(head, row)
    sees = policy.may_see_spread(viewer, facts, has_stance=own is not None)
    may_take = policy.may_take_stance(viewer, facts)
    return Debate(
        thread_id=head.id,
        base=head.base,
        facts=facts,
        is_live=row.state in LIVE,
        spread=_spread(row, is_hidden=not sees),
        own=own,
        conditions=conditions_of(viewer, head.id) if row.has_conditions else (),
        views=_views(row) if sees else None,
        may_take=bool(may_take),
        why_not=may_take.reason if viewer.is_signed_in else "",
        may_answer=bool(policy.may_answer_condition(viewer, facts)),
        may_remove=bool(policy.may_remove_condition(viewer, facts)),
        may_retire=viewer.is_signed_in and bool(policy.may_retire(viewer, facts)),
    )


def _row(viewer: Actor, head: Head) -> Any:  # noqa: ANN401 - a row of _statement
    values = {"viewer_id": viewer.id, "thread_id": head.id, "space_id": head.space_id}
    row = db.session.connection().execute(_statement(), values).one_or_none()
    if row is None or head.kind is not ThreadKind.PROPOSAL:
        raise NotFound
    return row


def _facts(viewer: Actor, head: Head, row: Any) -> ProposalFacts:  # noqa: ANN401
    state: ProposalState = row.state
    is_author = viewer.is_signed_in and (head.author_id == viewer.id or bool(row.co))
    return ProposalFacts(head.facts, state, is_author, bool(row.hides_stances))


def _spread(row: Any, *, is_hidden: bool) -> Spread:  # noqa: ANN401
    counts = (
        row.agree_count, row.agree_if_count, row.unsure_count,
        row.disagree_count, row.concern_count,
    )  # fmt: skip
    total = sum(counts)
    shares, start = [], 0.0
    for choice, count in zip(StanceChoice, counts, strict=True):
        width = _HUNDRED * count / total if total else 0.0
        shares.append(Share(choice, str(CHOICES[choice]), count, round(start, 2), round(width, 2)))
        start += width
    return Spread(total, tuple(shares), is_hidden)


def _own(head: Head, row: Any) -> OwnStance | None:  # noqa: ANN401
    if row.choice is None:
        return None
    is_read = row.reason_state is PostState.PUBLISHED
    waits = row.reason_state is PostState.WAITING
    return OwnStance(
        choice=row.choice,
        label=str(CHOICES[row.choice]),
        at=row.confirmed_at or row.created_at,
        revision=row.revision,
        is_outdated=row.revision < head.opening_revision,
        reason_path=comment_path(row.reason_thread, row.number) if is_read or waits else "",
        reason_waits=waits,
    )


def _views(row: Any) -> Views | None:  # noqa: ANN401
    shown: Mapping[str, Mapping[str, int]] = row.shown or {}
    rows = tuple(
        GroupRow(str(GROUPS[group]), tuple(shown[group].get(choice) for choice in StanceChoice))
        for group in Group
        if shown.get(group)
    )
    return Views(rows, row.taken_at) if rows else None
