"""Whatever people do to a case and in which order: no state that should not be."""

import contextlib

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from forum.audit.queries import verify
from forum.cases.models import OPEN, CaseState, Lane, ReportReason, ReportState, SubjectKind
from forum.cases.policy import due_at
from forum.core.actor import Restraint
from forum.core.db import db
from forum.core.errors import Conflict, DomainError
from forum.moderation import actions
from forum.moderation.actions import AnswerDraft, Penalty, reporting
from forum.moderation.actions.reporting import Statement, Target
from forum.moderation.models import Appeal, Decision, Outcome, Verdict
from forum.posts.models import PostState
from forum.sanctions.queries import get_sanction
from forum.search.queries import differences
from forum.threads.actions import CommentDraft, edit_comment, take_back
from forum.threads.actions.reviewing import Standing, Words, standing
from forum.threads.models import Thread
from tests.moderation.desk import RULES, SEALING, Desk, desk, draft
from tests.support.breadth import examples, wide
from tests.threads.acts import LIMITS, assert_counters_are_exact, do

_REPORTERS = st.sampled_from(("member", "stranger", "facilitator"))
_DECIDERS = st.sampled_from(("facilitator", "moderator", "administrator"))
_OUTCOMES = st.sampled_from(
    (
        (Outcome.NO_ACTION,),
        (Outcome.NOTE,),
        (Outcome.HIDE,),
        (Outcome.REMOVE,),
        (Outcome.CLOSE,),
        (Outcome.REDACT,),
        (Outcome.PUBLISH,),
        (Outcome.MENDED,),
        (Outcome.NOTE, Outcome.CLOSE),
        (Outcome.REDACT, Outcome.SANCTION),
        (Outcome.SANCTION,),
    )
)
# What a case may go to from each state in one step; see docs/decisions/0021.
_NEXT = {
    **dict.fromkeys(OPEN, frozenset(CaseState)),
    # Decided ones open again: to be looked at anew, or as they were when a decision is undone.
    CaseState.ACTIONED: frozenset({*OPEN, CaseState.ACTIONED}),
    CaseState.NO_ACTION: frozenset({*OPEN, CaseState.NO_ACTION}),
    CaseState.WITHDRAWN: frozenset({CaseState.NEW, CaseState.WITHDRAWN}),
}
_TEXTS = st.sampled_from(("She works near the station.", "She works nearby.", "Call for help."))


