"""Who reaches a route at all, before its view is asked."""

from datetime import timedelta

import pytest

from forum.accounts.models import UserSession
from forum.core import clock
from forum.core.db import db
from forum.web import access
from tests import factories
from tests.support.pages import Browser

PEOPLE = {
    "visitor": None,
    "member": factories.user,
    "moderator": factories.moderator,
    "administrator": factories.administrator,
}
# Status of a GET for visitor, member, moderator, administrator.
LEVELS = {
    access.PUBLIC: (200, 200, 200, 200),
    access.SIGNED_IN: (303, 200, 200, 200),
    access.MODERATOR: (303, 404, 200, 200),
    access.ADMINISTRATOR: (303, 404, 404, 200),
}


def _guarded(monkeypatch, app, *declared, **options):
    """The address of a view that declares this access."""

    def view() -> str:
        return "reached"

    guarded = access.access(*declared, **options)(view) if declared else view
    monkeypatch.setitem(app.view_functions, "spaces.index", guarded)
    return "/spaces"


def _browser(app, name) -> Browser:
    made = PEOPLE[name]
    return Browser(app).sign_in(made()) if made else Browser(app)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name.lower())
def test_each_level_lets_in_those_it_names(app, monkeypatch, level):
    path = _guarded(monkeypatch, app, level)
    answers = tuple(_browser(app, name).raw("GET", path).status_code for name in PEOPLE)
    assert answers == LEVELS[level]


def test_a_view_without_a_declaration_is_reached_by_nobody(app, monkeypatch):
    path = _guarded(monkeypatch, app)
    assert {_browser(app, name).raw("GET", path).status_code for name in PEOPLE} == {404}


def test_every_view_declares_its_access(site):
    undeclared = [name for name in site.view_functions if access.declared(site, name) is None]
    assert undeclared == []


def test_who_is_not_signed_in_is_led_back_after_signing_in(app, monkeypatch):
    path = _guarded(monkeypatch, app, access.SIGNED_IN)
    answer = Browser(app).raw("GET", f"{path}?after=a%26b")
    assert answer.location == "/sign-in?next=%2Fspaces%3Fafter%3Da%2526b"


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 303)], ids=["recent", "long ago"])
def test_delicate_routes_ask_for_a_recent_password(app, monkeypatch, minutes, status):
    path = _guarded(monkeypatch, app, access.SIGNED_IN, delicate=True)
    browser = Browser(app).sign_in(factories.user())
    session = db.session.query(UserSession).one()
    session.authenticated_at = clock.now() - timedelta(minutes=minutes)
    db.session.commit()
    answer = browser.raw("GET", path)
    assert answer.status_code == status
    assert answer.location in {None, "/confirm?next=%2Fspaces"}


def test_an_address_that_does_not_exist_asks_nobody_to_sign_in(browser):
    assert browser.get("/no-such-page").status_code == 404
    assert browser.post("/no-such-page", {"a": "b"}).status_code in {400, 404}
