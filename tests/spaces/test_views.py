"""Pages of spaces, as each kind of person meets them."""

import re

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db, transaction
from forum.spaces import actions, queries, views
from forum.spaces.models import Circle, JoinCode, Membership, Space, SpaceRole, Visibility
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

PRIVATE = Visibility.PRIVATE
SECRET = "a-quiet-room"
OF_MEMBERS = [f"/s/{SECRET}", f"/s/{SECRET}/members", f"/s/{SECRET}/leave"]
OF_FACILITATORS = [
    f"/s/{SECRET}/edit",
    f"/s/{SECRET}/codes",
    f"/s/{SECRET}/invitations",
    f"/s/{SECRET}/members/guest",
    f"/s/{SECRET}/members/guest/remove",
]
POSTS = [
    "join",
    "accept",
    "leave",
    "edit",
    "codes",
    "codes/1/revoke",
    "invitations",
    "invitations/1/withdraw",
    "members/guest",
    "members/guest/remove",
]


@pytest.fixture
def room(app) -> Space:
    """A private space with the member `guest`."""
    space = factories.space(SECRET, visibility=PRIVATE)
    factories.membership(space, factories.user("guest"))
    return space


def _text(response) -> str:
    return response.get_data(as_text=True)


def _without_token(response) -> str:
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", _text(response))


def _is_member(space, member) -> bool:
    return db.session.get(Membership, (space.id, member.id), populate_existing=True) is not None


# Who sees what


@pytest.mark.parametrize("path", [*OF_MEMBERS, *OF_FACILITATORS])
def test_a_private_space_is_not_there_for_strangers(browser, room, path):
    stranger = Browser(browser.app).sign_in(factories.user())
    missing = stranger.get(path.replace(SECRET, "no-such-space"))
    found = stranger.get(path)
    assert found.status_code == missing.status_code == 404
    assert _without_token(found) == _without_token(missing)
    assert browser.get(path).status_code in {303, 404}


@pytest.mark.parametrize("path", POSTS)
def test_nothing_can_be_sent_to_a_private_space_by_strangers(browser, room, path):
    browser.sign_in(factories.user())
    missing = browser.post(f"/s/no-such-space/{path}")
    assert browser.post(f"/s/{SECRET}/{path}").status_code == missing.status_code == 404


@pytest.mark.parametrize("path", OF_MEMBERS)
def test_members_see_the_pages_of_members(browser, room, path):
    browser.sign_in(db.session.scalars(sa.select(User).where(User.username == "guest")).one())
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("path", OF_FACILITATORS)
def test_members_are_refused_the_pages_of_facilitators(browser, room, path):
    member = factories.user()
    factories.membership(room, member)
    assert browser.sign_in(member).get(path).status_code == 403


@pytest.mark.parametrize("path", [*OF_MEMBERS[:2], *OF_FACILITATORS])
@pytest.mark.parametrize("person", ["facilitator", "moderator", "administrator"])
def test_those_who_run_a_space_see_all_its_pages(browser, room, path, person):
    people = {
        "facilitator": lambda: factories.facilitator(room),
        "moderator": factories.moderator,
        "administrator": factories.administrator,
    }
    assert browser.sign_in(people[person]()).get(path).status_code == 200


def test_the_list_shows_each_person_the_spaces_that_they_may_see(browser, room):
    factories.space("open-house", name="Open house")
    factories.space("members-house", visibility=Visibility.MEMBERS)
    visitor, member = _text(browser.get("/spaces")), factories.user()
    factories.membership(room, member)
    assert "Open house" in visitor
    assert "Members House" not in visitor
    assert "A Quiet Room" not in visitor
    stranger = _text(Browser(browser.app).sign_in(factories.user()).get("/spaces"))
    assert "Members House" in stranger
    assert "A Quiet Room" not in stranger
    assert "A Quiet Room" in _text(Browser(browser.app).sign_in(member).get("/spaces"))


@pytest.mark.parametrize("path", ["/spaces", "/s/commons"])
def test_visitors_get_the_same_bytes_without_a_cookie(browser, path):
    first, second = browser.get(path), Browser(browser.app).get(path)
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert "csrf_token" not in _text(first)
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_space_that_becomes_private_is_gone_for_visitors_at_once(browser):
    space = factories.space("open-house")
    draft = actions.SpaceDraft("Open house", "", PRIVATE)
    assert browser.get("/s/open-house").status_code == 200
    assert "/s/open-house" in _text(browser.get("/spaces"))
    with transaction():
        actions.edit_space(actor_of(factories.moderator()), space.id, draft)
    assert browser.get("/s/open-house").status_code == 404
    assert "/s/open-house" not in _text(browser.get("/spaces"))


