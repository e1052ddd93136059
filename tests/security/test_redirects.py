"""Nobody is led away: a redirect goes to a path of this site or to its first page."""

import pytest

from forum.accounts import passwords
from forum.web.resume import local_path
from tests import factories

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http:/\\evil.example",
    "/%2f%2fevil.example",
    "/%2F/evil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "/javascript://%0aalert(1)",
    "@evil.example",
    "evil.example",
    "",
    "/\x00/evil.example",
]
PASSWORD = "four unrelated quiet words"


@pytest.mark.parametrize("target", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_an_address_elsewhere_is_replaced_by_the_first_page(target):
    assert local_path(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/t/12-a-title?order=time#c7", "/tags/soins%20m%C3%A9dicaux", "/t/1?q=http://x"]
)
def test_a_path_of_this_site_is_followed(target):
    assert local_path(target) == target


@pytest.mark.parametrize("target", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_signing_in_leads_nowhere_else(browser, target):
    browser.sign_in(factories.user())
    answer = browser.raw("GET", "/sign-in", query_string={"next": target})
    assert (answer.status_code, answer.location) == (303, "/")


def test_signing_in_leads_back_to_where_one_was(browser):
    hashed = passwords.hash_password(PASSWORD)
    factories.user("amina", password_hash=hashed)
    data = {"username": "amina", "password": PASSWORD}
    answer = browser.post("/sign-in", {**data, "next": "/tags/housing?after=x"})
    assert (answer.status_code, answer.location) == (303, "/tags/housing?after=x")


def test_what_an_ended_session_carried_goes_to_no_other_site(browser):
    hashed = passwords.hash_password(PASSWORD)
    factories.user("amina", password_hash=hashed)
    data = {
        "username": "amina",
        "password": PASSWORD,
        "resume_to": "//evil.example/take",
        "kept.source": "Some words.",
    }
    answer = browser.post("/sign-in", data)
    assert "evil" not in (answer.location or "")
    assert 'action="//' not in answer.text


@pytest.mark.parametrize(
    "path", ["//evil.example/%2e%2e", "/t/1//evil.example", "/%5c%5cevil.example", "//t/1"]
)
def test_no_address_of_a_page_redirects_elsewhere(browser, path):
    answer = browser.raw("GET", path)
    assert not (answer.location or "").startswith(("//", "http", "\\"))
