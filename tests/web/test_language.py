"""Which language a page comes in, and that no reader gets the page of another."""

import contextvars
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from forum.core import i18n
from forum.core.db import db
from forum.core.i18n import _, lazy, ngettext
from forum.threads import policy
from forum.web import language
from forum.web.access import PUBLIC, access
from tests import factories
from tests.support.pages import Browser

AT = datetime(2011, 3, 24, 18, 7, tzinfo=UTC)
SPANISH = {"Accept-Language": "es"}


def said(app: Flask, code: str, words: Callable[[], str]) -> str:
    """What is said in a request of a reader, in a context of its own as a server has."""

    def ask() -> str:
        with app.test_request_context("/", headers={"Accept-Language": code}):
            return words()

    return contextvars.Context().run(ask)


WELCOME = {"en": ">Discussions</h1>", "es": ">Conversaciones</h1>"}


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-GB,en;q=0.9,es;q=0.8", "en"),
        ("fr,es;q=0.5,en;q=0.4", "es"),
        ("fr", "en"),
        ("*", "en"),
        ("es;q=0", "en"),
        (";;,=q=x", "en"),
        ("x" * 5_000, "en"),
    ],
)
def test_a_visitor_reads_in_the_language_of_the_browser(browser, header, shown):
    page = browser.get("/", headers={"Accept-Language": header})
    assert f'<html lang="{shown}" dir="ltr"' in page.text
    assert WELCOME[shown] in page.text
    assert page.headers.get("Set-Cookie") is None


def test_a_kept_page_is_never_that_of_another_language(browser):
    for code in ("es", "en", "es", "en"):
        page = browser.get("/", headers={"Accept-Language": code})
        assert WELCOME[code] in page.text
        assert "Accept-Language" in page.headers["Vary"]


def test_a_copy_of_one_language_is_not_taken_for_another(browser):
    english = browser.get("/")
    both = {"If-None-Match": english.headers["ETag"]}
    assert browser.get("/", headers=both).status_code == 304
    assert browser.get("/", headers={**both, **SPANISH}).status_code == 200


def test_what_a_member_chose_goes_before_the_browser(browser):
    member = factories.user(language="es")
    browser.sign_in(member)
    page = browser.get("/", headers={"Accept-Language": "en"})
    assert WELCOME["es"] in page.text
    member.language = "en"
    db.session.commit()
    assert WELCOME["en"] in browser.get("/", headers=SPANISH).text


def test_a_member_who_chose_nothing_reads_as_the_browser_asks(browser):
    browser.sign_in(factories.user())
    assert WELCOME["es"] in browser.get("/", headers=SPANISH).text


def test_a_member_chooses_a_language_in_the_settings(browser):
    browser.sign_in(factories.user())
    page = browser.get("/settings/preferences")
    assert '<option value="es">Español</option>' in page.text
    form = {"timezone": "UTC", "theme": "auto", "language": "es"}
    answer = browser.post("/settings/preferences", form, follow_redirects=True)
    assert "Guardado." in answer.text
    assert '<html lang="es"' in browser.get("/tags").text


def test_a_language_that_the_pages_lack_is_refused(browser):
    browser.sign_in(factories.user())
    form = {"timezone": "UTC", "theme": "auto", "language": "tlh"}
    assert browser.post("/settings/preferences", form).status_code == 422


def test_a_refusal_speaks_the_language_of_the_page(browser):
    browser.sign_in(factories.user())
    page = browser.post("/threads/new", {"title": "", "source": ""}, headers=SPANISH)
    assert page.status_code == 422
    assert "Mira esto otra vez" in page.text
    missing = browser.get("/no-such-page", headers=SPANISH)
    assert missing.status_code == 404
    assert "Aquí no hay ninguna página, o no está abierta para ti." in missing.text


def test_what_forms_say_by_themselves_is_spanish_too(browser):
    browser.sign_in(factories.facilitator(factories.space("willow")))
    page = browser.post("/s/willow/codes", {"days": "many", "uses": "1"}, headers=SPANISH)
    assert page.status_code == 422
    assert "Not a valid integer value" not in page.text


