"""What moderation does to claims and answers: out of sight, and back. Asks no policy."""

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, locked
from forum.core.errors import NotFound
from forum.proposals.models import Answer, AnswerState, ServiceClaim
from forum.proposals.queries import answer_stands, claim_stands
from forum.threads.actions.counting import lock


def hold_claim(claim_id: int) -> ServiceClaim:
    """A claim, locked with its thread; NotFound."""
    found = sa.select(ServiceClaim.thread_id).where(ServiceClaim.id == claim_id)
    _lock_thread(db.session.scalar(found))
    return locked(ServiceClaim, claim_id)


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
    found = sa.select(Answer.thread_id).where(Answer.id == answer_id)
    _lock_thread(db.session.scalar(found))
    return locked(Answer, answer_id)


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


def _lock_thread(thread_id: int | None) -> None:
    if thread_id is None:
        raise NotFound
    lock(thread_id)