# Making and changing


def test_a_moderator_makes_a_space(browser):
    browser.sign_in(factories.moderator())
    response = browser.post(
        "/spaces/new",
        {
            "name": "Night course",
            "description": "For *all*.",
            "visibility": "members",
            "who_starts": "facilitators",
            "who_comments": "everyone",
        },
    )
    assert response.status_code == 303
    assert response.location == "/s/night-course"
    page = _text(browser.get("/s/night-course"))
    assert "<em>all</em>" in page
    assert "Discussions are started by its facilitators." in page


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"name": ""}, "Please give the space a name.", id="no name"),
        pytest.param({"slug": "commons"}, "Another space has this address.", id="taken"),
        pytest.param({"facilitator": "nobody"}, "no member with this user name", id="nobody"),
        pytest.param({"visibility": "secret"}, "Not a valid choice", id="unknown choice"),
    ],
)
def test_a_refused_space_keeps_what_was_typed(browser, values, message):
    browser.sign_in(factories.administrator())
    typed = {
        "name": "Night course",
        "description": "Kept words.",
        "visibility": "public",
        "who_starts": "everyone",
        "who_comments": "everyone",
        **values,
    }
    response = browser.post("/spaces/new", typed)
    assert response.status_code == 422
    assert "Kept words." in _text(response)
    assert message in _text(response)


@pytest.mark.parametrize("signed_in", [True, False])
def test_only_moderators_reach_the_page_that_makes_spaces(browser, signed_in):
    if signed_in:
        browser.sign_in(factories.user())
    assert browser.get("/spaces/new").status_code == (404 if signed_in else 303)


def test_a_facilitator_changes_the_settings(browser):
    space = factories.space("open-house")
    browser.sign_in(factories.facilitator(space))
    assert "Open House" in _text(browser.get("/s/open-house/edit"))
    response = browser.post(
        "/s/open-house/edit",
        {
            "name": "Small house",
            "description": "",
            "visibility": "private",
            "who_starts": "members",
            "who_comments": "members",
            "slug": "elsewhere",
            "id": "1",
        },
    )
    assert response.status_code == 303
    changed = queries.get_space(actor_of(factories.moderator()), "open-house")
    assert (changed.name, changed.visibility, changed.who_starts) == (
        "Small house",
        PRIVATE,
        Circle.MEMBERS,
    )


def test_a_facilitator_who_opens_a_space_wider_is_told_whom_to_ask(browser, room):
    browser.sign_in(factories.facilitator(room))
    response = browser.post(
        f"/s/{SECRET}/edit",
        {
            "name": "A quiet room",
            "description": "Kept words.",
            "visibility": "public",
            "who_starts": "members",
            "who_comments": "members",
        },
    )
    assert response.status_code == 403
    assert "ask a moderator" in _text(response)
    assert "Kept words." in _text(response)


# Joining and leaving


def test_an_open_space_is_joined_and_left_by_buttons(browser):
    space, member = factories.space("open-house"), factories.user()
    browser.sign_in(member)
    assert "Join this space" in _text(browser.get("/s/open-house"))
    for _ in range(2):
        assert browser.post("/s/open-house/join").location == "/s/open-house"
    assert _is_member(space, member)
    page = _text(browser.get("/s/open-house"))
    assert "You belong to Open House now." in page
    assert "Join this space" not in page
    assert browser.post("/s/open-house/leave").location == "/spaces"
    assert not _is_member(space, member)


def test_a_visitor_is_offered_no_button_to_join(browser):
    factories.space("open-house")
    assert "Join this space" not in _text(browser.get("/s/open-house"))


def test_the_last_facilitator_is_warned_before_leaving(browser):
    space = factories.space("open-house")
    browser.sign_in(factories.facilitator(space))
    assert "You are the only facilitator" in _text(browser.get("/s/open-house/leave"))


def test_the_last_facilitator_of_a_private_space_is_told_why_they_cannot_leave(browser, room):
    browser.sign_in(factories.facilitator(room))
    page = _text(browser.get(f"/s/{SECRET}/leave"))
    assert "make somebody else a facilitator first" in page
    response = browser.post(f"/s/{SECRET}/leave")
    assert response.status_code == 403
    assert "make somebody else a facilitator first" in _text(response)


def test_a_join_link_fills_in_the_code_and_joins_only_when_sent(browser, room):
    member = factories.user()
    _code(room)
    browser.sign_in(member)
    assert 'value="ABCD2345"' in _text(browser.get("/join?code=ABCD2345"))
    assert not _is_member(room, member)
    assert browser.post("/join", {"code": "abcd-2345"}).location == f"/s/{SECRET}"
    assert _is_member(room, member)
    assert browser.post("/join", {"code": "ABCD2345"}).location == f"/s/{SECRET}"


