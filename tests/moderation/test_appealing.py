"""Appeals: once, in time, answered by somebody else, and told."""

from datetime import timedelta

import pytest

from forum.accounts.tokens import suspension_token
from forum.audit.queries import verify
from forum.cases.models import CaseState, Lane, ReportState
from forum.core.actor import Actor, Restraint
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.moderation import actions
from forum.moderation.actions import AnswerDraft, Penalty
from forum.moderation.models import Outcome, Verdict
from forum.posts.models import PostState
from forum.sanctions.queries import in_force
from forum.spaces.actions import sanction_member
from forum.threads.actions.reviewing import Words
from tests.conftest import SECRET
from tests.moderation.desk import RULES, SEALING, Desk, desk, draft, notifications, report
from tests.support.pages import Browser
from tests.threads.acts import do

MUTED = {"penalty": Penalty(Restraint.MUTE, 7)}


def _appeal(made: Desk, decision_id: int, name: str = "author", text: str = "It was a joke."):
    do(actions.appeal, made.actor(name), decision_id, text, RULES)


def _answer(
    made: Desk, verdict: Verdict, by: str = "administrator", decision=None, why="I read it."
):
    answer = AnswerDraft(verdict, why, decision)
    do(actions.answer, made.actor(by), made.case_id, made.version, answer, RULES)


def _appealed(*outcomes: Outcome, is_hidden: bool = False, **values) -> tuple[Desk, int]:
    made = desk(is_hidden=is_hidden)
    decision_id = made.decide(*(outcomes or (Outcome.REMOVE,)), **values)
    _appeal(made, decision_id)
    return made, decision_id


def test_an_appeal_brings_the_case_back_in_its_own_lane(app):
    made, _ = _appealed()
    case = made.case
    assert (case.lane, case.state, case.is_open) == (Lane.APPEALS, CaseState.NEW, True)
    assert made.told("author")[-1] == ("appeal.received", None)
    assert made.events()[-2:] == ["appealed", "reopened"]
    assert made.post.state is PostState.REMOVED


def test_nobody_else_appeals(app):
    made = desk()
    decision_id = made.decide(Outcome.REMOVE)
    for name in ("member", "moderator", "stranger"):
        with pytest.raises(NotFound):
            _appeal(made, decision_id, name)


def test_an_appeal_is_made_once(app):
    made, decision_id = _appealed()
    with pytest.raises(Conflict):
        _appeal(made, decision_id)
    _answer(made, Verdict.UPHELD)
    with pytest.raises(Conflict):
        _appeal(made, decision_id)


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_an_appeal_says_why(app, text):
    made = desk()
    decision_id = made.decide(Outcome.REMOVE)
    with pytest.raises(Invalid) as refused:
        _appeal(made, decision_id, text=text)
    assert refused.value.field == "text"


def test_an_appeal_after_thirty_days_is_too_late(app):
    made = desk()
    decision_id = made.decide(Outcome.REMOVE)
    made.decision(decision_id).decided_at -= timedelta(days=30, seconds=1)
    db.session.commit()
    with pytest.raises(Conflict):
        _appeal(made, decision_id)


def test_nobody_answers_an_appeal_against_their_own_decision(app):
    made, _ = _appealed()
    with pytest.raises(Forbidden):
        _answer(made, Verdict.UPHELD, by="moderator")
    _answer(made, Verdict.UPHELD, by="facilitator")


def test_while_an_appeal_waits_it_is_answered_and_nothing_else_is_decided(app):
    made, decision_id = _appealed()
    with pytest.raises(Conflict):
        made.decide(Outcome.NO_ACTION, by="administrator")
    with pytest.raises(Conflict):
        made.undo(decision_id, by="administrator")
    with pytest.raises(Forbidden):
        made.undo(decision_id)


def test_a_decision_that_is_upheld_stays(app):
    made, _ = _appealed()
    _answer(made, Verdict.UPHELD, why="It hurts.")
    assert made.post.state is PostState.REMOVED
    assert made.case.state is CaseState.ACTIONED
    assert made.told("author")[-1] == ("appeal.decided", "upheld")
    assert notifications(made.actor("author").id)[-1].values["note"] == "It hurts."
    assert made.logged()[-1] == "appeal.decide"
    assert (made.entries()[-1].after or {})["verdict"] == "upheld"


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_decision_that_is_reversed_leaves_no_trace_on_the_post(app, is_hidden):
    made, decision_id = _appealed(Outcome.REMOVE, Outcome.SANCTION, is_hidden=is_hidden, **MUTED)
    author_id = made.actor("author").id
    assert author_id is not None
    assert in_force(author_id)

    _answer(made, Verdict.REVERSED)

    assert made.post.state is PostState.PUBLISHED
    assert in_force(author_id) == ()
    assert made.case.state is CaseState.NO_ACTION
    assert made.decision(decision_id).undone_at is not None
    assert [one.state for one in made.reports()] == [ReportState.NOT_UPHELD]
    assert made.told("member")[-1] == ("report.closed", "not_upheld")
    assert verify() is None


