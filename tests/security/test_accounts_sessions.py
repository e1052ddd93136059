"""SECURITY.md rows 1 to 8, 16 and 17: sessions, sign-in and what surrounds them."""

import re
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import queries, tokens
from forum.accounts.models import User, UserSession, UserState
from forum.app import create_app
from forum.core import clock
from forum.core.actor import SiteRole
from forum.core.db import Base, db
from forum.mail.models import Delivery
from tests import factories
from tests.conftest import SECRET
from tests.support.pages import Browser
from tests.support.people import (  # noqa: F401 - fixtures
    ELSEWHERE,
    NEW_PASSWORD,
    PASSWORD,
    cheap_hashes_fixture,
    mailing_fixture,
    member_fixture,
    real_hashes_fixture,
    sign_in,
)


def is_signed_in(browser):
    return browser.get("/settings").status_code == 200


def cookie(browser):
    with browser.client.session_transaction() as session:
        return session.get("_user_id")


# Row 1


def test_row_1_tokens_are_long_and_never_twice_the_same():
    made = {tokens.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(token) >= 43 for token in made)  # 256 bits in base 64


def test_row_1_the_database_holds_no_token(browser, member):
    member()
    sign_in(browser)
    token = cookie(browser)
    row = db.session.execute(sa.select(UserSession.__table__)).one()
    assert token not in str(tuple(row))
    assert row.token_hash == tokens.digest(token)


@pytest.mark.parametrize(
    "change",
    [lambda token: token[:-1], lambda token: token + "x", lambda token: token[:0], str.swapcase],
    ids=["cut", "longer", "empty", "other case"],
)
def test_row_1_a_token_that_was_tampered_with_is_nobodys(browser, member, change):
    browser.sign_in(member())
    with browser.client.session_transaction() as session:
        session["_user_id"] = change(session["_user_id"])
    assert not is_signed_in(browser)


def test_row_1_a_cookie_that_was_not_signed_here_is_nobodys(browser, member):
    browser.sign_in(member())
    name = browser.app.config["SESSION_COOKIE_NAME"]
    value = browser.client.get_cookie(name).value
    browser.client.set_cookie(name, value[:-4] + "AAAA")
    assert not is_signed_in(browser)


# Row 2


def test_row_2_signing_in_gives_a_new_session_each_time(browser, member):
    member()
    sign_in(browser)
    before = cookie(browser)
    browser.post("/sign-out")
    sign_in(browser)
    assert cookie(browser) != before


def test_row_2_what_a_session_held_before_signing_in_is_dropped(browser, member):
    member()
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in(browser)
    with browser.client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/settings/password", {"current": PASSWORD, "password": NEW_PASSWORD}),
        ("/confirm", {"password": PASSWORD}),
    ],
    ids=["change of password", "re-authentication"],
)
def test_row_2_the_token_changes_and_the_old_one_is_dead(app, browser, member, path, data):
    browser.sign_in(member())
    old = cookie(browser)
    assert browser.post(path, data).status_code == 303
    assert cookie(browser) != old
    assert is_signed_in(browser)
    thief = Browser(app)
    with thief.client.session_transaction() as session:
        session["_user_id"] = old
    assert thief.get("/settings").headers["Location"].startswith("/sign-in")


def test_row_2_a_session_that_was_signed_out_cannot_be_replayed(app, browser, member):
    browser.sign_in(member())
    old = cookie(browser)
    browser.post("/sign-out")
    with browser.client.session_transaction() as session:
        session["_user_id"] = old
    assert not is_signed_in(browser)


# Row 3


@pytest.mark.parametrize("state", [UserState.SUSPENDED, UserState.DELETED, UserState.DEACTIVATED])
def test_row_3_no_session_outlives_its_account(app, browser, member, state):
    user = member()
    browsers = [browser.sign_in(user), Browser(app).sign_in(user)]
    user.state = state
    db.session.commit()
    assert not any(is_signed_in(each) for each in browsers)


# Row 4


def test_row_4_a_change_of_password_ends_the_other_sessions_when_asked(app, browser, member):
    user = member()
    browser.sign_in(user)
    others = [Browser(app).sign_in(user), Browser(app).sign_in(user)]
    assert 'name="end_others"' in browser.get("/settings/password").get_data(as_text=True)
    change = {"current": PASSWORD, "password": NEW_PASSWORD, "end_others": "y"}
    browser.post("/settings/password", change)
    assert is_signed_in(browser)
    assert not any(is_signed_in(other) for other in others)


def test_row_4_the_other_sessions_stay_when_not(app, browser, member):
    user = member()
    browser.sign_in(user)
    other = Browser(app).sign_in(user)
    browser.post("/settings/password", {"current": PASSWORD, "password": NEW_PASSWORD})
    assert is_signed_in(other)


def test_row_4_three_sessions_are_ended_one_and_then_all(app, browser, member):
    user = member()
    browsers = [browser.sign_in(user), Browser(app).sign_in(user), Browser(app).sign_in(user)]
    ids = list(db.session.scalars(sa.select(UserSession.id).order_by(UserSession.id)))
    browser.post(f"/settings/sessions/{ids[1]}/end")
    assert [is_signed_in(each) for each in browsers] == [True, False, True]
    browser.post("/settings/sessions/end-others")
    assert [is_signed_in(each) for each in browsers] == [True, False, False]


