"""Entries of the audit log are only ever added."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.audit.chain import plain
from forum.audit.models import AuditEntry
from forum.audit.queries import verify
from forum.core.db import db, transaction


class Colour(StrEnum):
    GREEN = "green"


def _entries() -> list[AuditEntry]:
    return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def test_an_entry_says_who_did_what_to_which_and_why(app):
    with transaction():
        record(7, "thread.close", "thread", 12, before={"open": True}, reason="It was settled.")
    entry = _entries()[0]
    assert (entry.actor_id, entry.verb, entry.subject_kind) == (7, "thread.close", "thread")
    assert (entry.subject_id, entry.before, entry.after) == (12, {"open": True}, None)
    assert entry.reason == "It was settled."


def test_an_entry_says_in_which_role_and_where(app):
    with transaction():
        record(7, "case.decide", "post", 12, role="facilitator", space_id=3, case_id=5)
        record(None, "case.open", "post", 12)
    by_person, by_forum = _entries()
    assert (by_person.role, by_person.space_id, by_person.case_id) == ("facilitator", 3, 5)
    assert (by_forum.role, by_forum.space_id, by_forum.case_id) == ("forum", None, None)


def test_an_entry_goes_with_the_transaction_of_its_act(app):
    def act():
        with transaction():
            record(7, "thread.close", "thread", 12)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert _entries() == []


def test_each_entry_carries_the_hash_of_the_one_before(app):
    with transaction():
        record(None, "a.one", "thing", 1)
        record(None, "a.two", "thing", 1)
    with transaction():
        record(None, "a.three", "thing", None)
    first, second, third = _entries()
    assert first.previous_hash == "0" * 64
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)


def test_a_long_reason_is_cut_and_cleaned(app):
    with transaction():
        record(1, "post.remove", "post", 3, reason="word\x00 " * 200)
    reason = _entries()[0].reason
    assert len(reason) <= 500
    assert reason.endswith("word…")
    assert "\x00" not in reason


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (datetime(2026, 3, 24, 12, 0, 0, 123456, tzinfo=UTC), "2026-03-24T12:00:00.123456+00:00"),
        (datetime(2026, 3, 24, 12, tzinfo=UTC), "2026-03-24T12:00:00.000000+00:00"),
        (date(2026, 3, 24), "2026-03-24"),
        (Colour.GREEN, "green"),
        ({3, 1, 2}, [1, 2, 3]),
        (("a", None), ["a", None]),
        ("ütf\x00 ☂", "ütf\x00 ☂"),
        (2**60, 2**60),
        (0.1, 0.1),
    ],
    ids=["microseconds", "no-microseconds", "date", "enum", "set", "tuple", "text", "int", "float"],
)
def test_values_come_back_alike_from_both_databases(app, value, stored):
    with transaction():
        record(1, "a.b", "thing", 1, after={"value": value})
    db.session.expire_all()
    assert _entries()[0].after == {"value": stored}
    assert verify() is None


@pytest.mark.parametrize(
    "value",
    [object(), datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), float("nan"), b"x"],
    ids=["object", "naive", "nan", "bytes"],
)
def test_what_json_cannot_hold_is_a_programming_error(value):
    with pytest.raises((TypeError, ValueError)):
        plain({"value": value})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'another'",
        "UPDATE audit_entry SET id = id",
        "DELETE FROM audit_entry",
    ],
    ids=["edit", "touch", "delete"],
)
def test_the_database_refuses_to_change_an_entry(app, statement):
    with transaction():
        record(1, "a.b", "thing", 1)

    def tamper():
        with transaction():
            db.session.execute(sa.text(statement))

    with pytest.raises(IntegrityError, match="cannot be changed"):
        tamper()
    assert len(_entries()) == 1