def test_a_wrong_code_comes_back_with_a_message(browser, room):
    browser.sign_in(factories.user())
    response = browser.post("/join", {"code": "WRNG-2345"})
    assert response.status_code == 422
    assert "This code opens no space." in _text(response)
    assert 'value="WRNG-2345"' in _text(response)


def test_guessing_codes_comes_to_an_end(browser, room, monkeypatch):
    monkeypatch.setattr(views, "JOIN_TRIES", 3)
    member = factories.user()
    browser.sign_in(member)
    _code(room)
    for _ in range(3):
        assert browser.post("/join", {"code": "WRNG2345"}).status_code == 422
    response = browser.post("/join", {"code": "ABCD2345"})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert 'value="ABCD2345"' in _text(response)
    assert not _is_member(room, member)


def test_a_visitor_with_a_join_link_is_asked_to_sign_in_first(browser):
    response = browser.get("/join?code=ABCD2345")
    assert response.location == "/sign-in?next=%2Fjoin%3Fcode%3DABCD2345"


def _code(space, **values) -> JoinCode:
    code = JoinCode(
        **{"space_id": space.id, "code": "ABCD2345", "created_at": clock.now(), **values}
    )
    db.session.add(code)
    db.session.commit()
    return code


# Running a space


def test_a_facilitator_makes_and_ends_codes(browser, room):
    browser.sign_in(factories.facilitator(room))
    assert browser.post(f"/s/{SECRET}/codes", {"days": "7", "uses": "5"}).status_code == 303
    (code,) = queries.codes_of(room.id)
    page = _text(browser.get(f"/s/{SECRET}/codes"))
    assert code.shown in page
    assert f"/join?code={code.code}" in page
    assert "5 left" in page
    assert browser.post(f"/s/{SECRET}/codes/{code.id}/revoke").status_code == 303
    assert f"/join?code={code.code}" not in _text(browser.get(f"/s/{SECRET}/codes"))


def test_a_code_without_limits_is_made_from_empty_fields(browser, room):
    browser.sign_in(factories.facilitator(room))
    browser.post(f"/s/{SECRET}/codes", {"days": "", "uses": ""})
    (code,) = queries.codes_of(room.id)
    assert (code.expires_at, code.uses_left, code.is_open) == (None, None, True)


@pytest.mark.parametrize("days", ["0", "-3", "9999", "soon", "\u0663\u0663\u0663\u0663"])
def test_a_code_of_odd_length_is_refused_and_kept(browser, room, days):
    browser.sign_in(factories.facilitator(room))
    response = browser.post(f"/s/{SECRET}/codes", {"days": days, "uses": "5"})
    assert response.status_code == 422
    assert queries.codes_of(room.id) == ()


def test_an_invitation_goes_from_the_facilitator_to_the_guest(browser, room):
    reader = factories.user("reader")
    browser.sign_in(factories.facilitator(room))
    assert browser.post(f"/s/{SECRET}/invitations", {"username": "reader"}).status_code == 303
    assert "@<bdi>reader</bdi>" in _text(browser.get(f"/s/{SECRET}/invitations"))
    guest = Browser(browser.app).sign_in(reader)
    assert "You are invited to" in _text(guest.get("/spaces"))
    for _ in range(2):
        assert guest.post(f"/s/{SECRET}/accept").location == f"/s/{SECRET}"
    assert "You are invited to" not in _text(guest.get("/spaces"))


def test_a_guest_declines_an_invitation(browser, room):
    reader = factories.user("reader")
    with transaction():
        actions.invite(actor_of(factories.facilitator(room)), room.id, "reader")
    browser.sign_in(reader)
    for _ in range(2):
        assert browser.post(f"/s/{SECRET}/decline").location == "/spaces"
    assert browser.get(f"/s/{SECRET}").status_code == 404


def test_an_invitation_to_nobody_comes_back_with_a_message(browser, room):
    browser.sign_in(factories.facilitator(room))
    response = browser.post(f"/s/{SECRET}/invitations", {"username": "nobody-here"})
    assert response.status_code == 422
    assert "There is no member with this user name." in _text(response)


def test_a_facilitator_shares_and_takes_back_the_running(browser, room):
    facilitator = factories.facilitator(room)
    browser.sign_in(facilitator)
    path = f"/s/{SECRET}/members/guest"
    assert browser.post(path, {"role": "facilitator"}).location == f"/s/{SECRET}/members"
    assert queries.get_member(room.id, "guest").role is SpaceRole.FACILITATOR
    browser.post(path, {"role": "member"})
    assert queries.get_member(room.id, "guest").role is SpaceRole.MEMBER
    own = f"/s/{SECRET}/members/{facilitator.username}"
    refused = browser.post(own, {"role": "member"})
    assert refused.status_code == 403
    assert "needs a facilitator" in _text(refused)


