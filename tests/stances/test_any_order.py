"""Whatever people do to a debate and in which order: counters and conditions hold together."""

import contextlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from forum.core.db import db
from forum.core.errors import DomainError
from forum.posts.queries import get_post
from forum.proposals.actions import StateDraft, put_state
from forum.proposals.models import LIVE, Proposal, ProposalState
from forum.stances import actions
from forum.stances.actions import AdoptDraft
from forum.stances.models import ConditionState, StanceChoice
from forum.stances.queries.conditions import conditions_of
from forum.threads.actions import close_thread, reopen_thread, take_back
from tests import factories
from tests.stances.acts import (
    assert_debate_holds_together,
    counters,
    debate,
    stances,
    take,
)
from tests.support.breadth import examples, wide
from tests.support.cast import cast
from tests.threads.acts import LIMITS, assert_counters_are_exact, do

_WHO = st.sampled_from(("author", "member", "facilitator", "moderator", "stranger", "visitor"))
_NUMBERS = st.integers(1, 3)
_STATES = st.sampled_from((*LIVE, ProposalState.EXISTS, ProposalState.WITHDRAWN))
_TEXTS = st.sampled_from(("it is free", "it is near", "families are asked"))


class Debated(RuleBasedStateMachine):
    """Two proposals by the same author, and everybody who may do something to them."""

    def __init__(self) -> None:
        super().__init__()
        self.people = None
        self.ids: tuple[int, ...] = ()
        self.decided: dict[tuple[int, int], ConditionState] = {}
        self.taken: dict[int, int] = {}

    @initialize()
    def begin(self) -> None:
        self.people = cast()
        self.decided, self.taken = {}, {}
        author = self.people.user("author")
        self.ids = tuple(factories.proposal(self.people.space, author).id for _ in range(2))

    def _do(self, action, who, *given, **more):
        with contextlib.suppress(DomainError):
            do(action, self.people[who], *given, **more)

    @rule(who=_WHO, which=st.integers(0, 1), choice=st.sampled_from(StanceChoice), text=_TEXTS)
    def take(self, who, which, choice, text) -> None:
        with contextlib.suppress(DomainError):
            take(self.people[who], self.ids[which], choice, condition=text)

    @rule(who=_WHO, number=_NUMBERS, verb=st.sampled_from(("join_condition", "leave_condition")))
    def ask(self, who, number, verb) -> None:
        if who != "visitor":
            self._do(getattr(actions, verb), who, self.ids[0], number)

    @rule(who=_WHO, which=st.integers(0, 1), verb=st.sampled_from(("withdraw", "confirm")))
    def think_again(self, who, which, verb) -> None:
        self._do(getattr(actions, f"{verb}_stance"), who, self.ids[which])

    @rule(who=_WHO, number=_NUMBERS)
    def adopt(self, who, number) -> None:
        draft = AdoptDraft("how", "More words.", get_post(self.ids[0], 0).revision)
        self._do(actions.adopt_condition, who, self.ids[0], number, draft, LIMITS)

    @rule(who=_WHO, number=_NUMBERS)
    def decline(self, who, number) -> None:
        self._do(actions.decline_condition, who, self.ids[0], number, "Not now.")

    @rule(who=_WHO, number=_NUMBERS, really=st.sampled_from((False, False, True)))
    def remove(self, who, number, really) -> None:
        if really:
            self._do(actions.remove_condition, who, self.ids[0], number, "It names somebody.")

    @rule(state=_STATES)
    def change_state(self, state) -> None:
        def put(actor, thread_id):
            put_state(actor, thread_id, StateDraft(state, "Because."))

        self._do(put, "author", self.ids[0])

    @rule(closes=st.booleans())
    def close(self, closes) -> None:
        if closes:
            self._do(close_thread, "moderator", self.ids[0], "Enough.")
        else:
            self._do(reopen_thread, "moderator", self.ids[0])

    @rule(which=st.integers(0, 1))
    def retire(self, which) -> None:
        self._do(actions.retire, "author", self.ids[which], self.ids[1 - which], "It is the same.")

    @rule(who=_WHO, which=st.integers(0, 1), goes=st.booleans())
    def carry(self, who, which, goes) -> None:
        if who == "visitor":
            return
        if goes:
            self._do(actions.carry_stance, who, self.ids[which], LIMITS)
        else:
            self._do(actions.leave_stance, who, self.ids[which])

    @rule(who=_WHO, number=_NUMBERS)
    def take_words_back(self, who, number) -> None:
        self._do(take_back, who, self.ids[0], number)

    @rule()
    def count(self) -> None:
        do(actions.count_groups, self.ids[0], [b"key"])

    @rule(
        who=st.sampled_from(("member", "stranger")), really=st.sampled_from((False,) * 4 + (True,))
    )
    def leave(self, who, really) -> None:
        if really:
            gone = self.people.user(who).id
            do(actions.forget_member, gone)
            self.taken = {}
            self.decided = {}

    @invariant()
    def everything_is_counted(self) -> None:
        if self.people is None:
            return
        assert_debate_holds_together()
        assert_counters_are_exact()

    @invariant()
    def nothing_is_lost_and_nothing_moves_by_itself(self) -> None:
        if self.people is None:
            return
        for thread_id in self.ids:
            number = len(stances(thread_id))
            assert number >= self.taken.get(thread_id, 0)
            self.taken[thread_id] = number
        for row in conditions_of(self.people["moderator"], self.ids[0]):
            was = self.decided.get((self.ids[0], row.number), ConditionState.OPEN)
            assert was in {ConditionState.OPEN, row.state}
            self.decided[self.ids[0], row.number] = row.state

    @invariant()
    def only_the_authors_took_none_and_what_is_over_takes_none(self) -> None:
        if self.people is None:
            return
        author = self.people["author"]
        for thread_id in self.ids:
            assert not stances(thread_id, author)
            state = db.session.get_one(Proposal, thread_id, populate_existing=True).state
            if state not in LIVE:
                assert not debate(self.people["stranger"], thread_id).may_take
            assert min(counters(thread_id).values()) >= 0


@wide
def test_no_order_of_acts_breaks_a_debate(app):
    run_state_machine_as_test(
        Debated,
        settings=settings(
            max_examples=examples(10),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
