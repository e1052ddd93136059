"""The commands that look whether the log is as it was written."""

import pytest
import sqlalchemy as sa

from forum.audit.actions import record
from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from tests.audit.test_queries import _tamper


@pytest.fixture
def run(app):
    def invoke(*arguments):
        return app.test_cli_runner().invoke(args=["audit", *arguments])

    return invoke


@pytest.fixture
def ids(app):
    with transaction():
        for number in range(25):
            record(1, "thread.close", "thread", number)
    return list(db.session.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id)))


def test_a_log_that_nobody_touched_is_said_to_be_whole(run, ids):
    result = run("verify")

    assert (result.exit_code, result.output) == (0, "The log is as it was written.\n")


def test_a_change_is_named_with_its_number_and_time(run, ids):
    at = db.session.get_one(AuditEntry, ids[4]).at
    _tamper("UPDATE audit_entry SET actor_id = 2 WHERE id = :id", id=ids[4])

    result = run("verify")

    assert result.exit_code == 1
    assert result.output == (
        f"Entry {ids[4]} of {at:%Y-%m-%d %H:%M:%S} UTC:"
        " it does not say what it said when it was written.\n"
    )


def test_a_gap_is_named_by_the_entry_after_it(run, ids):
    _tamper("DELETE FROM audit_entry WHERE id = :id", id=ids[4])

    result = run("verify")

    assert result.exit_code == 1
    assert result.output.startswith(f"Entry {ids[5]} of ")
    assert "entries before it are missing" in result.output


def test_many_faults_are_counted(run, ids):
    _tamper("UPDATE audit_entry SET actor_id = 2")

    lines = run("verify").output.splitlines()

    assert len(lines) == 21
    assert lines[-1] == "And 5 more."


def test_the_head_finds_what_was_cut_off_since(run, ids):
    kept = run("head").output.strip()
    whole = run("verify", "--head", kept)
    _tamper("DELETE FROM audit_entry WHERE id > :id", id=ids[20])
    cut = run("verify", "--head", kept)

    assert whole.exit_code == 0
    assert run("verify").exit_code == 0
    assert (cut.exit_code, cut.output) == (
        1, f"Entry {ids[-1]}: it is missing, and so is what came after it.\n",
    )  # fmt: skip


@pytest.mark.parametrize("given", ["7", "x:y", "7:abc"])
def test_a_head_that_is_none_is_refused(run, ids, given):
    assert run("verify", "--head", given).exit_code == 2


def test_an_empty_log_has_no_head(run):
    assert run("head").exit_code == 1
