"""Decisions: what decides over undoing and appeals, and how the person reads them."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from forum.cases.models import Case
from forum.core import clock
from forum.core.db import db
from forum.moderation.models import Appeal, Decision, Exposure, Outcome, SealedText
from forum.moderation.policy import CHANGING, DecisionFacts


def facts_of_decision(decision: Decision) -> DecisionFacts:
    """What the policy asks about a decision, in one statement."""
    later = sa.select(Decision.id).where(
        Decision.case_id == decision.case_id, Decision.id > decision.id
    )
    row = db.session.execute(
        sa.select(
            sa.exists(later),
            sa.exists().where(Appeal.decision_id == decision.id),
            sa.exists().where(
                SealedText.decision_id == decision.id, SealedText.expires_at > clock.now()
            ),
            sa.select(Case.author_id).where(Case.id == decision.case_id).scalar_subquery(),
        )
    ).one()
    is_followed, is_appealed, is_sealed, author_id = row
    return DecisionFacts(
        decided_by_id=decision.decided_by_id,
        decided_at=decision.decided_at,
        is_undone=decision.undone_at is not None,
        is_latest=not is_followed,
        can_be_undone="redaction" not in decision.changes or bool(is_sealed),
        is_appealed=bool(is_appealed),
        concerns_id=author_id,
        changed_something=bool(CHANGING & {Outcome(one) for one in decision.outcomes}),
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was decided about a person, and how many texts they opened if they moderate.

    For the download of their own data.
    """
    rows = db.session.execute(
        sa.select(Decision, Appeal)
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Case.author_id == user_id)
        .order_by(Decision.id)
    )
    for decision, answered in rows:
        appeal: Appeal | None = answered
        yield (
            "decisions",
            {
                "number": decision.id,
                "outcomes": decision.outcomes,
                "note": decision.note,
                "at": decision.decided_at.isoformat(),
                "undone_at": decision.undone_at.isoformat() if decision.undone_at else None,
                "appeal": appeal.text if appeal else None,
                "verdict": appeal.verdict.value if appeal and appeal.verdict else None,
                "answer": appeal.answer if appeal else None,
            },
        )
    for row in db.session.scalars(
        sa.select(Exposure).where(Exposure.user_id == user_id).order_by(Exposure.day)
    ):
        yield "opened_texts", {"day": row.day, "count": row.count}
