"""Pages of the map and of needs, as visitors and members read them."""

import csv
import io
import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import time_machine

from forum.core import clock
from forum.core.db import db
from forum.places.models import PlaceKind
from forum.posts.models import PostState
from forum.spaces.models import Visibility
from forum.stances.models import Condition, ConditionState, Stance, StanceChoice
from tests import factories
from tests.support.queries import statements

FORMATS = ("/map", "/map.svg", "/map.csv", "/map.json")


def _text(response) -> str:
    return response.get_data(as_text=True)


def _row(page: str, need: str) -> str:
    return re.search(rf'<tbody id="need-{need}">(.*?)</tbody>', page, re.DOTALL)[1]


@pytest.fixture
def romania(app):
    return factories.country("RO")


@pytest.fixture
def filled(romania):
    """A service for a country, a proposal for a town in it."""
    region = factories.place("cluj", parent=romania, kind=PlaceKind.REGION)
    town = factories.place("turda", parent=region)
    factories.service("Harbour House", needs=["housing"], places=[romania])
    factories.proposal(title="Beds in Turda", place=town, of_proposal={"agree_count": 6})
    return town


# The map


def test_a_map_of_nothing_teaches_how_it_is_filled(browser):
    page = _text(browser.get("/map"))
    assert "Nothing is on the map yet" in page
    assert "How this is counted" in page
    assert "<table" not in page


def test_a_cell_says_its_state_in_words_and_links_to_what_it_counts(browser, filled):
    row = _row(_text(browser.get("/map")), "housing")
    assert "Partly met" in row
    assert 'href="/services?need=housing&amp;place=romania&amp;fresh=yes"' in row
    assert 'href="/proposals?need=housing&amp;place=romania&amp;state=live"' in row
    assert "1 verified service" in row
    assert "1 proposal, 6 stances" in row


def test_the_table_is_one_for_those_who_hear_it(browser, filled):
    page = _text(browser.get("/map"))
    assert "<caption>" in page
    assert page.count('<th scope="row">') == page.count("<tr") - 1
    assert 'role="region" aria-label="Gap map" tabindex="0"' in page
    assert re.search(r'<th scope="col">.*Romania.*</th>', page)


def test_a_country_leads_to_the_places_in_it_and_back(browser, filled):
    assert 'href="/map?place=romania"' in _text(browser.get("/map"))
    page = _text(browser.get("/map?place=romania"))
    assert "<h1>Gap map: Romania</h1>" in page
    assert "All of Romania" in page
    assert 'href="/map?place=cluj"' in page
    assert 'href="/map"' in page


def test_a_need_unfolds_and_folds_by_links(browser, filled):
    need = factories.tag("nights", is_need=True)
    factories.tag("quiet-nights", parent_id=need.id)
    folded = _text(browser.get("/map"))
    assert 'href="/map?open=nights#need-nights"' in folded
    assert "quiet nights" not in folded
    unfolded = _text(browser.get("/map?open=nights"))
    assert "quiet nights" in _row(unfolded, "nights")
    assert 'href="/map#need-nights"' in unfolded


def test_filters_stay_from_link_to_link(browser, filled):
    factories.space("commons-two")
    page = _text(browser.get("/map?place=romania&space=commons-two&since=2026-03-01"))
    assert 'href="/map.csv?place=romania&amp;space=commons-two&amp;since=2026-03-01"' in page
    assert "those of <bdi>Commons Two</bdi> alone" in page
    assert 'name="place" value="romania"' in page


def test_what_is_new_is_told_where_a_day_is_asked_for(browser, filled):
    yesterday = (clock.now() - timedelta(days=1)).date()
    page = _text(browser.get(f"/map?since={yesterday}"))
    assert "1 new service<" in _row(page, "housing")
    assert "1 new proposal<" in _row(page, "housing")
    assert "new service" not in _text(browser.get("/map"))


def test_a_day_that_is_none_is_told_beside_its_field_with_the_map(browser, filled):
    response = browser.get("/map?since=March")
    assert response.status_code == 422
    assert "Please give the day as in 2026-03-31." in _text(response)
    assert "Partly met" in _text(response)
    assert browser.get("/map.json?since=March").status_code == 422


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_are_days(browser, filled, since):
    assert browser.get(f"/map?since={since}").status_code == 200


@pytest.mark.parametrize("path", FORMATS)
@pytest.mark.parametrize("query", ["place=atlantis", "space=nowhere"])
def test_what_is_not_there_is_no_page(browser, path, query):
    assert browser.get(f"{path}?{query}").status_code == 404


@pytest.mark.parametrize("path", FORMATS)
def test_a_hidden_space_is_in_no_format_and_no_filter(browser, romania, path):
    hidden = factories.space("willow-circle", visibility=Visibility.PRIVATE)
    factories.service("Harbour House", needs=["education"], places=[romania])
    factories.proposal(hidden, title="Juniper beds", place=factories.country("FJ"))
    stranger = browser.get(path).get_data()
    for word in (b"willow", b"Willow", b"Juniper", b"Fiji"):
        assert word not in stranger
    assert browser.get(f"{path}?space=willow-circle").status_code == 404
    browser.sign_in(factories.moderator())
    assert b"fiji" in browser.get(path).get_data().lower()


