from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import actions as accounts
from forum.accounts.models import UserState
from forum.core.db import db, transaction
from forum.core.errors import NotFound
from forum.notifications import actions
from forum.notifications.models import Notification
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def notify(*users, kind="report.closed", subject_id=1, path="/t/1/c/2", **values):
    ids = [user.id for user in users]
    with transaction():
        actions.notify(ids, kind, "case", subject_id, path=path, values=values)


def rows(user):
    return db.session.scalars(
        sa.select(Notification).where(Notification.user_id == user.id).order_by(Notification.id)
    ).all()


def test_many_people_are_told_in_one_statement(app):
    people = [factories.user() for _ in range(15)]
    with statements() as sent:
        notify(*people)
    assert len(sent) == 1
    assert all(len(rows(person)) == 1 for person in people)


def test_telling_nobody_asks_nothing(app):
    with statements() as sent:
        notify()
    assert sent == []


def test_the_same_again_replaces_what_was_told_and_is_unread_again(app):
    user = factories.user()
    with time_machine.travel(AT):
        notify(user, variant="upheld")
    with transaction():
        actions.mark_all_read(actor_of(user))
    with time_machine.travel(AT + timedelta(hours=1)):
        notify(user, path="/t/1/c/3", variant="not_upheld")
    (row,) = rows(user)
    assert (row.values, row.path) == ({"variant": "not_upheld"}, "/t/1/c/3")
    assert (row.created_at, row.read_at) == (AT + timedelta(hours=1), None)


def test_another_kind_or_subject_is_told_beside_it(app):
    user = factories.user()
    notify(user)
    notify(user, kind="appeal.decided")
    notify(user, subject_id=2)
    assert len(rows(user)) == 3


def test_a_text_is_cut_at_a_thousand_characters_and_a_time_is_kept_as_text(app):
    user = factories.user()
    notify(user, note="word " * 500, until=AT, count=3, none=None)
    (row,) = rows(user)
    assert len(row.values["note"]) <= actions.LONGEST_VALUE
    assert row.values["until"] == "2026-03-01T12:00:00+00:00"
    assert (row.values["count"], row.values["none"]) == (3, None)


def test_what_has_no_plain_text_is_refused(app):
    with pytest.raises(TypeError):
        notify(factories.user(), people=[1, 2])


@pytest.mark.parametrize("state", [UserState.DELETED, UserState.PLACEHOLDER])
def test_nobody_is_told_whose_account_is_not_theirs_to_open(app, state):
    gone = factories.user(state=state)
    notify(gone)
    assert rows(gone) == []


def test_opening_one_says_where_it_leads_and_keeps_when_it_was_read_first(app):
    user = factories.user()
    notify(user)
    (row,) = rows(user)
    with time_machine.travel(AT), transaction():
        assert actions.mark_read(actor_of(user), row.id) == "/t/1/c/2"
    with transaction():
        actions.mark_read(actor_of(user), row.id)
    assert rows(user)[0].read_at == AT


def test_what_another_is_told_is_not_there(app):
    user = factories.user()
    notify(user)
    with pytest.raises(NotFound), transaction():
        actions.mark_read(actor_of(factories.user()), rows(user)[0].id)
    assert rows(user)[0].read_at is None


def test_marking_all_as_read_marks_ones_own(app):
    user, other = factories.user(), factories.user()
    notify(user, other)
    with transaction():
        actions.mark_all_read(actor_of(user))
    assert rows(user)[0].read_at is not None
    assert rows(other)[0].read_at is None


def test_a_deleted_account_has_no_inbox(app):
    user, other = factories.user(), factories.user()
    notify(user, other)
    with transaction():
        accounts.delete_account(actor_of(user))
    assert (len(rows(user)), len(rows(other))) == (0, 1)
