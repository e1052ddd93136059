"""Pages about one post, as each kind of person meets them."""

import re

import pytest
import sqlalchemy as sa

from forum.core.db import db, transaction
from forum.posts.models import Post, PostState
from forum.spaces.models import Visibility
from forum.threads import actions
from tests import factories
from tests.support.cast import NAMES, SEES, Cast, cast
from tests.support.pages import Browser

WORDS = "A room is not enough."
REASON = "It named a place."


def _browser(app, people: Cast, name: str) -> Browser:
    browser = Browser(app)
    return browser if name == "visitor" else browser.sign_in(people.user(name))


@pytest.fixture
def people(app) -> Cast:
    return cast()


@pytest.fixture
def thread(people):
    """A thread with one comment by the author."""
    made = factories.thread(people.space, people.user("author"), tags=("housing",))
    factories.comment(made, people.user("author"), WORDS)
    return made


@pytest.fixture
def author(app, people) -> Browser:
    return _browser(app, people, "author")


@pytest.fixture
def member(app, people) -> Browser:
    return _browser(app, people, "member")


@pytest.fixture
def facilitator(app, people) -> Browser:
    return _browser(app, people, "facilitator")


def _path(thread) -> str:
    return f"/t/{thread.id}-{thread.slug}"


def _post(thread, number: int) -> Post:
    db.session.commit()
    return db.session.scalars(
        sa.select(Post)
        .where(Post.thread_id == thread.id, Post.number == number)
        .execution_options(populate_existing=True)
    ).one()


# Reading


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("part", ["", "/history", "/agreements"])
def test_pages_of_a_comment_are_open_to_those_who_see_its_space(app, visibility, part):
    people = cast(visibility)
    thread = factories.thread(people.space, people.user("author"))
    factories.comment(thread, people.user("author"), WORDS)
    for name in NAMES:
        browser = _browser(app, people, name)
        page = browser.get(f"/t/{thread.id}/c/1{part}", follow_redirects=True)
        assert page.status_code == (200 if name in SEES[visibility] else 404), name


def test_a_permalink_opens_the_page_that_holds_the_comment(browser, thread):
    for _ in range(40):
        factories.comment(thread)
    answer = browser.get(f"/t/{thread.id}/c/35")
    assert (answer.status_code, answer.location) == (302, f"{_path(thread)}?at=35#c35")
    assert 'id="c35"' in browser.get(f"/t/{thread.id}/c/35", follow_redirects=True).text


def test_the_permalink_of_the_opening_is_its_thread(browser, thread):
    assert browser.get(f"/t/{thread.id}/c/0").location == _path(thread)


def test_the_permalink_of_words_taken_back_leads_to_a_note_in_their_place(browser, author, thread):
    author.post(f"/t/{thread.id}/c/1/take-back")
    page = browser.get(f"/t/{thread.id}/c/1", follow_redirects=True)
    assert page.status_code == 200
    assert "Taken back by its author." in page.text
    assert WORDS not in page.text


@pytest.mark.parametrize("part", ["", "/history", "/agreements", "/reply", "/quote", "/edit"])
def test_a_comment_that_does_not_exist_is_not_found(member, thread, part):
    assert member.get(f"/t/{thread.id}/c/99{part}").status_code == 404


def test_the_history_shows_what_changed_after_the_silent_minutes(app, browser, thread, author):
    app.config["GRACE"], kept = app.config["GRACE"] * 0, app.config["GRACE"]
    try:
        author.post(f"/t/{thread.id}/c/1/edit", {"source": "A house is enough.", "revision": "1"})
    finally:
        app.config["GRACE"] = kept
    page = browser.get(f"/t/{thread.id}/c/1/history").text
    assert WORDS in page
    assert "<ins>" in page
    assert "edited</a>" in browser.get(_path(thread)).text


def test_an_edit_in_the_silent_minutes_leaves_no_mark(browser, thread, author):
    author.post(f"/t/{thread.id}/c/1/edit", {"source": "A house is enough.", "revision": "1"})
    assert "edited</a>" not in browser.get(_path(thread)).text
    assert WORDS not in browser.get(f"/t/{thread.id}/c/1/history").text


# Replying


