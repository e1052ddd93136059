"""Pages of watched words."""

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.safety.models import WatchedWord, WordAction
from tests import factories
from tests.support.queries import statements

GOOD = {"phrase": "safe house", "action": "hold", "space": "", "reason": "It gives places away."}


@pytest.fixture
def moderator(browser):
    member = factories.moderator("heron")
    browser.sign_in(member)
    return member


def _words():
    return list(
        db.session.scalars(
            sa.select(WatchedWord)
            .order_by(WatchedWord.id)
            .execution_options(populate_existing=True)
        )
    )


def test_a_word_is_added_changed_and_removed(browser, moderator):
    added = browser.post("/moderation/words/new", GOOD)
    (word,) = _words()
    assert (added.status_code, added.location) == (303, "/moderation/words")
    assert (word.phrase, word.action, word.space_id) == ("safe house", WordAction.HOLD, None)
    listed = browser.get("/moderation/words").text
    for text in ("safe house", "In every space", "It gives places away.", "/u/heron"):
        assert text in listed

    form = browser.get(f"/moderation/words/{word.id}/edit").text
    assert 'value="safe house"' in form
    browser.post(f"/moderation/words/{word.id}/edit", {**GOOD, "phrase": "refuge"})
    assert [word.phrase for word in _words()] == ["refuge"]

    refused = browser.post(f"/moderation/words/{word.id}/remove", {"reason": ""})
    assert refused.status_code == 422
    browser.post(f"/moderation/words/{word.id}/remove", {"reason": "It found too much."})
    assert _words() == []


def test_a_pattern_that_could_run_away_is_given_back(browser, moderator):
    response = browser.post("/moderation/words/new", {**GOOD, "phrase": "(a+)+", "is_pattern": "y"})
    assert response.status_code == 422
    assert 'value="(a+)+"' in response.text
    assert "This pattern cannot be read" in response.text
    assert _words() == []


def test_a_facilitator_chooses_among_their_own_spaces(browser):
    mine, other = factories.space("willow"), factories.space("juniper")
    browser.sign_in(factories.facilitator(mine))
    html = browser.get("/moderation/words/new").text
    assert 'value="willow"' in html
    assert 'value="juniper"' not in html
    assert "In every space" not in html
    for space in ("", "juniper", str(other.id)):
        assert browser.post("/moderation/words/new", {**GOOD, "space": space}).status_code == 422
    assert browser.post("/moderation/words/new", {**GOOD, "space": "willow"}).status_code == 303
    assert [word.space_id for word in _words()] == [mine.id]


def test_a_text_can_be_tried_and_nothing_of_it_is_kept(browser, moderator):
    browser.post("/moderation/words/new", GOOD)
    browser.post(
        "/moderation/words/new",
        {**GOOD, "phrase": "refuge", "action": "refuse", "told": "Please name no places."},
    )
    found = browser.post("/moderation/words/try", {"text": "A Safe House, a refuge.", "space": ""})
    nothing = browser.post("/moderation/words/try", {"text": "A room.", "space": ""})

    assert found.status_code == nothing.status_code == 200
    assert "This text would set off</h2>" in found.text
    for text in ("safe house", "refuge", "Please name no places."):
        assert text in found.text
    assert "would set off nothing" in nothing.text
    assert "A Safe House, a refuge." in found.text


def test_what_was_written_is_escaped(browser, moderator):
    browser.post(
        "/moderation/words/new", {**GOOD, "phrase": "<b>bold</b>", "reason": "<i>because</i>"}
    )
    html = browser.get("/moderation/words").text
    assert "<b>bold" not in html
    assert "<i>because" not in html


@pytest.mark.parametrize("path", ["", "/new", "/try"])
def test_members_find_nothing_there(browser, path):
    assert browser.sign_in(factories.user()).get(f"/moderation/words{path}").status_code == 404


def test_an_empty_list_says_so(browser, moderator):
    assert "Nothing is watched for" in browser.get("/moderation/words").text


def test_the_list_costs_the_same_statements_however_many_words(browser, moderator):
    counts = []
    for more in (1, 14):
        for number in range(more):
            browser.post("/moderation/words/new", {**GOOD, "phrase": f"word {more} {number}"})
        with statements() as sent:
            browser.get("/moderation/words")
        counts.append(len(sent))
    assert counts[0] == counts[1]
