"""Private feeds: as much as their owner may see when they are read, and gone with the token."""

import logging
import re

import pytest
import sqlalchemy as sa

from forum.accounts import actions, queries
from forum.accounts.models import FeedToken, UserSession, UserState
from forum.accounts.tokens import digest
from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.core.errors import NotFound
from forum.feeds.queries import openings
from forum.spaces.models import Membership, Visibility
from forum.threads.queries import newest_threads
from tests import factories
from tests.support.cast import cast
from tests.support.feeds import BASE, read
from tests.support.pages import Browser, actor_of

TOKEN = re.compile(r"[?&]token=([\w-]+)")


@pytest.fixture
def hidden(app):
    return factories.space("hidden", visibility=Visibility.PRIVATE)


@pytest.fixture
def owner(hidden):
    user = factories.user("amina")
    factories.membership(hidden, user)
    return user


@pytest.fixture
def thread(hidden):
    made = factories.thread(hidden, title="Between us", tags=("housing",))
    factories.comment(made, text="Words between us.")
    return made


def _token(user, name="Reader"):
    with transaction():
        return actions.make_feed_token(actor_of(user), name)


def _paths(thread):
    return ["/feed", "/s/hidden/feed", "/tags/housing/feed", f"/t/{thread.id}/feed"]


def _titles(browser, path, token):
    return [entry.title for entry in read(browser.get(f"{path}?token={token}")).entries]


def _gone(browser, thread, token):
    """Nothing at all: not even what everybody may read."""
    return [browser.get(f"{path}?token={token}").status_code for path in _paths(thread)] == [
        404
    ] * 4


# What it opens


def test_a_token_opens_what_its_owner_may_see(browser, owner, thread):
    token = _token(owner)
    site, space, tag, comments = (_titles(browser, path, token) for path in _paths(thread))
    assert site == space == tag == ["Between us"]
    assert len(comments) == 1


def test_another_members_token_does_not(browser, owner, thread):
    token = _token(factories.user())
    assert _titles(browser, "/feed", token) == _titles(browser, "/tags/housing/feed", token) == []
    missing = browser.get(f"/s/no-such-space/feed?token={token}")
    for path in ("/s/hidden/feed", f"/t/{thread.id}/feed"):
        answer = browser.get(f"{path}?token={token}")
        assert (answer.status_code, answer.data) == (404, missing.data)


@pytest.mark.parametrize("role", [None, "author", "member", "facilitator", "moderator", "stranger"])
def test_a_feed_has_what_the_lists_of_its_owner_have(app, role):
    for visibility in Visibility:
        crew = cast(visibility)
        factories.thread(crew.space)
        viewer = crew[role] if role else crew["visitor"]
        for space_id in (None, crew.space.id):
            listed = {row.id for row in newest_threads(viewer, space_id=space_id).rows}
            assert {post.thread_id for post in openings(viewer, space_id=space_id)} == listed


def test_whoever_leaves_a_space_reads_it_no_longer(browser, owner, hidden, thread):
    token = _token(owner)
    assert _titles(browser, "/s/hidden/feed", token) == ["Between us"]
    db.session.execute(sa.delete(Membership).where(Membership.user_id == owner.id))
    db.session.commit()
    assert browser.get(f"/s/hidden/feed?token={token}").status_code == 404
    assert browser.get(f"/t/{thread.id}/feed?token={token}").status_code == 404
    assert _titles(browser, "/feed", token) == []


def test_a_demoted_moderator_reads_as_a_member(browser, thread):
    moderator = factories.moderator()
    token = _token(moderator)
    assert _titles(browser, "/feed", token) == ["Between us"]
    moderator.role = "member"
    db.session.commit()
    assert _titles(browser, "/feed", token) == []


@pytest.mark.parametrize("state", [state for state in UserState if state is not UserState.ACTIVE])
def test_a_token_of_somebody_who_is_not_active_opens_nothing(browser, owner, thread, state):
    token = _token(owner)
    owner.state = state
    db.session.commit()
    assert _gone(browser, thread, token)


@pytest.mark.parametrize("token", ["", "x", "%00", "a" * 5000, "%ed%a0%80"])
def test_a_token_that_nobody_has_opens_nothing(browser, thread, token):
    assert _gone(browser, thread, token)


def test_a_token_opens_feeds_and_no_page(browser, owner, thread):
    token = _token(owner)
    assert browser.get(f"/s/hidden?token={token}").status_code == 404
    assert browser.get(f"/t/{thread.id}-{thread.slug}?token={token}").status_code == 404
    assert browser.get(f"/settings?token={token}").status_code == 303
    assert "Between us" not in browser.get(f"/?token={token}").text
    with browser.client.session_transaction() as session:
        assert "_user_id" not in session


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_token_writes_nothing(browser, owner, thread, method):
    answer = browser.raw(method, f"/t/{thread.id}/feed?token={_token(owner)}")
    assert answer.status_code in {400, 405}


# What is kept of it, and where it is seen


def test_only_a_digest_is_kept(owner):
    token = _token(owner)
    row = db.session.scalars(sa.select(FeedToken)).one()
    assert row.token_hash == digest(token)
    assert len(token) >= 43
    assert token not in repr(db.session.execute(sa.select(AuditEntry.__table__)).all())


def test_a_private_feed_is_stored_nowhere_and_not_sent_again(browser, owner, thread):
    token = _token(owner)
    for path in _paths(thread):
        first = browser.get(f"{path}?token={token}")
        again = browser.get(
            f"{path}?token={token}", headers={"If-None-Match": first.headers["ETag"]}
        )
        assert (again.status_code, again.data) == (304, b"")
        for answer in (first, again):
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "Set-Cookie" not in answer.headers


