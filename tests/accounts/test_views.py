import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import actions, passwords
from forum.accounts.actions import throttle
from forum.accounts.models import SiteInvitation, User, UserSession, UserState
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.actor import Restraint, SiteRole
from forum.core.db import db, transaction
from forum.mail.models import Delivery
from forum.posts.models import Agreement, Post, PostState
from forum.spaces import actions as spaces
from forum.spaces.models import Membership, Visibility
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.support.people import NEW_PASSWORD, PASSWORD, sign_in
from tests.support.queries import statements

_CODE = re.compile(r"<code>([a-z0-9-]{19})</code>")


def text(response):
    return response.get_data(as_text=True)


def everyone():
    return list(db.session.scalars(sa.select(User).order_by(User.id)))


def is_signed_in(browser):
    return browser.get("/settings").status_code == 200


# Registering


def test_who_registers_is_signed_in_and_shown_ten_codes(browser):
    response = browser.post("/register", {"username": "amina", "password": PASSWORD})
    assert response.status_code == 200
    assert len(set(_CODE.findall(text(response)))) == 10
    assert is_signed_in(browser)


def test_a_code_that_was_shown_sets_a_new_password(app, browser):
    shown = browser.post("/register", {"username": "amina", "password": PASSWORD})
    code = _CODE.findall(text(shown))[0]
    other = Browser(app)
    response = other.post(
        "/reset/code", {"username": "amina", "recovery_code": code, "password": NEW_PASSWORD}
    )
    assert response.headers["Location"] == "/sign-in"
    assert sign_in(other, password=NEW_PASSWORD).status_code == 303
    assert not is_signed_in(browser)


def test_a_refused_registration_keeps_what_was_typed(browser):
    response = browser.post(
        "/register", {"username": "amina", "display_name": "Amina K.", "password": "12345678"}
    )
    assert response.status_code == 422
    assert 'value="amina"' in text(response)
    assert 'value="Amina K."' in text(response)
    assert "12345678" not in text(response)
    assert everyone() == []


def test_registering_goes_on_to_where_one_came_from(browser, mailing):
    response = browser.post(
        "/register",
        {
            "username": "amina",
            "password": PASSWORD,
            "email": "amina@example.org",
            "next": "/spaces",
        },
    )
    assert (response.status_code, response.headers["Location"]) == (303, "/spaces")


def test_the_link_to_an_address_confirms_it_by_a_button(app, browser, mailing):
    browser.post(
        "/register", {"username": "amina", "password": PASSWORD, "email": "amina@example.org"}
    )
    link = db.session.scalars(sa.select(Delivery)).one().context["link"]
    path = link.removeprefix("https://forum.example")
    visitor = Browser(app)
    page = visitor.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert everyone()[0].email_confirmed_at is None
    visitor.post(path)
    db.session.expire_all()
    assert everyone()[0].email_confirmed_at is not None
    assert visitor.get(path).status_code == 404


def test_a_closed_site_says_so(browser, app, monkeypatch):
    monkeypatch.setitem(app.config, "REGISTRATION", "closed")
    assert "cannot be made here" in text(browser.get("/register"))
    response = browser.post("/register", {"username": "amina", "password": PASSWORD})
    assert response.status_code == 403
    assert everyone() == []


def test_by_invitation_a_space_s_join_code_lets_in_and_joins(browser, app, monkeypatch):
    monkeypatch.setitem(app.config, "REGISTRATION", "invite")
    course = factories.space("course", visibility=Visibility.PRIVATE)
    host = factories.facilitator(course, "host")
    with transaction():
        code = spaces.make_code(actor_of(host), course.id, spaces.CodeDraft(7, 5)).code
    response = browser.post("/register", {"username": "amina", "password": PASSWORD, "code": code})
    assert response.status_code == 200
    members = db.session.scalars(
        sa.select(Membership.user_id).where(Membership.space_id == course.id)
    )
    assert set(members) == {user.id for user in everyone()}


