"""Pages of threads, as each kind of person meets them."""

import re

import pytest
import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, transaction
from forum.posts.models import Post
from forum.spaces.models import Circle, Visibility
from forum.threads import actions
from forum.threads.actions import SuggestionDraft
from forum.threads.models import Reading, Thread
from tests import factories
from tests.support.cast import NAMES, SEES, Cast, cast
from tests.support.pages import Browser

REASON = "It is settled."


def _browser(app, people: Cast, name: str) -> Browser:
    browser = Browser(app)
    return browser if name == "visitor" else browser.sign_in(people.user(name))


def _path(thread) -> str:
    return f"/t/{thread.id}-{thread.slug}"


def _fresh(thread) -> Thread:
    db.session.commit()
    return db.session.get_one(Thread, thread.id, populate_existing=True)


@pytest.fixture
def people(app) -> Cast:
    return cast()


@pytest.fixture
def thread(people):
    return factories.thread(people.space, people.user("author"))


@pytest.fixture
def author(app, people) -> Browser:
    return _browser(app, people, "author")


@pytest.fixture
def facilitator(app, people) -> Browser:
    return _browser(app, people, "facilitator")


# Reading


@pytest.mark.parametrize("visibility", Visibility)
def test_a_thread_is_read_by_those_who_see_its_space(app, visibility):
    people = cast(visibility)
    thread = factories.thread(people.space, people.user("author"))
    factories.comment(thread, people.user("member"))
    for name in NAMES:
        page = _browser(app, people, name).get(_path(thread))
        assert page.status_code == (200 if name in SEES[visibility] else 404), name
        assert (thread.title in page.text) is (name in SEES[visibility])


@pytest.mark.parametrize("name", ["visitor", "member", "author"])
@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_a_thread_waits_to_be_drawn_for_something_that_comes_at_its_end(
    app, people, thread, name, is_closed
):
    if is_closed:
        thread.closed_at, thread.closed_reason = clock.now(), "It is answered."
        db.session.commit()
    page = _browser(app, people, name).get(f"/t/{thread.id}-{thread.slug}").text
    (awaited,) = re.findall(r'<link rel="expect" href="#([^"]+)" blocking="render">', page)
    assert page.count(f'id="{awaited}"') == 1
    assert page.index(f'id="{awaited}"') > page.index('id="comments"')


@pytest.mark.parametrize("show", ["", "?show=new", "?show=unanswered"])
def test_the_first_page_lists_threads(browser, thread, show):
    factories.comment(thread, is_question=True)
    assert thread.title in browser.get(f"/{show}").text


def test_what_is_followed_is_listed_for_members_only(app, author, thread):
    assert Browser(app).get("/?show=following").status_code == 404
    assert thread.title not in author.get("/?show=following").text
    author.post(f"/t/{thread.id}/attention", {"attention": "follow"})
    assert thread.title in author.get("/?show=following").text
    author.post(f"/t/{thread.id}/attention", {"attention": "none"})
    assert thread.title not in author.get("/?show=following").text


def test_a_followed_tag_brings_its_threads(author, thread):
    author.post("/tags/housing/attention", {"attention": "follow"})
    assert thread.title in author.get("/?show=following").text


def test_a_long_list_goes_on_until_its_end_and_back(browser):
    space = factories.space()
    for number in range(45):
        factories.thread(space, title=f"Thread number {number:02}")
    path, seen = "/", []
    while path:
        page = browser.get(path).text
        seen += re.findall(r"Thread number (\d\d)", page)
        link = re.search(r'href="(/\?after=[^"]+)"', page)
        path = link[1] if link else ""
    assert sorted(set(seen)) == [f"{number:02}" for number in range(45)]


@pytest.mark.parametrize(
    "path", ["/t/{id}", "/t/{id}-", "/t/{id}-another-title", "/t/{id}?order=time"]
)
def test_every_old_address_of_a_thread_leads_to_its_present_one(browser, thread, path):
    answer = browser.get(path.format(id=thread.id))
    assert answer.status_code == 301
    assert answer.location.partition("?")[0] == _path(thread)
    assert ("order=time" in answer.location) is ("order" in path)


def test_a_title_in_another_script_has_an_address_that_works(browser):
    thread = factories.thread(title="सुरक्षित आवास कहाँ मिलेगा")
    answer = browser.get(f"/t/{thread.id}", follow_redirects=True)
    assert answer.status_code == 200
    assert thread.title in answer.text


