"""Reporting: who may, what joins and reopens a case, what goes out of sight, and how it returns."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.audit.models import AuditEntry
from forum.cases import actions as cases
from forum.cases.models import (
    Case,
    CaseEvent,
    CaseState,
    Lane,
    Report,
    ReportReason,
    ReportState,
    SubjectKind,
)
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from forum.moderation.actions.reporting import Statement, Target, report, withdraw
from forum.notifications.models import Notification
from forum.posts.models import PostState
from forum.spaces.models import Visibility
from forum.threads import actions
from forum.threads.actions import CommentDraft, SuggestionDraft
from forum.threads.models import TagSuggestion
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, assert_counters_are_exact, do, entries, get, get_thread

IDENTIFIES, WORRIED, SPAM = ReportReason.IDENTIFIES, ReportReason.WORRIED, ReportReason.SPAM
PER_DAY = 20


@pytest.fixture
def people(app):
    return cast()


@pytest.fixture
def thread(people):
    return factories.thread(people.space, people.user("author"))


@pytest.fixture
def comment(thread, people):
    return factories.comment(thread, people.user("author"))


def say(actor, post, reason=SPAM, note="", **values):
    return do(
        report, actor, Target(SubjectKind.POST, post.id), Statement(reason, note),
        **{"per_day": PER_DAY, **values},
    )  # fmt: skip


def newcomer():
    return actor_of(factories.user(created_at=clock.now()))


def case_of(subject_id, kind=SubjectKind.POST):
    return db.session.scalars(
        sa.select(Case)
        .where(Case.subject_kind == kind, Case.subject_id == subject_id)
        .execution_options(populate_existing=True)
    ).one()


def verbs_of(case):
    return db.session.scalars(
        sa.select(CaseEvent.verb).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    ).all()


def told(user):
    return db.session.execute(
        sa.select(Notification.kind, Notification.values).where(Notification.user_id == user.id)
    ).all()


def decide(post, state=CaseState.NO_ACTION, reports=ReportState.NOT_UPHELD):
    """What a decision does to a case."""
    with transaction():
        case = cases.find_locked(SubjectKind.POST, post.id)
        cases.decide(case, state, reports, revision=get(post.thread_id, post.number).revision)


# Who may, and how often


def test_a_newcomer_can_report(comment):
    made = say(newcomer(), comment, note="  It sells things. ")

    case = case_of(comment.id)
    assert (made.note, made.revision, made.weight) == ("It sells things.", 1, 100)
    assert made.snapshot == comment.source
    assert (case.state, case.lane, case.report_count, case.weight) == (
        CaseState.NEW, Lane.RULES, 1, 100,
    )  # fmt: skip
    assert case.author_id == comment.author_id


def test_nobody_reports_their_own_post(people, comment):
    with pytest.raises(Forbidden):
        say(people["author"], comment)


def test_whoever_does_not_see_a_space_cannot_report_what_is_in_it(app):
    people = cast(Visibility.PRIVATE)
    comment = factories.comment(factories.thread(people.space))

    with pytest.raises(NotFound):
        say(people["stranger"], comment)


@pytest.mark.parametrize("state", [PostState.REMOVED, PostState.WITHDRAWN])
def test_what_is_gone_cannot_be_reported(comment, state):
    comment.state = state
    db.session.commit()

    with pytest.raises(Forbidden):
        say(newcomer(), comment)


def test_what_was_held_before_anybody_read_it_cannot_be_reported(comment):
    comment.state = PostState.WAITING
    db.session.commit()

    with pytest.raises(Forbidden):
        say(newcomer(), comment)


def test_one_member_has_one_open_report_on_a_subject(comment):
    reporter = newcomer()
    say(reporter, comment)

    with pytest.raises(Conflict):
        say(reporter, comment, ReportReason.HARASSES)
    assert case_of(comment.id).report_count == 1


def test_something_else_needs_words(comment):
    with pytest.raises(Invalid) as refused:
        say(newcomer(), comment, ReportReason.OTHER, "  ")
    assert refused.value.field == "note"

    assert say(newcomer(), comment, ReportReason.OTHER, "It is a riddle.").note


def test_reports_of_a_day_are_counted_also_those_taken_back(people, thread):
    reporter = newcomer()
    posts = [factories.comment(thread) for _ in range(3)]
    for post in posts[:2]:
        do(withdraw, reporter, say(reporter, post).id)

    with pytest.raises(TooMany) as refused:
        say(reporter, posts[2], per_day=2)
    assert 0 < refused.value.retry_after <= 24 * 3600
    say(people["moderator"], posts[0], per_day=0)
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1), tick=False):
        say(reporter, posts[2], per_day=2)


# What a case makes of them


def test_more_reports_join_the_one_case(comment):
    for reason in (SPAM, WORRIED):
        say(newcomer(), comment, reason)

    case = case_of(comment.id)
    assert (case.report_count, case.weight, case.lane) == (2, 200, Lane.WELLBEING)
    assert verbs_of(case) == ["opened", "reported", "reported"]
    assert [verb for verb, _ in entries("case", case.id)] == ["case.open"]


def test_whoever_answered_a_comment_within_the_hour_reports_it_and_the_case_says_so(
    people, thread, comment
):
    answered = factories.comment(thread, people.user("member"), reply_to=1)
    assert say(people["member"], comment).replied_before
    assert not say(people["stranger"], comment).replied_before

    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        factories.comment(thread, people.user("author"), reply_to=answered.number)
        other = get(thread.id, 3)
        assert not say(people["member"], other).replied_before


def test_whoever_answered_a_thread_reports_its_opening_and_the_case_says_so(people, thread):
    factories.comment(thread, people.user("member"))

    assert say(people["member"], get(thread.id)).replied_before


def test_a_report_that_was_taken_back_can_be_made_again(comment):
    reporter = newcomer()
    first = say(reporter, comment)
    do(withdraw, reporter, first.id)
    assert case_of(comment.id).state is CaseState.WITHDRAWN

    again = say(reporter, comment, WORRIED)

    assert again.id == first.id
    case = case_of(comment.id)
    assert (case.state, case.report_count, case.lane) == (CaseState.NEW, 1, Lane.WELLBEING)
    assert verbs_of(case) == ["opened", "reported", "withdrawn", "reopened", "reported"]


def test_a_case_stays_open_while_somebody_reports(comment):
    first, second = newcomer(), newcomer()
    one = say(first, comment)
    say(second, comment)

    do(withdraw, first, one.id)

    case = case_of(comment.id)
    assert (case.state, case.report_count, case.weight) == (CaseState.NEW, 1, 100)


def test_nobody_takes_back_what_somebody_else_reported(comment):
    made = say(newcomer(), comment)

    with pytest.raises(NotFound):
        do(withdraw, newcomer(), made.id)


def test_what_was_decided_cannot_be_taken_back(comment):
    reporter = newcomer()
    made = say(reporter, comment)
    decide(comment)

    with pytest.raises(Conflict):
        do(withdraw, reporter, made.id)


@pytest.mark.parametrize(
    ("state", "words"),
    [(CaseState.NO_ACTION, "nothing had to be done"), (CaseState.ACTIONED, "something was done")],
)
def test_what_was_decided_is_told_and_not_opened_again(comment, state, words):
    say(newcomer(), comment)
    decide(comment, state)

    with pytest.raises(Conflict, match=words):
        say(newcomer(), comment)

    case = case_of(comment.id)
    assert case.state is state
    assert db.session.scalar(sa.select(sa.func.count(Report.id))) == 1


def test_a_new_reason_opens_a_decided_case_again_and_keeps_what_was_decided(comment):
    reporter = newcomer()
    say(reporter, comment)
    decide(comment, reports=ReportState.UNFOUNDED)

    say(reporter, comment, ReportReason.HARASSES)

    assert case_of(comment.id).state is CaseState.NEW
    states = db.session.scalars(sa.select(Report.state).order_by(Report.id)).all()
    assert states == [ReportState.UNFOUNDED, ReportState.OPEN]
    assert cases.record_of(reporter.id).unfounded == 1


def test_an_edit_lets_a_decided_post_be_reported_again(people, thread, comment):
    say(newcomer(), comment)
    decide(comment)
    do(actions.edit_comment, people["author"], thread.id, 1, CommentDraft("Other words."),
       revision=1, limits=LIMITS)  # fmt: skip

    made = say(newcomer(), comment)

    assert (made.snapshot, made.revision) == ("Other words.", 2)
    assert case_of(comment.id).state is CaseState.NEW


# What goes out of sight


def test_what_identifies_someone_is_out_of_sight_at_the_first_report(people, comment):
    say(newcomer(), comment, IDENTIFIES)

    post = get(comment.thread_id, 1)
    assert (post.state, post.state_reason) == (PostState.WAITING, "identifies")
    assert case_of(comment.id).lane is Lane.PRIVACY
    assert entries("post", post.id) == [("post.hide", "identifies")]
    assert db.session.scalar(sa.select(AuditEntry.actor_id).order_by(AuditEntry.id.desc())) is None
    assert told(people.user("author")) == [("post.hidden", {"why": "identifies"})]
    assert verbs_of(case_of(comment.id)) == ["opened", "reported", "hidden"]
    assert get_thread(comment.thread_id).comment_count == 0
    assert_counters_are_exact()


def test_three_unfounded_reports_take_that_from_a_reporter(thread, comment):
    reporter = newcomer()
    for _ in range(3):
        post = factories.comment(thread)
        say(reporter, post)
        decide(post, reports=ReportState.UNFOUNDED)

    made = say(reporter, comment, IDENTIFIES)

    assert (get(comment.thread_id, 1).state, made.weight) == (PostState.PUBLISHED, 50)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        do(withdraw, reporter, made.id)
        say(reporter, comment, IDENTIFIES)
    assert get(comment.thread_id, 1).state is PostState.WAITING


def test_worry_about_an_author_never_hides_nor_counts(people, comment):
    for _ in range(5):
        say(newcomer(), comment, WORRIED)
    for _ in range(2):
        say(newcomer(), comment)
    assert get(comment.thread_id, 1).state is PostState.PUBLISHED

    say(newcomer(), comment)
    assert get(comment.thread_id, 1).state is PostState.WAITING


def test_a_space_says_how_many_reports_hide_a_post(people, comment):
    people.space.hide_at = 2
    db.session.commit()
    say(newcomer(), comment)
    assert get(comment.thread_id, 1).state is PostState.PUBLISHED

    say(newcomer(), comment)
    assert get(comment.thread_id, 1).state is PostState.WAITING


def test_reports_count_by_the_record_of_who_makes_them(thread, comment):
    reliable = [newcomer(), newcomer()]
    for _ in range(5):
        post = factories.comment(thread)
        for actor in reliable:
            say(actor, post)
        decide(post, CaseState.ACTIONED, ReportState.UPHELD)

    for actor in reliable:
        say(actor, comment)

    assert get(comment.thread_id, 1).state is PostState.WAITING  # two that weigh 150 each


def test_those_who_run_a_space_are_hidden_like_everybody(people, thread):
    for name in ("facilitator", "moderator", "administrator"):
        post = factories.comment(thread, people.user(name))
        say(newcomer(), post, IDENTIFIES)
        assert get(thread.id, post.number).state is PostState.WAITING


def test_a_hidden_opening_takes_its_thread_out_of_sight(people, thread):
    say(newcomer(), get(thread.id), IDENTIFIES)

    found = get_thread(thread.id)
    assert get(thread.id).state is PostState.WAITING
    assert (found.deleted_at is not None, found.deleted_by_id, found.deleted_reason) == (
        True, None, "",
    )  # fmt: skip


def test_who_reads_a_post_while_it_is_hidden_can_still_join_the_case(people, comment):
    say(newcomer(), comment, IDENTIFIES)
    say(newcomer(), comment, IDENTIFIES)

    assert case_of(comment.id).report_count == 2
    assert entries("post", comment.id) == [("post.hide", "identifies")]
    assert len(told(people.user("author"))) == 1


def test_members_and_suggestions_are_never_hidden(people, thread):
    do(actions.suggest_tags, people["member"], thread.id, SuggestionDraft(("education",), "No."))
    suggestion_id = db.session.scalars(sa.select(TagSuggestion.id)).one()
    for target, name in (
        (Target(SubjectKind.MEMBER, people.user("author").id), "stranger"),
        (Target(SubjectKind.SUGGESTION, suggestion_id), "facilitator"),
    ):
        do(report, people[name], target, Statement(IDENTIFIES), per_day=PER_DAY)
        case = case_of(target.id, target.kind)
        assert (case.report_count, case.state) == (1, CaseState.NEW)
        assert verbs_of(case) == ["opened", "reported"]
    assert case_of(people.user("author").id, SubjectKind.MEMBER).space_id is None


def test_suggested_tags_are_reported_by_those_who_see_them(people, thread):
    do(actions.suggest_tags, people["member"], thread.id, SuggestionDraft(("education",), "No."))
    target = Target(SubjectKind.SUGGESTION, db.session.scalars(sa.select(TagSuggestion.id)).one())

    with pytest.raises(NotFound):
        do(report, people["stranger"], target, Statement(SPAM), per_day=PER_DAY)


def test_nobody_reports_themselves(people):
    target = Target(SubjectKind.MEMBER, people.user("author").id)

    with pytest.raises(Forbidden):
        do(report, people["author"], target, Statement(SPAM), per_day=PER_DAY)


def test_a_changed_profile_can_be_reported_again(people):
    user = people.user("author")
    target = Target(SubjectKind.MEMBER, user.id)
    made = do(report, newcomer(), target, Statement(SPAM), per_day=PER_DAY)
    with transaction():
        case = cases.find_locked(SubjectKind.MEMBER, user.id)
        cases.decide(case, CaseState.NO_ACTION, ReportState.NOT_UPHELD, revision=made.revision)
    with pytest.raises(Conflict):
        do(report, newcomer(), target, Statement(SPAM), per_day=PER_DAY)

    user.display_name = "Another name"
    db.session.commit()

    assert do(report, newcomer(), target, Statement(SPAM), per_day=PER_DAY)


# What comes back


def test_a_post_hidden_by_reports_comes_back_with_the_last_one(people, thread):
    question = factories.comment(thread, is_question=True)
    answer = factories.comment(thread, people.user("author"), reply_to=question.number)
    do(actions.mark_answer, people["facilitator"], thread.id, 1, answer=2)
    first, second = newcomer(), newcomer()
    one, two = say(first, answer, IDENTIFIES), say(second, answer, IDENTIFIES)
    assert get(thread.id, 1).answer_id is None

    do(withdraw, first, one.id)
    assert get(thread.id, 2).state is PostState.WAITING
    do(withdraw, second, two.id)

    assert (get(thread.id, 2).state, get(thread.id, 2).state_reason) == (PostState.PUBLISHED, "")
    assert get(thread.id, 1).answer_id == answer.id
    case = case_of(answer.id)
    assert (case.state, case.report_count, case.weight) == (CaseState.WITHDRAWN, 0, 0)
    assert [verb for verb, _ in entries("post", answer.id)] == ["post.hide", "post.show"]
    kinds = {kind for kind, _ in told(people.user("author"))}
    assert kinds == {"post.hidden", "post.published"}
    assert_counters_are_exact()


def test_a_thread_hidden_by_a_report_comes_back_with_its_title(people, thread):
    reporter = newcomer()
    made = say(reporter, get(thread.id), IDENTIFIES)

    do(withdraw, reporter, made.id)

    found = get_thread(thread.id)
    assert (found.deleted_at, found.title) == (None, thread.title)


def test_a_post_that_was_taken_back_meanwhile_stays_gone(people, thread, comment):
    reporter = newcomer()
    made = say(reporter, comment, IDENTIFIES)
    do(actions.take_back, people["author"], thread.id, 1)
    assert verbs_of(case_of(comment.id))[-1] == "taken_back"

    do(withdraw, reporter, made.id)

    assert get(thread.id, 1).state is PostState.WITHDRAWN
    assert case_of(comment.id).state is CaseState.WITHDRAWN


def test_a_held_post_stays_in_its_lane_when_a_report_on_it_is_taken_back(people, comment):
    reporter = newcomer()
    subject = cases.Subject(SubjectKind.POST, comment.id, 1, people.space.id, comment.author_id)
    do(cases.open_case, subject, Lane.WAITING, cause="hold")
    made = say(reporter, comment, WORRIED)
    assert case_of(comment.id).lane is Lane.WELLBEING

    do(withdraw, reporter, made.id)

    case = case_of(comment.id)
    assert (case.state, case.lane) == (CaseState.NEW, Lane.WAITING)


# What the author does meanwhile


def test_an_edit_is_told_to_those_who_handle_the_case(people, thread, comment):
    say(newcomer(), comment, IDENTIFIES)
    version = case_of(comment.id).version

    do(actions.edit_comment, people["author"], thread.id, 1, CommentDraft("A town."),
       revision=1, limits=LIMITS)  # fmt: skip

    case = case_of(comment.id)
    assert (verbs_of(case)[-1], case.version) == ("edited", version + 1)
    assert get(thread.id, 1).state is PostState.WAITING


def test_whoever_leaves_takes_back_what_waits_and_their_cases_are_told(people, thread, comment):
    other = factories.comment(thread, people.user("author"))
    for post in (comment, other):
        say(newcomer(), post, IDENTIFIES)

    do(actions.take_all_back, people["author"])

    for post in (comment, other):
        assert get(thread.id, post.number).state is PostState.WITHDRAWN
        assert verbs_of(case_of(post.id))[-1] == "taken_back"
        assert case_of(post.id).report_count == 1


def test_a_case_moves_with_its_thread_to_those_who_answer_for_it(people, thread, comment):
    say(newcomer(), comment)
    elsewhere = factories.space()

    do(actions.move_thread, people["moderator"], thread.id, elsewhere.id, "It fits there.")

    assert case_of(comment.id).space_id == elsewhere.id
