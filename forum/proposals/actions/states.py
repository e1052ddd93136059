"""The states of proposals."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import _
from forum.core.links import thread_path
from forum.core.text import cut, scrub_line
from forum.notifications.actions import notify
from forum.proposals.actions.events import add_event
from forum.proposals.models import REASON_LENGTH, Proposal, ProposalState
from forum.proposals.queries import audience_of
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class StateDraft:
    """Where a proposal is to be, and why; "exists" names a service, "merged" a proposal."""

    state: ProposalState
    reason: str
    service_id: int | None = None
    merged_into_id: int | None = None


def put_state(actor: Actor, thread_id: int, draft: StateDraft) -> ProposalState:
    """Bring a proposal into a state without asking who may; returns the one before.

    Keeps the event and tells authors and followers. The caller has decided that the actor may,
    holds the thread, records what is to be audited and, last, makes the thread's pages stale.
    Raises NotFound for what is no proposal, and Conflict when it is in that state already.
    """
    proposal = db.session.scalar(
        sa.select(Proposal).where(Proposal.thread_id == thread_id).with_for_update()
    )
    if proposal is None:
        raise NotFound
    before = proposal.state
    if before is draft.state:
        raise Conflict(_("The proposal is in this state already."))
    proposal.state = draft.state
    proposal.state_reason = cut(scrub_line(draft.reason), REASON_LENGTH)
    proposal.state_at = clock.now()
    proposal.service_id = draft.service_id
    proposal.merged_into_id = draft.merged_into_id
    db.session.flush()
    linked = {
        name: value
        for name, value in (("service", draft.service_id), ("into", draft.merged_into_id))
        if value is not None
    }
    values = {"from": before.value, "to": draft.state.value, **linked}
    add_event(thread_id, actor.id, "state", draft.reason, **values)
    tell_audience(actor, thread_id, "proposal.state", variant=draft.state.value)
    return before


def tell_audience(actor: Actor, thread_id: int, kind: str, **values: object) -> None:
    """Tell the authors and followers of a proposal something, but for whoever did it."""
    people = audience_of(thread_id) - {actor.id}
    if not people:
        return
    title, slug = db.session.execute(
        sa.select(Thread.title, Thread.slug).where(Thread.id == thread_id)
    ).one()
    path = thread_path(thread_id, slug)
    notify(people, kind, "thread", thread_id, path=path, values={"title": title, **values})