def test_by_invitation_a_wrong_code_makes_no_account(browser, app, monkeypatch):
    monkeypatch.setitem(app.config, "REGISTRATION", "invite")
    response = browser.post(
        "/register", {"username": "amina", "password": PASSWORD, "code": "ABCD2345"}
    )
    assert response.status_code == 422
    assert "does not work" in text(response)
    assert everyone() == []


def test_registrations_from_one_network_have_a_limit(browser, monkeypatch):
    monkeypatch.setattr(throttle, "_REGISTRATIONS", 1)
    browser.post("/register", {"username": "one.person", "password": PASSWORD})
    browser.post("/sign-out")
    response = browser.post("/register", {"username": "two.persons", "password": NEW_PASSWORD})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert 'value="two.persons"' in text(response)


# Signing in and out


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(browser, member):
    member()
    response = sign_in(browser, password="not this one")
    assert response.status_code == 422
    assert "The name or the password is not right." in text(response)


def test_signing_in_leads_to_where_one_was_going(browser, member):
    member()
    assert browser.get("/settings").headers["Location"] == "/sign-in?next=%2Fsettings"
    response = browser.post(
        "/sign-in", {"username": "amina", "password": PASSWORD, "next": "/settings?x=1"}
    )
    assert response.headers["Location"] == "/settings?x=1"


def test_who_is_signed_in_needs_no_sign_in_page(browser, member):
    browser.sign_in(member())
    assert browser.get("/sign-in").status_code == 303
    assert browser.get("/register").status_code == 303


def test_a_suspended_member_with_the_right_password_is_told(browser, member):
    member(state=UserState.SUSPENDED)
    response = sign_in(browser)
    assert response.status_code == 403
    assert "paused" in text(response)


def test_signing_out_ends_the_session_and_clears_the_browser(browser, member):
    browser.sign_in(member())
    response = browser.post("/sign-out")
    assert response.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert db.session.scalars(sa.select(UserSession)).all() == []
    assert not is_signed_in(browser)
    assert browser.post("/sign-out").status_code == 303


LETTER = "What I think about housing,\nin two lines."


def test_what_an_ended_session_kept_back_is_given_back_after_signing_in(browser, member):
    member()
    refused = browser.raw("POST", "/settings", data={"about": LETTER, "display_name": "Amina"})
    assert refused.status_code == 401
    assert "in two lines." in text(refused)
    wrong = browser.post(
        "/sign-in",
        {"username": "amina", "password": "no", "resume_to": "/settings", "kept.about": LETTER},
    )
    assert wrong.status_code == 422
    assert 'name="kept.about"' in text(wrong)
    right = browser.post(
        "/sign-in",
        {"username": "amina", "password": PASSWORD, "resume_to": "/settings", "kept.about": LETTER},
    )
    assert "You are signed in again" in text(right)
    assert 'action="/settings"' in text(right)
    assert LETTER in text(right)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_kept_text_goes_to_this_site_only(browser, member, target):
    member()
    response = browser.post(
        "/sign-in",
        {"username": "amina", "password": PASSWORD, "resume_to": target, "kept.about": LETTER},
    )
    assert (response.status_code, response.headers["Location"]) == (303, "/")


def test_reading_changes_nothing_and_still_here_keeps_a_session(app, browser, member):
    browser.sign_in(member())
    session = db.session.scalars(sa.select(UserSession)).one()
    began = session.last_seen_at
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        browser.get("/settings")
        db.session.expire_all()
        assert session.last_seen_at == began
        assert browser.post("/still-here").status_code == 204
        db.session.expire_all()
        assert session.last_seen_at > began


def test_use_within_the_hour_is_not_written_again(browser, member):
    browser.sign_in(member())
    began = db.session.scalars(sa.select(UserSession.last_seen_at)).one()
    browser.post("/still-here")
    assert db.session.scalars(sa.select(UserSession.last_seen_at)).one() == began


# New passwords


