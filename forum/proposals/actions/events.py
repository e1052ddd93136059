"""What happened to a proposal, kept in the order in which it did."""

import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db
from forum.core.text import cut, scrub_line
from forum.proposals.models import REASON_LENGTH, ProposalEvent
from forum.threads.models import Thread


def add_event(
    thread_id: int, actor_id: int | None, verb: str, reason: str = "", **values: object
) -> None:
    """Keep that something happened; `values` are plain ones, which words.py knows words around.

    The caller has looked whether the actor may, holds the thread, and makes its pages stale.
    """
    last_number = sa.select(Thread.last_number).where(Thread.id == thread_id).scalar_subquery()
    db.session.execute(
        sa.insert(ProposalEvent).values(
            thread_id=thread_id,
            at=clock.now(),
            actor_id=actor_id,
            verb=verb,
            reason=cut(scrub_line(reason), REASON_LENGTH),
            values=values,
            after_number=last_number,
        )
    )