def test_removing_a_member_asks_for_a_reason(browser, room):
    browser.sign_in(factories.facilitator(room))
    path = f"/s/{SECRET}/members/guest/remove"
    assert browser.post(path, {"reason": ""}).status_code == 422
    assert browser.post(path, {"reason": "Asked to go."}).location == f"/s/{SECRET}/members"
    assert browser.get(path).status_code == 404


def test_a_member_who_is_deactivated_is_not_listed(browser, room):
    factories.membership(room, factories.user("sleeper", state="deactivated"))
    page = _text(browser.sign_in(factories.facilitator(room)).get(f"/s/{SECRET}/members"))
    assert "@<bdi>guest</bdi>" in page
    assert "sleeper" not in page


def test_every_member_is_on_exactly_one_page(browser, room, monkeypatch):
    monkeypatch.setattr(queries, "MEMBERS_PER_PAGE", 3)
    names = {"guest", *(factories.facilitator(room).username for _ in range(4))}
    for _ in range(4):
        member = factories.user()
        factories.membership(room, member)
        names.add(member.username)
    seen, cursor = [], None
    while True:
        found = queries.members_of(room.id, cursor)
        seen.extend(row.username for row in found.rows)
        if found.next is None:
            break
        cursor = found.next
    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize(
    "path", ["/spaces?after=x", "/s/commons?after=x", f"/s/{SECRET}/members?after=WzFd"]
)
def test_a_made_up_page_is_not_there(browser, room, path):
    browser.sign_in(factories.moderator())
    assert browser.get(path).status_code == 404


# Cost


def _cost(browser, path) -> int:
    browser.get(path)
    with statements() as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_the_list_of_spaces_costs_the_same_for_one_and_for_fifteen(browser):
    member = factories.user()
    browser.sign_in(member)
    factories.membership(factories.space(visibility=PRIVATE), member)
    one = _cost(browser, "/spaces")
    for _ in range(14):
        space = factories.space(visibility=PRIVATE)
        factories.membership(space, member)
        other = factories.space(visibility=PRIVATE)
        with transaction():
            actions.invite(actor_of(factories.facilitator(other)), other.id, member.username)
    assert _cost(browser, "/spaces") == one <= 4


@pytest.mark.parametrize("part", ["", "/members", "/codes", "/invitations"])
def test_a_space_costs_the_same_for_one_and_for_fifteen(browser, room, part):
    facilitator = factories.facilitator(room)
    actor = actor_of(facilitator)
    browser.sign_in(facilitator)

    def fill() -> None:
        factories.membership(room, factories.user())
        with transaction():
            actions.make_code(actor, room.id, actions.CodeDraft(7, 5))
        invited = factories.user()
        with transaction():
            actions.invite(actor, room.id, invited.username)

    fill()
    one = _cost(browser, f"/s/{SECRET}{part}")
    for _ in range(14):
        fill()
    assert _cost(browser, f"/s/{SECRET}{part}") == one <= 5


def test_a_kept_page_costs_a_visitor_one_statement(browser):
    assert _cost(browser, "/spaces") == 1
    assert _cost(browser, "/s/commons") == 1


@pytest.mark.parametrize(
    ("visibility", "given", "hides"),
    [
        ("public", {}, False),
        ("members", {}, True),
        ("private", {}, True),
        ("public", {"hides_stances": "yes"}, True),
        ("private", {"hides_stances": "no"}, False),
    ],
)
def test_a_new_space_hides_stances_until_ones_own_where_not_everybody_reads(
    browser, visibility, given, hides
):
    browser.sign_in(factories.moderator())
    data = {"name": "Course", "visibility": visibility, **given}
    data |= {"who_starts": "everyone", "who_comments": "everyone"}

    assert browser.post("/spaces/new", data).status_code == 303

    made = db.session.scalars(sa.select(Space).where(Space.slug == "course")).one()
    assert made.hides_stances is hides


def test_whether_stances_are_hidden_is_changed_in_the_settings_and_else_stays(browser):
    space = factories.space(hides_stances=True)
    browser.sign_in(factories.facilitator(space))
    data = {"name": "Course", "who_starts": "everyone", "who_comments": "everyone"}
    path = f"/s/{space.slug}/edit"
    assert '<option selected value="yes">' in browser.get(path).text

    for given, hides in (({"visibility": "private"}, True), ({"hides_stances": "no"}, False)):
        assert browser.post(path, data | given).status_code == 303
        db.session.refresh(space)
        assert space.hides_stances is hides
