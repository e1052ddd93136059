"""The pages of whoever handles cases, through the browser of each of the cast."""

import re

import pytest

from forum.cases.models import CaseState, ReportReason
from forum.core.db import db
from forum.moderation.models import Outcome
from forum.posts.models import PostState
from tests import factories
from tests.moderation.desk import WORDS, Desk, desk, reason_id, report
from tests.support.pages import Browser
from tests.support.queries import statements


def as_(app, made: Desk, name: str) -> Browser:
    browser = Browser(app)
    return browser if name == "visitor" else browser.sign_in(made.people.user(name))


def _path(made: Desk, act: str = "") -> str:
    return f"/moderation/cases/{made.case_id}{'/' if act else ''}{act}"


def _carried(page: str) -> dict[str, str]:
    """What every form of the page carries hidden."""
    return {
        name: re.search(rf'name="{name}" value="(\d+)"', page)[1]  # type: ignore[index]
        for name in ("version", "seen")
    }


def _decision(made: Desk, **values: str) -> dict[str, str]:
    return {
        "version": str(made.version), "outcome": "hide", "reason": str(reason_id()),
        "note": "A line of my own.", **values,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["visitor", "author", "member", "stranger"])
def test_whoever_handles_nothing_finds_no_queue(app, name):
    made = desk()
    response = as_(app, made, name).get("/moderation")
    assert response.status_code == (303 if name == "visitor" else 404)


@pytest.mark.parametrize("name", ["facilitator", "moderator", "administrator"])
def test_the_queue_leads_to_what_waits(app, name):
    made = desk("member", "stranger")
    page = as_(app, made, name).get("/moderation").text
    assert _path(made) in page
    assert "harassment or hate \u00d7 2" in page
    assert "Rules 1" in page


def test_a_facilitator_sees_the_cases_of_their_spaces_alone(app):
    mine, other = desk(), desk()
    browser = as_(app, mine, "facilitator")
    page = browser.get("/moderation").text
    assert _path(mine) in page
    assert _path(other) not in page
    assert browser.get(_path(other)).status_code == 404
    assert browser.get(f"/moderation?space={other.people.space.slug}").status_code == 422


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("lane=rules", True),
        ("lane=privacy", False),
        ("state=new", True),
        ("state=escalated", False),
        ("state=decided", False),
        ("reason=harasses", True),
        ("reason=spam", False),
        ("assignee=nobody", True),
        ("assignee=me", False),
        ("author=AUTHOR", True),
        ("author=nobody-of-this-name", False),
        ("age=1", False),
        ("lane=rules&state=new&reason=harasses&assignee=nobody&author=AUTHOR&space=SPACE", True),
    ],
)
def test_filters_combine_in_an_address(app, query, is_there):
    made = desk()
    query = query.replace("AUTHOR", made.people.user("author").username)
    query = query.replace("SPACE", made.people.space.slug)
    response = as_(app, made, "moderator").get(f"/moderation?{query}")
    assert response.status_code == 200
    assert (_path(made) in response.text) is is_there


def test_a_filter_that_does_not_exist_is_named(app):
    made = desk()
    response = as_(app, made, "moderator").get("/moderation?lane=other")
    assert response.status_code == 422


def test_the_queue_asks_the_same_statements_for_more_cases(app):
    made = desk()
    counts = []
    for more in (0, 12):
        for _ in range(more):
            post = factories.comment(made.thread, made.people.user("author"))
            report(Desk(made.people, made.thread_id, post.number, post.id, 0), "member")
        for name in ("moderator", "facilitator"):
            browser = as_(app, made, name)
            browser.get("/moderation")
            with statements() as sent:
                browser.get("/moderation")
            counts.append(len(sent))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def test_every_case_is_on_one_page_of_the_queue(app, monkeypatch):
    made = desk()
    monkeypatch.setattr("forum.moderation.queries.queue.PAGE_SIZE", 3)
    ids = {made.case_id}
    for _ in range(7):
        post = factories.comment(made.thread, made.people.user("author"))
        ids.add(report(Desk(made.people, made.thread_id, post.number, post.id, 0), "member"))
    browser, path, seen = as_(app, made, "moderator"), "/moderation?lane=rules", []
    while path:
        page = browser.get(path).text
        seen += [int(found) for found in re.findall(r'<h2><a href="/moderation/cases/(\d+)"', page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen))
    assert set(seen) == ids


def test_the_words_are_covered_until_they_are_asked_for(app):
    made = desk()
    browser = as_(app, made, "moderator")
    page = browser.get(_path(made)).text
    assert "Springvale" not in page
    assert "case.first_look" not in made.logged()
    page = browser.post(_path(made, "text"), _carried(page)).text
    assert made.logged()[-1] == "case.first_look"
    assert "Springvale" in page
    assert "opened many texts" not in page


