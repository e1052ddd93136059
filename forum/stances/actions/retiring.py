"""Giving a proposal up in favour of another: each supporter decides about their own stance."""

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, insert
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.notifications.actions import notify
from forum.posts.actions import Limits
from forum.proposals.actions import StateDraft, put_state
from forum.proposals.models import LIVE, ProposalState
from forum.proposals.queries import authors_of, readers_among
from forum.spaces.policy import role_in
from forum.stances import policy
from forum.stances.actions.taking import StanceDraft, take_stance
from forum.stances.models import Carry, CarryState, Stance, StanceChoice
from forum.stances.queries import find_current, get_asked, get_facts
from forum.threads.actions import check_words
from forum.threads.actions.counting import hold, touch
from forum.threads.models import ThreadKind
from forum.threads.queries import get_head
from forum.threads.rows import Head

_SUPPORT = (StanceChoice.AGREE, StanceChoice.AGREE_IF)


def retire(actor: Actor, thread_id: int, into_id: int, reason: str) -> None:
    """Let another proposal go on instead; who supports this one is asked, and nothing moves.

    Raises NotFound when the actor may not see one of the two.
    """
    policy.may_retire(actor, get_facts(actor, get_head(actor, thread_id))).enforce()
    if thread_id == into_id:
        raise Invalid(_("A proposal cannot be retired in favour of itself."), "into")
    head, into = hold(actor, thread_id, into_id)
    facts = get_facts(actor, head)
    policy.may_retire(actor, facts).enforce()
    _check_goes_on(actor, into)
    leads = policy.may_lead_to(facts, get_facts(actor, into))
    if not leads:
        raise Invalid(leads.reason, "into")
    reason = scrub_line(reason)
    if not reason:
        raise Invalid(_("Please give a reason."), "reason")
    check_words(actor, head.access, reason, "reason")
    put_state(actor, thread_id, StateDraft(ProposalState.MERGED, reason, merged_into_id=into_id))
    _ask_supporters(actor, head, into)
    if not facts.is_author:
        record(
            actor.id, "proposal.retire", "thread", thread_id,
            after={"into": into_id}, reason=reason,
            role=role_in(actor, head.access), space_id=head.space_id,
        )  # fmt: skip
    touch(thread_id, into_id)


def _check_goes_on(actor: Actor, into: Head) -> None:
    """Only a proposal that is open takes over; so no chain of retired ones closes to a ring."""
    if into.kind is not ThreadKind.PROPOSAL:
        raise Invalid(_("This is not a proposal."), "into")
    if into.is_deleted or get_facts(actor, into).state not in LIVE:
        raise Invalid(_("The other proposal is not open any more."), "into")


def _ask_supporters(actor: Actor, head: Head, into: Head) -> None:
    supporters = db.session.scalars(
        sa.select(Stance.user_id).where(
            Stance.thread_id == head.id, Stance.is_current, Stance.choice.in_(_SUPPORT)
        )
    ).all()
    people = readers_among(into.id, frozenset(supporters)) - authors_of(into.id)
    if not people:
        return
    now = clock.now()
    asked = [
        {
            "thread_id": head.id,
            "user_id": user_id,
            "into_id": into.id,
            "state": CarryState.ASKED,
            "at": now,
        }
        for user_id in sorted(people)
    ]
    statement = insert(Carry).values(asked)
    anew = statement.excluded
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["thread_id", "user_id"],
            set_={"into_id": anew.into_id, "state": anew.state, "at": anew.at},
        )
    )
    notify(
        people - {actor.id}, "stance.carry", "thread", head.id,
        path=f"{head.base}/carry", values={"title": head.title, "other": into.title},
    )  # fmt: skip


def carry_stance(actor: Actor, thread_id: int, limits: Limits) -> int:
    """Agree with the proposal that goes on, as with the one that was retired; returns its id.

    Conditions are not carried: they were about another text. Who agreed if says so anew there.
    """
    asked = get_asked(actor, thread_id)
    now = find_current(thread_id, member_id(actor))
    if now is None or now.choice is not StanceChoice.AGREE:
        raise Conflict(
            _("Your conditions were about another text. Please take your stance there anew.")
        )
    if find_current(asked.into_id, member_id(actor)) is not None:
        raise Conflict(_("You have a stance on the other proposal already, and it stays."))
    take_stance(actor, asked.into_id, StanceDraft(StanceChoice.AGREE), limits)
    return asked.into_id


def leave_stance(actor: Actor, thread_id: int) -> None:
    """Let one's stance stay where it is, on record; twice is once."""
    get_head(actor, thread_id)
    db.session.execute(
        sa.update(Carry)
        .where(
            Carry.thread_id == thread_id,
            Carry.user_id == member_id(actor),
            Carry.state == CarryState.ASKED,
        )
        .values(state=CarryState.LEFT, at=clock.now())
        .execution_options(synchronize_session=False)
    )
