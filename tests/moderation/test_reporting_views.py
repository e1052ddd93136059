"""The pages on which members report, and read what came of it."""

import json
import re

import pytest
import sqlalchemy as sa
from markupsafe import escape

from forum.accounts import actions as accounts
from forum.cases import actions as cases
from forum.cases.models import (
    CaseEvent,
    CaseState,
    Report,
    ReportReason,
    ReportState,
    SubjectKind,
)
from forum.cases.words import REASONS
from forum.core.db import db, transaction
from forum.moderation.actions.reporting import Statement, Target, report
from forum.moderation.queries.reports import PAGE_SIZE
from forum.posts.models import PostState
from forum.spaces.models import Visibility
from forum.threads import actions
from forum.threads.actions import SuggestionDraft
from forum.threads.models import TagSuggestion
from tests import factories
from tests.support.cast import Cast, cast
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements
from tests.threads.acts import do, get

NOTE = "It names the street."


@pytest.fixture
def people(app) -> Cast:
    return cast()


@pytest.fixture
def thread(people):
    return factories.thread(people.space, people.user("author"), title="Rooms in the old town")


@pytest.fixture
def comment(thread, people):
    return factories.comment(thread, people.user("author"))


@pytest.fixture
def member(app, people) -> Browser:
    return Browser(app).sign_in(people.user("member"))


def _reports() -> list[Report]:
    db.session.commit()
    return list(
        db.session.scalars(
            sa.select(Report).order_by(Report.id).execution_options(populate_existing=True)
        )
    )


def _is_chosen(page: str, reason: str) -> bool:
    return bool(re.search(rf'<input[^>]*checked[^>]*value="{reason}"', page))


# From the page to the report


@pytest.mark.parametrize("number", [0, 1], ids=["opening", "comment"])
def test_a_post_is_reported_in_two_steps(thread, comment, member, number):
    where = f"/t/{thread.id}/c/1/report" if number else f"/t/{thread.id}/report"
    assert f'href="{where}"' in member.get(f"/t/{thread.id}-{thread.slug}").text
    assert member.get(where).status_code == 200

    sent = member.post(where, {"reason": "spam", "note": NOTE}, follow_redirects=True)

    assert "Thank you. Your report has arrived" in sent.text
    (made,) = _reports()
    assert (made.reason, made.note) == (ReportReason.SPAM, NOTE)


def test_a_profile_is_reported_in_two_steps(people, member):
    path = f"/u/{people.user('author').username}"
    assert f'href="{path}/report"' in member.get(path).text

    sent = member.post(f"{path}/report", {"reason": "worried"}, follow_redirects=True)

    assert "Thank you for looking out for them." in sent.text
    assert len(_reports()) == 1


def test_suggested_tags_are_reported_by_those_who_decide_about_them(app, people, thread, member):
    do(actions.suggest_tags, people["member"], thread.id, SuggestionDraft(("education",), "No."))
    suggestion_id = db.session.scalars(sa.select(TagSuggestion.id)).one()
    where = f"/t/{thread.id}/suggestions/{suggestion_id}/report"
    facilitator = Browser(app).sign_in(people.user("facilitator"))
    assert f'href="{where}"' in facilitator.get(f"/t/{thread.id}/tags").text

    assert facilitator.post(where, {"reason": "harasses"}).status_code == 303
    assert len(_reports()) == 1
    assert member.get(where).status_code == 404
    assert facilitator.get(where.replace(f"/t/{thread.id}/", "/t/999/")).status_code == 404


def test_a_visitor_is_led_through_the_sign_in_and_back(browser, thread, comment):
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    where = f"/t/{thread.id}/c/1/report"
    assert f'href="{where}"' in page

    answer = browser.get(where)

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    assert "report" in answer.location


def test_an_author_has_no_link_to_report_themselves(app, people, thread, comment):
    author = Browser(app).sign_in(people.user("author"))
    for path in (f"/t/{thread.id}-{thread.slug}", f"/u/{people.user('author').username}"):
        assert "/report" not in author.get(path).text.replace("/reports", "")
    assert author.get(f"/t/{thread.id}/c/1/report").status_code == 403
    refused = author.post(f"/t/{thread.id}/c/1/report", {"reason": "spam", "note": NOTE})
    assert (refused.status_code, NOTE in refused.text) == (403, True)


