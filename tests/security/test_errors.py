"""Failures say nothing about how the site is made, and keep what was typed."""

import re

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forum.settings import SettingsError, load
from forum.web.access import PUBLIC, access
from tests.conftest import SECRET

TELLING = re.compile(
    r"Traceback|File \"|\.py|werkzeug|flask|jinja|sqlalchemy|psycopg|sqlite|python/|line \d+"
    r"|words of the fault",
    re.IGNORECASE,
)


def _failing(error: Exception):
    @access(PUBLIC)
    def view(**_arguments: object) -> str:
        raise error

    return view


FAULTS = {
    "fault": (RuntimeError("words of the fault"), 500),
    "database": (OperationalError("SELECT words of the fault", {}, Exception("gone")), 503),
    "pool": (PoolTimeout("words of the fault"), 503),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_failure_is_a_plain_page_without_details(browser, monkeypatch, fault, method):
    error, status = FAULTS[fault]
    monkeypatch.setitem(browser.app.view_functions, "accounts.register", _failing(error))
    page = browser.get("/register") if method == "GET" else browser.post("/register")
    assert page.status_code == status
    assert not TELLING.search(page.text)
    assert "Server" not in page.headers


def test_a_failure_gives_the_text_back(browser, monkeypatch):
    error, _ = FAULTS["fault"]
    monkeypatch.setitem(browser.app.view_functions, "accounts.register", _failing(error))
    page = browser.post("/register", {"display_name": "A name <b>", "password": "a secret"})
    assert "A name &lt;b&gt;" in page.text
    assert "a secret" not in page.text


def test_a_database_that_does_not_answer_says_when_to_come_back(browser, monkeypatch):
    error, _ = FAULTS["database"]
    monkeypatch.setitem(browser.app.view_functions, "accounts.register", _failing(error))
    assert browser.get("/register").headers["Retry-After"] == "5"


def test_the_page_of_a_failure_asks_neither_who_looks_nor_the_database(scene, monkeypatch):
    def nobody() -> None:
        raise RuntimeError

    monkeypatch.setattr("forum.web.templating.current_actor", nobody)
    monkeypatch.setattr("forum.web.access.current_actor", nobody)
    page = scene.person("member").get("/settings")
    assert page.status_code == 500
    assert "mistake" in page.text


def test_a_failure_is_written_down(browser, monkeypatch, caplog):
    error, _ = FAULTS["fault"]
    monkeypatch.setitem(browser.app.view_functions, "accounts.register", _failing(error))
    browser.get("/register")
    assert "words of the fault" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/no-such-page", 404), ("GET", "/sign-out", 405), ("POST", "/", 405),
     ("DELETE", "/t/1", 405), ("GET", "/static/../config.py", 404),
     ("GET", "/static/%2e%2e/config.py", 404), ("GET", "/t/x", 404), ("TRACE", "/", 405)],
)  # fmt: skip
def test_what_is_not_there_is_a_plain_page(browser, method, path, status):
    page = browser.raw(method, path)
    assert page.status_code == status
    assert not TELLING.search(page.text)
    assert page.mimetype == "text/html"


def test_a_wrong_method_says_which_are_right(browser):
    assert "POST" in browser.raw("GET", "/sign-out").headers["Allow"]


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"],
)
def test_a_body_of_another_kind_is_answered(scene, content_type):
    member = scene.person("member")
    page = member.send(
        "POST", f"/t/{scene.thread.id}/reply", b'{"source": [[[', content_type=content_type
    )
    assert page.status_code == 400


@pytest.mark.parametrize(
    "values",
    [
        {"ENV": "production", "DEBUG": True, "SECRET_KEY": SECRET, "SECURE_COOKIES": True},
        {"ENV": "production", "SECRET_KEY": ""},
        {"ENV": "production", "SECRET_KEY": "x" * 40},
    ],
    ids=["debug", "no-key", "weak-key"],
)
def test_production_starts_neither_with_debugging_nor_with_a_weak_key(values, tmp_path):
    with pytest.raises(SettingsError):
        load(overrides={**values, "INSTANCE_PATH": str(tmp_path)})
