"""Publishing a brief: what it says is frozen, and its proposals are adopted."""

import sqlalchemy as sa

from forum.audit.actions import record
from forum.briefs.actions.writing import check_seen, held
from forum.briefs.models import Brief, BriefProposal
from forum.briefs.queries import chosen, frozen_proposals, states_of
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _, force_locale
from forum.core.text import slug
from forum.proposals.actions import StateDraft, add_event, put_state
from forum.proposals.models import LIVE, ProposalState
from forum.proposals.policy import roles_of
from forum.proposals.queries import authors_of
from forum.threads.actions.counting import hold, touch


def publish(actor: Actor, brief_id: int, *, seen: str) -> None:
    """Make the next version of a brief, for everybody who may see all of its proposals.

    Live proposals are adopted, where the actor may say so of them. Raises Conflict when another
    window changed the brief, or when a proposal is not there any more.
    """
    brief = held(actor, brief_id).brief
    check_seen(brief, seen)
    thread_ids = list(brief.thread_ids)
    if not thread_ids:
        raise Invalid(_("Please choose at least one proposal first."))
    if len(chosen(actor, thread_ids)) != len(thread_ids):
        raise Conflict(
            _(
                "A proposal of this brief was taken back, or is not open to you any more."
                " Please take it out first."
            )
        )
    heads = hold(actor, *thread_ids)
    states = states_of(thread_ids)
    adopted = [
        head.id
        for head in heads
        if states[head.id] in LIVE
        and states[head.id] is not ProposalState.ADOPTED
        and roles_of(actor, head, authors_of(head.id))
    ]
    for thread_id in adopted:
        reason = _("It is part of a brief.")
        put_state(actor, thread_id, StateDraft(ProposalState.ADOPTED, reason))
        add_event(thread_id, actor.id, "brief", brief=brief.id)
    _freeze(brief, thread_ids)
    db.session.execute(sa.delete(BriefProposal).where(BriefProposal.brief_id == brief.id))
    db.session.add_all(
        BriefProposal(brief_id=brief.id, thread_id=thread_id) for thread_id in thread_ids
    )
    db.session.flush()
    record(
        member_id(actor), "brief.publish", "brief", brief.id,
        after={"version": brief.version, "proposals": thread_ids, "adopted": adopted},
        role=actor.staff_role,
    )  # fmt: skip
    if adopted:
        touch(*adopted)


def _freeze(brief: Brief, thread_ids: list[int]) -> None:
    now = clock.now()
    with force_locale(brief.language):
        proposals = frozen_proposals(thread_ids, brief.quotes)
    brief.slug = slug(brief.title)
    brief.document = {
        "title": brief.title,
        "introduction": brief.introduction,
        "language": brief.language,
        "proposals": proposals,
    }
    brief.version += 1
    brief.published_at = brief.changed_at = now