# Row 5


@pytest.mark.parametrize(
    ("later", "lives"),
    [(timedelta(days=13, hours=23), True), (timedelta(days=14, minutes=1), False)],
    ids=["within", "beyond"],
)
def test_row_5_a_session_ends_after_fourteen_days_without_use(browser, member, later, lives):
    browser.sign_in(member())
    with time_machine.travel(clock.now() + later):
        assert is_signed_in(browser) is lives


def test_row_5_every_session_ends_after_ninety_days(browser, member):
    browser.sign_in(member())
    begin = clock.now()
    for day in range(10, 90, 10):
        with time_machine.travel(begin + timedelta(days=day)):
            assert browser.post("/still-here").status_code == 204
    with time_machine.travel(begin + timedelta(days=90, minutes=1)):
        assert not is_signed_in(browser)


# Row 6

DELICATE = [
    ("GET", "/settings/address"),
    ("POST", "/settings/address"),
    ("POST", "/settings/address/remove"),
    ("GET", "/settings/codes"),
    ("POST", "/settings/codes"),
    ("GET", "/settings/data"),
    ("POST", "/settings/data"),
    ("GET", "/settings/delete"),
    ("POST", "/settings/delete"),
    ("GET", "/admin/members/{id}"),
    ("POST", "/admin/members/{id}"),
    ("POST", "/admin/members/{id}/end-sessions"),
    ("POST", "/admin/members/{id}/reset-link"),
]


@pytest.mark.parametrize(("method", "path"), DELICATE, ids=[" ".join(each) for each in DELICATE])
def test_row_6_delicate_routes_ask_for_the_password_again(browser, member, method, path):
    user = member(role=SiteRole.ADMINISTRATOR)
    browser.sign_in(user)
    path = path.format(id=user.id)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        send = browser.get if method == "GET" else browser.post
        assert send(path).headers["Location"].startswith("/confirm?next=")


def test_row_6_after_the_password_one_goes_on_to_where_one_was_going(browser, member):
    browser.sign_in(member())
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        browser.get("/settings/data")
        data = {"password": PASSWORD, "next": "/settings/data"}
        assert browser.post("/confirm", data).headers["Location"] == "/settings/data"
        assert browser.get("/settings/data").status_code == 200


def test_row_6_a_change_of_password_asks_for_the_present_one_however_fresh(browser, member):
    browser.sign_in(member())
    response = browser.post("/settings/password", {"current": "no", "password": NEW_PASSWORD})
    assert response.status_code == 422


# Row 7


def test_row_7_every_cookie_in_production_is_for_this_host_over_https_only(tmp_path, cheap_hashes):
    url = "https://forum.example"
    app = create_app(
        {
            "ENV": "production",
            "SECRET_KEY": SECRET,
            "TRUSTED_HOSTS": "forum.example",
            "BASE_URL": url,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'forum.sqlite3'}",
            "INSTANCE_PATH": str(tmp_path),
        }
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.session.commit()
        browser = Browser(app)
        page = browser.get("/sign-in", base_url=url)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))[1]
        data = {"username": "amina", "password": PASSWORD, "csrf_token": token}
        referer = {"Referer": f"{url}/register"}
        made = browser.raw("POST", "/register", data=data, base_url=url, headers=referer)
        assert made.status_code == 200
        out = browser.raw("POST", "/sign-out", base_url=url)
        given = [
            each for answer in (page, made, out) for each in answer.headers.getlist("Set-Cookie")
        ]
        db.engine.dispose()
    assert given
    for header in given:
        ((name, morsel),) = SimpleCookie(header).items()
        assert name.startswith("__Host-")
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert morsel["path"] == "/"
        assert not morsel["domain"]


def test_row_7_over_plain_http_the_cookie_has_another_name(browser, member):
    member()
    response = sign_in(browser)
    (header,) = response.headers.getlist("Set-Cookie")
    assert header.startswith("session=")
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


# Row 8


def test_row_8_the_eleventh_try_is_told_to_wait_even_with_the_right_password(browser, member):
    member()
    for _ in range(10):
        assert sign_in(browser, password="no").status_code == 422
    response = sign_in(browser)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 15 * 60 + 1
    assert 'value="amina"' in response.get_data(as_text=True)


def test_row_8_the_right_password_works_after_the_window(browser, member):
    member()
    for _ in range(11):
        sign_in(browser, password="no")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert sign_in(browser).status_code == 303


def test_row_8_somebody_elsewhere_cannot_keep_a_person_out(app, browser, member):
    member()
    for _ in range(11):
        sign_in(browser, password="no", environ_overrides=ELSEWHERE)
    assert sign_in(Browser(app)).status_code == 303


def test_row_8_a_network_that_tries_many_names_is_slowed(browser, member):
    for number in range(50):
        assert sign_in(browser, username=f"name{number}", password="no").status_code == 422
    member()
    assert sign_in(browser).status_code == 429
    assert sign_in(browser, environ_overrides=ELSEWHERE).status_code == 303


