"""What moderation does to claims and answers: out of sight, and back. Asks no policy."""

from typing import Any

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.proposals.models import Answer, AnswerState, ServiceClaim
from forum.proposals.queries import answer_stands, claim_stands
from forum.threads.actions.counting import lock


def hold_claim(claim_id: int) -> ServiceClaim:
    """A claim, locked with its thread; NotFound."""
    claim: ServiceClaim = _held(ServiceClaim, claim_id)
    return claim


def remove_claim(claim: ServiceClaim, reason: str) -> None:
    """Take a claim out of sight, with what the authors answered.

    A proposal that "exists already" by it stays so: its state has a history of its own, and is
    changed by those who may.
    """
    claim.removed_at, claim.removed_reason = clock.now(), reason
    db.session.flush()


def bring_claim_back(claim: ServiceClaim) -> None:
    """As it was, unless somebody has shown the same service since."""
    others = sa.select(ServiceClaim.id).where(
        ServiceClaim.thread_id == claim.thread_id,
        ServiceClaim.service_id == claim.service_id,
        claim_stands(),
    )
    if db.session.scalar(others) is None:
        claim.removed_at, claim.removed_reason = None, ""
        db.session.flush()


def hold_answer(answer_id: int) -> Answer:
    """An answer, locked with its thread; NotFound."""
    answer: Answer = _held(Answer, answer_id)
    return answer


def remove_answer(answer: Answer, reason: str) -> None:
    answer.state, answer.state_reason = AnswerState.REMOVED, reason
    db.session.flush()


def bring_answer_back(answer: Answer) -> None:
    """As it was, unless its author has written another since."""
    others = sa.select(Answer.id).where(
        Answer.thread_id == answer.thread_id,
        Answer.author_id == answer.author_id,
        answer_stands(),
    )
    if db.session.scalar(others) is None:
        answer.state, answer.state_reason = AnswerState.STANDING, ""
        db.session.flush()


def _held(table: type[Any], row_id: int) -> Any:  # noqa: ANN401 - a row of that table
    thread_id = db.session.scalar(sa.select(table.thread_id).where(table.id == row_id))
    if thread_id is None:
        raise NotFound
    lock(thread_id)
    row = db.session.scalar(
        sa.select(table)
        .where(table.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row