@pytest.mark.parametrize("name", NAMES)
def test_whoever_is_signed_in_replies_in_an_open_space(app, people, thread, name):
    browser = _browser(app, people, name)
    opened = browser.get(f"/t/{thread.id}/c/1/reply")
    sent = browser.post(f"/t/{thread.id}/c/1/reply", {"source": "An answer."})
    assert (opened.status_code, sent.status_code) == (
        (303, 401) if name == "visitor" else (200, 303)
    )
    if name != "visitor":
        assert sent.location == f"/t/{thread.id}/c/2"
        assert _post(thread, 2).parent_id == _post(thread, 1).id


def test_a_question_is_marked_while_writing(browser, member, thread):
    member.post(f"/t/{thread.id}/reply", {"source": "Who decides?", "is_question": "y"})
    assert "Open question" in browser.get(_path(thread)).text


def test_replies_end_at_a_depth_and_the_text_comes_back(member, thread):
    for number in range(1, 19):
        factories.comment(thread, reply_to=number)
    page = member.post(f"/t/{thread.id}/c/19/reply", {"source": "One deeper."})
    assert page.status_code == 422
    assert "One deeper." in page.text
    assert "19 levels" in page.text


@pytest.mark.parametrize("state", ["removed", "taken back"])
def test_words_that_are_gone_are_not_shown_to_whoever_wants_to_reply(
    member, author, facilitator, thread, state
):
    if state == "removed":
        facilitator.post(f"/t/{thread.id}/c/1/remove", {"reason": REASON})
    else:
        author.post(f"/t/{thread.id}/c/1/take-back")
    for part in ("reply", "quote", "edit", "agreements", "history"):
        page = member.get(f"/t/{thread.id}/c/1/{part}")
        assert page.status_code in {403, 404}, part
        assert WORDS not in page.text


def test_a_quote_names_its_origin_and_links_to_it(browser, member, people, thread):
    page = member.get(f"/t/{thread.id}/c/1/quote")
    assert f"&gt; #1 @{people.user('author').username}:" in page.text
    assert f"&gt; {WORDS}" in page.text
    member.post(
        f"/t/{thread.id}/reply",
        {"source": f"> #1 @{people.user('author').username}:\n> {WORDS}\n\nMore."},
    )
    assert f'href="/t/{thread.id}/c/1"' in browser.get(_path(thread)).text


def test_only_the_selected_words_are_quoted(member, thread):
    page = member.get(f"/t/{thread.id}/c/1/quote", query_string={"text": "not\x00 enough\x1b"})
    assert "&gt; not enough" in page.text
    assert f"&gt; {WORDS}" not in page.text


# Editing


def test_an_edit_is_its_authors_alone(app, people, thread):
    for name in NAMES:
        browser = _browser(app, people, name)
        opened = browser.get(f"/t/{thread.id}/c/1/edit").status_code
        assert opened == {"visitor": 303, "author": 200}.get(name, 403), name


def test_a_preview_of_an_edit_changes_nothing(author, thread):
    data = {"source": "**bold**", "revision": "1", "do": "preview"}
    page = author.post(f"/t/{thread.id}/c/1/edit", data)
    assert "<strong>bold</strong>" in page.text
    assert _post(thread, 1).source == WORDS


def test_editing_comment_0_is_editing_the_thread(author, thread):
    assert author.get(f"/t/{thread.id}/c/0/edit").location == f"/t/{thread.id}/edit"


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30])
def test_an_edit_without_a_good_revision_comes_back_with_its_text(author, thread, revision):
    page = author.post(f"/t/{thread.id}/c/1/edit", {"source": "Mine.", "revision": revision})
    assert page.status_code == 422
    assert "Mine." in page.text
    assert _post(thread, 1).source == WORDS


# Agreeing, asking, answering


def test_agreeing_is_counted_shown_and_withdrawn(browser, member, people, thread):
    for _ in range(2):
        answer = member.post(f"/t/{thread.id}/c/1/agree")
        assert answer.location == f"/t/{thread.id}/c/1"
    name = people.user("member").display_name
    assert name in browser.get(f"/t/{thread.id}/c/1/agreements").text
    assert "1 agrees" in browser.get(_path(thread)).text
    member.post(f"/t/{thread.id}/c/1/stop-agreeing")
    assert "1 agrees" not in browser.get(_path(thread)).text


@pytest.mark.parametrize(("name", "number"), [("author", 1), ("member", 0)], ids=["own", "thread"])
def test_nobody_agrees_with_themselves_or_with_a_thread(app, people, thread, name, number):
    browser = _browser(app, people, name)
    assert browser.post(f"/t/{thread.id}/c/{number}/agree").status_code == 403


