"""SECURITY.md rows 3 and 21: what a sanction takes away is gone with the next request."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import tokens
from forum.accounts.models import User, UserState
from forum.core import clock
from forum.core.actor import Restraint
from forum.core.db import db, transaction
from forum.posts.models import Agreement, Post
from forum.spaces import actions
from forum.spaces.models import Membership
from tests import factories
from tests.conftest import SECRET
from tests.support.pages import Browser, actor_of
from tests.support.people import (  # noqa: F401 - fixtures
    PASSWORD,
    cheap_hashes_fixture,
    member_fixture,
    sign_in,
)
from tests.support.queries import statements

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ENDLESS = {Restraint.NOTICE, Restraint.SLOW, Restraint.HOLD, Restraint.EXCLUDE}
WORDS = "Somebody must be there at night."


def restrain(user, kind, space=None, *, days=7):
    by, user_id = actor_of(factories.moderator()), user.id
    space_id = space.id if space is not None else None
    until = None if kind in ENDLESS else clock.now() + timedelta(days=days)
    with transaction():
        return actions.sanction_member(
            by, user_id, kind=kind, space_id=space_id, until=until, reason="It hurt somebody."
        )


def lift(sanction_id):
    by = actor_of(factories.administrator())
    with transaction():
        actions.lift_sanction(by, sanction_id, "It was settled.")


def is_signed_in(browser):
    return browser.get("/settings").status_code == 200


def text(response):
    return unescape(response.get_data(as_text=True))


@pytest.fixture
def space(app):
    return factories.space()


@pytest.fixture
def thread(space):
    made = factories.thread(space)
    factories.comment(made)
    return made


@pytest.fixture
def path(thread):
    return f"/t/{thread.id}-{thread.slug}"


def comment(browser, thread):
    return browser.post(f"/t/{thread.id}/reply", {"source": WORDS})


def start(browser, space):
    form = {
        "space": space.slug,
        "kind": "discussion",
        "title": "Night hours",
        "source": WORDS,
        "tags": "housing",
    }
    return browser.post("/threads/new", form)


# Row 21, between two requests of one session


@pytest.mark.parametrize("kind", [Restraint.MUTE, Restraint.SUSPEND, Restraint.EXCLUDE])
def test_row_21_who_may_not_write_in_a_space_stops_at_once_and_goes_on_when_it_is_lifted(
    browser, space, thread, path, kind
):
    user = factories.user()
    browser.sign_in(user)
    assert comment(browser, thread).status_code == 303
    assert 'id="compose"' in text(browser.get(path))
    given = restrain(user, kind, space)
    for refused in (comment(browser, thread), start(browser, space)):
        assert refused.status_code == 403
        assert "Your notifications say why" in text(refused)
        assert WORDS in text(refused)
    page = text(browser.get(path))
    assert 'id="compose"' not in page
    assert "in this space" in page
    assert browser.get("/").status_code == 200
    lift(given)
    assert comment(browser, thread).status_code == 303
    assert start(browser, space).status_code == 303


def test_row_21_who_is_muted_everywhere_writes_nowhere(browser, space, thread):
    user = factories.user()
    browser.sign_in(user)
    restrain(user, Restraint.MUTE)
    assert comment(browser, thread).status_code == 403
    assert start(browser, space).status_code == 403
    assert comment(browser, factories.thread()).status_code == 403
    page = text(browser.get("/threads/new"))
    assert "You cannot write here for now." in page
    assert "textarea" not in page


def test_row_21_what_was_written_can_be_taken_back_but_not_edited(browser, space, thread):
    user = factories.user()
    mine = factories.comment(thread, user)
    address = f"/t/{thread.id}/c/{mine.number}"
    restrain(user, Restraint.MUTE, space)
    browser.sign_in(user)
    edited = browser.post(f"{address}/edit", {"source": WORDS, "revision": "1"})
    assert edited.status_code == 403
    assert WORDS in text(edited)
    page = text(browser.get(f"/t/{thread.id}", follow_redirects=True))
    assert f'{address}/take-back"' in page
    assert f'{address}/edit"' not in page
    assert browser.post(f"{address}/take-back").status_code == 303
    assert db.session.get(Post, mine.id).source == ""


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Restraint.MUTE, 303), (Restraint.SUSPEND, 403), (Restraint.EXCLUDE, 403)],
)
def test_row_21_who_takes_no_part_agrees_with_nothing(browser, space, thread, kind, status):
    user = factories.user()
    browser.sign_in(user)
    restrain(user, kind, space)
    assert browser.post(f"/t/{thread.id}/c/1/agree").status_code == status
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Agreement))
    assert count == (1 if status == 303 else 0)


@pytest.mark.parametrize("kind", [Restraint.SUSPEND, Restraint.EXCLUDE])
def test_row_21_who_takes_no_part_does_not_join(browser, space, kind):
    user = factories.user()
    browser.sign_in(user)
    given = restrain(user, kind, space)
    assert browser.post(f"/s/{space.slug}/join").status_code == 403
    assert f"/s/{space.slug}/join" not in text(browser.get(f"/s/{space.slug}"))
    lift(given)
    assert browser.post(f"/s/{space.slug}/join").status_code == 303


def test_row_21_a_facilitator_who_is_suspended_does_not_run_the_space(browser, space, thread):
    user = factories.facilitator(space)
    browser.sign_in(user)
    assert browser.post(f"/t/{thread.id}/pin").status_code == 303
    restrain(user, Restraint.SUSPEND, space)
    assert browser.post(f"/t/{thread.id}/unpin").status_code == 403
    assert browser.get(f"/s/{space.slug}/codes").status_code == 403


def test_row_21_who_is_excluded_from_a_private_space_sees_nothing_of_it(browser):
    space = factories.space(visibility="private")
    factories.facilitator(space)
    user, thread = factories.user(), factories.thread(space)
    factories.membership(space, user)
    browser.sign_in(user)
    assert browser.get(f"/t/{thread.id}", follow_redirects=True).status_code == 200
    restrain(user, Restraint.EXCLUDE, space)
    assert browser.get(f"/t/{thread.id}").status_code == 404
    assert browser.get(f"/s/{space.slug}").status_code == 404
    assert db.session.scalars(sa.select(Membership).where(Membership.user_id == user.id)).all() == (
        []
    )


def test_row_21_a_sanction_ends_by_itself_between_two_requests(app, thread, space):
    user = factories.user()
    with time_machine.travel(AT, tick=False) as time:
        browser = Browser(app).sign_in(user)
        restrain(user, Restraint.MUTE, space, days=1)
        assert comment(browser, thread).status_code == 403
        time.shift(DAY - timedelta(seconds=1))
        assert comment(browser, thread).status_code == 403
        time.shift(timedelta(seconds=1))
        assert comment(browser, thread).status_code == 303


def test_row_21_who_is_slowed_down_keeps_the_text_that_came_too_soon(browser, thread):
    user = factories.user()
    browser.sign_in(user)
    restrain(user, Restraint.SLOW)
    assert comment(browser, thread).status_code == 303
    refused = comment(browser, thread)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 30 * 60
    assert WORDS in text(refused)


def test_a_notice_keeps_nobody_from_anything_and_costs_no_page_anything(browser, thread, path):
    user = factories.user()
    browser.sign_in(user)
    with statements() as before:
        browser.get(path)
    restrain(user, Restraint.NOTICE)
    with statements() as after:
        assert "not read" in text(browser.get(path))
    assert len(before) == len(after)
    assert comment(browser, thread).status_code == 303


def test_only_who_is_restrained_pays_one_statement_more_however_many_there_are(browser, path):
    user, costs = factories.user(), []
    browser.sign_in(user)
    for count in (0, 1, 15):
        for _ in range(count):
            restrain(user, Restraint.HOLD, factories.space())
        with statements() as sent:
            browser.get(path)
        costs.append(len(sent))
    assert costs == [costs[0], costs[0] + 1, costs[0] + 1]


# Row 3


@pytest.mark.parametrize("kind", [Restraint.SUSPEND, Restraint.EXCLUDE])
def test_row_3_every_session_of_who_is_suspended_ends_at_once(app, member, kind):
    user = member()
    browsers = [Browser(app).sign_in(user) for _ in range(2)]
    assert all(is_signed_in(each) for each in browsers)
    restrain(user, kind)
    assert not any(is_signed_in(each) for each in browsers)


def test_row_3_a_text_that_was_being_written_is_given_back(app, member, thread):
    user = member()
    browser = Browser(app).sign_in(user)
    restrain(user, Restraint.SUSPEND)
    refused = comment(browser, thread)
    assert refused.status_code == 401
    assert WORDS in text(refused)


def test_row_3_signing_in_again_says_why_and_until_when(app, browser, member):
    user = member(timezone="Europe/Berlin")
    with time_machine.travel(AT, tick=False):
        restrain(user, Restraint.SUSPEND)
        page = sign_in(browser)
    assert page.status_code == 403
    assert "Your account is paused" in text(page)
    assert "It hurt somebody." in text(page)
    assert "8 Mar 2026, 13:00" in text(page)
    assert not is_signed_in(browser)


def test_row_3_one_without_an_end_says_so(browser, member):
    restrain(member(), Restraint.EXCLUDE)
    page = sign_in(browser)
    assert page.status_code == 403
    assert "Your account is closed to you" in text(page)
    assert "ends by itself" not in text(page)


def test_row_3_nothing_is_said_to_who_does_not_know_the_password(browser, member):
    restrain(member(), Restraint.SUSPEND)
    wrong = browser.post("/sign-in", {"username": "amina", "password": "not this one"})
    unknown = browser.post("/sign-in", {"username": "nobody", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 422
    assert "paused" not in text(wrong)
    assert "It hurt somebody." not in text(wrong)


def test_row_3_asking_again_with_the_right_password_is_not_counted_as_a_guess(browser, member):
    restrain(member(), Restraint.SUSPEND)
    assert [sign_in(browser).status_code for _ in range(12)] == [403] * 12


def test_row_3_a_suspension_that_is_over_ends_with_the_next_sign_in(app, browser, member):
    user = member()
    with time_machine.travel(AT, tick=False) as time:
        restrain(user, Restraint.SUSPEND, days=7)
        time.shift(7 * DAY - timedelta(seconds=1))
        assert sign_in(browser).status_code == 403
        time.shift(timedelta(seconds=1))
        assert sign_in(browser).status_code == 303
        assert is_signed_in(browser)
    assert db.session.scalar(sa.select(User.state)) is UserState.ACTIVE


def test_row_3_the_longest_of_two_suspensions_counts(browser, member):
    user = member()
    with time_machine.travel(AT, tick=False) as time:
        restrain(user, Restraint.SUSPEND, days=1)
        restrain(user, Restraint.SUSPEND, days=7)
        time.shift(DAY)
        page = sign_in(browser)
    assert page.status_code == 403
    assert "8 Mar 2026" in text(page)


def test_row_3_lifting_it_lets_somebody_in_at_once(browser, member):
    given = restrain(member(), Restraint.EXCLUDE)
    assert sign_in(browser).status_code == 403
    lift(given)
    assert sign_in(browser).status_code == 303


def test_the_profile_and_the_name_of_who_is_suspended_stay(browser, member, thread):
    user = member()
    factories.comment(thread, user, WORDS)
    before = browser.get("/u/amina").status_code
    restrain(user, Restraint.SUSPEND)
    assert browser.get("/u/amina").status_code == before == 200
    assert "/u/amina" in text(browser.get(f"/t/{thread.id}", follow_redirects=True))


# The token that shows that the password was right


def test_the_token_of_a_suspension_names_it_for_half_an_hour():
    with time_machine.travel(AT, tick=False) as time:
        token = tokens.suspension_token(SECRET, 7)
        time.shift(timedelta(minutes=30))
        assert tokens.read_suspension_token(SECRET, token) == 7
        time.shift(timedelta(seconds=1))
        assert tokens.read_suspension_token(SECRET, token) is None


@pytest.mark.parametrize("token", ["", "x", "Nw.aaaa.bbbb", "\x00", "7"])
def test_a_forged_token_names_nothing(token):
    assert tokens.read_suspension_token(SECRET, token) is None
    right = tokens.suspension_token(SECRET, 7)
    assert tokens.read_suspension_token("another key", right) is None
    assert tokens.read_suspension_token(SECRET, right[:-1]) is None