def test_a_graphic_case_says_so_first(app):
    made = desk(reason=ReportReason.GRAPHIC)
    assert "reported this as graphic" in as_(app, made, "moderator").get(_path(made)).text


def test_after_some_texts_a_person_is_asked_to_stop(app, monkeypatch):
    monkeypatch.setitem(app.config, "EXPOSURE_PROMPT_AFTER", 1)
    made = desk()
    browser = as_(app, made, "moderator")
    page = browser.post(_path(made, "text")).text
    assert "opened many texts" not in page
    page = browser.post(_path(made, "text")).text
    assert "opened many texts" in page
    assert "opened many texts" in browser.get(_path(made)).text
    assert "opened many texts" not in as_(app, made, "administrator").get(_path(made)).text


def test_what_changed_since_the_report_is_marked(app):
    made = desk()
    made.post.source = WORDS.replace("Springvale", "a town")
    made.post.html = "<p>now</p>"
    db.session.commit()
    page = as_(app, made, "moderator").post(_path(made, "text")).text
    assert "<del>Springvale</del>" in page


def test_moderators_alone_read_who_reported(app):
    made = desk("stranger")
    name = made.people.user("stranger").display_name
    assert name in as_(app, made, "moderator").get(_path(made)).text
    page = as_(app, made, "facilitator").get(_path(made)).text
    assert name not in page
    assert "a member" in page


def test_nobody_reads_the_case_about_themselves(app):
    made = desk()
    thread = factories.thread(made.people.space, made.people.user("moderator"))
    post = factories.comment(thread, made.people.user("moderator"))
    case_id = report(Desk(made.people, thread.id, post.number, post.id, 0), "member")
    browser = as_(app, made, "moderator")
    assert browser.get(f"/moderation/cases/{case_id}").status_code == 404
    assert f"/moderation/cases/{case_id}" not in browser.get("/moderation").text


def test_a_case_is_decided_from_its_page(app):
    made = desk()
    browser = as_(app, made, "moderator")
    response = browser.post(_path(made, "decide"), _decision(made))
    assert response.status_code == 303
    assert made.post.state is PostState.WAITING
    page = browser.get(_path(made)).text
    assert "Undo this decision" in page
    response = browser.post(_undoing(page), {"version": str(made.version), "undo_note": "Sorry."})
    assert response.status_code == 303
    assert made.post.state is PostState.PUBLISHED
    assert made.told("author")[-1] == ("decision.undone", None)


def _undoing(page: str) -> str:
    return re.search(r'action="([^"]+/undo)"', page)[1]  # type: ignore[index]


def test_details_are_edited_out_from_the_page(app):
    made = desk()
    browser = as_(app, made, "moderator")
    page = browser.post(_path(made, "text")).text
    assert f">\n{WORDS}</textarea>" in page or f"{WORDS}</textarea>" in page
    form = _decision(made, outcome="redact", source="She lives in a town.", opened="1")
    assert browser.post(_path(made, "decide"), form).status_code == 303
    assert made.post.source == "She lives in a town."


def test_the_second_of_two_sees_what_happened_and_keeps_what_they_typed(app):
    made = desk()
    browser = as_(app, made, "administrator")
    carried = _carried(browser.get(_path(made)).text)
    as_(app, made, "moderator").post(_path(made, "take"), {"version": str(made.version)})

    response = browser.post(
        _path(made, "decide"), {**_decision(made, note="My careful words."), **carried}
    )

    assert response.status_code == 409
    assert "What happened while you had this open" in response.text
    assert "The case was taken" in response.text
    assert "My careful words." in response.text
    assert made.case.state is CaseState.IN_REVIEW
    again = browser.post(_path(made, "decide"), {**_decision(made), **_carried(response.text)})
    assert again.status_code == 303


def test_a_decision_without_a_reason_comes_back_with_its_words(app):
    made = desk()
    response = as_(app, made, "moderator").post(
        _path(made, "decide"), _decision(made, reason="", note="My careful words.")
    )
    assert response.status_code == 422
    assert "My careful words." in response.text
    assert "Please choose a reason" in response.text


