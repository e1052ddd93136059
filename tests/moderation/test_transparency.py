"""What everybody may know of moderation: counted from entries of the log, and nobody in it."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.audit import queries
from forum.audit.actions import record
from forum.cases.models import Case, ReportReason, SubjectKind
from forum.core.db import db, transaction
from forum.moderation import actions
from forum.moderation.actions import AnswerDraft
from forum.moderation.actions.reporting import Statement, Target, report
from forum.moderation.models import Outcome, Verdict
from forum.moderation.transparency import COUNTED, Act, Figures, figures, shown, spell
from forum.spaces.models import Visibility
from tests import factories
from tests.moderation.desk import RULES, desk, draft
from tests.support.queries import statements
from tests.threads.acts import do

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _case(number, *, look=None, decide=None, reason="spam", outcomes=("remove",), at=START):
    """The entries of one case: opened, looked at and decided so many hours later."""
    acts = [
        Act(at, "case.open", case_id=number, after={"reason": reason, "lane": "rules"}),
    ]
    if look is not None:
        acts.append(Act(at + look * HOUR, "case.first_look", case_id=number))
    if decide is not None:
        after = {
            "outcomes": list(outcomes), "reasons": [reason], "lane": "rules",
            "opened_at": at.isoformat(),
        }  # fmt: skip
        acts.append(Act(at + decide * HOUR, "case.decide", case_id=number, after=after))
    return acts


def _in_order(*cases):
    return sorted((act for case in cases for act in case), key=lambda act: act.at)


def test_an_empty_log_has_no_figures():
    assert figures([]) == Figures({}, {}, None, None, 0, 0)


def test_cases_are_counted_by_reason_and_decisions_by_outcome():
    found = figures(
        _in_order(
            *[_case(n, decide=1) for n in range(6)],
            *[_case(n, reason="identifies", decide=1, outcomes=["redact", "note"])
              for n in (10, 11)],
            _case(20, reason="worried"),
        )
    )  # fmt: skip
    assert found.reasons == {"spam": 6, "identifies": 2, "worried": 1}
    assert found.outcomes == {"remove": 6, "redact": 2, "note": 2}


def test_times_are_the_middle_of_what_they_took():
    found = figures(
        _in_order(*[_case(n, look=look, decide=9 - n) for n, look in enumerate((1, 2, 3, 8, 4))])
    )
    # The fourth was decided (at 6) before anybody's look was noted (at 8): that was a look too.
    assert found.to_first_look == 3 * HOUR
    assert found.to_decision == 7 * HOUR


def test_times_of_few_cases_are_not_told():
    found = figures(_in_order(*[_case(n, look=1, decide=2) for n in range(4)]))
    assert (found.to_first_look, found.to_decision) == (None, None)


def test_a_case_that_opens_again_is_counted_and_timed_again():
    again = [
        *_case(1, look=1, decide=2),
        *_case(1, look=3, decide=4, at=START + 24 * HOUR),
    ]
    others = [_case(n, look=3, decide=4) for n in range(2, 6)]
    found = figures(_in_order(again, *others))
    assert found.reasons == {"spam": 6}
    assert found.to_first_look == 3 * HOUR
    assert found.to_decision == 4 * HOUR


def test_a_case_is_known_by_its_subject_where_no_case_is_named():
    opened = Act(START, "case.open", subject_kind="case", subject_id=7, after={"cause": "word"})
    acts = [[opened, Act(START + HOUR, "case.first_look", case_id=7)]]
    found = figures(_in_order(*acts, *[_case(n, look=1) for n in range(10, 14)]))
    assert found.to_first_look == HOUR
    assert found.reasons == {"spam": 4, "word": 1}


def test_the_share_of_reversed_decisions_is_told_from_five_appeals_on():
    verdicts = ["reversed", "upheld", "changed", "upheld", "reversed"]
    acts = [Act(START, "appeal.decide", after={"verdict": verdict}) for verdict in verdicts]
    assert figures(acts).reversed_percent == 40
    assert figures(acts[:4]).reversed_percent is None


@pytest.mark.parametrize("after", [{}, {"outcomes": "x", "opened_at": "x"}, {"opened_at": None}])
def test_an_entry_of_another_version_breaks_nothing(after):
    found = figures([Act(START, "case.decide", case_id=1, after=after)])
    assert (found.outcomes, found.to_decision) == ({}, None)


def test_what_is_not_counted_is_passed_over():
    assert figures([Act(START, "thread.close", case_id=1)]) == figures([])


PUBLIC = frozenset({1})


def test_an_act_on_a_thread_that_everybody_reads_says_which():
    act = Act(START, "thread.close", "facilitator", "thread", 12, 1)
    assert shown(act, PUBLIC).thread_id == 12


@pytest.mark.parametrize(
    "act",
    [
        Act(START, "thread.close", "facilitator", "thread", 12, 2),
        Act(START, "thread.close", "facilitator", "thread", 12, None),
        Act(START, "thread.close", "moderator", "thread", 12, 1, 5),
        Act(START, "thread.remove", "moderator", "thread", 12, 1),
        Act(START, "post.remove", "moderator", "post", 12, 1),
        Act(START, "case.decide", "moderator", "case", 12, 1, 12, {"lane": "privacy"}),
        Act(START, "case.decide", "moderator", "case", 12, 1, 12, {"lane": "wellbeing"}),
        Act(START, "sanction.give", "moderator", "user", 12, 1),
    ],
    ids=["private", "nowhere", "case", "removed", "post", "privacy", "wellbeing", "person"],
)
def test_other_acts_do_not_say_to_what(act):
    assert shown(act, PUBLIC).thread_id is None


def test_a_decision_says_what_and_about_what_in_our_own_words_alone(app):
    after = {"outcomes": ["redact"], "reasons": ["identifies", "Ann of Mill Street"], "lane": "x"}
    with app.test_request_context():
        found = shown(Act(START, "case.decide", "moderator", after=after), PUBLIC)
    assert (found.who, found.what) == ("moderator", "Case decided: identifying details taken out")
    assert found.about == ("identifies someone", "something else")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(minutes=61), "1 hour"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=71), "3 days"),
    ],
)
def test_times_are_told_as_people_say_them(app, time, words):
    with app.test_request_context():
        assert spell(time) == words


def test_an_appeal_is_no_new_case():
    after = {"cause": "appeal", "lane": "appeals"}
    assert figures([Act(START, "case.open", case_id=1, after=after)]) == figures([])


def test_what_staff_really_do_is_what_is_counted(app):
    """Each writer of the four kinds gives them what the figures need."""
    for number in range(5):
        made = desk()
        at = START + number * HOUR
        with time_machine.travel(at, tick=False):
            post = factories.comment(made.thread, made.people.user("author"))
            target, statement = Target(SubjectKind.POST, post.id), Statement(ReportReason.SPAM, "")
            do(report, made.actor("stranger"), target, statement, per_day=20)
            case_id = db.session.scalars(sa.select(Case.id).where(Case.subject_id == post.id)).one()
        with time_machine.travel(at + HOUR, tick=False):
            do(actions.look, made.actor("facilitator"), case_id)
        with time_machine.travel(at + 2 * HOUR, tick=False):
            version = db.session.get_one(Case, case_id, populate_existing=True).version
            decided = draft(Outcome.REMOVE)
            decision_id = do(
                actions.decide, made.actor("facilitator"), case_id, version, decided, RULES
            )
            do(actions.appeal, made.actor("author"), decision_id, "It was no such thing.", RULES)
            version = db.session.get_one(Case, case_id, populate_existing=True).version
            answer = AnswerDraft(Verdict.REVERSED, "I read it.", None)
            do(actions.answer, made.actor("moderator"), case_id, version, answer, RULES)

    until = START + 100 * HOUR
    rows = list(queries.acts_between(COUNTED, START, until))
    found = figures(Act(*row[1:]) for row in rows)

    assert found.reasons == {"spam": 5}
    assert found.outcomes == {"remove": 5}
    assert (found.to_first_look, found.to_decision) == (HOUR, 2 * HOUR)
    assert (found.appeals, found.reversed_percent) == (5, 100)
    roles = {(row[2], row[3]) for row in rows}
    assert {("case.open", "forum"), ("case.decide", "facilitator")} <= roles
    assert ("appeal.decide", "moderator") in roles
    assert all(row[6] is not None and row[7] is not None for row in rows)  # space and case


# -- The page ----------------------------------------------------------------------------------


def _decide(number, *, at, reason="spam", lane="rules", outcomes=("remove",), why=""):
    with time_machine.travel(at, tick=False), transaction():
        record(None, "case.open", "case", number, after={"reason": reason, "lane": lane})
    with time_machine.travel(at + HOUR, tick=False), transaction():
        record(1, "case.first_look", "case", number, case_id=number, role="moderator")
    with time_machine.travel(at + 3 * HOUR, tick=False), transaction():
        record(
            1, "case.decide", "post", 987654, case_id=number, role="moderator", reason=why,
            before={"text": "her street"},
            after={"outcomes": list(outcomes), "reasons": [reason], "lane": lane,
                   "opened_at": at},
        )  # fmt: skip


@time_machine.travel("2026-03-10T12:00:00+00:00", tick=False)
def test_everybody_reads_figures_and_acts_and_nobodys_name(browser):
    factories.user("willow")
    for number in range(6):
        _decide(number, at=START, why="named willow")
    _decide(9, at=START, reason="identifies", lane="privacy", outcomes=["redact"])

    html = browser.get("/transparency").text

    for words in ("1 hour", "3 hours", "<td>6</td>", "fewer than 5", "March 2026",
                  "Case decided: removed", "identifies someone"):  # fmt: skip
        assert words in html, words
    for words in ("willow", "her street", "987654", "1 Mar"):
        assert words not in html, words


@time_machine.travel("2026-03-10T12:00:00+00:00", tick=False)
def test_what_was_done_today_and_long_ago_is_not_counted(browser):
    for number, at in enumerate((START, START + 9 * 24 * HOUR - 2 * HOUR, START - 400 * 24 * HOUR)):
        for times in range(5):
            _decide(10 * number + times, at=at, reason=("spam", "graphic", "harasses")[number])
    html = browser.get("/transparency").text
    assert "<td>5</td>" in html
    assert "graphic without a note</th>" not in html
    assert "harassment or hate</th>" not in html


@time_machine.travel("2026-03-10T12:00:00+00:00", tick=False)
def test_only_threads_that_everybody_reads_are_named(browser):
    threads = [factories.thread(factories.space(visibility=v)) for v in Visibility]
    with time_machine.travel(START, tick=False), transaction():
        for thread in threads:
            record(
                1, "thread.close", "thread", thread.id, role="facilitator",
                space_id=thread.space_id, reason="It was settled.",
            )  # fmt: skip
    html = browser.get("/transparency").text
    named = [f'href="/t/{thread.id}"' in html for thread in threads]
    assert dict(zip(Visibility, named, strict=True)) == {
        visibility: visibility is Visibility.PUBLIC for visibility in Visibility
    }
    assert "It was settled." not in html


@time_machine.travel("2026-03-10T12:00:00+00:00", tick=False)
def test_the_figures_are_counted_once_a_day_and_the_page_costs_the_same(browser):
    _decide(0, at=START)
    browser.get("/transparency")
    counts = []
    for more in (1, 14):
        for number in range(more):
            _decide(100 * more + number, at=START)
        browser.get("/transparency")
        with statements() as sent:
            browser.get("/transparency")
        counts.append(len(sent))
        assert not [statement for statement in sent if "audit_entry.at >=" in statement]
    assert counts[0] == counts[1]


def test_an_empty_log_says_so(browser):
    html = browser.get("/transparency").text
    assert "Nothing yet." in html
    assert "not known: fewer than 5 cases" in html
