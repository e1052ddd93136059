"""What members say beside a proposal's posts: which claims and answers others read, and whose."""

import sqlalchemy as sa

from forum.proposals.models import Answer, AnswerState, ClaimState, ServiceClaim
from forum.proposals.policy import SaidFacts

_a, _claim = Answer.__table__.c, ServiceClaim.__table__.c

# Written out, as in the indexes on them: SQLite would prepare a statement anew for every value.
_WITHDRAWN: sa.ColumnElement[str] = sa.literal_column(f"'{ClaimState.WITHDRAWN.value}'")
_STANDING: sa.ColumnElement[str] = sa.literal_column(f"'{AnswerState.STANDING.value}'")


def claim_stands() -> sa.ColumnElement[bool]:
    """Whether others read a claim: it is neither taken back nor removed."""
    return sa.and_(_claim.removed_at.is_(None), _claim.state != _WITHDRAWN)


def answer_stands() -> sa.ColumnElement[bool]:
    """Whether an answer is neither taken back nor removed; others read it once published."""
    return _a.state == _STANDING


def facts_of_claim(claim: ServiceClaim) -> SaidFacts:
    stands = claim.removed_at is None and claim.state is not ClaimState.WITHDRAWN
    return SaidFacts(claim.claimed_by_id, is_there=stands)


def facts_of_answer(answer: Answer) -> SaidFacts:
    stands = answer.state is AnswerState.STANDING and answer.published_at is not None
    return SaidFacts(answer.author_id, is_there=stands)
