"""The page that finds things, its suggestions, and the searches that members keep."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core import clock
from forum.search.queries import found_posts, saved_searches
from forum.spaces.models import Visibility
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import Browser, actor_of

ODD = (
    *("'", '"', "%", "_", "*", "NEAR(", "col:", "a AND", "OR", "NOT x", "-", "--", '-"', "tag:"),
    *('tag:"', "by:@", "in:", "is:", "kind:tag", "kind:person", "before:", "before:9999-12-31"),
    *("after:0001-01-01", "before:0001-01-02", "^house", "{title} : x", "words:house", "house*"),
    *("(", ")", ";--", "\\", "\\'", "'; DROP TABLE post;--", "a & b | !c <-> d", "a:*", ":", "::"),
    *("\u00b7house", "\u0130", "\ufdfa", "\u00bd", "\U0001f600", "\u0000x", "\u202e", "-house"),
    *("house -house", "x" * 400, " ".join("ab" * 90), "by:" + "a" * 200, "'s", "o'neil", "\u2019"),
    *("tag:" + "\u0301" * 50, "in:commons in:x by:y tag:z " * 9),
)


@pytest.fixture
def member(app):
    return factories.user("ana", display_name="Ana Bello")


@pytest.fixture
def talk(member):
    space = factories.space("open-floor")
    thread = factories.thread(space, member, title="Housing <b>away</b> & work")
    factories.comment(
        thread, member, "A room & <i>a</i> shelter at night. Is it near?", is_question=True
    )
    return thread


def test_an_empty_search_tells_how_to_ask(browser, talk):
    page = browser.get("/search")

    assert page.status_code == 200
    assert "is:unanswered" in page.text
    assert "Nothing found" not in page.text


def test_results_show_title_place_author_and_marked_words(browser, talk):
    page = browser.get("/search?q=house")

    assert "<bdi><mark>Housing</mark> &lt;b&gt;away&lt;/b&gt; &amp; work</bdi>" in page.text
    assert "Ana Bello" in page.text
    assert "Open Floor" in page.text
    assert "1 result." in page.text


def test_a_comment_is_found_with_its_number_and_that_it_is_an_open_question(browser, talk):
    page = browser.get("/search", query_string={"q": '"shelter at night"', "kind": "comment"})

    assert f'href="/t/{talk.id}/c/1"' in page.text
    assert "Open question" in page.text
    assert "&lt;i&gt;" in page.text


def test_fields_of_the_form_say_the_same_as_operators(browser, talk):
    with_fields = browser.get("/search", query_string={"q": "house", "by": "ana", "kind": "thread"})
    with_operators = browser.get("/search", query_string={"q": "house by:ana kind:thread"})

    for page in (with_fields, with_operators):
        assert "<h1>Search: <bdi>house by:ana kind:thread</bdi></h1>" in page.text
        assert "1 result." in page.text
    assert browser.get("/search?q=house&by=nobody").text.count("Nothing found") == 1


def test_a_content_note_stands_instead_of_the_words_it_is_about(app, talk, member):
    browser = Browser(app).sign_in(member)
    note, words = "about <hunger>", "Soup was all there was."
    browser.post(
        "/threads/new",
        {"space": "commons", "kind": "discussion", "title": "Meals", "source": words,
         "tags": "housing", "content_note": note},
    )  # fmt: skip
    browser.post(f"/t/{talk.id}/reply", {"source": words, "content_note": note})
    browser.post("/searches", {"name": "Meals", "q": "soup"})

    page = browser.get("/search?q=soup").text
    shown = [post for post in found_posts(actor_of(member), "soup") if post.content_note == note]

    assert "2 results" in page
    assert page.count("Content note: <bdi>about &lt;hunger&gt;</bdi>") == 2
    assert [post.snippet for post in shown] == [(), ()]
    for path in ("/search?q=soup", "/search?q=meals", "/search?q=hous&kind=thread", "/searches"):
        assert "all there was" not in browser.get(path).text
    assert "all there was" not in browser.get("/search/suggestions?q=soup").text
    assert "all there was" not in browser.get("/threads/similar?title=soup").text


def test_tags_and_people_of_the_name_stand_above(browser, talk):
    assert 'href="/tags/housing"' in browser.get("/search?q=apartment").text
    assert 'href="/u/ana"' in browser.get("/search?q=bello").text


def test_visitors_find_only_people_whom_they_can_read(app, talk):
    factories.user("quiet", display_name="Quiet Reader")

    assert 'href="/u/quiet"' not in Browser(app).get("/search?q=reader").text
    assert 'href="/u/quiet"' in Browser(app).sign_in(factories.user()).get("/search?q=reader").text


def test_nothing_found_leads_on(browser, talk):
    page = browser.get("/search?q=zeppelin")

    assert "Nothing found" in page.text
    assert 'href="/tags"' in page.text
    assert "nearly every text" in browser.get("/search?q=what+is+the").text


def test_more_than_a_page_goes_on_by_a_link_and_back(browser, talk):
    for number in range(30):
        factories.comment(talk, text=f"Trains number {number}")
    first = browser.get("/search?q=trains")
    older = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    second = browser.get(older)

    assert first.text.count('class="row found"') == 20
    assert second.text.count('class="row found"') == 10
    assert "First page" in second.text
    assert browser.get("/search?q=trains&from=nonsense").status_code == 404


def test_no_text_breaks_a_search(app, talk):
    client = app.test_client()
    answers = {}
    for text in ODD:
        for name in ("q", "tag", "in", "by", "kind", "is", "before", "after"):
            query = {"q": "house", name: text}
            answers[name, text] = client.get("/search", query_string=query).status_code
        answers["suggestions", text] = client.get(
            "/search/suggestions", query_string={"q": text}
        ).status_code

    assert {key: status for key, status in answers.items() if status != 200} == {}


@wide
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.lists(st.sampled_from([*ODD, "house", '"'])).map("".join))
def test_no_generated_text_breaks_a_search(app, text):
    client = app.test_client()

    assert client.get("/search", query_string={"q": text}).status_code == 200
    assert client.get("/search/suggestions", query_string={"q": text}).status_code == 200


def test_suggestions_are_tags_threads_and_people(app, talk):
    browser = Browser(app)
    hidden = factories.space(visibility=Visibility.PRIVATE)
    factories.thread(hidden, title="Housing in private")

    housing = browser.get("/search/suggestions?q=hous").json
    people = browser.get("/search/suggestions?q=bello").json

    assert {"label": "Housing", "note": "Tag", "path": "/tags/housing"} in housing
    assert [one["label"] for one in housing if one["note"] == "Thread"] == [talk.title]
    assert people == [{"label": "Ana Bello", "note": "@ana", "path": "/u/ana"}]
    assert browser.get("/search/suggestions?q=").json == []


def test_a_script_that_searches_without_pause_is_told_to_wait(app, talk, monkeypatch):
    monkeypatch.setitem(app.config, "SEARCHES_PER_MINUTE", 2)
    app.extensions["pace"].__init__()
    client = app.test_client()

    answers = [client.get("/search?q=house") for _ in range(3)]
    app.extensions["pace"].__init__()

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60


# Similar threads


ABOUT_THE_SAME = "Are these about the same?"


def test_threads_of_a_like_title_are_told_to_a_script_while_it_is_typed(app, talk, member):
    browser = Browser(app).sign_in(member)
    hidden = factories.space(visibility=Visibility.PRIVATE)
    factories.thread(hidden, title="Housing and work in private")

    found = browser.get("/threads/similar", query_string={"title": "Work beside housing?"}).json

    assert found == [
        {
            "label": "Housing <b>away</b> & work",
            "note": "1 comment in Open Floor",
            "path": f"/t/{talk.id}-{talk.slug}",
        }
    ]
    assert browser.get("/threads/similar?title=zeppelin").json == []
    assert browser.get("/threads/similar").json == []
    for text in ODD:
        assert browser.get("/threads/similar", query_string={"title": text}).status_code == 200


def test_the_preview_of_a_thread_shows_them_without_a_script(app, talk, member):
    browser = Browser(app).sign_in(member)
    hidden = factories.space(visibility=Visibility.PRIVATE)
    factories.thread(hidden, title="Housing and work in private")
    form = {"space": "commons", "kind": "discussion", "source": "Some words.", "tags": "housing"}

    def preview(title: str) -> str:
        data = {**form, "title": title, "do": "preview"}
        page = browser.post("/threads/new", data).text
        shown: str = page.partition('id="similar"')[2].partition("</section>")[0]
        assert ABOUT_THE_SAME in shown
        return shown

    like, other = preview("Work beside housing?"), preview("Zeppelins")

    assert (
        f'<a href="/t/{talk.id}-{talk.slug}"><bdi>Housing &lt;b&gt;away&lt;/b&gt; &amp; w' in like
    )
    assert "in private" not in like
    assert " hidden>" not in like
    assert " hidden>" in other
    assert "<li>" not in other


def test_an_empty_title_asks_for_no_similar_threads(app, talk, member):
    page = Browser(app).sign_in(member).get("/threads/new").text

    assert " hidden>" in page.partition('id="similar"')[2].partition("<h2")[0]


# Saved searches


def test_a_search_is_kept_looked_at_and_deleted(app, talk, member):
    browser = Browser(app).sign_in(member)

    browser.post("/searches", {"name": "Roofs", "q": "shelter is:question"})
    kept = browser.get("/searches").text
    factories.comment(talk, text="Which shelter?", is_question=True)
    later = browser.get("/searches").text
    (saved,) = saved_searches(actor_of(member))
    opened = browser.post(f"/searches/{saved.id}/open")

    assert "Roofs" in kept
    assert "nothing new" in kept
    assert "1 new since your last look" in later
    assert opened.location == "/search?q=shelter+is:question"
    assert "nothing new" in browser.get("/searches").text
    browser.post(f"/searches/{saved.id}/delete")
    assert "No saved searches yet" in browser.get("/searches").text


def test_a_search_that_cannot_be_kept_comes_back_with_its_words(app, member):
    browser = Browser(app).sign_in(member)

    for name, line in (("", "shelter"), ("x" * 61, "shelter"), ("Empty", "")):
        page = browser.post("/searches", {"name": name, "q": line})
        assert page.status_code == 422
        assert f'value="{line}"' in page.text
    assert saved_searches(actor_of(member)) == ()


def test_the_same_name_keeps_the_newer_search_and_twenty_are_the_most(app, member):
    browser = Browser(app).sign_in(member)
    for number in range(21):
        answer = browser.post("/searches", {"name": f"Search {number}", "q": "shelter"})
    assert answer.status_code == 409

    browser.post("/searches", {"name": "Search 3", "q": "housing"})

    found = saved_searches(actor_of(member))
    assert len(found) == 20
    assert [one.line for one in found if one.name == "Search 3"] == ["housing"]


def test_new_is_only_what_the_member_may_read(app, member):
    browser = Browser(app).sign_in(member)
    browser.post("/searches", {"name": "Roofs", "q": "shelter"})
    hidden = factories.space(visibility=Visibility.PRIVATE)
    factories.thread(hidden, title="A shelter nobody knows", at=clock.now() - timedelta(days=1))

    assert saved_searches(actor_of(member))[0].new_count == 0


def test_saved_searches_are_in_the_download_and_go_with_the_account(app, talk):
    from forum.accounts.passwords import hash_password  # noqa: PLC0415

    leaving = factories.user(password_hash=hash_password("seven lamps over the harbour"))
    browser = Browser(app).sign_in(leaving)
    browser.post("/searches", {"name": "Roofs", "q": "shelter"})
    assert '"search": "shelter"' in browser.post("/settings/data").text

    browser.post("/settings/delete", {"posts": "keep", "password": "seven lamps over the harbour"})

    assert saved_searches(actor_of(leaving)) == ()
