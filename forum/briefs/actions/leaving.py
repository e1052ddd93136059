"""What becomes of briefs and quotes when a member leaves."""

import sqlalchemy as sa

from forum.briefs.models import Brief, QuoteConsent
from forum.core.db import db
from forum.posts.models import Post


def forget_member(user_id: int) -> None:
    """Delete what only they saw, and what they let others quote; published briefs lose a name."""
    own = sa.select(Post.id).where(Post.author_id == user_id)
    for statement in (
        sa.delete(QuoteConsent).where(QuoteConsent.post_id.in_(own)),
        sa.update(QuoteConsent).where(QuoteConsent.asked_by_id == user_id).values(asked_by_id=None),
        sa.delete(Brief).where(Brief.author_id == user_id, Brief.published_at.is_(None)),
        sa.update(Brief).where(Brief.author_id == user_id).values(author_id=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
