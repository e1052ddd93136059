"""What tests of the debate share."""

import sqlalchemy as sa

from forum.core.db import db
from forum.proposals.models import Proposal
from forum.stances import actions
from forum.stances.actions import StanceDraft
from forum.stances.models import Condition, ConditionBacker, ConditionState, Stance, StanceChoice
from forum.stances.queries import find_debate
from forum.threads.queries import get_head
from tests import factories
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, do

CHOICES = list(StanceChoice)
WHY = "Because somebody has to be there at night."


def take(actor, thread_id, choice=StanceChoice.AGREE, reason=None, **values):
    """Take a stance, with a reason where one is needed."""
    needs = choice in {StanceChoice.AGREE_IF, StanceChoice.DISAGREE, StanceChoice.CONCERN}
    reason = (WHY if needs else "") if reason is None else reason
    if choice is StanceChoice.AGREE_IF and not values.get("joined"):
        values.setdefault("condition", "families are asked first")
    return do(actions.take_stance, actor, thread_id, StanceDraft(choice, reason, **values), LIMITS)


def member():
    return actor_of(factories.user())


def debate(actor, thread_id):
    """What a member's page of a proposal shows of its debate."""
    return find_debate(actor, get_head(actor, thread_id))


def stances(thread_id, actor=None):
    """Every stance ever taken, the oldest first."""
    statement = sa.select(Stance).where(Stance.thread_id == thread_id).order_by(Stance.id)
    if actor is not None:
        statement = statement.where(Stance.user_id == actor.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def counters(thread_id):
    row = db.session.get_one(Proposal, thread_id, populate_existing=True)
    return {
        choice: getattr(row, f"{choice.value}_count") for choice in StanceChoice
    }  # fmt: skip


def counted(thread_id):
    rows = db.session.execute(
        sa.select(Stance.choice, sa.func.count())
        .where(Stance.thread_id == thread_id, Stance.is_current)
        .group_by(Stance.choice)
    )
    return dict.fromkeys(StanceChoice, 0) | dict(rows.all())


def assert_debate_holds_together():
    """Counters are what counting gives, and who asks for an open condition agrees if."""
    for thread_id in db.session.scalars(sa.select(Proposal.thread_id)).all():
        assert counters(thread_id) == counted(thread_id)
    twice = db.session.execute(
        sa.select(Stance.thread_id, Stance.user_id)
        .where(Stance.is_current)
        .group_by(Stance.thread_id, Stance.user_id)
        .having(sa.func.count() > 1)
    ).all()
    assert not twice
    agrees_if = sa.exists().where(
        Stance.thread_id == Condition.thread_id,
        Stance.user_id == ConditionBacker.user_id,
        Stance.is_current,
        Stance.choice == StanceChoice.AGREE_IF,
    )
    strays = db.session.execute(
        sa.select(Condition.thread_id, Condition.number)
        .join(ConditionBacker, ConditionBacker.condition_id == Condition.id)
        .where(Condition.state == ConditionState.OPEN, ~agrees_if)
    ).all()
    assert not strays
