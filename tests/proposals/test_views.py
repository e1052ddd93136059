"""The pages of proposals."""

import pytest
from flask import Flask

from forum.proposals.models import ProposalState
from forum.spaces.models import Visibility
from tests import factories
from tests.support.pages import Browser
from tests.support.queries import statements

FORM = {
    "space": "commons",
    "title": "Beds for one night",
    "source": "A bed for the first night.",
    "tags": ["housing"],
    "do": "post",
}


def test_a_proposal_is_made_by_its_parts(browser: Browser):
    browser.sign_in(factories.user())
    page = browser.get("/proposals/new")
    assert page.status_code == 200
    sent = browser.post(
        "/proposals/new",
        {
            **FORM,
            "serves": "Adults.",
            "sources-0-title": "A study",
            "sources-0-url": "https://study.example/a",
        },
    )
    assert sent.status_code == 303
    shown = browser.get(sent.location)
    assert "Who it serves</h3>" in shown.text
    assert '<a href="https://study.example/a"' in shown.text


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("title", "Please give a title"),
        ("source", "Please say what is missing."),
        ("tags", "Please choose one to 5 tags."),
    ],
)
def test_what_is_required_is_said_beside_its_field_and_nothing_is_lost(
    browser: Browser, left_out: str, words: str
):
    browser.sign_in(factories.user())
    data = {**FORM, "risks": "The address becomes known.", left_out: ""}
    sent = browser.post("/proposals/new", data)
    assert sent.status_code == 422
    assert words in sent.text
    assert "The address becomes known." in sent.text


def test_a_proposal_needs_a_need(browser: Browser):
    factories.tag("colour")
    browser.sign_in(factories.user())
    sent = browser.post("/proposals/new", {**FORM, "tags": ["colour"]})
    assert sent.status_code == 422
    assert "at least one need" in sent.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example", "a.example", "https://"])
def test_a_source_is_a_link_of_the_web(browser: Browser, url: str):
    browser.sign_in(factories.user())
    data = {**FORM, "sources-0-title": "A study", "sources-0-url": url}
    sent = browser.post("/proposals/new", data)
    assert sent.status_code == 422
    assert "is no link" in sent.text


def test_more_rows_for_sources_come_without_a_script(browser: Browser):
    browser.sign_in(factories.user())
    data = {**FORM, "do": "rows", "sources-0-title": "A study", "title": ""}
    sent = browser.post("/proposals/new", data)
    assert sent.status_code == 200
    assert sent.text.count('-url"') == 6
    assert 'value="A study"' in sent.text


def test_a_preview_shows_what_it_will_be_and_what_is_similar(browser: Browser):
    factories.proposal(title="Beds for the first night")
    browser.sign_in(factories.user())
    sent = browser.post("/proposals/new", {**FORM, "do": "preview", "how": "Three rooms."})
    assert "How it could work</h3>" in sent.text
    assert "Beds for the first night" in sent.text
    assert "same need" in sent.text


def test_a_draft_keeps_all_parts_the_need_and_the_place(browser: Browser):
    factories.place("cluj")
    browser.sign_in(factories.user())
    data = {**FORM, "how": "Three rooms.", "place": "cluj", "sources-0-title": "A study"}
    saved = browser.post("/proposals/draft", data)
    assert saved.status_code == 303
    assert saved.location.startswith("/proposals/new?draft=")
    page = browser.get(saved.location).text
    for words in ("Three rooms.", "A bed for the first night.", 'value="A study"'):
        assert words in page
    assert '<option selected value="cluj"' in page
    number = saved.location.rpartition("=")[2]
    assert browser.get(f"/threads/new?draft={number}").location == saved.location
    sent = browser.post("/proposals/new", {**data, "draft": number, "sources-0-title": ""})
    assert sent.status_code == 303
    assert browser.get(saved.location).status_code == 404


def test_a_draft_that_another_window_saved_is_told_by_its_fields(browser: Browser):
    browser.sign_in(factories.user())
    as_script = {"Accept": "application/json"}
    first = browser.post("/proposals/draft", {**FORM, "how": "One."}, headers=as_script).json
    second = {**FORM, "how": "Two.", "draft": first["draft"], "draft_version": "0"}
    told = browser.post("/proposals/draft", second, headers=as_script)
    assert told.status_code == 409
    assert told.json["texts"]["how"] == "One."
    assert told.json["texts"]["source"] == FORM["source"]


