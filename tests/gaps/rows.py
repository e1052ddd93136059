"""Rows of the gap map for tests."""

from typing import Any

from forum.core import clock
from forum.core.db import db
from forum.places.models import Place
from forum.proposals.models import Proposal, ProposalState
from forum.threads.models import Thread, ThreadKind
from tests import factories


def proposal(
    *, needs: tuple[str, ...] = ("housing",), place: Place | None = None,
    state: ProposalState = ProposalState.OPEN, stances: int = 0, state_at: Any = None,
    **values: Any,
) -> Thread:  # fmt: skip
    """A proposal; its stances are all "agree"."""
    thread = factories.thread(kind=ThreadKind.PROPOSAL, tags=needs, **values)
    db.session.add(
        Proposal(
            thread_id=thread.id,
            state=state,
            state_at=state_at or values.get("at") or clock.now(),
            place_id=place.id if place else None,
            agree_count=stances,
        )
    )
    db.session.commit()
    return thread