def test_row_8_addresses_of_one_ipv6_network_count_together(browser, member):
    member()
    for number in range(10):
        near = {"REMOTE_ADDR": f"2001:db8::{number:x}"}
        sign_in(browser, password="no", environ_overrides=near)
    last = {"REMOTE_ADDR": "2001:db8::ffff"}
    assert sign_in(browser, environ_overrides=last).status_code == 429


def test_row_8_a_right_password_clears_its_own_try(browser, member):
    member()
    for _ in range(12):
        assert sign_in(browser).status_code == 303
        browser.post("/sign-out")


def test_row_8_guesses_of_recovery_codes_count_as_tries(browser, member):
    member()
    data = {
        "username": "amina",
        "recovery_code": "aaaa-bbbb-cccc-dddd",
        "password": NEW_PASSWORD,
    }
    for _ in range(10):
        assert browser.post("/reset/code", data).status_code == 422
    assert browser.post("/reset/code", data).status_code == 429


def test_row_8_tries_count_together_over_restarts_and_workers(tmp_path, cheap_hashes):
    settings = {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'forum.sqlite3'}",
        "INSTANCE_PATH": str(tmp_path),
    }
    statuses = []
    for worker in range(2):
        app = create_app(settings)
        with app.app_context():
            if worker == 0:
                Base.metadata.create_all(db.engine)
            browser = Browser(app)
            statuses += [sign_in(browser, password="no").status_code for _ in range(6)]
            db.session.remove()
            db.engine.dispose()
    assert statuses == [422] * 10 + [429] * 2


def test_row_8_the_count_holds_no_name_and_no_address(browser, member):
    member()
    sign_in(browser, password="no")
    rows = db.session.execute(sa.text("SELECT * FROM attempt")).all()
    assert "amina" not in str(rows)
    assert "127.0.0.1" not in str(rows)


# Row 16


def test_row_16_a_new_password_is_told_to_its_owner(browser, member, mailing):
    browser.sign_in(member(email="amina@example.org"))
    browser.post("/settings/password", {"current": PASSWORD, "password": NEW_PASSWORD})
    sent = db.session.execute(sa.select(Delivery.kind, Delivery.recipient)).all()
    assert sent == [("password-changed", "amina@example.org")]


def test_row_16_a_new_address_is_told_to_the_old_one_too(browser, member, mailing):
    browser.sign_in(member(email="old@example.org"))
    browser.post("/settings/address", {"email": "new@example.org"})
    sent = set(db.session.execute(sa.select(Delivery.kind, Delivery.recipient)).all())
    assert sent == {("address-changed", "old@example.org"), ("confirm-address", "new@example.org")}


# Row 17


def test_row_17_no_get_of_accounts_changes_anything(app, browser, member, mailing):
    user = member(role=SiteRole.ADMINISTRATOR, email="amina@example.org")
    browser.sign_in(user)

    def everything():
        return {
            table.name: db.session.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
        }

    before = everything()
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("accounts.") and "GET" in rule.methods:
                path = rule.rule
                for part, value in (
                    ("<id:member_id>", str(user.id)),
                    ("<name:username>", user.username),
                    ("<name:token>", "a-token"),
                ):
                    path = path.replace(part, value)
                assert browser.get(path).status_code < 500
    db.session.rollback()
    assert everything() == before


def test_row_17_no_form_of_accounts_is_taken_without_its_token(app, browser, member):
    user = member(role=SiteRole.ADMINISTRATOR)
    browser.sign_in(user)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("accounts.") and "POST" in rule.methods:
            path = re.sub(r"<id:\w+>", str(user.id), rule.rule)
            path = re.sub(r"<name:\w+>", "amina", path)
            assert browser.raw("POST", path).status_code == 400, rule.rule
    assert db.session.get(User, user.id).state is UserState.ACTIVE


def test_row_15_a_new_forum_has_no_account(app):
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


@pytest.mark.parametrize("field", ["role", "state", "is_administrator", "user_id"])
def test_row_15_no_form_makes_an_administrator(browser, field):
    data = {"username": "amina", "password": PASSWORD, field: "administrator"}
    browser.post("/register", data)
    browser.post("/settings", {"display_name": "Amina", "about": "", field: "administrator"})
    user = db.session.scalars(sa.select(User)).one()
    assert (user.role, user.state) == (SiteRole.MEMBER, UserState.ACTIVE)


def test_row_15_a_member_cannot_set_their_own_role(browser, member):
    user = member()
    browser.sign_in(user)
    response = browser.post(f"/admin/members/{user.id}", {"role": "administrator"})
    assert response.status_code == 404
    assert queries.get_account("amina").role is SiteRole.MEMBER


def test_row_21_a_role_that_is_taken_away_is_gone_at_once(browser):
    user = factories.administrator("chief")
    browser.sign_in(user)
    assert browser.get("/admin/members").status_code == 200
    user.role = SiteRole.MEMBER
    db.session.commit()
    assert browser.get("/admin/members").status_code == 404
