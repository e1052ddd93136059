"""Drafts as people meet them: a button, a list, the form that opens with the text in it."""

import re

import pytest
import sqlalchemy as sa

from forum.accounts.passwords import hash_password
from forum.core.db import db, transaction
from forum.drafts.models import Draft
from forum.posts.models import Post
from forum.spaces.models import Visibility
from forum.threads import actions
from tests import factories
from tests.support.pages import Browser, actor_of

TEXT = "A washing machine <b>in</b> the house."
SHOWN = "A washing machine &lt;b&gt;in&lt;/b&gt; the house."
JSON = {"Accept": "application/json"}


@pytest.fixture
def thread(app):
    return factories.thread(title="What makes a room a home?")


@pytest.fixture
def member(app) -> Browser:
    return Browser(app).sign_in(factories.user())


def _drafts() -> list[Draft]:
    db.session.commit()
    return list(db.session.scalars(sa.select(Draft).order_by(Draft.id)))


def _hidden(page, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


def test_the_button_keeps_the_text_and_the_thread_opens_with_it(member, thread):
    path = f"/t/{thread.id}-{thread.slug}"
    assert "This is your draft" not in member.get(path).text
    saved = member.post(f"/t/{thread.id}/draft", {"source": TEXT, "draft_version": "0"})
    assert saved.status_code == 303
    assert "Your draft is saved" in member.get(saved.location).text
    page = member.get(path)
    assert SHOWN in page.text
    assert "This is your draft" in page.text
    assert _hidden(page, "draft_version") == "1"


@pytest.mark.parametrize("path", ["/t/{id}/draft", "/threads/draft", "/preview", "/read-all"])
def test_a_script_that_asks_after_the_session_starts_no_new_one(app, thread, path):
    """Its answer may come after that of a page with a form, whose token it would make useless."""
    sent = {"source": TEXT}

    answer = app.test_client().post(path.format(id=thread.id), data=sent, headers=JSON)

    assert answer.status_code in {400, 401}
    assert answer.get_json()["message"]
    assert "Set-Cookie" not in answer.headers


def test_a_script_that_looks_something_up_after_the_session_starts_no_new_one(app, thread):
    answer = app.test_client().get(f"/t/{thread.id}/people?q=a", headers=JSON)

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_a_reply_opens_with_its_own_draft_and_the_thread_tells_of_it(member, thread):
    factories.comment(thread)
    member.post(f"/t/{thread.id}/c/1/draft", {"source": TEXT, "is_question": "y"})
    page = member.get(f"/t/{thread.id}/c/1/reply").text
    assert SHOWN in page
    assert re.search(r'<input checked [^>]*name="is_question"', page)
    page = member.get(f"/t/{thread.id}-{thread.slug}").text
    assert SHOWN not in page
    assert f'href="/t/{thread.id}/c/1/reply">Write on' in page


def test_a_quote_is_added_to_what_was_written_before(member, thread):
    factories.comment(thread, text="Quoted words.")
    member.post(f"/t/{thread.id}/c/1/draft", {"source": TEXT})
    page = member.get(f"/t/{thread.id}/c/1/quote")
    assert page.text.index(SHOWN) < page.text.index("&gt; Quoted words.")
    assert _hidden(page, "draft_version") == "1"


def test_posting_deletes_the_draft_also_after_a_preview(member, thread):
    member.post(f"/t/{thread.id}/draft", {"source": TEXT})
    data = {"source": TEXT, "draft_version": "1"}
    looked = member.post(f"/t/{thread.id}/reply", {**data, "do": "preview"})
    assert _hidden(looked, "draft_version") == "1"
    assert len(_drafts()) == 1
    member.post(f"/t/{thread.id}/reply", data)
    assert _drafts() == []


def test_a_thread_that_is_not_started_is_written_on_and_started(member):
    data = {"title": "A title", "source": TEXT, "space": "commons", "tags": ["housing"]}
    saved = member.post("/threads/draft", data)
    (draft,) = _drafts()
    assert saved.location == f"/threads/new?draft={draft.id}"
    assert f"/threads/new?draft={draft.id}" in member.get("/threads/new").text
    page = member.get(saved.location)
    assert 'value="A title"' in page.text
    assert re.search(r'value="housing"[^>]* checked', page.text)
    sent = member.post("/threads/new", {**data, "kind": "discussion", "draft": str(draft.id)})
    assert sent.status_code == 303
    assert _drafts() == []


def test_the_draft_of_an_answer_is_no_draft_of_a_thread(member, thread):
    member.post(f"/t/{thread.id}/draft", {"source": TEXT})
    assert member.get(f"/threads/new?draft={_drafts()[0].id}").status_code == 404


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, "٣", "999999"])
def test_a_draft_that_does_not_exist_is_not_found(member, asked):
    assert member.get("/threads/new", query_string={"draft": asked}).status_code == 404


def test_the_list_names_each_and_deletes_one(member, thread):
    assert "No drafts" in member.get("/drafts").text
    member.post(f"/t/{thread.id}/draft", {"source": TEXT})
    member.post("/threads/draft", {"source": "Words.", "title": "Night buses"})
    page = member.get("/drafts").text
    assert "What makes a room a home?" in page
    assert "Night buses" in page
    assert page.count("/delete") == 2
    gone = member.post(f"/drafts/{_drafts()[0].id}/delete", follow_redirects=True)
    assert "What makes a room a home?" not in gone.text
    assert len(_drafts()) == 1


