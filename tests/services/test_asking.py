"""Once a day somebody is asked about each entry that may be out of date."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.badges.models import BadgeKind, BadgeState
from forum.core import clock
from forum.core.db import db
from forum.jobs.models import Job
from forum.notifications.models import Notification
from forum.services import actions
from forum.services.actions import ask_about_stale
from forum.services.models import Service
from tests import factories
from tests.services.acts import do, get
from tests.support.pages import actor_of
from tests.support.queries import statements

LONG_AGO = timedelta(days=200)


@pytest.fixture
def moderator(app):
    return factories.moderator()


def _stale(name="Old house", **values) -> Service:
    return factories.service(
        name, **{"verified_at": clock.now() - LONG_AGO, "created_at": clock.now() - LONG_AGO}
        | values,
    )  # fmt: skip


def _asked() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for user_id, kind, values in db.session.execute(
        sa.select(Notification.user_id, Notification.kind, Notification.values).order_by(
            Notification.id
        )
    ):
        assert kind == "service.stale"
        found.setdefault(user_id, []).append(values["name"])
    return found


def test_without_anybody_who_knows_it_the_moderators_are_asked(moderator):
    service = _stale()
    factories.service("Fresh")
    ask_about_stale({})
    assert _asked() == {moderator.id: ["Old house"]}
    assert get(service).asked_at is not None


def test_what_nobody_ever_made_sure_of_is_asked_about(moderator):
    _stale(verified_at=None)
    ask_about_stale({})
    assert moderator.id in _asked()


def test_whoever_made_sure_of_it_last_is_asked(moderator):
    keeper = factories.facilitator(factories.space())
    _stale(verified_by_id=keeper.id)
    ask_about_stale({})
    assert _asked() == {keeper.id: ["Old house"]}


def test_whoever_keeps_nothing_any_more_is_not_asked(moderator):
    _stale(verified_by_id=factories.user().id)
    ask_about_stale({})
    assert list(_asked()) == [moderator.id]


def test_a_practitioner_of_the_country_comes_before_another_keeper(moderator):
    romania, spain = factories.country("RO"), factories.country("ES")
    town = factories.place("cluj", parent=romania)
    facilitator = factories.facilitator(factories.space())
    practitioner, far = factories.user(), factories.user()
    for one in (practitioner, far):
        factories.badge(one, kind=BadgeKind.PRACTITIONER, state=BadgeState.ACTIVE)
    for number in range(3):
        factories.service(f"A{number}", places=[romania], verified_by_id=facilitator.id)
    factories.service("B", places=[romania], verified_by_id=practitioner.id)
    for number in range(4):
        factories.service(f"C{number}", places=[spain], verified_by_id=far.id)
    _stale(places=[town])
    ask_about_stale({})
    assert _asked() == {practitioner.id: ["Old house"]}


def test_nobody_is_asked_twice_within_thirty_days(moderator):
    _stale()
    ask_about_stale({})
    db.session.execute(sa.delete(Notification))
    db.session.commit()
    ask_about_stale({})
    assert _asked() == {}
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        ask_about_stale({})
    assert _asked() == {moderator.id: ["Old house"]}


def test_making_sure_of_it_ends_the_asking(moderator):
    service = _stale()
    ask_about_stale({})
    do(actions.verify, actor_of(moderator), service.id)
    db.session.execute(sa.delete(Notification))
    db.session.commit()
    ask_about_stale({})
    assert _asked() == {}


def test_it_comes_back_tomorrow_while_anything_is_listed(moderator):
    def jobs() -> int:
        kind = Job.kind == "services.ask"
        return db.session.scalar(sa.select(sa.func.count()).select_from(Job).where(kind))

    ask_about_stale({})
    assert jobs() == 0
    _stale()
    ask_about_stale({})
    ask_about_stale({})
    assert jobs() == 1


def test_asking_about_many_costs_no_more_reading(moderator):
    def cost() -> int:
        with statements() as seen:
            ask_about_stale({})
        return sum(one.startswith("SELECT") for one in seen)

    _stale()
    one = cost()
    for number in range(10):
        _stale(f"House {number}", places=[factories.country("RO")])
    assert cost() <= one + 1


def test_the_days_are_a_setting(moderator, monkeypatch, app):
    monkeypatch.setitem(app.config, "SERVICE_STALE_DAYS", 300)
    _stale()
    ask_about_stale({})
    assert _asked() == {}
