"""Deciding: what becomes of the words, who hears of it, and how all of it is taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.audit.queries import verify
from forum.cases.models import Case, CaseState, ReportReason, ReportState
from forum.core import clock
from forum.core.actor import Restraint
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.markup import quote
from forum.moderation import actions
from forum.moderation.actions import Penalty
from forum.moderation.actions.sealing import forget_expired
from forum.moderation.models import Outcome, Reason, SealedText
from forum.posts.models import PostState
from forum.sanctions.queries import in_force
from forum.threads import actions as threads
from forum.threads.actions.reviewing import Words
from tests import factories
from tests.moderation.desk import (
    SEALING,
    WORDS,
    case_about_member,
    desk,
    draft,
    notifications,
    reason_id,
    report,
)
from tests.support.cast import cast
from tests.threads.acts import (
    LIMITS,
    assert_counters_are_exact,
    do,
    get,
    rows_with,
    version,
)

CLEAN = Words("She lives in a town in the north and works in a shop.")


def test_no_action_shows_again_what_reports_had_hidden(app):
    made = desk(is_hidden=True)
    assert made.thread.comment_count == 0

    made.decide(Outcome.NO_ACTION)

    assert made.post.state is PostState.PUBLISHED
    assert made.thread.comment_count == 1
    assert made.case.state is CaseState.NO_ACTION
    assert [one.state for one in made.reports()] == [ReportState.NOT_UPHELD]
    assert made.told("member") == [("report.closed", "not_upheld")]
    assert made.told("author") == [("decision.made", "no_action")]


def test_the_author_hears_nothing_where_nothing_was_done_that_they_could_see(app):
    made = desk()
    made.decide(Outcome.NO_ACTION)
    assert made.told("author") == []
    assert made.told("member") == [("report.closed", "not_upheld")]


def test_reports_that_should_not_have_been_made_count_against_their_makers(app):
    made = desk()
    made.decide(Outcome.NO_ACTION, are_unfounded=True)
    assert [one.state for one in made.reports()] == [ReportState.UNFOUNDED]


def test_a_report_is_not_unfounded_when_something_was_done(app):
    made = desk()
    with pytest.raises(Invalid):
        made.decide(Outcome.REMOVE, are_unfounded=True)
    assert made.case.state is CaseState.NEW


def test_a_content_note_stands_before_the_words(app):
    made = desk(is_hidden=True)
    made.decide(Outcome.NOTE, content_note="about violence")
    assert (made.post.state, made.post.content_note) == (PostState.PUBLISHED, "about violence")
    assert made.told("author") == [("decision.made", "note")]


@pytest.mark.parametrize("note", ["", "x" * 101])
def test_a_content_note_is_a_few_words(app, note):
    made = desk()
    with pytest.raises(Invalid) as refused:
        made.decide(Outcome.NOTE, content_note=note)
    assert refused.value.field == "content_note"


def test_what_is_hidden_waits_for_its_author(app):
    made = desk()
    made.decide(Outcome.HIDE)
    assert made.post.state is PostState.WAITING
    assert made.thread.comment_count == 0
    assert made.told("author") == [("decision.made", "hide")]
    assert [one.state for one in made.reports()] == [ReportState.UPHELD]


def test_what_is_removed_says_why_and_not_what_the_author_alone_reads(app):
    made = desk()
    made.decide(Outcome.REMOVE)
    assert made.post.state is PostState.REMOVED
    assert made.post.state_reason == "It could identify somebody"


def test_a_decision_reads_in_the_language_of_its_author(app):
    made = desk()
    made.people.user("author").language = "es"
    db.session.commit()
    made.decide(Outcome.REMOVE)
    (told,) = notifications(made.actor("author").id)
    assert told.values["why"].startswith("Tu mensaje")
    assert told.values["note"] == "A line of my own."
    assert told.path.startswith("/decisions/")


def test_a_thread_is_closed_with_its_comment_left_as_it_is(app):
    made = desk()
    made.decide(Outcome.CLOSE)
    assert made.thread.closed_at is not None
    assert made.thread.closed_reason
    assert made.post.state is PostState.PUBLISHED


def test_an_opening_takes_its_thread_with_it_and_brings_it_back(app):
    made = desk()
    opening = get(made.thread_id, 0)
    made.post_id, made.number = opening.id, 0
    made.case_id = report(made, "stranger")

    removed = made.decide(Outcome.REMOVE, by="administrator")
    assert made.thread.deleted_by_id == made.actor("administrator").id
    made.undo(removed)

    assert made.thread.deleted_at is None
    assert made.post.state is PostState.PUBLISHED


def test_identifying_details_go_everywhere(app):
    made = desk()
    quoter = factories.comment(
        made.thread,
        made.people.user("stranger"),
        f"{quote(WORDS, number=made.number, username='author')}Please take care.",
    )
    report(made, "stranger", reason=ReportReason.IDENTIFIES, is_hidden=True)

    made.decide(Outcome.REDACT, words=CLEAN)

    assert made.post.source == CLEAN.source
    assert made.post.state is PostState.PUBLISHED
    assert "Springvale" not in get(made.thread_id, quoter.number).html
    assert rows_with("Springvale") == []


def test_what_was_said_before_an_edit_goes_as_well(app):
    made = desk()
    with transaction():
        threads.edit_comment(
            made.actor("author"), made.thread_id, made.number,
            threads.CommentDraft("Springvale is where she is."),
            revision=1, limits=replace(LIMITS, grace=timedelta(0)),
        )  # fmt: skip
    made.decide(Outcome.REDACT, words=CLEAN)
    assert rows_with("Springvale") == []


def test_a_title_is_redacted_with_its_opening(app):
    made = desk()
    thread = made.thread
    opening = get(made.thread_id, 0)
    made.post_id, made.number = opening.id, 0
    thread.title = "The baker of Springvale"
    db.session.commit()
    made.case_id = report(made, "stranger")

    made.decide(Outcome.REDACT, words=Words("Some words.", title="Somebody who bakes"))

    assert made.thread.title == "Somebody who bakes"
    assert made.thread.slug == "somebody-who-bakes"


@pytest.mark.parametrize("words", [None, Words("  "), Words(WORDS)])
def test_what_stands_instead_has_to_be_other_words(app, words):
    made = desk()
    with pytest.raises(Invalid) as refused:
        made.decide(Outcome.REDACT, words=words)
    assert refused.value.field == "source"
    assert made.post.source == WORDS


def test_several_things_are_decided_in_one_step(app):
    made = desk()
    penalty = Penalty(Restraint.MUTE, 3)
    made.decide(
        *(Outcome.REDACT, Outcome.NOTE, Outcome.CLOSE, Outcome.SANCTION),
        words=CLEAN,
        content_note="about work",
        penalty=penalty,
    )
    post, thread = made.post, made.thread
    assert (post.source, post.content_note) == (CLEAN.source, "about work")
    assert thread.closed_at is not None
    author_id = made.actor("author").id
    assert author_id is not None
    (found,) = in_force(author_id)
    assert (found.kind, found.space_id) == (Restraint.MUTE, made.people.space.id)
    assert found.until is not None
    assert found.until - clock.now() > timedelta(days=2, hours=23)
    assert [kind for kind, _ in made.told("author")] == ["decision.made", "sanction.given"]


def test_only_the_sanction_is_told_where_nothing_was_done_to_the_words(app):
    made = desk()
    made.decide(Outcome.SANCTION, penalty=Penalty(Restraint.NOTICE))
    assert made.told("author") == [("sanction.given", "notice")]
    (told,) = notifications(made.actor("author").id)
    assert told.path.startswith("/decisions/")


def test_a_facilitator_sanctions_in_their_space_alone(app):
    made = desk()
    with pytest.raises(NotFound):
        made.decide(
            Outcome.SANCTION,
            by="facilitator",
            penalty=Penalty(Restraint.MUTE, 1, is_everywhere=True),
        )
    assert made.case.state is CaseState.NEW
    made.decide(Outcome.SANCTION, by="facilitator", penalty=Penalty(Restraint.MUTE, 1))
    assert made.case.state is CaseState.ACTIONED


def test_an_edit_that_mends_it_is_accepted(app):
    made = desk(is_hidden=True)
    made.decide(Outcome.MENDED, reason_id=None, note="")
    assert made.post.state is PostState.PUBLISHED
    assert made.case.state is CaseState.ACTIONED
    assert made.told("author") == [("decision.made", "mended")]
    assert made.told("member") == [("report.closed", "upheld")]


def test_a_held_post_is_let_through(app):
    made = desk(is_hidden=True)
    made.decide(Outcome.PUBLISH, reason_id=None)
    assert made.post.state is PostState.PUBLISHED
    assert made.case.state is CaseState.NO_ACTION


def test_what_changes_something_needs_a_reason_from_the_list(app):
    made = desk()
    retired = db.session.scalars(sa.select(Reason).order_by(Reason.position.desc())).first()
    retired.is_active = False
    db.session.commit()
    for given in (None, retired.id, 2**31 - 1):
        with pytest.raises(Invalid) as refused:
            made.decide(Outcome.HIDE, reason_id=given)
        assert refused.value.field == "reason"


def test_a_note_has_its_limit(app):
    made = desk()
    with pytest.raises(Invalid):
        made.decide(Outcome.HIDE, note="x" * 1001)


def test_nothing_is_done_to_words_that_the_author_has_taken_back(app):
    made = desk()
    do(threads.take_back, made.actor("author"), made.thread_id, made.number)
    with pytest.raises(Conflict):
        made.decide(Outcome.REMOVE)
    made.decide(Outcome.NO_ACTION)
    assert made.post.state is PostState.WITHDRAWN


def test_a_case_is_decided_once(app):
    made = desk()
    seen = made.version
    made.decide(Outcome.NO_ACTION)
    with pytest.raises(Conflict):
        do(
            actions.decide,
            made.actor("administrator"),
            made.case_id,
            seen,
            draft(Outcome.REMOVE),
            SEALING,
        )
    with pytest.raises(Forbidden):
        made.decide(Outcome.REMOVE)
    assert made.post.state is PostState.PUBLISHED


@pytest.mark.parametrize("name", ["author", "member", "stranger", "visitor"])
def test_others_find_no_case(app, name):
    made = desk()
    with pytest.raises(NotFound):
        made.decide(Outcome.NO_ACTION, by=name)


def test_nobody_decides_on_what_they_reported(app):
    made = desk("moderator")
    with pytest.raises(Forbidden):
        made.decide(Outcome.NO_ACTION)
    made.decide(Outcome.NO_ACTION, by="administrator")


def test_a_decision_writes_one_entry_with_what_the_numbers_need(app):
    made = desk("member", "stranger")
    made.decide(Outcome.HIDE)
    assert made.logged() == ["case.open", "case.first_look", "case.decide"]
    entry = made.entries()[-1]
    assert entry.actor_id == made.actor("moderator").id
    assert entry.after is not None
    assert entry.after["outcomes"] == ["hide"]
    assert entry.after["reasons"] == ["harasses"]
    assert entry.after["lane"] == "rules"
    assert entry.after["opened_at"] == made.case.opened_at.isoformat()
    assert entry.reason == "A line of my own."
    assert verify() is None


def test_a_decision_makes_finished_pages_stale(app):
    made = desk()
    before = version(made.thread_id)
    made.decide(Outcome.HIDE)
    assert version(made.thread_id) > before


def test_a_decided_case_is_out_of_every_hand(app):
    made = desk()
    do(actions.take, made.actor("moderator"), made.case_id, made.version)
    made.decide(Outcome.NO_ACTION)
    assert (made.case.assignee_id, made.case.is_open) == (None, False)


# Undoing


EFFECTS = {
    "no action": ((Outcome.NO_ACTION,), {}),
    "note": ((Outcome.NOTE,), {"content_note": "about violence"}),
    "hide": ((Outcome.HIDE,), {}),
    "remove": ((Outcome.REMOVE,), {}),
    "close": ((Outcome.CLOSE,), {}),
    "redact": ((Outcome.REDACT,), {"words": CLEAN}),
    "sanction": ((Outcome.SANCTION,), {"penalty": Penalty(Restraint.MUTE, 7)}),
    "several": (
        (Outcome.REDACT, Outcome.HIDE, Outcome.CLOSE, Outcome.SANCTION),
        {"words": CLEAN, "penalty": Penalty(Restraint.SLOW)},
    ),
}


def _picture(made):
    """Everything that a decision changes."""
    post, thread, case = made.post, made.thread, made.case
    author_id = made.actor("author").id
    assert author_id is not None
    return {
        "post": (post.source, post.html, post.state, post.state_reason, post.content_note),
        "thread": (thread.title, thread.closed_at, thread.closed_reason, thread.comment_count),
        "case": (case.state, case.lane, case.assignee_id, case.report_count, case.weight),
        "due": (case.due_at, case.opened_at, case.subject_revision, case.is_open),
        "reports": [(one.state, one.snapshot, one.closed_at) for one in made.reports()],
        "sanctions": in_force(author_id),
    }


@pytest.mark.parametrize("is_hidden", [False, True], ids=["in sight", "hidden"])
@pytest.mark.parametrize("what", EFFECTS)
def test_undoing_brings_everything_back_as_it_was(app, what, is_hidden):
    outcomes, values = EFFECTS[what]
    made = desk("member", "stranger", is_hidden=is_hidden)
    do(actions.take, made.actor("moderator"), made.case_id, made.version)
    before = _picture(made)

    decision_id = made.decide(*outcomes, rules=SEALING, **values)
    assert _picture(made) != before
    made.undo(decision_id)

    assert _picture(made) == before
    assert made.decision(decision_id).undone_at is not None
    assert "case.undo" in made.logged()
    assert made.events()[-1] == "undone"
    assert_counters_are_exact()
    assert verify() is None


def test_an_answer_that_comes_back_answers_its_question_again(app):
    made = desk()
    question = factories.comment(
        made.thread, made.people.user("member"), "Who knows?", is_question=True
    )
    do(
        threads.mark_answer, made.actor("member"), made.thread_id, question.number,
        answer=made.number,
    )  # fmt: skip
    decision_id = made.decide(Outcome.HIDE)
    assert get(made.thread_id, question.number).answer_id is None
    made.undo(decision_id)
    assert get(made.thread_id, question.number).answer_id == made.post_id


def test_without_a_seal_what_was_taken_out_cannot_come_back(app):
    made = desk()
    decision_id = made.decide(Outcome.REDACT, words=CLEAN)
    with pytest.raises(Forbidden):
        made.undo(decision_id)
    assert made.post.source == CLEAN.source


def test_undoing_leaves_alone_what_others_changed_since(app):
    made = desk()
    decision_id = made.decide(Outcome.CLOSE, Outcome.NOTE, content_note="about work")
    do(threads.reopen_thread, made.actor("facilitator"), made.thread_id)
    do(threads.close_thread, made.actor("facilitator"), made.thread_id, "It is settled.")
    made.undo(decision_id)
    assert made.thread.closed_reason == "It is settled."
    assert made.post.content_note == ""


def test_undoing_lifts_no_sanction_that_is_over(app):
    made = desk()
    decision_id = made.decide(Outcome.SANCTION, penalty=Penalty(Restraint.NOTICE))
    made.undo(decision_id)
    assert made.case.state is CaseState.NEW


def test_a_decision_is_undone_once(app):
    made = desk()
    decision_id = made.decide(Outcome.HIDE)
    made.undo(decision_id)
    with pytest.raises(Forbidden):
        made.undo(decision_id)


def test_a_decision_that_something_came_after_is_not_undone(app):
    made = desk()
    decision_id = made.decide(Outcome.NO_ACTION)
    report(made, "stranger", reason=ReportReason.SPAM)
    with pytest.raises(Forbidden):
        made.undo(decision_id)


def test_a_facilitator_undoes_no_decision_of_a_moderator(app):
    made = desk()
    decision_id = made.decide(Outcome.HIDE)
    with pytest.raises(Forbidden):
        made.undo(decision_id, by="facilitator")


def test_a_decision_of_another_case_is_not_found_there(app):
    made, other = desk(), desk()
    decision_id = made.decide(Outcome.HIDE)
    other.decide(Outcome.HIDE)
    with pytest.raises(NotFound):
        other.undo(decision_id)


def test_undoing_after_the_words_were_taken_back_brings_the_case_back_alone(app):
    made = desk()
    decision_id = made.decide(Outcome.HIDE)
    do(threads.take_back, made.actor("author"), made.thread_id, made.number)
    made.undo(decision_id)
    assert made.post.state is PostState.WITHDRAWN


# Seals


def test_what_is_sealed_opens_for_two_moderators_together(app):
    made = desk()
    decision_id = made.decide(Outcome.REDACT, words=CLEAN, rules=SEALING)
    first, second = made.actor("moderator"), made.actor("administrator")

    with pytest.raises(Conflict):
        do(actions.open_seal, second, made.case_id, decision_id)
    do(actions.ask_to_open, first, made.case_id, decision_id)
    with pytest.raises(Conflict):
        do(actions.open_seal, first, made.case_id, decision_id)
    content = do(actions.open_seal, second, made.case_id, decision_id)

    assert content["source"] == WORDS
    assert made.logged()[-2:] == ["case.ask_seal", "case.open_seal"]


def test_a_seal_is_nothing_for_facilitators(app):
    made = desk()
    decision_id = made.decide(Outcome.REDACT, words=CLEAN, rules=SEALING)
    with pytest.raises(NotFound):
        do(actions.ask_to_open, made.actor("facilitator"), made.case_id, decision_id)


def test_what_is_sealed_is_gone_when_its_time_is_over(app):
    made = desk()
    decision_id = made.decide(Outcome.REDACT, words=CLEAN, rules=SEALING)
    sealed = db.session.scalars(sa.select(SealedText)).one()
    assert sealed.expires_at - clock.now() > timedelta(days=29)

    forget_expired({})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SealedText)) == 1
    sealed.expires_at = clock.now() - timedelta(seconds=1)
    db.session.commit()
    with pytest.raises(Forbidden):
        made.undo(decision_id)
    forget_expired({})

    assert rows_with("Springvale") == []


# Other subjects


def test_a_shown_name_that_misleads_is_replaced_and_comes_back(app):
    people = cast()
    case_id = case_about_member(people)
    before = people.user("author").display_name
    moderator = people["moderator"]
    decision_id = do(
        actions.decide, moderator, case_id, _version(case_id),
        draft(Outcome.REDACT, words=Words("", title="A member")), SEALING,
    )  # fmt: skip
    assert _name(people) == "A member"
    do(actions.undo, moderator, case_id, _version(case_id), decision_id, "")
    assert _name(people) == before


def test_a_person_is_neither_hidden_nor_removed(app):
    people = cast()
    case_id = case_about_member(people)
    with pytest.raises(Conflict):
        do(
            actions.decide, people["moderator"], case_id, _version(case_id),
            draft(Outcome.REMOVE), SEALING,
        )  # fmt: skip


def _version(case_id):
    return db.session.get_one(Case, case_id, populate_existing=True).version


def _name(people):
    db.session.refresh(people.user("author"))
    return people.user("author").display_name


def test_the_planted_reasons_are_there_in_both_languages(app):
    assert reason_id()
    rows = db.session.scalars(sa.select(Reason)).all()
    assert len(rows) >= 10
    assert all(row.name_es and row.text_es and row.text_en for row in rows)