def test_discarding_in_a_thread_comes_back_to_it(member, thread):
    member.post(f"/t/{thread.id}/draft", {"source": TEXT})
    data = {"back": f"/t/{thread.id}-{thread.slug}#compose"}
    answer = member.post(f"/drafts/{_drafts()[0].id}/delete", data)
    assert answer.location == data["back"]
    assert SHOWN not in member.get(answer.location).text


def test_discarding_leads_to_no_other_site(member, thread):
    member.post(f"/t/{thread.id}/draft", {"source": TEXT})
    data = {"back": "//example.org"}
    assert member.post(f"/drafts/{_drafts()[0].id}/delete", data).location == "/drafts"


def test_two_windows_see_both_texts_and_either_can_go_on(member, thread):
    path = f"/t/{thread.id}/draft"
    member.post(path, {"source": "The first text.", "submit_key": "one"})
    refused = member.post(path, {"source": TEXT, "submit_key": "two", "draft_version": "0"})
    assert refused.status_code == 409
    assert SHOWN in refused.text
    assert "The first text." in refused.text
    assert _drafts()[0].source == "The first text."
    again = {
        "source": TEXT,
        "submit_key": "two",
        "draft_version": _hidden(refused, "draft_version"),
    }
    assert member.post(path, again).status_code == 303
    assert _drafts()[0].source == TEXT


def test_a_script_is_answered_with_the_version_and_with_the_other_text(member, thread):
    path = f"/t/{thread.id}/draft"
    told = member.post(path, {"source": TEXT, "submit_key": "one"}, headers=JSON).get_json()
    assert (told["draft"], told["version"]) == (_drafts()[0].id, 1)
    other = member.post(path, {"source": "Other.", "submit_key": "two"}, headers=JSON)
    assert other.status_code == 409
    assert other.get_json()["texts"]["source"] == TEXT
    assert other.get_json()["version"] == 1
    long = member.post(path, {"source": "a" * 50_000, "submit_key": "one"}, headers=JSON)
    assert long.status_code == 422
    assert "40,000" in long.get_json()["message"]


def test_what_is_posted_already_is_said_and_not_kept_again(member, thread):
    member.post(f"/t/{thread.id}/reply", {"source": TEXT, "submit_key": "one"})
    late = member.post(f"/t/{thread.id}/draft", {"source": TEXT, "submit_key": "one"})
    assert late.status_code == 409
    assert "posted or discarded" in late.text
    assert SHOWN in late.text
    assert _drafts() == []


def test_a_draft_outlives_its_thread_for_its_author(app):
    user = factories.user()
    member = Browser(app).sign_in(user)
    space = factories.space(visibility=Visibility.PRIVATE)
    factories.membership(space, user)
    thread = factories.thread(space, title="A quiet circle")
    member.post(f"/t/{thread.id}/draft", {"source": TEXT})
    member.post(f"/s/{space.slug}/leave")
    assert member.post(f"/t/{thread.id}/draft", {"source": "More."}).status_code == 404
    assert "A quiet circle" not in member.get("/drafts").text
    page = member.get(f"/drafts/{_drafts()[0].id}").text
    assert SHOWN in page
    assert "A quiet circle" not in page
    assert "Write on" not in page


def test_a_closed_thread_still_keeps_what_was_being_written(member, thread):
    with transaction():
        actions.close_thread(actor_of(factories.moderator()), thread.id, "It is settled.")
    assert member.post(f"/t/{thread.id}/draft", {"source": TEXT}, headers=JSON).status_code == 200
    assert SHOWN in member.get(f"/drafts/{_drafts()[0].id}").text


def test_drafts_are_in_ones_own_download_and_gone_with_the_account(app):
    password = "four unrelated quiet words"
    user = factories.user(password_hash=hash_password(password))
    member = Browser(app).sign_in(user)
    member.post("/threads/draft", {"source": "Words not posted.", "title": "Night buses"})
    assert "Words not posted." in member.post("/settings/data").text
    gone = member.post("/settings/delete", {"posts": "keep", "password": password})
    assert gone.status_code == 200
    assert _drafts() == []


def test_a_preview_for_a_script_shows_names_and_numbers_and_keeps_nothing(member, thread):
    factories.comment(thread)
    user = factories.user()
    data = {"source": f"**Bold** #1 @{user.username}"}
    html = member.post(f"/t/{thread.id}/preview", data).get_json()["html"]
    assert "<strong>Bold</strong>" in html
    assert f'href="/t/{thread.id}/c/1"' in html
    assert f'href="/u/{user.username}"' in html
    assert "<script" not in member.post("/preview", {"source": "<script>"}).get_json()["html"]
    assert db.session.scalar(sa.select(sa.func.count()).where(Post.number == 1)) == 1


def test_a_preview_says_what_is_wrong_with_a_text(member):
    answer = member.post("/preview", {"source": "a" * 20_001})
    assert answer.status_code == 422
    assert "20,000" in answer.get_json()["message"]
