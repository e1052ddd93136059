"""Slow mode: by hand for a thread, and by heat where a branch is reported."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.audit.models import AuditEntry
from forum.cases import actions as cases
from forum.cases.actions import ReportDraft, Subject
from forum.cases.models import Lane, ReportReason, SubjectKind
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, TooMany
from forum.threads import actions
from forum.threads.actions import CommentDraft, SlowDraft
from tests import factories
from tests.support.cast import cast
from tests.support.queries import statements
from tests.threads.acts import LIMITS, do, entries, get_thread

NOON = "2026-03-02T12:00:00+00:00"
WHY = "Everybody needs a breath."


def _slow(actor, thread, **values):
    draft = SlowDraft(**{"minutes": 15, "hours": 1, "reason": WHY, **values})
    do(actions.slow_thread, actor, thread.id, draft)


def _comment(actor, thread, **values):
    return do(actions.add_comment, actor, thread.id, CommentDraft("Words.", **values), LIMITS)


def _report(post, *members):
    """Let each of these report a post."""
    for member in members:
        with transaction():
            subject = Subject(SubjectKind.POST, post.id, 1, None, post.author_id)
            case = cases.open_case(subject, Lane.RULES, cause="harasses")
            draft = ReportDraft(ReportReason.HARASSES, "", "Words.")
            cases.add_report(case, member.id, draft, revision=1)


@pytest.fixture
def people(app):
    with time_machine.travel("2026-01-01T12:00:00+00:00", tick=False):
        return cast()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


# -- By hand -----------------------------------------------------------------------------------


def test_in_a_slow_thread_each_waits_between_two_posts(people, clock):
    thread = factories.thread(people.space)
    _slow(people["facilitator"], thread)
    _comment(people["member"], thread)
    _comment(people["author"], thread)
    clock.shift(timedelta(minutes=14))

    with pytest.raises(TooMany) as refused:
        _comment(people["member"], thread)

    assert "12:15" in refused.value.message
    assert refused.value.retry_after == 60
    clock.shift(timedelta(minutes=1))
    _comment(people["member"], thread)


def test_it_ends_by_itself_and_by_hand(people, clock):
    thread = factories.thread(people.space)
    _slow(people["facilitator"], thread, minutes=60)
    _comment(people["member"], thread)
    clock.shift(timedelta(minutes=59))
    with pytest.raises(TooMany):
        _comment(people["member"], thread)
    do(actions.unslow_thread, people["facilitator"], thread.id)
    _comment(people["member"], thread)

    _slow(people["facilitator"], thread, minutes=60)
    clock.shift(timedelta(hours=1))
    _comment(people["member"], thread)
    do(actions.unslow_thread, people["facilitator"], thread.id)  # over already: nothing to log
    assert [verb for verb, _ in entries("thread", thread.id)] == [
        "thread.slow", "thread.unslow", "thread.slow",
    ]  # fmt: skip


def test_posts_elsewhere_do_not_count(people, clock):
    thread = factories.thread(people.space)
    _slow(people["facilitator"], thread)
    _comment(people["member"], factories.thread(people.space))
    _comment(people["member"], thread)


@pytest.mark.parametrize("name", ["facilitator", "moderator", "administrator"])
def test_those_who_run_the_space_slow_it_down_and_are_exempt(people, clock, name):
    thread = factories.thread(people.space)
    _slow(people[name], thread)
    _comment(people[name], thread)
    _comment(people[name], thread)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "thread.slow")).one()
    assert (entry.reason, entry.role, entry.space_id) == (WHY, name, people.space.id)
    assert entry.after == {"minutes": 15, "until": "2026-03-02T13:00:00.000000+00:00"}


@pytest.mark.parametrize("name", ["author", "member", "stranger", "visitor"])
def test_others_slow_nothing_down(people, name):
    thread = factories.thread(people.space, people.user("author"))
    with pytest.raises(Forbidden):
        _slow(people[name], thread)
    with pytest.raises(Forbidden):
        do(actions.unslow_thread, people[name], thread.id)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"minutes": 4}, "minutes"), ({"hours": 2}, "hours"), ({"reason": " "}, "reason")],
)
def test_what_is_not_offered_is_refused(people, values, field):
    with pytest.raises(Invalid) as refused:
        _slow(people["facilitator"], factories.thread(people.space), **values)
    assert refused.value.field == field


def test_a_closed_thread_cannot_be_slowed_down(people):
    thread = factories.thread(people.space)
    do(actions.close_thread, people["facilitator"], thread.id, WHY)
    with pytest.raises(Conflict):
        _slow(people["facilitator"], thread)


def test_the_page_says_until_when_and_gives_the_text_back(browser, people, clock):
    thread = factories.thread(people.space)
    browser.sign_in(people.user("facilitator"))
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert f"/t/{thread.id}/slow" in page
    assert browser.get(f"/t/{thread.id}/slow").status_code == 200
    sent = browser.post(f"/t/{thread.id}/slow", {"minutes": "15", "hours": "6", "reason": WHY})
    assert sent.status_code == 303
    assert get_thread(thread.id).slow_minutes == 15
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert "Slowed down" in page
    assert "18:00" in page
    assert f"/t/{thread.id}/unslow" in page

    browser.sign_in(people.user("member"))
    browser.post(f"/t/{thread.id}/reply", {"source": "The first words."})
    refused = browser.post(f"/t/{thread.id}/reply", {"source": "The second words."})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    assert "The second words.</textarea>" in refused.text
    assert "12:15" in refused.text


# -- By heat -----------------------------------------------------------------------------------


@pytest.fixture
def branch(people, clock):
    """A comment with a reply to it, some time ago, in a thread of the space."""
    thread = factories.thread(people.space)
    first = factories.comment(thread)
    second = factories.comment(thread, reply_to=first.number)
    return thread, first, second


def test_replies_wait_where_several_reports_are_above_them(people, clock, branch):
    thread, first, second = branch
    _report(first, factories.user())
    _comment(people["member"], thread, reply_to=second.number)
    _comment(people["member"], thread, reply_to=second.number)  # one report: it may be a mistake

    _report(second, factories.user(), factories.user())
    with pytest.raises(TooMany) as refused:
        _comment(people["member"], thread, reply_to=second.number)

    assert refused.value.retry_after == 5 * 60  # two minutes and one for each of three reports
    assert "12:05" in refused.value.message
    clock.shift(timedelta(minutes=5))
    _comment(people["member"], thread, reply_to=second.number)


def test_ones_own_reports_count_twice(people, clock, branch):
    thread, _first, second = branch
    _report(second, people.user("member"), factories.user())
    for name, minutes in (("member", 5), ("author", 4)):
        _comment(people[name], thread)
        with pytest.raises(TooMany) as refused:
            _comment(people[name], thread, reply_to=second.number)
        assert refused.value.retry_after == minutes * 60


def test_heat_stays_in_its_branch(people, clock, branch):
    thread, first, second = branch
    other = factories.comment(thread)
    _report(second, factories.user(), factories.user())
    _comment(people["member"], thread)
    _comment(people["member"], thread, reply_to=other.number)
    _comment(people["member"], thread, reply_to=first.number)  # above what was reported


def test_what_was_decided_or_withdrawn_is_no_heat(people, clock, branch):
    thread, _first, second = branch
    reporters = [factories.user(), factories.user()]
    _report(second, *reporters)
    _comment(people["member"], thread)
    with transaction():
        case = cases.find_locked(SubjectKind.POST, second.id)
        for report in _reports(case):
            cases.withdraw_report(case, report)
    _comment(people["member"], thread, reply_to=second.number)


def _reports(case):
    return db.session.scalars(sa.select(cases.Report).where(cases.Report.case_id == case.id)).all()


def test_those_who_run_the_space_need_not_wait(people, clock, branch):
    thread, _first, second = branch
    _report(second, factories.user(), factories.user())
    for _ in range(2):
        _comment(people["facilitator"], thread, reply_to=second.number)


def test_the_longer_of_two_pauses_holds(people, clock, branch):
    thread, _first, second = branch
    _report(second, factories.user(), factories.user())
    _slow(people["facilitator"], thread, minutes=15)
    _comment(people["member"], thread)
    with pytest.raises(TooMany) as refused:
        _comment(people["member"], thread, reply_to=second.number)
    assert refused.value.retry_after == 15 * 60


def test_asking_for_heat_is_one_statement_however_deep(people, clock):
    thread = factories.thread(people.space)
    numbers = [0]
    for _ in range(12):
        numbers.append(factories.comment(thread, reply_to=numbers[-1]).number)
    for number in (numbers[1], numbers[-1]):
        with statements() as sent:
            _comment(people["member"], thread, reply_to=number)
        assert len([one for one in sent if "FROM report" in one]) == 1


def test_an_answer_to_the_thread_asks_for_none(people, clock):
    thread = factories.thread(people.space)
    with statements() as sent:
        _comment(people["member"], thread)
    assert not [one for one in sent if "FROM report" in one]