def test_a_thread_itself_has_no_list_of_agreement(browser, thread):
    assert browser.get(f"/t/{thread.id}/c/0/agreements").status_code == 404


def test_a_question_is_answered_and_opened_again(browser, author, thread):
    author.post(f"/t/{thread.id}/c/1/question")
    assert "Open question" in browser.get(_path(thread)).text
    factories.comment(thread, text="Like this.", reply_to=1)
    assert 'value="2"' in author.get(f"/t/{thread.id}/c/1/answer").text
    author.post(f"/t/{thread.id}/c/1/answer", {"answer": "2"})
    assert "Question, answered in" in browser.get(_path(thread)).text
    author.post(f"/t/{thread.id}/c/1/answer", {"answer": ""})
    assert "Open question" in browser.get(_path(thread)).text
    author.post(f"/t/{thread.id}/c/1/no-question")
    assert "Open question" not in browser.get(_path(thread)).text


@pytest.mark.parametrize("answer", ["99", "1", "0", "-3", "x", "9" * 30])
def test_what_answers_no_question_comes_back(author, thread, answer):
    author.post(f"/t/{thread.id}/c/1/question")
    page = author.post(f"/t/{thread.id}/c/1/answer", {"answer": answer})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text


# Taking back, taking out


def test_taking_back_asks_first_and_takes_quotes_along(browser, author, member, people, thread):
    quoted = f"> #1 @{people.user('author').username}:\n> {WORDS}\n\nMine."
    member.post(f"/t/{thread.id}/reply", {"source": quoted})
    assert author.get(f"/t/{thread.id}/c/1/take-back").status_code == 200
    assert _post(thread, 1).state is PostState.PUBLISHED
    page = author.post(f"/t/{thread.id}/c/1/take-back", follow_redirects=True)
    assert "Your words are gone" in page.text
    assert WORDS not in page.text
    assert "Mine." in page.text
    assert WORDS not in browser.get(_path(thread)).text


def test_taking_back_works_in_a_closed_thread(author, people, thread):
    with transaction():
        actions.close_thread(people["facilitator"], thread.id, REASON)
    assert author.post(f"/t/{thread.id}/c/1/take-back").status_code == 303


def test_a_removed_comment_leaves_its_reason_and_can_be_restored(browser, facilitator, thread):
    page = facilitator.post(f"/t/{thread.id}/c/1/remove", {"reason": ""})
    assert page.status_code == 422
    facilitator.post(f"/t/{thread.id}/c/1/remove", {"reason": REASON})
    page = browser.get(_path(thread)).text
    assert REASON in page
    assert WORDS not in page
    facilitator.post(f"/t/{thread.id}/c/1/restore")
    assert WORDS in browser.get(_path(thread)).text


def test_removing_an_opening_is_taking_its_thread_out(facilitator, thread):
    answer = facilitator.get(f"/t/{thread.id}/c/0/remove")
    assert answer.location == f"/t/{thread.id}/take-back"


def test_the_history_of_a_thread_taken_back_is_closed(browser, author, facilitator, thread):
    opening = _post(thread, 0).source
    facilitator.post(f"/t/{thread.id}/take-back", {"reason": REASON})
    for part in ("history", "agreements"):
        page = browser.get(f"/t/{thread.id}/c/0/{part}")
        assert page.status_code == 404
        assert opening not in page.text


# People to mention


def test_those_in_the_thread_come_first_when_a_name_is_completed(member, people, thread):
    found = member.get(f"/t/{thread.id}/people?q=").get_json()
    assert found[0]["username"] == people.user("author").username
    assert len(found) <= 8


@pytest.mark.parametrize("state", ["suspended", "deactivated", "deleted", "placeholder"])
def test_who_is_not_active_is_not_offered(member, thread, state):
    factories.user("zebulon", state=state)
    assert member.get(f"/t/{thread.id}/people?q=zebu").get_json() == []


def test_naming_several_people_links_each(browser, member, people, thread):
    names = [people.user(name).username for name in ("author", "facilitator", "stranger")]
    source = " ".join(f"@{name}" for name in names)
    member.post(f"/t/{thread.id}/reply", {"source": f"I agree with {source}."})
    page = browser.get(_path(thread)).text
    links = re.findall(r'class="mention"[^>]*href="/u/([^"]+)"|href="/u/([^"]+)"[^>]*mention', page)
    assert {first or second for first, second in links} == set(names)
