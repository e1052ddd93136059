"""Whatever people do to a proposal and in which order: no state that should not be."""

import contextlib

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from forum.audit.queries import verify
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import DomainError
from forum.proposals import actions
from forum.proposals.actions import AnswerDraft, ClaimDraft, ProposalDraft, StateDraft
from forum.proposals.models import (
    ClaimState,
    CoauthorState,
    Proposal,
    ProposalEvent,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.parts import Parts, parse
from forum.proposals.queries import authors_of, coauthors_of
from forum.threads.actions import close_thread, delete_thread, reopen_thread, restore_thread
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, assert_counters_are_exact, do, get

_WHO = st.sampled_from(("author", "friend", "member", "facilitator", "moderator"))
_STATES = st.sampled_from(ProposalState)
_WORDS = st.sampled_from(("Three rooms.", "A key at the desk.", "Somebody who comes."))


class Tended(RuleBasedStateMachine):
    """One proposal, its authors, and everybody else."""

    @initialize()
    def begin(self) -> None:
        space = factories.space()
        author = factories.user()
        people = {
            "author": author,
            "friend": factories.user(),
            "member": factories.user(),
            "facilitator": factories.facilitator(space),
            "moderator": factories.moderator(),
        }
        self.people = {name: actor_of(person) for name, person in people.items()}
        self.names = {name: person.username for name, person in people.items()}
        self.thread_id = factories.proposal(space, author).id
        self.services = [factories.service().id for _number in range(2)]

    def _try(self, action, who: str, *args, **kwargs) -> None:
        with contextlib.suppress(DomainError):
            do(action, self.people[who], self.thread_id, *args, **kwargs)

    @rule(who=_WHO, state=_STATES, service=st.integers(0, 2))
    def change_state(self, who: str, state: ProposalState, service: int) -> None:
        service_id = self.services[service] if service < len(self.services) else None
        self._try(actions.change_state, who, StateDraft(state, "Because.", service_id))

    @rule(state=st.sampled_from((ProposalState.ADOPTED, ProposalState.MERGED)))
    def put_state(self, state: ProposalState) -> None:
        """As a brief or another proposal does, which ask by themselves."""
        into = factories.proposal().id if state is ProposalState.MERGED else None
        draft = StateDraft(state, "From above.", merged_into_id=into)
        self._try(actions.put_state, "moderator", draft)

    @rule(who=_WHO, service=st.integers(0, 1))
    def claim(self, who: str, service: int) -> None:
        self._try(actions.claim_service, who, ClaimDraft(self.services[service], "Look."))

    @rule(who=_WHO, service=st.integers(0, 1), accepts=st.booleans(), withdraws=st.booleans())
    def answer_claim(self, who: str, service: int, *, accepts: bool, withdraws: bool) -> None:
        claim_id = db.session.scalar(
            sa.select(ServiceClaim.id).where(ServiceClaim.service_id == self.services[service])
        )
        if withdraws:
            self._try(actions.withdraw_claim, who, claim_id or 0)
        else:
            act = actions.accept_claim if accepts else actions.refuse_claim
            self._try(act, who, claim_id or 0, "Not for men.")

    @rule(who=_WHO, whom=_WHO)
    def invite(self, who: str, whom: str) -> None:
        self._try(actions.invite_coauthor, who, self.names[whom])

    @rule(who=_WHO, act=st.sampled_from(("accept", "decline", "leave")))
    def answer_invitation(self, who: str, act: str) -> None:
        self._try(getattr(actions, f"{act}_coauthorship"), who)

    @rule(who=_WHO, words=_WORDS, late=st.booleans())
    def edit(self, who: str, words: str, *, late: bool) -> None:
        draft = ProposalDraft("Beds for one night", Parts("A bed.", how=words), ("housing",))
        revision = get(self.thread_id).revision - late
        before = get(self.thread_id).source
        authors = authors_of(self.thread_id)
        self._try(actions.edit_proposal, who, draft, LIMITS, revision=revision)
        if self.people[who].id not in authors or late:
            assert get(self.thread_id).source == before

    @rule(who=_WHO, words=_WORDS, publishes=st.booleans())
    def answer(self, who: str, words: str, *, publishes: bool) -> None:
        draft = AnswerDraft(words, is_published=publishes)
        self._try(actions.save_answer, who, draft, is_practitioner=False)

    @rule(who=_WHO, act=st.sampled_from((close_thread, delete_thread)))
    def stop(self, who: str, act) -> None:
        self._try(act, who, "For now.")

    @rule(who=_WHO, act=st.sampled_from((reopen_thread, restore_thread)))
    def go_on(self, who: str, act) -> None:
        self._try(act, who)

    @invariant()
    def events_tell_how_it_came_to_be_in_its_state(self) -> None:
        steps = db.session.scalars(
            sa.select(ProposalEvent)
            .where(ProposalEvent.thread_id == self.thread_id, ProposalEvent.verb == "state")
            .order_by(ProposalEvent.id)
        ).all()
        state = ProposalState.OPEN.value
        for step in steps:
            assert step.values["from"] == state
            assert step.values["to"] != state
            assert step.reason
            state = step.values["to"]
        assert self._proposal.state == state

    @invariant()
    def only_what_exists_names_a_service_and_only_what_is_merged_another(self) -> None:
        proposal = self._proposal
        assert (proposal.service_id is not None) is (proposal.state is ProposalState.EXISTS)
        assert (proposal.merged_into_id is not None) is (proposal.state is ProposalState.MERGED)
        accepted = db.session.scalars(
            sa.select(ServiceClaim.service_id).where(
                ServiceClaim.thread_id == self.thread_id,
                ServiceClaim.state == ClaimState.ACCEPTED,
            )
        ).all()
        assert set(accepted) <= {proposal.service_id}

    @invariant()
    def authors_are_those_who_said_yes(self) -> None:
        joined = {
            row.user_id
            for row in coauthors_of(self.thread_id)
            if row.state is CoauthorState.ACCEPTED
        }
        author: Actor = self.people["author"]
        assert authors_of(self.thread_id) == {author.id} | joined

    @invariant()
    def the_text_can_be_read_by_its_parts_and_counters_are_exact(self) -> None:
        assert parse(get(self.thread_id).source).missing
        assert_counters_are_exact()
        proposal = self._proposal
        assert proposal.agree_count == proposal.disagree_count == 0

    @property
    def _proposal(self) -> Proposal:
        return db.session.get_one(Proposal, self.thread_id, populate_existing=True)


@pytest.mark.usefixtures("app")
@wide
def test_no_order_of_acts_leaves_a_state_that_should_not_be():
    run_state_machine_as_test(
        Tended,
        settings=settings(
            max_examples=examples(12),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify() is None