def test_a_wrong_recovery_code_is_refused_and_the_name_kept(browser, member):
    member()
    response = browser.post(
        "/reset/code",
        {"username": "amina", "recovery_code": "aaaa-bbbb-cccc-dddd", "password": NEW_PASSWORD},
    )
    assert response.status_code == 422
    assert 'value="amina"' in text(response)


def test_without_mail_the_reset_page_says_what_there_is(browser):
    response = browser.get("/reset")
    assert "recovery codes" in text(response)
    assert "whoever runs this site" in text(response)
    assert browser.post("/reset", {"username": "amina"}).status_code == 403


def test_a_reset_by_mail_leads_to_a_new_password(browser, member, mailing):
    member(email="amina@example.org")
    assert "link is on its way" in text(browser.post("/reset", {"username": "amina@example.org"}))
    link = db.session.scalars(sa.select(Delivery)).one().context["link"]
    path = link.removeprefix("https://forum.example")
    page = browser.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    weak = browser.post(path, {"password": "amina123"})
    assert weak.status_code == 422
    done = browser.post(path, {"password": NEW_PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (303, "/sign-in")
    assert sign_in(browser, password=NEW_PASSWORD).status_code == 303


def test_a_changed_password_is_asked_for_first(browser, member):
    user = member()
    browser.sign_in(user)
    refused = browser.post("/settings/password", {"current": "no", "password": NEW_PASSWORD})
    assert refused.status_code == 422
    assert "This is not your password." in text(refused)
    done = browser.post("/settings/password", {"current": PASSWORD, "password": NEW_PASSWORD})
    assert done.status_code == 303
    assert is_signed_in(browser)
    db.session.expire_all()
    assert passwords.verify(everyone()[0].password_hash, NEW_PASSWORD)


def test_guessing_a_signed_in_members_password_has_a_limit(browser, member):
    browser.sign_in(member())
    for _ in range(10):
        browser.post("/confirm", {"password": "no"})
    response = browser.post("/confirm", {"password": PASSWORD})
    assert response.status_code == 429


# Settings


def test_a_profile_is_edited_previewed_and_shown(browser, member):
    browser.sign_in(member())
    shown = browser.post(
        "/settings", {"display_name": "Amina K.", "about": "I know *law*.", "do": "preview"}
    )
    assert "<em>law</em>" in text(shown)
    assert everyone()[0].about_source == ""
    browser.post("/settings", {"display_name": "Amina K.", "about": "I know *law*."})
    profile = text(browser.get("/u/amina"))
    assert "<em>law</em>" in profile
    assert "<bdi>Amina K.</bdi>" in profile
    assert "@<bdi>amina</bdi>" in profile


def test_a_display_name_that_is_refused_is_shown_again(browser, member):
    browser.sign_in(member())
    response = browser.post("/settings", {"display_name": "Moderator", "about": "still here"})
    assert response.status_code == 422
    assert "still here" in text(response)


def test_time_zone_and_theme_are_set(browser, member):
    browser.sign_in(member())
    browser.post("/settings/preferences", {"timezone": "Asia/Tokyo", "theme": "dark"})
    page = text(browser.get("/settings/preferences"))
    assert 'data-theme="dark"' in page
    assert everyone()[0].timezone == "Asia/Tokyo"


def test_a_time_zone_that_is_none_is_refused(browser, member):
    browser.sign_in(member())
    response = browser.post("/settings/preferences", {"timezone": "Mars/Base", "theme": "dark"})
    assert response.status_code == 422


def test_sessions_are_listed_and_ended_one_by_one(app, browser, member):
    user = member()
    browser.sign_in(user)
    other = Browser(app).sign_in(user)
    assert text(browser.get("/settings/sessions")).count("Firefox on Linux") == 2
    newest = db.session.scalars(sa.select(sa.func.max(UserSession.id))).one()
    browser.post(f"/settings/sessions/{newest}/end")
    assert not is_signed_in(other)
    assert is_signed_in(browser)


def test_signing_out_everywhere_ends_this_session_too(app, browser, member):
    user = member()
    browser.sign_in(user)
    other = Browser(app).sign_in(user)
    response = browser.post("/settings/sessions/end-all")
    assert "Clear-Site-Data" in response.headers
    assert not is_signed_in(browser)
    assert not is_signed_in(other)


def test_ending_another_members_session_is_not_found(app, browser, member):
    Browser(app).sign_in(member("bruno"))
    session_id = db.session.scalars(sa.select(UserSession.id)).one()
    browser.sign_in(member())
    assert browser.post(f"/settings/sessions/{session_id}/end").status_code == 404


def test_new_codes_are_shown_once(browser, member):
    browser.sign_in(member())
    shown = _CODE.findall(text(browser.post("/settings/codes")))
    assert len(shown) == 10
    page = text(browser.get("/settings/codes"))
    assert "You have 10 left" in page
    assert not any(code in page for code in shown)


def test_an_address_is_added_and_removed(browser, member, mailing):
    browser.sign_in(member())
    browser.post("/settings/address", {"email": "amina@example.org"})
    assert "not confirmed yet" in text(browser.get("/settings/address"))
    browser.post("/settings/address/remove")
    assert "no address" in text(browser.get("/settings/address"))


def test_an_address_is_refused_where_no_mail_is_sent(browser, member):
    browser.sign_in(member())
    response = browser.post("/settings/address", {"email": "amina@example.org"})
    assert response.status_code == 422
    assert everyone()[0].email is None


def test_mails_to_named_addresses_have_a_limit(browser, member, mailing):
    browser.sign_in(member())
    for number in range(5):
        browser.post("/settings/address", {"email": f"a{number}@example.org"})
    response = browser.post("/settings/address", {"email": "a9@example.org"})
    assert response.status_code == 429


# The download


def test_the_download_is_json_with_every_domains_part(browser, member):
    user = member()
    commons = factories.space("garden")
    factories.membership(commons, user)
    browser.sign_in(user)
    response = browser.post("/settings/data")
    assert response.mimetype == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    records = json.loads(text(response))["records"]
    assert {"account", "sessions"} <= {record["kind"] for record in records}
    assert "garden" in text(response)


def test_the_download_has_what_one_is_told_and_what_keeps_one_from_writing(browser, member):
    user, chief = member(), actor_of(factories.moderator())
    user_id = user.id
    with transaction():
        spaces.sanction_member(
            chief, user_id, kind=Restraint.HOLD, space_id=None, until=None, reason="It was a lot."
        )
    records = json.loads(text(browser.sign_in(user).post("/settings/data")))["records"]
    assert {"notifications", "sanctions"} <= {record["kind"] for record in records}
    assert "It was a lot." in json.dumps(records)


# Leaving


def test_a_hidden_account_comes_back_with_the_next_sign_in(app, browser, member):
    browser.sign_in(member())
    response = browser.post("/settings/deactivate")
    assert "Your account is hidden" in text(response)
    assert "Sign out" not in text(response)
    reader = Browser(app).sign_in(member("bruno"))
    assert reader.get("/u/amina").status_code == 404
    sign_in(browser)
    assert reader.get("/u/amina").status_code == 200


@pytest.fixture
def writer(member):
    """A member with a comment of their own, who agrees with another's comment."""
    user, other = member(), member("bruno")
    thread = factories.thread(factories.space("garden"), other)
    factories.comment(thread, user, "Families need a place as well.")
    theirs = factories.comment(thread, other, "Work comes first.")
    factories.agree(theirs, user)
    return user


def posts_of(user):
    return list(db.session.scalars(sa.select(Post).where(Post.author_id == user.id)))


def test_deleting_an_account_keeps_its_posts_under_no_name(app, browser, writer):
    path = f"/t/{posts_of(writer)[0].thread_id}"
    assert "amina" in text(Browser(app).get(path, follow_redirects=True))  # and is kept in memory
    browser.sign_in(writer)
    response = browser.post("/settings/delete", {"posts": "keep", "password": PASSWORD})
    assert "Your account is gone" in text(response)
    assert "Sign out" not in text(response)
    post = posts_of(writer)[0]
    assert post.state is PostState.PUBLISHED
    page = text(Browser(app).get(f"/t/{post.thread_id}", follow_redirects=True))
    assert "former member" in page
    assert "Families need a place as well." in page
    assert "amina" not in page.casefold()
    assert not is_signed_in(browser)


def test_deleting_an_account_with_its_posts_leaves_stubs(app, browser, writer):
    browser.sign_in(writer)
    browser.post("/settings/delete", {"posts": "remove", "password": PASSWORD})
    post = posts_of(writer)[0]
    page = text(Browser(app).get(f"/t/{post.thread_id}", follow_redirects=True))
    assert "Families need a place as well." not in page
    assert "Taken back by its author." in page


def test_agreements_and_memberships_go_with_the_account(browser, writer):
    factories.membership(factories.space("course"), writer)
    browser.sign_in(writer)
    browser.post("/settings/delete", {"posts": "keep", "password": PASSWORD})
    assert db.session.scalars(sa.select(Agreement)).all() == []
    assert db.session.scalars(sa.select(Membership)).all() == []
    assert db.session.scalar(sa.select(sa.func.sum(Post.agreement_count))) == 0


def test_deleting_asks_for_the_password_and_a_choice(browser, writer):
    browser.sign_in(writer)
    refused = browser.post("/settings/delete", {"posts": "keep", "password": "no"})
    assert refused.status_code == 422
    assert browser.post("/settings/delete", {"password": PASSWORD}).status_code == 422
    assert is_signed_in(browser)


def test_the_only_administrator_is_told_why_they_stay(browser, member):
    browser.sign_in(member(role=SiteRole.ADMINISTRATOR))
    assert "only administrator" in text(browser.get("/settings/delete"))
    response = browser.post("/settings/delete", {"posts": "keep", "password": PASSWORD})
    assert response.status_code == 403


# Profiles


def test_a_profile_shows_threads_comments_and_agreements(browser, writer):
    browser.sign_in(writer)
    assert "Families need" in text(browser.get("/u/amina/comments"))
    assert "Work comes first." in text(browser.get("/u/amina/agreements"))
    assert "Housing away" in text(browser.get("/u/bruno"))
    assert "Nothing here" in text(browser.get("/u/amina"))


def test_a_visitor_sees_whom_they_can_read_in_public(browser, writer, member):
    member("cleo")
    assert browser.get("/u/amina").status_code == 200
    assert browser.get("/u/cleo").status_code == 404


def test_a_visitor_learns_nothing_of_who_writes_in_private_only(app, browser, member):
    user = member()
    course = factories.space("course", visibility=Visibility.PRIVATE)
    factories.thread(course, user, title="Our own course work")
    assert browser.get("/u/amina").status_code == 404
    reader = Browser(app).sign_in(member("bruno"))
    assert "Our own course work" not in text(reader.get("/u/amina"))


def test_profiles_of_those_who_are_gone_look_like_no_page_at_all(browser, member):
    member("amina", state=UserState.PLACEHOLDER)
    member("bruno", state=UserState.DEACTIVATED)
    browser.sign_in(member("cleo"))
    words = {
        re.sub(r"amina|bruno|nobody.here|value=\"[^\"]+\"", "", text(browser.get(f"/u/{name}")))
        for name in ("amina", "bruno", "nobody.here")
    }
    assert len(words) == 1


def test_a_profile_of_a_visitor_sets_no_cookie(browser, writer):
    assert "Set-Cookie" not in browser.get("/u/amina").headers


@pytest.mark.parametrize("path", ["/u/amina", "/u/amina/comments", "/u/amina/agreements"])
def test_a_profile_takes_as_many_statements_for_fifteen_rows_as_for_one(browser, writer, path):
    thread = factories.thread(factories.space("yard"), writer)
    browser.sign_in(writer)

    def cost():
        with statements() as sent:
            assert browser.get(path).status_code == 200
        return len(sent)

    one = cost()
    for _ in range(14):
        factories.thread(None, writer)
        factories.agree(factories.comment(thread, writer), writer)
    assert cost() == one


# Administrators


@pytest.fixture
def chief(browser, member):
    user = member("chief", role=SiteRole.ADMINISTRATOR)
    browser.sign_in(user)
    return user


@pytest.mark.parametrize("path", ["/admin/members", "/admin/members/1", "/admin/invitations"])
@pytest.mark.parametrize("make", [None, factories.user], ids=["visitor", "member"])
def test_pages_for_those_who_run_the_site_are_not_there_for_others(browser, path, make):
    if make is not None:
        browser.sign_in(make())
        assert browser.get(path).status_code == 404
    else:
        assert browser.get(path).headers["Location"].startswith("/sign-in")


def test_a_moderator_invites_and_sees_no_members(browser, member):
    browser.sign_in(member(role=SiteRole.MODERATOR))
    assert browser.get("/admin/invitations").status_code == 200
    assert browser.get("/admin/members").status_code == 404


def test_members_are_searched_by_the_beginning_of_their_name(browser, chief, member):
    member("amina")
    member("bruno")
    page = text(browser.get("/admin/members?name=am"))
    assert "amina" in page
    assert "bruno" not in page


@pytest.mark.parametrize("path", ["/admin/members", "/admin/invitations"])
def test_lists_of_administrators_take_as_many_statements_for_fifteen_rows(browser, chief, path):
    def cost():
        with statements() as sent:
            assert browser.get(path).status_code == 200
        return len(sent)

    def add():
        factories.user()
        with transaction():
            actions.invite(actor_of(chief), uses=1, days=1)

    add()
    one = cost()
    for _ in range(14):
        add()
    assert cost() == one


def test_a_role_is_set_and_logged(browser, chief, member):
    user = member()
    browser.post(f"/admin/members/{user.id}", {"role": "moderator"})
    db.session.expire_all()
    assert db.session.get(User, user.id).role is SiteRole.MODERATOR
    entry = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.verb == "account.set_role")
    ).one()
    assert (entry.actor_id, entry.subject_id) == (chief.id, user.id)
    assert entry.after == {"role": "moderator"}


