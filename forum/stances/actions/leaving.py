"""What goes with an account: stances, what was asked for, what was asked of them."""

import sqlalchemy as sa

from forum.core.db import db
from forum.posts.queries import threads_of
from forum.proposals.queries import threads_taken_part_in
from forum.stances.actions.counting import count_again_soon, recount
from forum.stances.models import Carry, Condition, ConditionBacker, ConditionState, Stance
from forum.threads.actions.counting import lock, touch


def forget_member(user_id: int) -> None:
    """Somebody leaves. A condition stays, without their name, while others ask for it."""
    counted = set(
        db.session.scalars(
            sa.select(Stance.thread_id).where(Stance.user_id == user_id, Stance.is_current)
        )
    )
    asked_in = set(
        db.session.scalars(
            sa.select(Condition.thread_id)
            .outerjoin(ConditionBacker, ConditionBacker.condition_id == Condition.id)
            .where(sa.or_(ConditionBacker.user_id == user_id, Condition.author_id == user_id))
        )
    )
    # With the threads of their posts, which may go next: all are locked in one order.
    lock(*counted, *asked_in, *threads_taken_part_in(user_id), *threads_of(user_id))
    is_asked_for = sa.exists().where(ConditionBacker.condition_id == Condition.id)
    for statement in (
        sa.delete(Stance).where(Stance.user_id == user_id),
        sa.delete(ConditionBacker).where(ConditionBacker.user_id == user_id),
        sa.delete(Carry).where(Carry.user_id == user_id),
        sa.delete(Condition).where(
            Condition.author_id == user_id,
            Condition.state != ConditionState.ADOPTED,
            ~is_asked_for,
        ),
        sa.update(Condition).where(Condition.author_id == user_id).values(author_id=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    recount(*counted)
    for thread_id in sorted(counted):
        count_again_soon(thread_id)
    if counted or asked_in:
        touch(*counted, *asked_in)
