"""Working on a case: whose it is, what is shared, and what opening texts costs a person."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.cases import actions as cases
from forum.cases.models import CaseState, Lane, SubjectKind
from forum.core.actor import Actor
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.markup import quote
from forum.moderation import actions
from forum.moderation.models import Exposure, Outcome
from forum.posts.models import PostState
from forum.threads import actions as threads
from forum.threads.actions.reviewing import Words
from tests import factories
from tests.moderation.desk import desk, report
from tests.threads.acts import LIMITS, do, get


def _do(made, act, by="moderator", *args):
    return do(act, made.actor(by), made.case_id, made.version, *args)


def test_taking_and_letting_go(app):
    made = desk()
    _do(made, actions.take)
    assert made.case.assignee_id == made.actor("moderator").id
    assert made.case.state is CaseState.IN_REVIEW
    _do(made, actions.release)
    assert made.case.assignee_id is None
    assert made.case.state is CaseState.NEW
    assert made.logged() == ["case.open", "case.first_look", "case.take", "case.release"]


def test_a_case_is_taken_out_of_somebody_elses_hands(app):
    made = desk()
    _do(made, actions.take, "facilitator")
    _do(made, actions.take, "moderator")
    assert made.case.assignee_id == made.actor("moderator").id
    with pytest.raises(Conflict):
        _do(made, actions.release, "facilitator")


def test_taking_twice_is_once(app):
    made = desk()
    _do(made, actions.take)
    before = made.version
    _do(made, actions.take)
    assert made.version == before


@pytest.mark.parametrize(
    ("act", "args"),
    [
        (actions.take, ()),
        (actions.release, ()),
        (actions.hand_over, ("someone", "")),
        (actions.escalate, ("Please look.",)),
        (actions.wait_for_author, ("Please change it.",)),
    ],
)
def test_whoever_shows_a_case_as_it_was_is_refused(app, act, args):
    made = desk()
    seen = made.version
    _do(made, actions.take, "facilitator")
    args = (
        (made.people.user("facilitator").username, *args[1:]) if args[:1] == ("someone",) else args
    )
    with pytest.raises(Conflict):
        do(act, made.actor("moderator"), made.case_id, seen, *args)


def test_a_case_is_handed_over_with_a_word(app):
    made = desk()
    name = made.people.user("administrator").username
    _do(made, actions.hand_over, "moderator", f"@{name}", "You know the space.")
    assert made.case.assignee_id == made.actor("administrator").id
    assert made.told("administrator") == [("case.handed_over", None)]


@pytest.mark.parametrize("name", ["author", "member", "stranger"])
def test_nobody_gets_a_case_that_they_could_not_decide(app, name):
    made = desk()
    with pytest.raises(Invalid) as refused:
        _do(made, actions.hand_over, "moderator", made.people.user(name).username, "")
    assert refused.value.field == "username"


def test_a_facilitator_asks_for_a_moderator(app):
    made = desk()
    _do(made, actions.escalate, "facilitator", "This is beyond me.")
    assert made.case.state is CaseState.ESCALATED
    with pytest.raises(Forbidden):
        made.decide(Outcome.NO_ACTION, by="facilitator")
    with pytest.raises(Forbidden):
        _do(made, actions.take, "facilitator")
    _do(made, actions.take)
    assert made.case.state is CaseState.IN_REVIEW


def test_a_note_is_shared_and_stops_nobody(app):
    made = desk()
    before = made.version
    do(actions.add_note, made.actor("facilitator"), made.case_id, "I know them.")
    assert made.events()[-1] == "note"
    assert made.version == before
    with pytest.raises(Invalid):
        do(actions.add_note, made.actor("facilitator"), made.case_id, "  ")


def test_the_author_is_asked_to_change_it_and_the_edit_brings_the_case_back(app):
    made = desk(is_hidden=True)
    _do(made, actions.take)
    _do(made, actions.wait_for_author, "moderator", "Please leave out the town.")
    assert made.case.state is CaseState.WAITING_FOR_AUTHOR
    assert made.told("author") == [("post.mend", None)]
    with transaction():
        cases.edited(SubjectKind.POST, made.post_id, made.actor("author").id)
    assert made.case.state is CaseState.IN_REVIEW


def test_the_first_look_is_noted_once_each_time_a_case_opens(app):
    made = desk()
    for name in ("moderator", "administrator"):
        do(actions.look, made.actor(name), made.case_id)
    assert made.logged().count("case.first_look") == 1
    assert made.case.first_human_at is not None
    made.decide(Outcome.NO_ACTION)
    do(actions.look, made.actor("moderator"), made.case_id)
    assert made.logged().count("case.first_look") == 1

    report(made, "stranger")
    assert made.case.first_human_at is None
    do(actions.look, made.actor("moderator"), made.case_id)
    assert made.logged().count("case.first_look") == 2


def test_looking_is_for_whoever_handles_the_case(app):
    made = desk()
    with pytest.raises(NotFound):
        do(actions.look, made.actor("stranger"), made.case_id)
    assert made.case.first_human_at is None


def test_opened_texts_are_counted_by_the_day_of_the_person(app):
    made = desk()
    them = made.actor("moderator")
    in_auckland = Actor(id=them.id, role=them.role, timezone="Pacific/Auckland")
    with time_machine.travel("2026-03-01T10:30:00+00:00", tick=False) as at:
        assert do(actions.count_opened_text, in_auckland, made.case_id) == 1
        assert do(actions.count_opened_text, in_auckland, made.case_id) == 2
        at.shift(timedelta(hours=1))  # past midnight there
        assert do(actions.count_opened_text, in_auckland, made.case_id) == 1
    days = db.session.scalars(sa.select(Exposure.day).order_by(Exposure.day)).all()
    assert list(days) == ["2026-03-01", "2026-03-02"]


def test_words_that_were_quoted_while_they_were_being_hidden_go_as_well(app):
    made = desk(is_hidden=True)
    words = quote("Springvale", number=made.number, username="author")
    quoter = factories.comment(made.thread, made.people.user("stranger"), f"{words}I see.")
    made.decide(Outcome.REDACT, words=Words("A town."))
    assert "Springvale" not in get(made.thread_id, quoter.number).source


def test_an_edit_of_what_was_hidden_brings_its_case_back(app):
    made = desk()
    made.decide(Outcome.HIDE)
    assert not made.case.is_open
    do(
        threads.edit_comment, made.actor("author"), made.thread_id, made.number,
        threads.CommentDraft("She lives in a town."), revision=1, limits=LIMITS,
    )  # fmt: skip
    assert (made.case.is_open, made.case.lane) == (True, Lane.WAITING)
    assert made.post.state is PostState.WAITING
    made.decide(Outcome.MENDED, reason_id=None)
    assert made.post.state is PostState.PUBLISHED


def test_an_edit_of_what_is_in_sight_leaves_its_case_decided(app):
    made = desk()
    made.decide(Outcome.NO_ACTION)
    do(
        threads.edit_comment, made.actor("author"), made.thread_id, made.number,
        threads.CommentDraft("She lives in a town."), revision=1, limits=LIMITS,
    )  # fmt: skip
    assert not made.case.is_open