@pytest.mark.parametrize("order", ["oldest", "newest", "agreed", "time"])
def test_every_comment_is_on_some_page_of_every_order(browser, thread, order):
    for number in range(60):
        factories.comment(thread, reply_to=number if number % 4 == 3 else 0)
    path, seen = f"{_path(thread)}?order={order}", []
    while path:
        page = browser.get(path).text
        seen += re.findall(r'<li class="knot[^"]*" id="c(\d+)"', page)
        link = re.search(r'href="([^"]+)"[^>]*>\s*More comments', page)
        path = link[1].replace("&amp;", "&") if link else ""
    assert sorted(map(int, seen)) == list(range(1, 61))


def test_the_first_unread_comment_is_one_press_away(author, thread):
    for _ in range(3):
        factories.comment(thread)
    assert author.get(f"/t/{thread.id}/first-unread").location.endswith("?at=1#c1")
    author.post(f"/t/{thread.id}/read", {"read_to": "2"})
    assert author.get(f"/t/{thread.id}/first-unread").location.endswith("?at=3#c3")
    author.post(f"/t/{thread.id}/read", {"read_to": "99"})
    assert author.get(f"/t/{thread.id}/first-unread").location == _path(thread)


@pytest.mark.parametrize("text", ["", "x", "-1", "٣", "9" * 12])
def test_a_strange_mark_of_reading_marks_nothing(author, thread, text):
    factories.comment(thread)
    assert author.post(f"/t/{thread.id}/read", {"read_to": text}).status_code == 303
    db.session.commit()
    assert (db.session.scalar(sa.select(Reading.read_to)) or 0) == 0


def test_everything_is_read_at_one_press(author, thread):
    factories.comment(thread)
    assert author.post("/read-all").status_code == 303
    page = author.get("/")
    assert "Everything is marked as read." in page.text
    assert 'class="new"' not in page.text


# Starting and changing

DRAFT = {"kind": "discussion", "title": "Where to sleep tonight", "source": "Who knows a place?"}


def _draft(people, **values):
    return {**DRAFT, "space": people.space.slug, "tags": "housing", **values}


@pytest.mark.parametrize("name", NAMES)
def test_a_thread_is_started_by_whoever_is_signed_in(app, people, name):
    answer = _browser(app, people, name).post("/threads/new", _draft(people))
    assert answer.status_code == (401 if name == "visitor" else 303)
    if name != "visitor":
        assert re.fullmatch(r"/t/\d+-where-to-sleep-tonight", answer.location)


@pytest.mark.parametrize(
    "values",
    [{"title": "a"}, {"title": "a" * 151}, {"source": " "}, {"source": "a" * 20_001},
     {"tags": []}, {"tags": ["no-such-word"]}, {"kind": "proposal"}, {"space": "no-such-space"},
     {"tags": ["housing", "education", "employment", "life-skills", "relocation", "medical-care"]}],
    ids=["short", "long", "empty", "too-long", "untagged", "unknown-tag", "kind", "space", "tags"],
)  # fmt: skip
def test_a_thread_that_cannot_be_started_comes_back_with_all_that_was_typed(author, people, values):
    draft = _draft(people, **values)
    page = author.post("/threads/new", draft)
    assert page.status_code == 422
    assert draft["title"] in page.text
    assert draft["source"].strip() in page.text
    assert 'role="alert"' in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Thread)) == 0


def test_the_same_form_sent_twice_starts_one_thread(author, people):
    draft = _draft(people, submit_key="one-key")
    first, second = (author.post("/threads/new", draft) for _ in range(2))
    assert first.location == second.location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Thread)) == 1


def test_a_prompt_sets_its_question_apart(facilitator, people):
    draft = _draft(people, kind="prompt", question="Which services are missing?")
    page = facilitator.post("/threads/new", draft, follow_redirects=True)
    assert '<p class="ask">Which services are missing?</p>' in page.text


def test_only_facilitators_are_offered_prompts(author, facilitator, people):
    path = f"/threads/new?space={people.space.slug}"
    assert "Prompt:" not in author.get(path).text
    assert "Prompt:" in facilitator.get(path).text


def test_who_may_start_nothing_is_told_so(app):
    db.session.execute(sa.text("UPDATE space SET who_starts = 'facilitators'"))
    db.session.commit()
    page = Browser(app).sign_in(factories.user()).get("/threads/new")
    assert page.status_code == 200
    assert "There is no space where you can start one" in page.text


def test_a_space_that_may_not_be_written_to_is_not_offered(app):
    closed = cast(Visibility.PUBLIC, who_starts=Circle.FACILITATORS)
    page = _browser(app, closed, "member").get("/threads/new")
    assert f'value="{closed.space.slug}"' not in page.text