def test_every_reason_says_what_it_means_and_what_happens(member, thread, comment):
    page = member.get(f"/t/{thread.id}/c/1/report").text

    for reason in ReportReason:
        button = rf'value="{reason.value}"[^>]*><label[^>]*>([^<]+)<small>([^<]+)</small></label>'
        label = re.search(button, page)
        assert label, reason
        assert label[1].strip() == str(escape(str(REASONS[reason])))
        assert label[2].endswith(".")
    assert "out of sight as soon as you send this" in page
    assert "Nothing is hidden." in page


def test_the_page_of_a_report_shows_no_words_of_the_post(member, thread, comment):
    assert comment.source not in member.get(f"/t/{thread.id}/c/1/report").text


def test_whoever_answered_within_the_hour_is_told_that_the_case_says_so(
    people, thread, comment, member
):
    where = f"/t/{thread.id}/c/1/report"
    assert "within the last hour" not in member.get(where).text
    factories.comment(thread, people.user("member"), reply_to=1)

    assert "You answered this within the last hour." in member.get(where).text
    member.post(where, {"reason": "spam"})
    assert _reports()[0].replied_before


# Refusals give the text back


def test_a_report_without_a_reason_comes_back_with_its_note(member, thread, comment):
    answer = member.post(f"/t/{thread.id}/c/1/report", {"note": NOTE})

    assert answer.status_code == 422
    assert "Please choose what is wrong." in answer.text
    assert NOTE in answer.text
    assert _reports() == []


def test_something_else_asks_for_words_beside_the_field(member, thread, comment):
    answer = member.post(f"/t/{thread.id}/c/1/report", {"reason": "other"})

    assert answer.status_code == 422
    assert 'id="note-error">Please say what it is' in answer.text
    assert _is_chosen(answer.text, "other")


def test_a_long_note_comes_back_whole(member, thread, comment):
    note = "word " * 250
    answer = member.post(f"/t/{thread.id}/c/1/report", {"reason": "spam", "note": note})

    assert answer.status_code == 422
    assert note.strip() in answer.text


@pytest.mark.parametrize("reason", ["nothing", "graphic"])
def test_a_reason_that_a_profile_cannot_have_is_refused(people, member, reason):
    path = f"/u/{people.user('author').username}/report"

    assert member.post(path, {"reason": reason}).status_code == 422
    assert _reports() == []


def test_too_many_reports_a_day_are_refused_with_the_text(app, people, thread, comment, member):
    app.config["REPORTS_PER_DAY"], kept = 1, app.config["REPORTS_PER_DAY"]
    try:
        member.post(f"/t/{thread.id}/report", {"reason": "spam"})
        form = {"reason": "spam", "note": NOTE}
        answer = member.post(f"/t/{thread.id}/c/1/report", form)
    finally:
        app.config["REPORTS_PER_DAY"] = kept

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600
    assert NOTE in answer.text
    assert "You have made 1 report in the last 24 hours" in answer.text


def test_a_second_report_is_told_of_the_first(member, thread, comment):
    where = f"/t/{thread.id}/c/1/report"
    member.post(where, {"reason": "spam"})

    assert "You have reported this already." in member.get(where).text
    assert member.post(where, {"reason": "harasses"}).status_code == 409


def test_what_was_decided_is_told_with_the_note_kept(people, member, thread, comment):
    target = Target(SubjectKind.POST, comment.id)
    do(report, people["stranger"], target, Statement(ReportReason.SPAM), per_day=20)
    _decide(comment, CaseState.ACTIONED, ReportState.UPHELD)

    answer = member.post(f"/t/{thread.id}/c/1/report", {"reason": "spam", "note": NOTE})

    assert answer.status_code == 409
    assert "This was looked at before, and something was done about it." in answer.text
    assert NOTE in answer.text
    assert people.user("stranger").username not in answer.text
    assert len(_reports()) == 1


def _decide(post, state=CaseState.NO_ACTION, reports=ReportState.NOT_UPHELD) -> None:
    with transaction():
        case = cases.find_locked(SubjectKind.POST, post.id)
        cases.decide(case, state, reports, revision=get(post.thread_id, post.number).revision)


# What came of it