@pytest.mark.parametrize(
    ("act", "form", "verb"),
    [
        ("take", {}, "take"),
        ("note", {"text": "I know them."}, "note"),
        ("escalate", {"text": "Please look."}, "escalate"),
        ("wait", {"text": "Please leave out the town."}, "wait"),
        ("hand-over", {"hand_to": "ADMIN", "hand_note": "Please."}, "hand_over"),
    ],
)
def test_work_on_a_case_stands_in_its_timeline(app, act, form, verb):
    made = desk()
    form = {
        name: value.replace("ADMIN", made.people.user("administrator").username)
        for name, value in form.items()
    }
    browser = as_(app, made, "moderator")
    response = browser.post(_path(made, act), {**form, "version": str(made.version)})
    assert response.status_code == 303
    assert made.events()[-1] == verb
    browser.get(_path(made))


def test_an_edit_is_accepted_in_one_click(app):
    made = desk(is_hidden=True)
    browser = as_(app, made, "moderator")
    assert "Accept the author&#39;s edit" in browser.get(_path(made)).text
    response = browser.post(_path(made, "accept"), {"version": str(made.version)})
    assert response.status_code == 303
    assert made.post.state is PostState.PUBLISHED


def test_the_author_reads_the_decision_and_appeals_and_hears_the_answer(app):
    made = desk()
    decision_id = made.decide(Outcome.REMOVE)
    author = as_(app, made, "author")
    page = author.get(f"/decisions/{decision_id}").text
    assert "A line of my own." in page
    assert "It could identify somebody" in page
    assert author.post(f"/decisions/{decision_id}", {"text": ""}).status_code == 422
    assert author.post(f"/decisions/{decision_id}", {"text": "A joke."}).status_code == 303

    assert as_(app, made, "moderator").get(_path(made)).status_code == 200
    second = as_(app, made, "administrator")
    page = second.get(_path(made)).text
    assert "A joke." in page
    answer = {**_carried(page), "verdict": "reversed", "answer": "You are right."}
    assert second.post(_path(made, "answer"), answer).status_code == 303

    assert made.post.state is PostState.PUBLISHED
    assert "You are right." in author.get(f"/decisions/{decision_id}").text


def test_an_appeal_is_answered_with_another_decision(app):
    made = desk()
    decision_id = made.decide(Outcome.REMOVE)
    as_(app, made, "author").post(f"/decisions/{decision_id}", {"text": "A joke."})
    form = _decision(
        made, outcome="note", content_note="a joke", verdict="changed", answer="A note is enough."
    )
    second = as_(app, made, "administrator")
    assert second.post(_path(made, "answer"), {**form, "verdict": ""}).status_code == 422
    assert second.post(_path(made, "answer"), form).status_code == 303
    assert made.post.content_note == "a joke"


@pytest.mark.parametrize("name", ["member", "moderator", "stranger"])
def test_nobody_else_reads_what_somebody_was_told(app, name):
    made = desk()
    decision_id = made.decide(Outcome.REMOVE)
    assert as_(app, made, name).get(f"/decisions/{decision_id}").status_code == 404


def test_moderators_keep_the_list_of_reasons(app):
    made = desk()
    browser = as_(app, made, "moderator")
    form = {"name_en": "A", "name_es": "B", "text_en": "C", "text_es": "D", "is_active": "y"}
    assert browser.post("/moderation/reasons", form).status_code == 303
    page = browser.get("/moderation/reasons").text
    found = re.search(r'/moderation/reasons/(\d+)">A</a>', page)
    assert found is not None
    path = f"/moderation/reasons/{found[1]}"
    assert browser.get(path).status_code == 200
    del form["is_active"]
    assert browser.post(path, {**form, "name_en": ""}).status_code == 422
    assert browser.post(path, form).status_code == 303
    assert "Retired" in browser.get("/moderation/reasons").text
    assert ">A</option>" not in browser.get(_path(made)).text
    assert as_(app, made, "facilitator").get("/moderation/reasons").status_code == 404


def test_sanctions_are_given_read_and_lifted_on_a_page_of_their_own(app):
    made = desk()
    browser = as_(app, made, "facilitator")
    path = f"/u/{made.people.user('author').username}/sanctions"
    space = str(made.people.space.id)
    given = {"penalty": "mute-3", "space": space, "why": "Some days of rest."}
    assert browser.post(path, {**given, "why": ""}).status_code == 422
    assert browser.post(path, given).status_code == 303
    page = browser.get(path).text
    assert "Some days of rest." in page
    lift = re.search(r'action="([^"]+/lift)"', page)
    assert lift is not None
    assert browser.post(lift[1], {"lift_why": ""}).status_code == 422
    assert browser.post(lift[1], {"lift_why": "They said sorry."}).status_code == 303
    assert made.told("author") == [("sanction.given", "mute"), ("sanction.lifted", None)]
    assert as_(app, made, "author").get(path).status_code == 404
    assert as_(app, made, "moderator").get(path).status_code == 200