def test_an_opening_is_edited_by_its_author(author, thread):
    path = f"/t/{thread.id}/edit"
    answer = author.post(path, {"title": "Another title", "source": "Other.", "revision": "1"})
    assert answer.location == f"/t/{thread.id}-another-title"
    assert author.get(_path(thread)).location == answer.location


def test_an_opening_can_be_previewed(author, thread):
    data = {"title": "A title", "source": "**bold**", "revision": "1", "do": "preview"}
    page = author.post(f"/t/{thread.id}/edit", data)
    assert page.status_code == 200
    assert "<strong>bold</strong>" in page.text
    assert _fresh(thread).title != "A title"


# Taking back and restoring


def test_a_thread_taken_back_is_gone_and_can_be_restored_by_its_author(app, author, thread):
    visitor = Browser(app)
    assert author.get(f"/t/{thread.id}/take-back").status_code == 200
    assert author.post(f"/t/{thread.id}/take-back").status_code == 303
    assert visitor.get(_path(thread)).status_code == 404
    assert thread.title not in visitor.get("/").text
    assert author.post(f"/t/{thread.id}/restore").status_code == 303
    assert visitor.get(_path(thread)).status_code == 200


def test_a_thread_taken_back_with_answers_keeps_them_under_a_note(app, author, people, thread):
    factories.comment(thread, people.user("member"), "An answer that stays.")
    author.post(f"/t/{thread.id}/take-back")
    page = Browser(app).get(f"/t/{thread.id}", follow_redirects=True)
    assert page.status_code == 200
    assert "An answer that stays." in page.text
    assert thread.title not in page.text
    assert thread.slug not in page.text


def test_what_a_facilitator_took_out_its_author_does_not_bring_back(author, facilitator, thread):
    facilitator.post(f"/t/{thread.id}/take-back", {"reason": "It names a place."})
    assert author.post(f"/t/{thread.id}/restore").status_code == 403
    assert facilitator.post(f"/t/{thread.id}/restore").status_code == 303


# Arranging


