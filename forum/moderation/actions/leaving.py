"""What goes with an account: the person's appeals, and what was kept of their words."""

import sqlalchemy as sa

from forum.cases.models import Case
from forum.core.db import db
from forum.moderation.models import Appeal, Decision, Exposure, SealedText


def forget_member(user_id: int) -> None:
    """Somebody leaves. Decisions stay, and say that there was an appeal, but not in their words."""
    about_them = (
        sa.select(Decision.id)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.author_id == user_id)
    )
    for statement in (
        sa.update(Appeal).where(Appeal.author_id == user_id).values(text="", author_id=None),
        sa.delete(SealedText).where(SealedText.decision_id.in_(about_them)),
        sa.delete(Exposure).where(Exposure.user_id == user_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