def test_a_failure_speaks_as_the_browser_asks_and_asks_nobody_else(
    browser, monkeypatch: pytest.MonkeyPatch
):
    @access(PUBLIC)
    def fail() -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(browser.app.view_functions, "tags.index", fail)
    page = browser.get("/tags", headers=SPANISH)
    assert page.status_code == 500
    assert "Algo salió mal aquí" in page.text
    assert '<html lang="es"' in page.text


def test_a_form_that_was_open_too_long_says_so_in_spanish(browser):
    browser.sign_in(factories.user())
    answer = browser.raw("POST", "/read-all", headers=SPANISH)
    assert answer.status_code == 400
    assert "Este formulario estuvo abierto demasiado tiempo" in answer.text


@pytest.mark.parametrize(("code", "shown"), [("en", "24 Mar 2011"), ("es", "24 mar 2011")])
def test_days_are_written_as_the_language_writes_them(browser, code, shown):
    thread = factories.thread(at=AT)
    page = browser.get(f"/t/{thread.id}-{thread.slug}", headers={"Accept-Language": code})
    assert f"{shown}, 18:07" in page.text


@pytest.mark.parametrize(
    ("code", "shown"), [("en", "member since March 2011"), ("es", "integrante desde marzo de 2011")]
)
def test_months_are_written_as_the_language_writes_them(browser, code, shown):
    browser.sign_in(factories.user(username="wren", created_at=AT))
    assert shown in browser.get("/u/wren", headers={"Accept-Language": code}).text


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [("en", 999, "999"), ("es", 999, "999"), ("en", 12345, "12,345"), ("es", 12345, "12.345")],
)
def test_numbers_are_written_as_the_language_writes_them(code, value, shown):
    assert i18n.number(value, code) == shown


@pytest.mark.parametrize(
    ("count", "english", "spanish"),
    [
        (0, "0 comments", "0 comentarios"),
        (1, "1 comment", "1 comentario"),
        (2, "2 comments", "2 comentarios"),
    ],
)
def test_plurals_follow_the_language(browser, count, english, spanish):
    thread = factories.thread()
    for _number in range(count):
        factories.comment(thread)
    path = f"/t/{thread.id}-{thread.slug}"
    assert f">{english}</h2>" in browser.get(path).text
    assert f">{spanish}</h2>" in browser.get(path, headers=SPANISH).text


def test_words_in_python_are_those_of_the_reader(app: Flask):
    assert said(app, "es", lambda: _("Saved.")) == "Guardado."
    assert said(app, "en", lambda: _("Saved.")) == "Saved."
    many = said(app, "es", lambda: ngettext("%(num)s comment", "%(num)s comments", 2))
    assert many == "2 comentarios"


def test_words_of_modules_wait_for_their_reader(app: Flask):
    word = lazy("Saved.")
    assert word == "Saved."
    assert said(app, "es", lambda: str(word)) == "Guardado."


def test_words_of_modules_are_escaped_like_any_text(app: Flask):
    word = lazy("“%(word)s” leads to the tag “%(name)s” already.", word="<b>", name="x")
    with app.test_request_context("/"):
        html = app.jinja_env.from_string("{{ word }}").render(word=word)
    assert "&lt;b&gt;" in html


def test_a_reason_of_a_policy_is_in_the_language_of_whoever_meets_it(app: Flask):
    reason = policy._CLOSED.reason
    assert str(reason).startswith("This thread is closed")
    assert said(app, "es", lambda: str(reason)).startswith("Este hilo está cerrado")


def test_outside_of_requests_words_are_english(app: Flask):
    assert language.best("") == "en"
    assert _("Saved.") == "Saved."


def test_a_reader_of_neither_language_gets_english(browser: Browser):
    page = browser.get("/", headers={"Accept-Language": "ar"})
    assert '<html lang="en" dir="ltr"' in page.text


def test_languages_know_how_they_are_written():
    assert i18n.direction("en") == "ltr"
    assert i18n.direction("ar") == "rtl"