def test_own_reports_are_listed_with_what_came_of_them(people, member, thread, comment):
    assert "You have reported nothing" in member.get("/reports").text
    other = factories.comment(thread)
    member.post(f"/t/{thread.id}/c/1/report", {"reason": "spam", "note": NOTE})
    member.post(f"/t/{thread.id}/c/{other.number}/report", {"reason": "off_topic"})
    member.post(f"/u/{people.user('author').username}/report", {"reason": "harasses"})
    _decide(other)

    page = member.get("/reports").text

    assert "#1 in “<bdi>Rooms in the old town</bdi>”" in page
    assert "Reason: spam." in page
    assert NOTE in page
    assert "Waits for somebody to look at it." in page
    assert "Looked at: nothing had to be done. It was right to ask." in page
    assert f"The profile of <bdi>{people.user('author').display_name}</bdi>" in page
    assert page.count(">Take it back</button>") == 2
    assert 'href="/reports"' in member.get("/").text


def test_a_report_is_taken_back_from_the_list(app, people, member, thread, comment):
    member.post(f"/t/{thread.id}/c/1/report", {"reason": "identifies"})
    assert get(thread.id, 1).state is PostState.WAITING
    (made,) = _reports()
    stranger = Browser(app).sign_in(people.user("stranger"))
    assert stranger.post(f"/reports/{made.id}/withdraw").status_code == 404

    page = member.post(f"/reports/{made.id}/withdraw", follow_redirects=True).text

    assert "Your report is taken back." in page
    assert "You took it back." in page
    assert get(thread.id, 1).state is PostState.PUBLISHED
    assert member.post(f"/reports/{made.id}/withdraw").status_code == 409


def test_whoever_reported_an_opening_reads_that_it_arrived_though_it_is_gone(member, thread):
    page = member.post(f"/t/{thread.id}/report", {"reason": "identifies"}, follow_redirects=True)

    assert page.status_code == 200
    assert "Your report has arrived" in page.text
    assert thread.title not in page.text
    assert "A post that is not open to you now" in page.text


def test_a_list_names_nothing_that_its_reader_does_not_see_any_more(app):
    people = cast(Visibility.PRIVATE)
    thread = factories.thread(people.space, people.user("author"), title="A quiet circle")
    member = Browser(app).sign_in(people.user("member"))
    member.post(f"/t/{thread.id}/report", {"reason": "spam"})
    assert "A quiet circle" in member.get("/reports").text

    db.session.execute(
        sa.text("DELETE FROM membership WHERE user_id = :id"), {"id": people.user("member").id}
    )
    db.session.commit()

    page = member.get("/reports").text
    assert "A quiet circle" not in page
    assert "A post that is not open to you now" in page


def test_many_reports_come_in_pages_at_one_price(people, member, thread):
    actor = people["member"]
    made = 0
    prices = []
    for count in (1, PAGE_SIZE + 3):
        while made < count:
            post = factories.comment(thread)
            do(report, actor, Target(SubjectKind.POST, post.id), Statement(ReportReason.SPAM),
               per_day=100)  # fmt: skip
            made += 1
        with statements() as seen:
            page = member.get("/reports").text
        prices.append(len(seen))

    assert prices[0] == prices[1] <= 8
    following = re.search(r'href="(/reports\?after=[^"]+)"', page)
    rest = member.get(following[1]).text
    numbers = [int(number) for number in re.findall(r"#(\d+) in", page + rest)]
    assert sorted(numbers) == list(range(1, PAGE_SIZE + 4))
    assert member.get("/reports?after=nonsense").status_code == 404


def test_the_download_holds_what_one_reported_and_no_words_of_others(member, thread, comment):
    member.post(f"/t/{thread.id}/c/1/report", {"reason": "spam", "note": NOTE})

    records = json.loads(member.post("/settings/data").text)["records"]

    (kept,) = [record for record in records if record["kind"] == "reports"]
    assert (kept["reason"], kept["note"], kept["state"]) == ("spam", NOTE, "open")
    assert comment.source not in json.dumps(records)


def test_a_report_stays_without_the_name_of_somebody_who_leaves(people, thread, comment, member):
    member.post(f"/t/{thread.id}/c/1/report", {"reason": "spam", "note": NOTE})

    do(accounts.delete_account, actor_of(people.user("member")))

    (made,) = _reports()
    assert (made.reporter_id, made.note, made.state) == (None, NOTE, ReportState.OPEN)
    actors = db.session.scalars(
        sa.select(CaseEvent.actor_id).where(CaseEvent.verb == "reported")
    ).all()
    assert actors == [None]
