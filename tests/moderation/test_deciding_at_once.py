"""Two people who decide at the same moment, and decisions against withdrawals and edits."""

import pytest

from forum.audit.queries import verify
from forum.cases.models import CaseState, ReportReason, ReportState, SubjectKind
from forum.core.actor import Restraint
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden
from forum.moderation import actions
from forum.moderation.actions import AnswerDraft, Penalty
from forum.moderation.actions.reporting import Statement, Target, report, withdraw
from forum.moderation.models import Outcome, Verdict
from forum.posts.models import PostState
from forum.threads import actions as threads
from forum.threads.actions import CommentDraft
from forum.threads.actions.reviewing import Words
from tests.moderation.desk import RULES, SEALING, Desk, desk, draft
from tests.support.at_once import at_once, errors_among
from tests.threads.acts import LIMITS, assert_counters_are_exact, do

ROUNDS = 4


def _deciding(made: Desk, name: str, *outcomes: Outcome, version: int, **values):
    actor, given = made.actor(name), draft(*outcomes, **values)
    db.session.rollback()
    return lambda: do(actions.decide, actor, made.case_id, version, given, RULES)


def _well(made: Desk) -> None:
    assert_counters_are_exact()
    assert verify() is None
    decided = made.logged().count("case.decide")
    assert decided == made.events().count("decided")


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(forum, here):
    for _ in range(ROUNDS):
        made = desk("member", "stranger")
        seen = made.version
        muted = {"penalty": Penalty(Restraint.SUSPEND, 7, is_everywhere=True)}
        results = at_once(
            forum,
            _deciding(made, "moderator", Outcome.REMOVE, version=seen),
            _deciding(made, "administrator", Outcome.NOTE, Outcome.SANCTION, version=seen,
                      content_note="a note", **muted),
        )  # fmt: skip
        (lost,) = errors_among(results)
        assert isinstance(lost, Conflict), lost
        assert made.logged().count("case.decide") == 1
        is_removed = not isinstance(results[0], Exception)
        assert (made.post.state is PostState.REMOVED) is is_removed
        assert (made.post.content_note == "a note") is not is_removed
        assert len([one for one in made.told("member") if one[0] == "report.closed"]) == 1
        _well(made)


def test_a_decision_against_a_withdrawal(forum, here):
    for _ in range(ROUNDS):
        made = desk("member")
        report_id, member, seen = made.reports()[0].id, made.actor("member"), made.version
        decided, taken = at_once(
            forum,
            _deciding(made, "moderator", Outcome.HIDE, version=seen),
            lambda: do(withdraw, member, report_id),  # noqa: B023 - run before the next round
        )
        if isinstance(taken, Exception):
            assert isinstance(taken, Conflict), taken
            assert made.case.state is CaseState.ACTIONED
            assert made.reports()[0].state is ReportState.UPHELD
            assert made.post.state is PostState.WAITING
        else:
            assert isinstance(decided, Conflict | Forbidden), decided
            assert made.case.state is CaseState.WITHDRAWN
            assert made.post.state is PostState.PUBLISHED
        _well(made)


def test_a_decision_against_an_edit(forum, here):
    for _ in range(ROUNDS):
        made = desk("member")
        author, seen = made.actor("author"), made.version
        edit = CommentDraft("She lives in a town.")
        decided, edited = at_once(
            forum,
            _deciding(made, "moderator", Outcome.REDACT, version=seen, words=Words("A town.")),
            lambda: do(
                threads.edit_comment, author, made.thread_id, made.number, edit,  # noqa: B023
                revision=1, limits=LIMITS,
            ),
        )  # fmt: skip
        # Whoever came second acted on words that were there no more, and is told so.
        (lost,) = errors_among([decided, edited])
        assert isinstance(lost, Conflict), lost
        expected = "A town." if lost is edited else "She lives in a town."
        assert made.post.source == expected
        _well(made)


def test_a_decision_against_a_report_of_somebody_else(forum, here):
    for _ in range(ROUNDS):
        made = desk("member")
        stranger, seen = made.actor("stranger"), made.version
        target = Target(SubjectKind.POST, made.post_id)
        penalty = Penalty(Restraint.SUSPEND, 7, is_everywhere=True)
        decided, reported = at_once(
            forum,
            _deciding(made, "moderator", Outcome.SANCTION, version=seen, penalty=penalty),
            lambda: do(report, stranger, target, Statement(ReportReason.SPAM), per_day=20).id,  # noqa: B023
        )
        assert not isinstance(decided, Exception) or isinstance(decided, Conflict), decided
        assert not isinstance(reported, Exception), reported
        _well(made)


def test_two_appeals_and_two_answers_are_one(forum, here):
    made = desk("member")
    decision_id = made.decide(Outcome.REMOVE, Outcome.SANCTION, rules=SEALING,
                              penalty=Penalty(Restraint.MUTE, 7))  # fmt: skip
    author = made.actor("author")
    db.session.rollback()
    results = at_once(forum, *[lambda: do(actions.appeal, author, decision_id, "Why?", RULES)] * 2)
    assert len(errors_among(results)) == 1
    assert made.events().count("appealed") == 1

    seen = made.version
    administrator, facilitator = made.actor("administrator"), made.actor("facilitator")
    given = AnswerDraft(Verdict.REVERSED, "You are right.")
    db.session.rollback()
    results = at_once(
        forum,
        *(
            lambda actor=actor: do(actions.answer, actor, made.case_id, seen, given, RULES)
            for actor in (administrator, facilitator)
        ),
    )
    (lost,) = errors_among(results)
    assert isinstance(lost, Conflict), lost
    assert made.post.state is PostState.PUBLISHED
    _well(made)


def test_two_who_undo_at_once_undo_once(forum, here):
    made = desk("member")
    decision_id = made.decide(Outcome.HIDE)
    seen = made.version
    people = [made.actor("moderator"), made.actor("administrator")]
    db.session.rollback()
    results = at_once(
        forum,
        *(
            lambda actor=actor: do(actions.undo, actor, made.case_id, seen, decision_id, "")
            for actor in people
        ),
    )
    (lost,) = errors_among(results)
    assert isinstance(lost, Conflict), lost
    assert made.logged().count("case.undo") == 1
    assert made.reports()[0].state is ReportState.OPEN
    with pytest.raises(Forbidden):
        made.undo(decision_id)