def test_a_decision_that_is_changed_gives_way_to_another(app):
    made, first = _appealed(Outcome.REMOVE, Outcome.SANCTION, **MUTED)
    author_id = made.actor("author").id
    assert author_id is not None

    other = draft(Outcome.NOTE, content_note="a joke")
    _answer(made, Verdict.CHANGED, decision=other)

    assert (made.post.state, made.post.content_note) == (PostState.PUBLISHED, "a joke")
    assert in_force(author_id) == ()
    assert made.case.state is CaseState.ACTIONED
    assert made.decision(first).undone_at is not None
    assert ("appeal.decided", "changed") in made.told("author")
    assert "case.decide" in made.logged()
    assert made.logged()[-1] == "appeal.decide"


def test_a_change_says_to_what(app):
    made, _ = _appealed()
    with pytest.raises(Invalid):
        _answer(made, Verdict.CHANGED)
    assert made.post.state is PostState.REMOVED


def test_what_is_gone_for_good_stays_away_and_the_rest_is_reversed(app):
    made, _ = _appealed(Outcome.REDACT, Outcome.CLOSE, words=Words("A town."))
    _answer(made, Verdict.REVERSED)
    assert made.post.source == "A town."
    assert made.thread.closed_at is None


def test_what_is_sealed_comes_back_when_the_decision_is_reversed(app):
    made = desk()
    before = made.post.source
    decision_id = made.decide(Outcome.REDACT, words=Words("A town."), rules=SEALING)
    _appeal(made, decision_id)
    _answer(made, Verdict.REVERSED)
    assert made.post.source == before


def test_an_answer_leaves_new_reports_open(app):
    made, _ = _appealed(Outcome.NOTE, content_note="a joke")
    report(made, "stranger")
    _answer(made, Verdict.UPHELD)
    assert made.case.is_open
    assert made.reports()[-1].state is ReportState.OPEN
    with pytest.raises(Conflict):
        _answer(made, Verdict.UPHELD)


def test_a_suspended_member_appeals_as_nobody_but_themselves(app):
    made = desk()
    decision_id = made.decide(
        Outcome.SANCTION, penalty=Penalty(Restraint.SUSPEND, 30, is_everywhere=True)
    )
    bare = Actor(id=made.actor("author").id)
    do(actions.appeal, bare, decision_id, "It was a joke.", RULES)
    _answer(made, Verdict.REVERSED)
    assert in_force(bare.id or 0) == ()


def _suspended(made: Desk) -> tuple[int, str]:
    """The sanction, and the signed link that the sign-in page of its member holds."""
    decision_id = made.decide(
        Outcome.SANCTION, penalty=Penalty(Restraint.SUSPEND, 30, is_everywhere=True)
    )
    sanction_id = made.decision(decision_id).changes["sanction"]
    return sanction_id, suspension_token(SECRET, sanction_id)


def test_somebody_who_cannot_sign_in_appeals_by_a_signed_link(app):
    made = desk()
    _sanction_id, token = _suspended(made)
    browser = Browser(app)
    empty = browser.post("/suspended/appeal", {"token": token, "text": ""})
    assert empty.status_code == 422
    sent = browser.post("/suspended/appeal", {"token": token, "text": "It was a joke."})
    assert sent.status_code == 200
    assert "Your appeal has arrived" in sent.text
    assert made.case.lane is Lane.APPEALS
    again = browser.post("/suspended/appeal", {"token": token, "text": "Once more."})
    assert again.status_code == 409
    assert "Once more." in again.text


@pytest.mark.parametrize("token", ["", "forged", "WyIxIl0.x.y"])
def test_a_link_that_nobody_signed_appeals_nothing(app, token):
    response = Browser(app).post("/suspended/appeal", {"token": token, "text": "A joke."})
    assert response.status_code == 422
    assert "A joke." in response.text


def test_a_sanction_without_a_case_is_not_appealed_here(app):
    made = desk()
    author_id = made.actor("author").id
    assert author_id is not None
    sanction_id = do(
        sanction_member,
        made.actor("moderator"),
        author_id,
        kind=Restraint.EXCLUDE,
        space_id=None,
        until=None,
        reason="It was asked for.",
    )
    token = suspension_token(SECRET, sanction_id)
    response = Browser(app).post("/suspended/appeal", {"token": token, "text": "A joke."})
    assert response.status_code == 422