def test_an_administrator_cannot_change_their_own_role(browser, chief):
    assert browser.post(f"/admin/members/{chief.id}", {"role": "member"}).status_code == 403
    assert "another administrator" in text(browser.get(f"/admin/members/{chief.id}"))


def test_an_administrator_ends_a_members_sessions(app, browser, chief, member):
    user = member()
    other = Browser(app).sign_in(user)
    browser.post(f"/admin/members/{user.id}/end-sessions")
    assert not is_signed_in(other)
    assert is_signed_in(browser)


def test_a_link_to_hand_over_works_once(app, browser, chief, member, mailing):
    user = member()
    page = text(browser.post(f"/admin/members/{user.id}/reset-link"))
    path = re.search(r"https://forum\.example(/reset/[\w-]+)", page)[1]
    other = Browser(app)
    assert other.post(path, {"password": NEW_PASSWORD}).status_code == 303
    assert other.get(path).status_code == 404


def test_an_invitation_is_shown_once_and_can_be_ended(browser, chief):
    shown = text(browser.post("/admin/invitations", {"uses": 3, "days": 7}))
    code = re.search(r'id="code" readonly value="([^"]+)"', shown)[1]
    assert f"/register?code={code}" in shown
    assert code not in text(browser.get("/admin/invitations"))
    invitation = db.session.scalars(sa.select(SiteInvitation)).one()
    browser.post(f"/admin/invitations/{invitation.id}/revoke")
    assert "ended" in text(browser.get("/admin/invitations"))


def test_the_link_of_an_invitation_fills_in_the_code(browser):
    assert 'value="abcd-efgh"' in text(browser.get("/register?code=abcd-efgh"))


def test_ending_an_invitation_that_is_not_there_is_not_found(browser, chief):
    assert browser.post("/admin/invitations/999/revoke").status_code == 404