def test_the_form_sent_twice_makes_one_proposal(browser: Browser):
    browser.sign_in(factories.user())
    data = {**FORM, "submit_key": "only-once"}
    first, second = (browser.post("/proposals/new", data).location for _time in range(2))
    assert first == second


def test_only_its_authors_edit_a_proposal_and_a_conflict_shows_both_texts(browser: Browser):
    author = factories.user()
    made = factories.proposal(author=author)
    path = f"/t/{made.id}/edit-proposal"
    assert browser.sign_in(factories.user()).get(path).status_code == 403
    browser.sign_in(author)
    assert browser.get(f"/t/{made.id}/edit").location == path
    page = browser.get(path).text
    assert "A bed for the first night after leaving." in page
    changed = {**FORM, "revision": "1", "how": "Three rooms."}
    assert browser.post(path, changed).status_code == 303
    late = browser.post(path, {**FORM, "revision": "1", "how": "Four rooms."})
    assert late.status_code == 409
    assert "Four" in late.text
    assert "Three" in late.text
    assert browser.post(path, {**FORM, "revision": "2", "how": "Four."}).status_code == 303


def test_other_needs_and_another_place_are_events(browser: Browser):
    author = factories.user()
    made = factories.proposal(author=author)
    factories.place("cluj")
    browser.sign_in(author)
    data = {**FORM, "revision": "1", "tags": ["employment"], "place": "cluj"}
    assert browser.post(f"/t/{made.id}/edit-proposal", data).status_code == 303
    shown = browser.get(browser.get(f"/t/{made.id}").location).text
    assert "Its needs changed from Housing to Employment" in shown
    assert "Its place changed" in shown
    assert browser.post(f"/t/{made.id}/tags", {"tags": ["housing"]}).status_code == 303
    shown = browser.get(browser.get(f"/t/{made.id}").location).text
    assert "Its needs changed from Employment to Housing" in shown
    assert browser.post(f"/t/{made.id}/tags", {"tags": []}).status_code == 422


def test_the_list_is_filtered_by_state_need_place_and_space(browser: Browser):
    region = factories.place("transylvania")
    town = factories.place("cluj", parent=region)
    factories.proposal(title="In the town", place=town, needs=("housing",))
    factories.proposal(title="In the region", place=region, needs=("employment",))
    factories.proposal(title="No place at all", state=ProposalState.WITHDRAWN)
    shown = {
        "": {"In the town", "In the region", "No place at all"},
        "?state=live": {"In the town", "In the region"},
        "?state=withdrawn": {"No place at all"},
        "?need=employment": {"In the region"},
        "?place=transylvania": {"In the town", "In the region"},
        "?place=cluj": {"In the town"},
        "?place=anywhere": {"No place at all"},
        "?space=nowhere": set(),
    }
    for query, titles in shown.items():
        page = browser.get(f"/proposals{query}")
        assert page.status_code == 200
        assert {title for title in shown[""] if title in page.text} == titles, query
    assert browser.get("/proposals?state=strange").status_code == 404
    assert browser.get("/proposals?place=strange").status_code == 404


def test_a_proposal_in_a_private_space_is_in_no_strangers_list(browser: Browser):
    space = factories.space(visibility=Visibility.PRIVATE)
    factories.proposal(space, title="Only for us")
    assert "Only for us" not in browser.get("/proposals").text
    assert "Only for us" not in browser.sign_in(factories.user()).get("/proposals").text
    assert "Only for us" in browser.sign_in(factories.moderator()).get("/proposals").text


def test_stances_are_counted_from_five_on(browser: Browser):
    browser.sign_in(factories.user())  # a visitor's page is kept, and factories touch nothing
    factories.proposal(title="Few", of_proposal={"agree_count": 4})
    assert "of 4" not in browser.get("/proposals").text
    factories.proposal(title="Many", of_proposal={"agree_count": 3, "agree_if_count": 2})
    assert "<b>5</b> of 5 agree" in browser.get("/proposals").text


@pytest.mark.parametrize("path", ["/proposals", "/proposals?place=anywhere&need=housing"])
def test_the_list_costs_the_same_whatever_is_in_it(app: Flask, path: str):
    member = factories.user()
    place = factories.place("cluj")
    factories.proposal(author=member)
    browser = Browser(app).sign_in(member)
    browser.get(path)
    with statements() as few:
        browser.get(path)
    for number in range(14):
        factories.proposal(title=f"Number {number}", place=place if number % 2 else None)
    with statements() as many:
        browser.get(path)
    assert len(many) == len(few)
