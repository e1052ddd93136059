"""Writing jobs down, leasing them, and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.errors import Conflict, NotFound
from forum.jobs import actions
from forum.jobs.actions import ATTEMPTS, LEASE, enqueue, wait_after
from forum.jobs.models import Job
from tests import factories
from tests.support.pages import actor_of

NOON = datetime(2026, 3, 24, 12, tzinfo=UTC)


def _claim(kind="letter"):
    with transaction():
        return actions.claim({kind})


def _job() -> Job:
    return db.session.scalars(sa.select(Job).execution_options(populate_existing=True)).one()


def _enqueue(**values):
    with transaction():
        return enqueue("letter", {"number": 7}, **values)


def _end_lease():
    with transaction():
        db.session.execute(sa.update(Job).values(lease_until=datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_job_is_written_with_its_payload(app):
    job_id = _enqueue()
    assert (_job().id, _job().kind, _job().payload) == (job_id, "letter", {"number": 7})


def test_a_transaction_that_is_rolled_back_leaves_no_job(app):
    def act():
        with transaction():
            enqueue("letter", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_the_same_work_is_written_down_once(app):
    assert _enqueue(dedupe="digest:2026-03-24") is not None
    assert _enqueue(dedupe="digest:2026-03-24") is None
    assert _job().dedupe == "digest:2026-03-24"


def test_work_that_is_done_is_still_not_written_down_again(app):
    _enqueue(dedupe="once")
    held = _claim()
    with transaction():
        actions.finish(held)
    assert _enqueue(dedupe="once") is None


def test_jobs_without_a_key_do_not_stand_in_each_others_way(app):
    assert _enqueue() != _enqueue()


def test_the_job_that_is_due_longest_comes_first(app):
    later = _enqueue()
    with transaction():
        sooner = enqueue("letter", {}, run_at=NOON)
    assert [_claim().id, _claim().id] == [sooner, later]


def test_a_job_for_later_waits(app):
    with time_machine.travel(NOON, tick=False) as clock:
        _enqueue(run_at=NOON + timedelta(hours=1))
        assert _claim() is None
        clock.shift(timedelta(hours=1))
        assert _claim() is not None


def test_a_job_of_a_kind_that_this_worker_does_not_know_stays(app):
    _enqueue()
    assert _claim("other") is None


def test_a_job_on_lease_is_nobody_elses(app):
    _enqueue()
    assert _claim() is not None
    assert _claim() is None


def test_a_job_whose_lease_ran_out_is_taken_again(app):
    _enqueue()
    first = _claim()
    _end_lease()
    second = _claim()
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.token != first.token


def test_a_lease_lasts_a_minute_from_its_last_renewal(app):
    _enqueue()
    held = _claim()
    _end_lease()
    with transaction():
        assert actions.renew(held)
    left = _job().lease_until - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= LEASE


@pytest.mark.parametrize(
    "act",
    [actions.renew, actions.finish, lambda held: actions.release(held, "late")],
    ids=["renew", "finish", "release"],
)
def test_who_lost_the_lease_has_no_say(app, act):
    _enqueue()
    first = _claim()
    _end_lease()
    second = _claim()
    with transaction():
        assert not act(first)
    assert _job().lease_token == second.token
    assert _job().done_at is None


def test_a_job_that_is_done_is_not_taken_again(app):
    _enqueue()
    held = _claim()
    with transaction():
        assert actions.finish(held)
    assert _job().done_at is not None
    assert _claim() is None


def test_a_job_that_failed_waits_before_it_is_tried_again(app):
    with time_machine.travel(NOON, tick=False) as clock:
        _enqueue()
        held = _claim()
        with transaction():
            actions.release(held, "The server\nis away.")
        assert _job().last_error == "The server is away."
        assert _claim() is None
        clock.shift(timedelta(seconds=13))  # 10 s and a quarter
        assert _claim().attempts == 2


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 10), (2, 40), (3, 160), (4, 640), (5, 2560), (6, 10240), (7, 21600), (30, 21600)],
)
def test_each_wait_is_about_four_times_the_one_before_up_to_six_hours(attempts, seconds):
    waits = {wait_after(attempts).total_seconds() for _ in range(20)}
    assert seconds * 0.75 <= min(waits) <= max(waits) <= seconds * 1.25
    assert len(waits) > 1


def test_after_eight_failures_a_job_is_a_dead_letter(app):
    with time_machine.travel(NOON, tick=False) as clock:
        _enqueue()
        for _ in range(ATTEMPTS):
            held = _claim()
            with transaction():
                actions.release(held, "no")
            clock.shift(timedelta(hours=8))
        assert _job().dead_at is not None
        assert _job().attempts == ATTEMPTS
        assert _claim() is None


def test_a_job_that_takes_every_worker_down_with_it_becomes_a_dead_letter(app):
    _enqueue()
    for _ in range(ATTEMPTS):
        assert _claim() is not None
        _end_lease()
    assert _claim() is None
    assert _job().dead_at is not None
    assert _job().attempts == ATTEMPTS


def _bury():
    job_id = _enqueue()
    with transaction():
        db.session.execute(
            sa.update(Job).values(dead_at=datetime(2026, 1, 1, tzinfo=UTC), attempts=ATTEMPTS)
        )
    return job_id


def test_an_administrator_gives_a_dead_letter_its_attempts_back(app):
    job_id = _bury()
    actor = actor_of(factories.administrator())
    with transaction():
        actions.retry(actor, job_id)
    assert _claim().attempts == 1


def test_a_dead_letter_is_revived_once(app):
    job_id = _bury()
    actor = actor_of(factories.administrator())
    with transaction():
        actions.retry(actor, job_id)
    with pytest.raises(Conflict), transaction():
        actions.retry(actor, job_id)


@pytest.mark.parametrize("role", ["visitor", "member", "moderator"])
def test_nobody_else_revives_a_dead_letter(app, role):
    job_id = _bury()
    actors = {
        "visitor": lambda: VISITOR,
        "member": lambda: actor_of(factories.user()),
        "moderator": lambda: actor_of(factories.moderator()),
    }
    actor = actors[role]()
    with pytest.raises(NotFound), transaction():
        actions.retry(actor, job_id)
    assert _job().dead_at is not None


def test_what_was_done_long_ago_is_forgotten_and_dead_letters_are_not(app):
    with time_machine.travel(NOON, tick=False) as clock:
        _bury()
        done = _enqueue()
        held = _claim()
        with transaction():
            actions.finish(held)
        clock.shift(timedelta(days=13))
        with transaction():
            actions.forget_done()
        assert db.session.get(Job, done) is not None
        clock.shift(timedelta(days=2))
        with transaction():
            actions.forget_done()
        assert _job().dead_at is not None
