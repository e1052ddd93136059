"""The commands about jobs."""

import pytest
import sqlalchemy as sa

from forum.core import clock
from forum.core.db import db, transaction
from forum.jobs import actions
from forum.jobs.models import Job


@pytest.fixture
def runner(app):
    return app.test_cli_runner()


def _bury():
    with transaction():
        job_id = actions.enqueue("letter", {})
        db.session.execute(sa.update(Job).values(dead_at=clock.now(), last_error="Away."))
    return job_id


def test_dead_letters_are_listed_with_how_many_wait(runner):
    job_id = _bury()
    with transaction():
        actions.enqueue("letter", {})
    lines = runner.invoke(args=["jobs", "list"]).output.splitlines()
    assert lines[0].startswith(f"{job_id}\tletter")
    assert lines[0].endswith("Away.")
    assert lines[1] == "1 waiting"


def test_an_operator_revives_a_dead_letter(runner):
    job_id = _bury()
    assert runner.invoke(args=["jobs", "retry", str(job_id)]).exit_code == 0
    assert db.session.get(Job, job_id, populate_existing=True).dead_at is None


def test_reviving_what_is_not_dead_is_a_plain_error(runner):
    result = runner.invoke(args=["jobs", "retry", "4711"])
    assert result.exit_code == 1
    assert "tried again already" in result.output
