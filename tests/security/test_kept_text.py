"""Whatever refuses a form, what was typed comes back, and sending it again works."""

import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from forum.accounts import passwords
from forum.core.db import db, transaction
from forum.posts.models import Post
from forum.threads import actions
from tests import factories
from tests.support.pages import Browser, actor_of

TEXT = "It took an hour to write this <b>& more</b>.\nA second line, “quoted”."
PASSWORD = "four unrelated quiet words"


class _Forms(HTMLParser):
    """The forms of a page with what each would send, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self._area = ""
        self._text = ""
        self.feed(html.replace("\r\n", "\n"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
        elif tag == "input" and self.forms and given.get("type") not in {"checkbox", "radio"}:
            self._add(given.get("name"), given.get("value") or "")
        elif tag == "textarea":
            self._area, self._text = given.get("name") or "?", ""

    def handle_data(self, data):
        if self._area:
            self._text += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            if self._area != "?":
                self._add(self._area, self._text.removeprefix("\n"))
            self._area = ""

    def _add(self, name, value):
        if name and self.forms:
            self.forms[-1][1].setdefault(name, []).append(value)


def _form(page, action: str) -> dict[str, list[str]]:
    """What the form to this address holds."""
    found = [fields for to, fields in _Forms(page.text).forms if to == action]
    assert found, f"no form to {action}"
    return found[-1]


def _holds(page, text: str) -> bool:
    html = page.text.replace("\r\n", "\n")  # as browsers read it
    areas = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.DOTALL)
    return any(_plain(area) == text for area in areas)


def _plain(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data):
        self.parts.append(data)


def _sources() -> list[str]:
    db.session.commit()
    return list(db.session.scalars(sa.select(Post.source).where(Post.number > 0)))


@pytest.fixture
def thread(app):
    return factories.thread()


@pytest.fixture
def reply(thread) -> str:
    return f"/t/{thread.id}/reply"


def test_an_ended_session_gives_the_text_back_and_one_press_after_signing_in_posts_it(
    browser, reply
):
    factories.user("amina", password_hash=passwords.hash_password(PASSWORD))
    refused = browser.post(reply, {"source": TEXT, "is_question": "y", "do": "post"})
    assert refused.status_code == 401
    assert _holds(refused, TEXT)
    form = _form(refused, "/sign-in")
    signed_in = browser.post("/sign-in", {**form, "username": "amina", "password": PASSWORD})
    assert signed_in.status_code == 200
    assert _holds(signed_in, TEXT)
    sent = browser.raw("POST", reply, data=_form(signed_in, reply))
    assert sent.status_code == 303
    assert _sources() == [TEXT]
    assert db.session.scalars(sa.select(Post.is_question).where(Post.number > 0)).all() == [True]


def test_a_wrong_password_on_the_way_keeps_the_text_too(browser, reply):
    factories.user("amina", password_hash=passwords.hash_password(PASSWORD))
    form = _form(browser.post(reply, {"source": TEXT}), "/sign-in")
    again = browser.post("/sign-in", {**form, "username": "amina", "password": "not the one"})
    assert again.status_code == 422
    assert _holds(again, TEXT)
    signed_in = browser.post(
        "/sign-in", {**_form(again, "/sign-in"), "username": "amina", "password": PASSWORD}
    )
    assert _holds(signed_in, TEXT)


def test_a_form_with_an_old_token_comes_back_and_one_press_posts_it(browser, reply):
    browser.sign_in(factories.user())
    refused = browser.post(reply, {"source": TEXT, "csrf_token": "of another session"})
    assert refused.status_code == 400
    assert _holds(refused, TEXT)
    assert _sources() == []
    assert browser.raw("POST", reply, data=_form(refused, reply)).status_code == 303
    assert _sources() == [TEXT]


def test_every_choice_of_a_refused_form_comes_back(browser):
    browser.sign_in(factories.user())
    data = {"title": "A title", "source": TEXT, "tags": ["housing", "education"], "space": "x"}
    refused = browser.post("/threads/new", {**data, "csrf_token": "old"})
    form = _form(refused, "/threads/new")
    assert form["tags"] == ["housing", "education"]
    assert form["source"][0].replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/settings/password", {"current": "secret-one", "password": "secret-two"}),
        ("/confirm", {"password": "secret-one"}),
        ("/sign-in", {"username": "amina", "password": "secret-one"}),
        ("/register", {"username": "amina", "password": "secret-one"}),
        ("/settings/delete", {"password": "secret-one", "posts": "keep"}),
    ],
    ids=["change", "confirm", "sign-in", "register", "delete"],
)
def test_passwords_are_never_given_back(browser, path, data):
    member = factories.user()
    if path.startswith(("/settings", "/confirm")):
        browser.sign_in(member)
    for token in ("old", browser.token()):
        page = browser.post(path, {**data, "csrf_token": token})
        assert "secret-one" not in page.text
        assert "secret-two" not in page.text


def test_a_closed_thread_refuses_a_comment_and_gives_its_text_back(browser, thread, reply):
    moderator = factories.moderator()
    browser.sign_in(factories.user())
    with transaction():
        actions.close_thread(actor_of(moderator), thread.id, "It is settled.")
    refused = browser.post(reply, {"source": TEXT})
    assert refused.status_code == 403
    assert _holds(refused, TEXT)
    assert "closed" in refused.text


def test_a_reply_to_a_comment_taken_back_meanwhile_gives_its_text_back(browser, thread):
    author = factories.user()
    gone = factories.comment(thread, author)
    browser.sign_in(factories.user())
    with transaction():
        actions.take_back(actor_of(author), thread.id, gone.number)
    refused = browser.post(f"/t/{thread.id}/c/1/reply", {"source": TEXT})
    assert refused.status_code in {403, 409}
    assert _holds(refused, TEXT)


def test_a_thread_merged_or_gone_meanwhile_gives_the_text_back(browser, thread, reply):
    into, moderator = factories.thread(), factories.moderator()
    browser.sign_in(factories.user())
    with transaction():
        actions.merge_threads(actor_of(moderator), thread.id, into.id, "They are one.")
    refused = browser.post(reply, {"source": TEXT})
    assert refused.status_code == 404
    assert _holds(refused, TEXT)


def test_a_limit_on_posts_gives_the_text_back_with_the_time_to_wait(browser, thread, reply):
    member = factories.user()
    for _ in range(20):
        factories.comment(thread, member)
    refused = browser.sign_in(member).post(reply, {"source": TEXT})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert _holds(refused, TEXT)


@pytest.mark.parametrize(
    ("source", "words"),
    [("", "Please write something first."), (" \n ", "Please write something first."),
     ("a" * 20_001, "20,000"), ("> " * 30 + "deep", "deep")],
    ids=["empty", "blank", "too-long", "too-deep"],
)  # fmt: skip
def test_a_text_that_cannot_be_taken_is_given_back_with_the_reason(browser, reply, source, words):
    refused = browser.sign_in(factories.user()).post(reply, {"source": source})
    assert refused.status_code == 422
    assert words in refused.text
    assert _holds(refused, source)
    assert 'aria-invalid="true"' in refused.text


def test_a_megabyte_is_read_refused_and_given_back(browser, reply):
    text = "a long story " * 80_000
    refused = browser.sign_in(factories.user()).post(reply, {"source": text})
    assert refused.status_code == 422
    assert text in refused.text


def test_five_megabytes_are_too_large_for_a_page_of_text(browser, reply):
    refused = browser.sign_in(factories.user()).post(reply, {"source": "x" * (5 * 2**20)})
    assert refused.status_code == 413
    assert "20,000 characters" in refused.text
    assert _sources() == []


def test_nowhere_to_start_a_thread_loses_no_text(browser):
    member = factories.user()
    with transaction():
        db.session.execute(sa.text("UPDATE space SET who_starts = 'facilitators'"))
    browser.sign_in(member)
    data = {"title": "A title", "source": TEXT, "space": "commons", "tags": "housing"}
    refused = browser.post("/threads/new", data)
    assert refused.status_code == 422
    assert _holds(refused, TEXT)


def test_the_same_form_sent_twice_makes_one_post(browser, reply):
    browser.sign_in(factories.user())
    data = {"source": TEXT, "submit_key": "one-key"}
    first, second = browser.post(reply, data), browser.post(reply, data)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert _sources() == [TEXT]


def test_a_form_refused_and_sent_again_keeps_its_key(browser, thread, reply):
    browser.sign_in(factories.user())
    refused = browser.post(reply, {"source": "", "submit_key": "one-key"})
    assert _form(refused, reply)["submit_key"] == ["one-key"]


def test_a_preview_posts_nothing_and_keeps_the_text(browser, reply):
    page = browser.sign_in(factories.user()).post(
        reply, {"source": "**bold** words", "do": "preview"}
    )
    assert page.status_code == 200
    assert "<strong>bold</strong>" in page.text
    assert _holds(page, "**bold** words")
    assert _sources() == []


def test_an_edit_that_comes_second_sees_both_texts_and_can_go_on(browser, thread):
    author = factories.user()
    factories.comment(thread, author, "The first words.")
    path = f"/t/{thread.id}/c/1/edit"
    one, two = (Browser(browser.app).sign_in(author) for _ in range(2))
    opened = _form(two.get(path), path)
    assert (
        one.post(path, {**_form(one.get(path), path), "source": "Other words."}).status_code == 303
    )
    refused = two.post(path, {**opened, "source": TEXT})
    assert refused.status_code == 409
    assert _holds(refused, TEXT)
    assert "<del>" in refused.text
    assert "<ins>" in refused.text
    assert two.raw("POST", path, data=_form(refused, path)).status_code == 303
    assert _sources() == [TEXT]


def test_an_edit_of_an_opening_that_comes_second_can_go_on_too(browser):
    author = factories.user()
    thread = factories.thread(author=author)
    path = f"/t/{thread.id}/edit"
    browser.sign_in(author)
    opened = browser.get(path)
    action = "" if 'action="' + path not in opened.text else path
    form = _form(opened, action)
    assert browser.post(path, {**form, "source": "Other words."}).status_code == 303
    refused = browser.post(path, {**form, "source": TEXT})
    assert refused.status_code == 409
    assert _holds(refused, TEXT)
    assert browser.raw("POST", path, data=_form(refused, action)).status_code == 303