@pytest.mark.parametrize("path", ["close", "move", "merge", "take-back"])
def test_arranging_without_a_reason_comes_back(facilitator, thread, path):
    page = facilitator.post(f"/t/{thread.id}/{path}", {"reason": " ", "into": "x"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text


def test_closing_shows_the_reason_and_reopening_ends_it(app, facilitator, thread):
    visitor = Browser(app)
    facilitator.post(f"/t/{thread.id}/close", {"reason": REASON})
    assert REASON in visitor.get(_path(thread)).text
    again = facilitator.post(f"/t/{thread.id}/close", {"reason": "Once more."})
    assert again.status_code == 409
    assert "Once more." in again.text
    facilitator.post(f"/t/{thread.id}/reopen")
    assert REASON not in visitor.get(_path(thread)).text


def test_pinning_puts_a_thread_first_in_its_space(app, facilitator, people, thread):
    factories.thread(people.space, title="A later thread")
    path = f"/s/{people.space.slug}"
    facilitator.post(f"/t/{thread.id}/pin")
    page = Browser(app).get(path).text
    assert page.index(thread.title) < page.index("A later thread")
    facilitator.post(f"/t/{thread.id}/unpin")
    page = Browser(app).get(path).text
    assert page.index(thread.title) > page.index("A later thread")


def test_a_moved_thread_keeps_its_address(app, people, thread):
    other = factories.space("other-room")
    moderator = _browser(app, people, "moderator")
    assert "other-room" in moderator.get(f"/t/{thread.id}/move").text
    moderator.post(f"/t/{thread.id}/move", {"space": "other-room", "reason": REASON})
    assert _fresh(thread).space_id == other.id
    assert Browser(app).get(_path(thread)).status_code == 200


def test_a_thread_moves_only_between_spaces_that_one_runs(facilitator, thread):
    factories.space("other-room")
    page = facilitator.post(f"/t/{thread.id}/move", {"space": "other-room", "reason": REASON})
    assert page.status_code == 422


@pytest.mark.parametrize("form", ["{id}", "/t/{id}", "https://here.example/t/{id}-title#c3"])
def test_merging_leads_every_old_link_to_its_new_place(app, facilitator, people, thread, form):
    into = factories.thread(people.space, title="The other one")
    factories.comment(into)
    factories.comment(thread, text="A comment that moves.")
    answer = facilitator.post(
        f"/t/{thread.id}/merge", {"into": form.format(id=into.id), "reason": REASON}
    )
    assert answer.location == f"{_path(into)}?at=2#c2"
    visitor = Browser(app)
    assert visitor.get(_path(thread)).location == f"{_path(into)}?at=2#c2"
    assert visitor.get(f"/t/{thread.id}").status_code == 301
    assert visitor.get(f"/t/{thread.id}/c/1").location == f"{_path(into)}?at=3#c3"
    assert "A comment that moves." in visitor.get(f"/t/{thread.id}/c/1", follow_redirects=True).text


def test_a_merge_into_what_one_may_not_see_looks_like_a_merge_into_nothing(facilitator, thread):
    secret = factories.thread(factories.space(visibility=Visibility.PRIVATE))
    there, nowhere = (
        facilitator.post(f"/t/{thread.id}/merge", {"into": str(number), "reason": REASON})
        for number in (secret.id, 999_999)
    )
    assert there.status_code == nowhere.status_code == 422
    assert "There is no such thread, or it is not open to you." in there.text
    assert "There is no such thread, or it is not open to you." in nowhere.text


@pytest.mark.parametrize("into", ["", "x", "/t/", "9" * 12, "-1"])
def test_a_merge_into_no_thread_says_what_is_asked_for(facilitator, thread, into):
    page = facilitator.post(f"/t/{thread.id}/merge", {"into": into, "reason": REASON})
    assert page.status_code == 422
    assert "Please give the address or the number of a thread." in page.text


def test_splitting_makes_a_thread_and_keeps_old_links(app, facilitator, thread):
    factories.comment(thread, text="The first one.")
    factories.comment(thread, text="It goes elsewhere.")
    factories.comment(thread, text="And its answer.", reply_to=2)
    data = {"title": "A matter of its own", "tags": "education", "reason": REASON}
    answer = facilitator.post(f"/t/{thread.id}/c/2/split", data)
    assert answer.status_code == 303
    visitor = Browser(app)
    assert visitor.get(f"/t/{thread.id}/c/2").location == answer.location
    assert visitor.get(f"/t/{thread.id}/c/3").location == f"{answer.location}?at=1#c1"
    assert "It goes elsewhere." not in visitor.get(_path(thread)).text


@pytest.mark.parametrize("number", [0, 1], ids=["opening", "removed"])
def test_what_cannot_open_a_thread_cannot_be_split_off(facilitator, thread, number):
    factories.comment(thread, text="words that were removed")
    facilitator.post(f"/t/{thread.id}/c/1/remove", {"reason": REASON})
    page = facilitator.get(f"/t/{thread.id}/c/{number}/split")
    assert page.status_code == 409
    assert "words that were removed" not in page.text


# Tags


def test_an_author_sets_tags_and_others_suggest_them(app, author, people, thread):
    author.post(f"/t/{thread.id}/tags", {"tags": ["education", "housing"]})
    assert "/tags/education" in Browser(app).get(_path(thread)).text
    stranger = _browser(app, people, "stranger")
    answer = stranger.post(f"/t/{thread.id}/tags", {"tags": "employment", "words": "night work"})
    assert answer.status_code == 303
    assert "A facilitator will look" in stranger.get("/").text


@pytest.mark.parametrize("tags", [[], ["no-such-word"]], ids=["none", "unknown"])
def test_tags_that_cannot_be_set_come_back(author, thread, tags):
    assert author.post(f"/t/{thread.id}/tags", {"tags": tags}).status_code == 422


def test_a_suggestion_is_accepted_once(facilitator, people, thread):
    with transaction():
        actions.suggest_tags(people["stranger"], thread.id, SuggestionDraft(("education",)))
    page = facilitator.get(f"/t/{thread.id}/tags").text
    path = re.search(r'formaction="([^"]+/accept)"|action="([^"]+/accept)"', page)
    assert path
    accept = path[1] or path[2]
    assert facilitator.post(accept).status_code == 303
    assert facilitator.post(accept).status_code == 409


def test_too_many_suggestions_wait_their_turn(app, people, thread):
    stranger = _browser(app, people, "stranger")
    for _ in range(3):
        stranger.post(f"/t/{thread.id}/tags", {"tags": "education"})
    page = stranger.post(f"/t/{thread.id}/tags", {"tags": "education", "note": "My note."})
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "My note." in page.text


# Nothing is there for those outside


def test_a_private_thread_and_no_thread_are_the_same_bytes(app):
    people = cast(Visibility.PRIVATE)
    thread = factories.thread(people.space, people.user("author"))
    visitor = Browser(app)
    missing = visitor.get("/t/999999-x")
    assert visitor.get(_path(thread)).data == missing.data
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1