def test_a_private_feed_does_not_reach_the_pages_kept_for_visitors(browser, owner, thread):
    token = _token(owner)
    before = browser.get("/feed").data
    assert _titles(browser, "/feed", token) == ["Between us"]
    assert browser.get("/feed").data == before
    assert browser.get("/feed?token=").status_code == 404


def test_the_token_stands_in_no_feed(browser, owner, thread):
    token = _token(owner)
    for path in _paths(thread):
        answer = browser.get(f"{path}?token={token}")
        assert token not in answer.text
        assert f'href="{BASE}{path}"' in answer.text


def test_a_redirect_of_a_feed_keeps_the_token_and_is_stored_nowhere(browser, owner, thread):
    token = _token(owner)
    answer = browser.get(f"/t/{thread.id}-old-title/feed?token={token}")
    assert answer.location == f"/t/{thread.id}/feed?token={token}"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_failure_does_not_log_the_token(browser, owner, thread, monkeypatch, caplog):
    token = _token(owner)
    monkeypatch.setattr("forum.feeds.atom.write", _broken)
    with caplog.at_level(logging.DEBUG):
        answer = browser.get(f"/feed?token={token}")
    assert answer.status_code == 500
    assert "unhandled error" in caplog.text
    assert token not in caplog.text
    assert token not in answer.text


def _broken(_feed):
    raise RuntimeError


# Making, listing and ending


def _make(browser, name="Reader on my phone"):
    return browser.post("/settings/feeds", {"name": name})


def test_a_token_is_shown_once_with_every_address_that_needs_it(app, owner, thread):
    browser = Browser(app).sign_in(owner)
    page = _make(browser).text
    tokens = set(TOKEN.findall(page))
    assert len(tokens) == 1
    (token,) = tokens
    assert f'value="{BASE}/feed?token={token}"' in page
    assert f'value="{BASE}/s/hidden/feed?token={token}"' in page
    assert "/s/commons/feed" not in page
    assert _titles(Browser(app), "/s/hidden/feed", token) == ["Between us"]
    listed = browser.get("/settings/feeds").text
    assert "Reader on my phone" in listed
    assert token not in listed
    assert digest(token) not in listed


def test_a_revoked_token_opens_nothing(app, owner, thread):
    browser = Browser(app).sign_in(owner)
    (token,) = set(TOKEN.findall(_make(browser).text))
    revoke = re.search(
        r'formaction="(/settings/feeds/\d+/revoke)"', browser.get("/settings/feeds").text
    )
    assert revoke
    assert browser.post(revoke[1]).status_code == 303
    assert _gone(Browser(app), thread, token)
    assert browser.post(revoke[1]).status_code == 404
    assert "Reader on my phone" not in browser.get("/settings/feeds").text


def test_nobody_revokes_the_token_of_another(owner, thread):
    _token(owner)
    row = db.session.scalars(sa.select(FeedToken)).one()
    stranger = actor_of(factories.user())
    with pytest.raises(NotFound), transaction():
        actions.revoke_feed_token(stranger, row.id)
    assert queries.feed_tokens_of(stranger) == ()
    assert [found.id for found in queries.feed_tokens_of(actor_of(owner))] == [row.id]


def test_making_one_asks_for_a_recent_sign_in(app, owner):
    browser = Browser(app).sign_in(owner)
    db.session.execute(sa.update(UserSession).values(authenticated_at=owner.created_at))
    db.session.commit()
    assert _make(browser).location == "/confirm?next=%2Fsettings"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_token_needs_a_name_of_some_length(app, owner, name):
    assert _make(Browser(app).sign_in(owner), name).status_code == 422
    assert queries.feed_tokens_of(actor_of(owner)) == ()


def test_there_are_twenty_at_most(app, owner):
    for _ in range(20):
        _token(owner)
    page = _make(Browser(app).sign_in(owner))
    assert page.status_code == 422
    assert "Please revoke one first" in page.text
    assert len(queries.feed_tokens_of(actor_of(owner))) == 20


def test_making_and_revoking_are_in_the_log(owner):
    _token(owner)
    row = db.session.scalars(sa.select(FeedToken)).one()
    with transaction():
        actions.revoke_feed_token(actor_of(owner), row.id)
    verbs = list(db.session.scalars(sa.select(AuditEntry.verb).order_by(AuditEntry.id)))
    assert verbs[-2:] == ["account.make_feed", "account.revoke_feed"]


ENDINGS = {
    "others end": lambda user: actions.end_other_sessions(actor_of(user)),
    "all end": lambda user: actions.end_sessions(user.id),
    "deactivated": lambda user: actions.deactivate(actor_of(user)),
    "deleted": lambda user: actions.delete_account(actor_of(user)),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_what_ends_sessions_ends_tokens(browser, owner, thread, end):
    token, other = _token(owner), _token(factories.moderator())
    with transaction():
        end(owner)
    assert _gone(browser, thread, token)
    assert queries.feed_tokens_of(actor_of(owner)) == ()
    assert _titles(browser, "/feed", other) == ["Between us"]


def test_a_download_of_ones_data_names_the_feeds_without_their_secrets(owner):
    token = _token(owner, "Reader on my phone")
    found = [values for kind, values in queries.export(owner.id) if kind == "private_feeds"]
    assert [values["name"] for values in found] == ["Reader on my phone"]
    assert digest(token) not in repr(found)
