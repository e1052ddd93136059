"""Headers of every kind of answer, and of files."""

import re

import pytest

from forum.app import create_app
from forum.web.access import PUBLIC, access
from forum.web.headers import CSP
from tests.conftest import SETTINGS

ANSWERS = [
    ("GET", "/", None, 200),
    ("GET", "/threads/new", None, 303),
    ("GET", "/no-such-page", None, 404),
    ("POST", "/register", {"username": "x"}, 422),
    ("POST", "/register", {"csrf_token": "made-up"}, 400),
    ("PUT", "/", None, 405),
    ("GET", "/static/css/base.css", None, 200),
    ("GET", "/static/no-such-file.css", None, 404),
    ("GET", "/assets/site.css", None, 200),
    ("GET", "/assets/no-such-file.css", None, 404),
]


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    ANSWERS,
    ids=[f"{a[0]}-{a[3]}-{a[1].strip('/').replace('/', '-') or 'home'}" for a in ANSWERS],
)
def test_every_answer_carries_the_headers(browser, method, path, data, status):
    answer = browser.post(path, data) if data is not None else browser.raw(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    answer.close()


def test_a_refused_act_and_a_failure_carry_the_headers_too(scene, monkeypatch):
    refused = scene.person("new").get(f"/t/{scene.thread.id}/c/1/edit")
    monkeypatch.setitem(scene.app.view_functions, "threads.home", _broken)
    failed = scene.person("visitor").get("/")
    assert (refused.status_code, failed.status_code) == (403, 500)
    for answer in (refused, failed):
        assert answer.headers["Content-Security-Policy"] == CSP
        assert answer.headers["Cache-Control"] == "no-store"


@access(PUBLIC)
def _broken() -> str:
    raise RuntimeError


def test_the_policy_allows_nothing_but_ones_own_files():
    rules = dict(rule.split(" ", 1) for rule in CSP.split("; "))
    assert rules.pop("img-src") == "'self' data:"
    none = {"default-src", "base-uri", "object-src", "frame-ancestors"}
    own = {"script-src", "style-src", "font-src", "connect-src", "form-action"}
    assert {name: value for name, value in rules.items() if value == "'none'"}.keys() == none
    assert {name: value for name, value in rules.items() if value == "'self'"}.keys() == own


def test_behind_tls_pages_ask_for_tls_for_a_year_and_cookies_are_bound_to_it(tmp_path):
    app = create_app(
        {
            **SETTINGS,
            "SECURE_COOKIES": True,
            "DATABASE_URL": "sqlite://",
            "INSTANCE_PATH": str(tmp_path),
        }
    )
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_files_are_kept_for_a_year_by_the_hash_of_their_content(browser):
    page = browser.get("/").text
    link = re.search(r'href="(/static/icons/sprite\.svg\?v=[0-9a-f]{12})#', page)
    assert link
    hashed, plain = browser.raw("GET", link[1]), browser.raw("GET", "/static/icons/sprite.svg")
    assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in plain.headers.get("Cache-Control", "")
    assert hashed.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    hashed.close()
    plain.close()


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", ""]
)
def test_another_host_is_refused(browser, host):
    answer = browser.raw("GET", "/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_forwarded_headers_are_not_believed_without_a_proxy(browser):
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = browser.raw("GET", "/threads/new", headers=headers)
    assert answer.location.startswith("/sign-in")
    assert "evil" not in browser.raw("GET", "/", headers=headers).text
