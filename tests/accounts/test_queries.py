from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts import actions, queries
from forum.accounts.models import MailToken, User, UserSession, UserState
from forum.core import clock
from forum.core.actor import SiteRole
from forum.core.db import db, transaction
from forum.core.errors import NotFound
from tests import factories
from tests.support.pages import actor_of
from tests.support.people import rules
from tests.support.queries import statements


def find(token):
    return queries.find_signed_in(token, idle_days=14, absolute_days=90)


def test_a_session_and_its_member_come_in_one_statement(member):
    token = factories.session_token(member(timezone="Europe/Berlin", role=SiteRole.MODERATOR))
    with statements() as sent:
        found = find(token)
    assert len(sent) == 1
    assert (found.actor.username, found.actor.timezone) == ("amina", "Europe/Berlin")
    assert found.actor.is_moderator
    assert found.actor.get_id() == token


@pytest.mark.parametrize("state", [state for state in UserState if state is not UserState.ACTIVE])
def test_only_an_active_member_is_signed_in(member, state):
    assert find(factories.session_token(member(state=state))) is None


def test_a_member_is_found_by_name_in_any_case_and_by_confirmed_address(member):
    user = member("Zoë", email="zoe@example.org")
    for identifier in ("zoë", "ZOË", "Zoe@Example.org"):
        assert queries.find_credentials(identifier).user_id == user.id


def test_an_address_that_is_not_confirmed_finds_nobody(member):
    member(email="zoe@example.org", email_confirmed_at=None)
    assert queries.find_credentials("zoe@example.org") is None


def test_a_link_dies_with_what_it_was_made_for(member):
    user = member(email="amina@example.org")
    with transaction():
        link = actions.make_reset_link_from_command_line(
            rules(), queries.get_account_by_id(user.id)
        )
    token = link.rpartition("/")[2]
    assert queries.find_link(queries.RESET, token).account.username == "amina"
    assert queries.find_link(queries.CONFIRM, token) is None
    user.password_hash = "another"
    db.session.commit()
    assert queries.find_link(queries.RESET, token) is None


def test_a_link_of_an_account_that_is_paused_does_not_work(member):
    user = member()
    with transaction():
        link = actions.make_reset_link_from_command_line(
            rules(), queries.get_account_by_id(user.id)
        )
    user.state = UserState.SUSPENDED
    db.session.commit()
    assert queries.find_link(queries.RESET, link.rpartition("/")[2]) is None


def test_members_come_in_pages_without_loss(app, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    made = {factories.user().username for _ in range(10)}
    seen, cursor = [], None
    while True:
        found = queries.members("", cursor)
        seen += [row.username for row in found.rows]
        if (cursor := found.next) is None:
            break
    assert len(seen) == len(set(seen)) == 10
    assert set(seen) == made


@pytest.mark.parametrize("start", ["am", "AM", "amina"])
def test_members_are_found_by_the_beginning_of_their_name(member, start):
    member("amina")
    member("samira")
    assert [row.username for row in queries.members(start).rows] == ["amina"]


@pytest.mark.parametrize("start", ["%", "_", "a%"])
def test_wildcards_in_a_search_mean_themselves(member, start):
    member("amina")
    assert queries.members(start).rows == ()


def test_a_cursor_that_was_not_made_here_is_not_found(app):
    with pytest.raises(NotFound):
        queries.members("", "nonsense")


def test_sessions_that_are_over_are_not_listed(member):
    user = member()
    factories.session_token(user)
    db.session.execute(sa.update(UserSession).values(last_seen_at=clock.now() - timedelta(days=15)))
    db.session.commit()
    assert queries.sessions_of(actor_of(user), idle_days=14, absolute_days=90) == ()


def test_the_download_holds_the_account_and_no_secret(member):
    user = member(email="amina@example.org")
    factories.session_token(user)
    records = list(queries.export(user.id))
    assert [kind for kind, _values in records] == ["account", "sessions"]
    assert records[0][1]["email"] == "amina@example.org"
    assert user.password_hash not in str(records)
    assert "token" not in str(records)


def test_an_account_that_is_not_there_is_not_found(app):
    with pytest.raises(NotFound):
        queries.get_account("nobody.here")
    with pytest.raises(NotFound):
        queries.get_account_by_id(10**6)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MailToken)) == 0