# Other formats


def test_the_table_for_spreadsheets_holds_each_cell_and_no_formula(browser, filled):
    factories.tag("plus", name="=1+1", is_need=True)
    rows = list(csv.DictReader(io.StringIO(_text(browser.get("/map.csv")))))
    housing = {row["place"]: row for row in rows if row["need"] == "housing"}
    assert housing["romania"] == {
        "need": "housing", "need_name": "Housing", "part_of": "",
        "place": "romania", "place_name": "Romania", "state": "partly-met",
        "services_fresh": "1", "services_stale": "0", "proposals": "1", "stances": "6",
    }  # fmt: skip
    assert housing["anywhere"]["state"] == "unknown"
    assert housing[""]["proposals"] == "1"
    assert {row["need_name"] for row in rows if row["need"] == "plus"} == {"'=1+1"}


def test_programs_get_the_same_figures(browser, filled):
    found = json.loads(_text(browser.get("/map.json?since=2020-01-01")))
    housing = next(one for one in found["needs"] if one["need"] == "housing")
    assert housing["cells"][-1] == {
        "place": "romania", "place_name": "Romania", "state": "partly-met",
        "services_fresh": 1, "services_stale": 0, "proposals": 1, "stances": 6,
        "new": {
            "services_added": 1, "services_verified": 0,
            "proposals_opened": 1, "proposals_closed": 0,
        },
        "services_path": "/services?need=housing&place=romania",
        "proposals_path": "/proposals?need=housing&place=romania&state=live",
    }  # fmt: skip
    assert found["total"]["cells"][0]["place"] is None


def test_the_picture_is_valid_and_says_what_it_shows(browser, filled):
    response = browser.get("/map.svg")
    assert response.mimetype == "image/svg+xml"
    text = _text(response)
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Housing (Anywhere: Unknown, Romania: Partly met)" in text
    for banned in ("<style", "style=", "<script", "http://", "https://"):
        assert banned not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert set(re.findall(r"url\(#([\w-]+)\)", text)) <= set(re.findall(r'id="([\w-]+)"', text))


def test_long_names_are_cut_to_their_boxes_and_whole_in_their_titles(browser, romania):
    name = "Accompaniment & <mediation> between families and authorities"
    factories.tag("mediation", name=name, is_need=True)
    long = factories.place("long", parent=romania, name="Llanfairpwllgwyngyllgogerychwyrndrobwll")
    factories.service(needs=["mediation"], places=[long])
    root = ET.fromstring(_text(browser.get("/map.svg?place=romania")))  # noqa: S314
    svg = "{http://www.w3.org/2000/svg}"
    titles = {node.text for node in root.iter(f"{svg}title")}
    assert name in titles
    assert long.name in titles
    assert max(len(node.text or "") for node in root.iter(f"{svg}text")) < 90
    assert all(name not in (node.text or "") for node in root.iter(f"{svg}text"))


# What is kept for visitors


@pytest.mark.parametrize("path", [*FORMATS, "/needs", "/needs/housing"])
def test_a_finished_page_is_kept_and_costs_one_statement(browser, filled, path):
    browser.get(path)
    with statements() as seen:
        browser.get(path)
    assert len(seen) == 1


@pytest.mark.parametrize("path", ["/map", "/map.json", "/needs", "/needs/housing"])
def test_a_kept_page_goes_when_a_service_turns_stale(browser, filled, path):
    before = browser.get(path).get_data()
    with time_machine.travel(clock.now() + timedelta(days=181), tick=False):
        assert browser.get(path).get_data() == before
    with time_machine.travel(clock.now() + timedelta(days=183), tick=False):
        assert browser.get(path).get_data() != before


# Needs


def test_the_list_of_needs_says_what_is_known_about_each(browser, filled):
    page = _text(browser.get("/needs"))
    assert 'href="/needs/housing"' in page
    assert "1 proposal, 6 stances" in page
    assert "Nothing is known yet" in page


