"""The page of background work."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.jobs.models import Job
from tests import factories
from tests.support.queries import statements


def _dead(count=1):
    now = clock.now()
    with transaction():
        for number in range(count):
            db.session.add(
                Job(
                    kind="letter",
                    payload={"secret": "hush"},
                    run_at=now,
                    created_at=now,
                    attempts=8,
                    dead_at=datetime(2026, 1, 1, tzinfo=UTC),
                    last_error=f"Server {number} is away.",
                )
            )
    return db.session.scalar(sa.select(sa.func.max(Job.id)))


def _waiting(count=1):
    now = clock.now()
    with transaction():
        for _ in range(count):
            db.session.add(Job(kind="letter", payload={}, run_at=now, created_at=now))


def test_administrators_see_what_failed_and_why_but_no_payload(browser):
    _dead()
    html = browser.sign_in(factories.administrator()).get("/admin/jobs").text
    assert "Server 0 is away." in html
    assert "hush" not in html


def test_a_forum_without_jobs_says_so(browser):
    html = browser.sign_in(factories.administrator()).get("/admin/jobs").text
    assert "Nothing has failed" in html
    assert "No work is waiting." in html


def test_waiting_work_is_counted(browser):
    _waiting(25)
    html = browser.sign_in(factories.administrator()).get("/admin/jobs").text
    assert "of 25 waiting" in html


@pytest.mark.parametrize("role", [factories.user, factories.moderator])
def test_nobody_else_sees_the_page(browser, role):
    assert browser.sign_in(role()).get("/admin/jobs").status_code == 404


def test_every_dead_letter_is_on_exactly_one_page(browser):
    _dead(45)
    browser.sign_in(factories.administrator())
    path, seen = "/admin/jobs", []
    for _ in range(3):
        html = browser.get(path).text
        seen += [number for number in range(45) if f"Server {number} is away." in html]
        path = html.partition('rel="next" href="')[2].partition('"')[0]
    assert sorted(seen) == list(range(45))
    assert path == ""


def test_a_dead_letter_is_tried_again_and_the_log_says_who_did_it(browser):
    job_id = _dead()
    admin = factories.administrator()
    browser.sign_in(admin)
    response = browser.post(f"/admin/jobs/{job_id}/retry")
    assert (response.status_code, response.location) == (303, "/admin/jobs")
    assert db.session.get(Job, job_id, populate_existing=True).dead_at is None
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.actor_id, entry.verb, entry.subject_id) == (admin.id, "job.retry", job_id)


def test_trying_again_twice_says_that_it_was_done_already(browser):
    job_id = _dead()
    browser.sign_in(factories.administrator())
    browser.post(f"/admin/jobs/{job_id}/retry")
    browser.post(f"/admin/jobs/{job_id}/retry")
    assert "tried again already" in browser.get("/admin/jobs").text


def test_nobody_else_tries_a_dead_letter_again(browser):
    job_id = _dead()
    browser.sign_in(factories.moderator())
    assert browser.post(f"/admin/jobs/{job_id}/retry").status_code == 404
    assert db.session.get(Job, job_id, populate_existing=True).dead_at is not None


def test_the_page_costs_the_same_statements_however_many_jobs(browser):
    browser.sign_in(factories.administrator())
    counts = []
    for more in (1, 14):
        _dead(more)
        _waiting(more)
        with statements() as sent:
            browser.get("/admin/jobs")
        counts.append(len(sent))
    assert counts[0] == counts[1]
