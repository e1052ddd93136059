"""One case with everything that decides what somebody may do with it."""

from typing import TypeVar

import sqlalchemy as sa

from forum.accounts.models import User
from forum.cases.models import Case, Report, ReportState
from forum.core.actor import Actor, SiteRole, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.moderation.models import Appeal, Decision
from forum.moderation.policy import CaseFacts, may_handle
from forum.spaces.models import Membership, SpaceRole

T = TypeVar("T")


def facts_of(actor: Actor, case: Case) -> CaseFacts:
    """What the policy asks about this person and this case, in one statement."""
    facilitates = sa.and_(
        Membership.space_id == case.space_id, Membership.role == SpaceRole.FACILITATOR
    )
    pending = (
        sa.select(Decision.decided_by_id, sa.literal(1).label("is_pending"))
        .join(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.case_id == case.id, Appeal.verdict.is_(None))
        .limit(1)
        .subquery()
    )
    row = db.session.execute(
        sa.select(
            sa.select(Membership.role)
            .where(Membership.space_id == case.space_id, Membership.user_id == actor.id)
            .scalar_subquery(),
            sa.select(User.role).where(User.id == case.author_id).scalar_subquery(),
            sa.exists().where(facilitates, Membership.user_id == case.author_id),
            sa.exists().where(
                Report.case_id == case.id,
                Report.reporter_id == actor.id,
                Report.state != ReportState.WITHDRAWN,
            ),
            sa.select(pending.c.is_pending).scalar_subquery(),
            sa.select(pending.c.decided_by_id).scalar_subquery(),
        )
    ).one()
    role, author_role, author_facilitates, has_reported, is_pending, decider_id = row
    return CaseFacts(
        author_id=case.author_id,
        space_id=case.space_id,
        state=case.state,
        author_role=author_role or SiteRole.MEMBER,
        author_facilitates=bool(author_facilitates),
        member_role=role,
        has_reported=bool(has_reported),
        is_appealed=is_pending is not None,
        appealed_decider_id=decider_id,
    )


def get_case(actor: Actor, case_id: int) -> tuple[Case, CaseFacts]:
    """A case that this person handles, as it was read; NotFound."""
    case = db.session.get(Case, case_id, populate_existing=True)
    if case is None:
        raise NotFound
    facts = facts_of(actor, case)
    may_handle(actor, facts).enforce()
    return case, facts


def handled_by(actor: Actor, space_ids: tuple[int, ...]) -> sa.ColumnElement[bool]:
    """A condition on Case: exactly what policy.may_handle allows; `space_ids` are `facilitated`."""
    me = as_written(member_id(actor), sa.Integer())
    not_own = sa.or_(Case.author_id.is_(None), Case.author_id != me)
    if actor.is_moderator:
        return not_own
    runs_it = sa.exists().where(
        Membership.space_id == Case.space_id,
        Membership.user_id == Case.author_id,
        Membership.role == SpaceRole.FACILITATOR,
    )
    is_staff = sa.exists().where(User.id == Case.author_id, User.role != SiteRole.MEMBER)
    spaces = [as_written(space_id, sa.Integer()) for space_id in space_ids]
    return sa.and_(Case.space_id.in_(spaces), not_own, ~runs_it, ~is_staff)


def as_written(value: T, kind: sa.types.TypeEngine[T]) -> sa.ColumnElement[T]:
    """A value that stands in the statement itself; never one that somebody typed.

    With parameters, PostgreSQL soon plans a statement once for whatever may be asked: it then
    expects to show a tenth of all cases, and looks at every one before it takes the first.
    """
    return sa.literal(value, kind, literal_execute=True)