def test_a_need_on_one_page(browser, filled):
    thread = factories.thread(title="Nights", tags=("housing",))
    factories.comment(thread, text="Who pays the rent?", is_question=True)
    proposal = factories.proposal(title="Rooms for a year", of_proposal={"agree_count": 7})
    db.session.add(
        Condition(
            thread_id=proposal.id, number=1, text="if it is near a school",
            state=ConditionState.ADOPTED, created_at=clock.now(), decided_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    page = _text(browser.get("/needs/housing"))
    for words in (
        "A place with a door that locks", "Harbour House", "Beds in Turda", "7 agree",
        "if it is near a school", "Who pays the rent?", "Partly met",
    ):  # fmt: skip
        assert words in page
    assert 'href="/tags/housing"' in page
    assert 'href="/needs/housing"' in _text(browser.get("/tags/housing"))


@pytest.mark.parametrize("path", ["/needs/flat", "/needs/Housing"])
def test_another_word_for_a_need_leads_to_it(browser, path):
    response = browser.get(path)
    assert (response.status_code, response.location) == (301, "/needs/housing")


def test_a_tag_that_is_no_need_has_no_page_of_one(browser):
    factories.tag("organising")
    assert browser.get("/needs/organising").status_code == 404
    assert browser.get("/needs/no-such-word").status_code == 404
    assert "/needs/organising" not in _text(browser.get("/tags/organising"))


def test_a_part_of_a_need_has_a_page_that_leads_to_the_whole(browser):
    need = factories.tag("nights", is_need=True)
    factories.tag("quiet-nights", parent_id=need.id)
    page = _text(browser.get("/needs/quiet-nights"))
    assert 'href="/needs/nights"' in page
    assert 'href="/map?open=nights#need-nights"' in page


def test_services_of_the_chosen_place_come_first(browser, romania):
    other = factories.country("FJ")
    now = clock.now()
    for name, places, days in (
        ("Far away", [other], 0),
        ("For all", [], 1),
        ("Here, long ago", [romania], 100),
        ("Here, lately", [romania], 5),
    ):
        factories.service(
            name, needs=["housing"], places=places, verified_at=now - timedelta(days=days)
        )
    page = _text(browser.get("/needs/housing?place=romania"))
    order = ["Here, lately", "Here, long ago", "For all", "Far away"]
    assert sorted(order, key=page.index) == order
    assert browser.get("/needs/housing?place=atlantis").status_code == 404


def test_how_stances_are_spread_shows_from_five_on_and_where_the_space_shows_it(browser):
    factories.proposal(title="With four", of_proposal={"agree_count": 4})
    shy = factories.space("shy", hides_stances=True)
    hidden = factories.proposal(shy, title="With six", of_proposal={"agree_count": 6})
    member = factories.user()
    page = _text(browser.get("/needs/housing"))
    assert "With four" in page
    assert "agree</p>" not in page
    browser.sign_in(member)
    assert "6 agree" not in _text(browser.get("/needs/housing"))
    db.session.add(
        Stance(
            thread_id=hidden.id, user_id=member.id, choice=StanceChoice.AGREE, revision=1,
            created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()
    assert "6 agree" in _text(browser.get("/needs/housing"))


def test_a_content_note_stands_for_the_words_of_a_question(browser):
    thread = factories.thread(tags=("housing",))
    asked = factories.comment(thread, text="words-of-a-question?", is_question=True)
    asked.content_note = "about violence"
    db.session.commit()
    page = _text(browser.get("/needs/housing"))
    assert "about violence" in page
    assert "words-of-a-question" not in page


@pytest.mark.parametrize(
    ("state", "is_shown"),
    [
        (PostState.PUBLISHED, True),
        (PostState.WITHDRAWN, True),  # the text of the proposal says it
        (PostState.WAITING, False),
        (PostState.REMOVED, False),
    ],
)
def test_a_condition_is_out_of_sight_with_the_comment_that_said_it(browser, state, is_shown):
    proposal = factories.proposal(needs=("housing",))
    said = factories.comment(proposal, factories.user(), "Because names are found.")
    said.state = state
    db.session.add(
        Condition(
            thread_id=proposal.id, number=1, text="Nobody gives a name.", post_id=said.id,
            author_id=said.author_id, state=ConditionState.ADOPTED, adopted_revision=2,
            created_at=clock.now(), decided_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()

    assert ("Nobody gives a name." in browser.get("/needs/housing").text) is is_shown


def test_a_need_shows_nothing_of_a_hidden_space(browser):
    hidden = factories.space("willow-circle", visibility=Visibility.PRIVATE)
    factories.proposal(hidden, title="Juniper beds", of_proposal={"agree_count": 9})
    thread = factories.thread(hidden, title="Juniper talk", tags=("housing",))
    factories.comment(thread, text="Where is the juniper?", is_question=True)
    assert "uniper" not in _text(browser.get("/needs/housing"))
    assert "uniper" in _text(browser.sign_in(factories.moderator()).get("/needs/housing"))


def test_a_need_costs_as_many_statements_with_many_rows_as_with_few(browser, romania):
    browser.sign_in(factories.user())

    def add(rows: int) -> None:
        for _ in range(rows):
            factories.service(needs=["housing"], places=[romania])
            factories.proposal(place=romania, of_proposal={"agree_count": 6})
            thread = factories.thread(tags=("housing",))
            factories.comment(thread, is_question=True)

    def count() -> int:
        with statements() as seen:
            browser.get("/needs/housing?place=romania")
        return len(seen)

    add(1)
    count()
    few = count()
    add(14)
    assert count() == few
