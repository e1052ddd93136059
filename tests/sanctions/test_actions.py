from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import actions as accounts
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.actor import Restraint
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.notifications.queries import inbox
from forum.sanctions import actions, queries
from forum.sanctions.actions import Notice
from forum.sanctions.models import Sanction
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def moderator(app):
    return actor_of(factories.moderator())


def give(by, user, kind=Restraint.MUTE, **values):
    endless = kind in {Restraint.NOTICE, Restraint.SLOW, Restraint.HOLD, Restraint.EXCLUDE}
    given = {
        "kind": kind,
        "space_id": None,
        "until": None if endless else clock.now() + WEEK,
        "reason": "It hurt somebody.",
        **values,
    }
    user_id = user.id
    with transaction():
        return actions.give(by, user_id, **given)


def lift(by, sanction_id, reason="It was settled.", **values):
    with transaction():
        actions.lift(by, sanction_id, reason, **values)


def log(verb):
    return db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == verb)).all()


@pytest.mark.parametrize("kind", [kind for kind in Restraint if kind is not Restraint.NOTICE])
def test_what_is_given_is_in_force(moderator, kind):
    user = factories.user()
    give(moderator, user, kind)
    (one,) = queries.in_force(user.id)
    assert (one.kind, one.space_id, one.reason) == (kind, None, "It hurt somebody.")


def test_a_notice_is_said_and_over_but_stands_in_the_history(moderator):
    user = factories.user()
    give(moderator, user, Restraint.NOTICE)
    assert queries.in_force(user.id) == ()
    (row,) = queries.history_of(user.id)
    assert (row.kind, row.is_in_force) == (Restraint.NOTICE, False)


def test_a_sanction_ends_by_itself(moderator):
    user = factories.user()
    with time_machine.travel(AT, tick=False):
        give(moderator, user)
    with time_machine.travel(AT + WEEK - timedelta(seconds=1), tick=False):
        assert queries.in_force(user.id)
    with time_machine.travel(AT + WEEK, tick=False):
        assert queries.in_force(user.id) == ()
        assert not queries.history_of(user.id)[0].is_in_force


def test_the_member_is_told_what_where_until_when_and_why(app, moderator):
    user, space = factories.user(), factories.space()
    with time_machine.travel(AT, tick=False):
        give(moderator, user, space_id=space.id, notice=Notice("/t/1/c/2", {"space": "Commons"}))
    with app.test_request_context():
        (row,) = inbox(actor_of(user)).rows
    assert row.title == "You cannot write for a while"
    assert row.path == "/t/1/c/2"
    assert "This holds in the space Commons." in row.texts
    assert "The reason: It hurt somebody." in row.texts
    assert "It ends by itself: 8 Mar 2026, 12:00." in row.texts


def test_giving_and_lifting_stand_in_the_log_with_their_reasons(moderator):
    user = factories.user()
    sanction_id = give(moderator, user, decision_id=7)
    lift(moderator, sanction_id)
    (given,), (lifted,) = log("sanction.give"), log("sanction.lift")
    for entry in (given, lifted):
        assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (
            moderator.id, "account", user.id,
        )  # fmt: skip
    assert given.reason == "It hurt somebody."
    assert given.after["kind"] == "mute"
    assert given.after["decision_id"] == 7
    assert lifted.reason == "It was settled."
    assert lifted.before["sanction_id"] == sanction_id


def test_what_is_lifted_is_not_in_force_and_the_member_hears_it(app, moderator):
    user = factories.user()
    lift(moderator, give(moderator, user))
    assert queries.in_force(user.id) == ()
    row = queries.history_of(user.id)[0]
    assert (row.lifted_by_id, row.is_in_force) == (moderator.id, False)
    with app.test_request_context():
        titles = {row.title for row in inbox(actor_of(user)).rows}
    assert "You can take part as before" in titles


def test_nothing_is_lifted_twice_or_after_its_end(moderator):
    sanction_id = give(moderator, factories.user())
    lift(moderator, sanction_id)
    with pytest.raises(Conflict):
        lift(moderator, sanction_id)
    with time_machine.travel(AT, tick=False):
        ended = give(moderator, factories.user())
    with time_machine.travel(AT + WEEK, tick=False), pytest.raises(Conflict):
        lift(moderator, ended)
    with pytest.raises(NotFound):
        lift(moderator, 2**31 - 2)


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_reason_is_needed_and_short(moderator, reason):
    sanction_id = give(moderator, factories.user())
    with pytest.raises(Invalid) as refused:
        give(moderator, factories.user(), reason=reason)
    assert refused.value.field == "reason"
    with pytest.raises(Invalid):
        lift(moderator, sanction_id, reason)


def test_an_end_that_does_not_fit_is_refused_beside_its_field(moderator):
    with pytest.raises(Invalid) as refused:
        give(moderator, factories.user(), until=clock.now() + timedelta(days=60))
    assert refused.value.field == "until"
    assert db.session.scalars(sa.select(Sanction)).all() == []


def test_the_history_is_the_members_own_newest_first_and_costs_one_statement(moderator):
    user = factories.user()
    give(moderator, factories.user())
    ids = [give(moderator, user) for _ in range(15)]
    user_id = user.id
    with statements() as sent:
        history = queries.history_of(user_id)
    assert [row.id for row in history] == ids[::-1]
    assert len(sent) == 1


def test_the_download_says_what_and_why_but_not_who(moderator):
    user = factories.user()
    give(moderator, user)
    ((kind, record),) = queries.export(user.id)
    assert kind == "sanctions"
    assert (record["sanction"], record["reason"]) == ("mute", "It hurt somebody.")
    assert "by" not in " ".join(record)


def test_a_deleted_account_has_no_sanctions_but_the_log_keeps_them(moderator):
    user, other = factories.user(), factories.user()
    give(moderator, user)
    give(moderator, other)
    with transaction():
        accounts.delete_account(actor_of(user))
    assert queries.history_of(user.id) == ()
    assert len(queries.history_of(other.id)) == 1
    assert len(log("sanction.give")) == 2