class Handled(RuleBasedStateMachine):
    """One comment, whoever reports it, whoever decides, and its author."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk | None = None
        self.before: dict[int, tuple[Standing, str, int]] = {}  # what a decision found, by its id
        self.after: dict[int, int] = {}  # and the text's revision when it was done
        self.was: CaseState | None = None

    @initialize(reason=st.sampled_from(ReportReason))
    def begin(self, reason: ReportReason) -> None:
        self.desk = desk("member", reason=reason)
        self.was = self.desk.case.state

    @rule(who=_REPORTERS, reason=st.sampled_from(ReportReason))
    def report(self, who: str, reason: ReportReason) -> None:
        target = Target(SubjectKind.POST, self.desk.post_id)
        with contextlib.suppress(DomainError):
            said = Statement(reason, "Please look.")
            do(reporting.report, self.desk.actor(who), target, said, per_day=100)

    @rule(who=_REPORTERS)
    def withdraw(self, who: str) -> None:
        actor = self.desk.actor(who)
        for report in self.desk.reports():
            if report.reporter_id == actor.id:
                with contextlib.suppress(DomainError):
                    do(reporting.withdraw, actor, report.id)

    @rule(who=_DECIDERS, verb=st.sampled_from(("take", "release")))
    def handle(self, who: str, verb: str) -> None:
        with contextlib.suppress(DomainError):
            act = getattr(actions, verb)
            do(act, self.desk.actor(who), self.desk.case_id, self.desk.version)

    @precondition(lambda self: self._is_open())
    @rule(who=_DECIDERS, verb=st.sampled_from(("escalate", "wait_for_author")))
    def ask(self, who: str, verb: str) -> None:
        with contextlib.suppress(DomainError):
            act = getattr(actions, verb)
            do(act, self.desk.actor(who), self.desk.case_id, self.desk.version, "Please.")

    @precondition(lambda self: self._is_open())
    @rule(who=_DECIDERS, outcomes=_OUTCOMES, seals=st.booleans(), unfounded=st.booleans())
    def decide(
        self, who: str, outcomes: tuple[Outcome, ...], *, seals: bool, unfounded: bool
    ) -> None:
        found = self._found()
        with contextlib.suppress(DomainError):
            decision_id = self.desk.decide(
                *outcomes,
                by=who,
                rules=SEALING if seals else RULES,
                content_note="violence" if Outcome.NOTE in outcomes else "",
                words=Words("She works somewhere.") if Outcome.REDACT in outcomes else None,
                penalty=Penalty(Restraint.MUTE, 3) if Outcome.SANCTION in outcomes else None,
                are_unfounded=unfounded and outcomes == (Outcome.NO_ACTION,),
            )
            self.before[decision_id] = found
            self.after[decision_id] = self.desk.post.revision

    @precondition(lambda self: self._latest() is not None)
    @rule(who=_DECIDERS)
    def undo(self, who: str) -> None:
        decision = self._latest()
        is_edited = self.desk.post.revision != self.after.get(decision.id)
        try:
            self.desk.undo(decision.id, by=who)
        except DomainError:
            return
        if decision.id in self.before and not is_edited:
            was, source, reports = self.before[decision.id]
            assert self._found() == (was, source, reports)

    @rule(text=_TEXTS)
    def edit(self, text: str) -> None:
        post = self.desk.post
        with contextlib.suppress(DomainError):
            do(
                edit_comment, self.desk.actor("author"), self.desk.thread_id, self.desk.number,
                CommentDraft(text), revision=post.revision, limits=LIMITS,
            )  # fmt: skip

    @rule(really=st.sampled_from((False, False, False, True)))
    def leave(self, *, really: bool) -> None:
        if not really:
            return
        with contextlib.suppress(DomainError):
            do(take_back, self.desk.actor("author"), self.desk.thread_id, self.desk.number)

    @precondition(lambda self: self._latest() is not None)
    @rule()
    def appeal(self) -> None:
        with contextlib.suppress(DomainError):
            do(actions.appeal, self.desk.actor("author"), self._latest().id, "Please.", RULES)

    @precondition(lambda self: self._is_open() and self.desk.case.lane is Lane.APPEALS)
    @rule(who=_DECIDERS, verdict=st.sampled_from(Verdict))
    def answer(self, who: str, verdict: Verdict) -> None:
        instead = draft(Outcome.NOTE, content_note="violence")
        given = AnswerDraft(verdict, "Because.", instead if verdict is Verdict.CHANGED else None)
        with contextlib.suppress(DomainError):
            actor = self.desk.actor(who)
            do(actions.answer, actor, self.desk.case_id, self.desk.version, given, RULES)

    @rule(who=_DECIDERS)
    def come_late(self, who: str) -> None:
        actor = self.desk.actor(who)
        late = self.desk.version - 1
        with pytest.raises(DomainError) as refused:
            do(actions.decide, actor, self.desk.case_id, late, draft(Outcome.NO_ACTION), RULES)
        assert isinstance(refused.value, Conflict)

    @invariant()
    def the_case_holds_together(self) -> None:
        if self.desk is None:
            return
        case = self.desk.case
        opened = [r for r in self.desk.reports() if r.state is ReportState.OPEN]
        assert case.is_open is (case.state in OPEN)
        assert case.report_count == len(opened)
        assert case.weight == sum(report.weight for report in opened)
        assert case.state in _NEXT[self.was]
        assert case.is_open or not opened
        if case.is_open:
            assert case.due_at == due_at(case.lane, case.opened_at, case.weight)
        self.was = case.state

    @invariant()
    def the_thread_holds_together(self) -> None:
        if self.desk is None:
            return
        post = self.desk.post
        assert_counters_are_exact()
        assert post.state is not PostState.WITHDRAWN or post.source == ""

    def teardown(self) -> None:
        assert verify() is None
        assert not differences()
        if self.desk is None:
            return
        appeals = db.session.scalars(sa.select(Appeal).join(Decision).where(
            Decision.case_id == self.desk.case_id, Appeal.verdict.is_not(None)
        ))  # fmt: skip
        for appeal in appeals:
            decision = self.desk.decision(appeal.decision_id)
            assert appeal.decided_by_id != decision.decided_by_id
        undone = [row for row in self._decisions() if row.undone_at is not None]
        for decision in undone:
            if "sanction" in decision.changes:
                assert not get_sanction(decision.changes["sanction"]).is_in_force

    def _is_open(self) -> bool:
        return self.desk is not None and self.desk.case.is_open

    def _found(self) -> tuple[Standing, str, int]:
        post = self.desk.post
        thread = db.session.get_one(Thread, self.desk.thread_id, populate_existing=True)
        return standing(thread, post), post.source, self.desk.case.report_count

    def _decisions(self) -> list[Decision]:
        if self.desk is None:
            return []
        statement = sa.select(Decision).where(Decision.case_id == self.desk.case_id)
        return list(db.session.scalars(statement.order_by(Decision.id)))

    def _latest(self) -> Decision | None:
        return next((row for row in reversed(self._decisions()) if row.undone_at is None), None)


@wide
def test_no_order_of_acts_breaks_a_case(app):
    run_state_machine_as_test(
        Handled,
        settings=settings(
            max_examples=examples(10),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
