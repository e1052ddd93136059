"""Reading the log, and finding what was changed behind the database's back."""

import hashlib
import json

import pytest
import sqlalchemy as sa

from forum.audit import queries
from forum.audit.actions import record
from forum.audit.chain import START, digest
from forum.audit.models import AuditEntry
from forum.audit.queries import Fault, Filter, Wrong, entries, faults, head, verify
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import NotFound

_DISARM = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS audit_entry_no_update",
        "DROP TRIGGER IF EXISTS audit_entry_no_delete",
    ),
    "postgresql": ("ALTER TABLE audit_entry DISABLE TRIGGER USER",),
}


def _fill(count=5) -> list[int]:
    with transaction():
        for number in range(count):
            record(
                number, "thread.close", "thread", number,
                after={"number": number}, role="facilitator", space_id=3, case_id=4,
            )  # fmt: skip
    return list(db.session.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id)))


def _tamper(statement, **values):
    """Change the table as somebody who owns the database could; the test rolls it back."""
    with transaction():
        for disarm in _DISARM[db.session.get_bind().dialect.name]:
            db.session.execute(sa.text(disarm))
        db.session.execute(sa.text(statement), values)
    db.session.expire_all()


def test_an_empty_log_is_whole(app):
    assert verify() is None


def test_a_log_that_nobody_touched_is_whole(app, monkeypatch):
    monkeypatch.setattr(queries, "_BATCH", 2)
    _fill(5)
    assert verify() is None


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 99",
        "actor_id = NULL",
        "verb = 'thread.open'",
        "subject_kind = 'post'",
        "subject_id = 99",
        "reason = 'another'",
        "after = '{\"number\": 99}'",
        "before = '{}'",
        "at = '2020-01-01 00:00:00+00:00'",
        "role = 'moderator'",
        "role = ''",
        "space_id = 99",
        "space_id = NULL",
        "case_id = 99",
        "case_id = NULL",
        "hash = 'forged'",
        "previous_hash = 'forged'",
    ],
)
def test_the_verifier_finds_the_entry_that_was_changed(app, monkeypatch, change):
    monkeypatch.setattr(queries, "_BATCH", 2)
    ids = _fill(5)
    if change.startswith("at") and db.session.get_bind().dialect.name == "sqlite":
        change = "at = '2020-01-01 00:00:00.000000'"
    _tamper(f"UPDATE audit_entry SET {change} WHERE id = :id", id=ids[2])  # noqa: S608
    assert verify() == ids[2]


def test_the_verifier_finds_where_an_entry_is_missing(app):
    ids = _fill(5)
    _tamper("DELETE FROM audit_entry WHERE id = :id", id=ids[2])
    assert verify() == ids[3]


def test_the_verifier_finds_that_the_first_entries_are_missing(app):
    ids = _fill(5)
    _tamper("DELETE FROM audit_entry WHERE id < :id", id=ids[2])
    assert verify() == ids[2]


def test_a_fault_says_which_entry_when_and_what(app):
    ids = _fill(5)
    at = db.session.get_one(AuditEntry, ids[2]).at
    _tamper("UPDATE audit_entry SET reason = 'another' WHERE id = :id", id=ids[2])
    assert list(faults()) == [Fault(ids[2], at, Wrong.CHANGED)]


def test_an_entry_that_was_written_anew_with_a_hash_of_its_own_is_found_by_the_next(app):
    ids = _fill(5)
    entry = db.session.get_one(AuditEntry, ids[2])
    forged = digest({**queries._values(entry), "reason": "another"}, entry.previous_hash)
    _tamper(
        "UPDATE audit_entry SET reason = 'another', hash = :hash WHERE id = :id",
        hash=forged,
        id=ids[2],
    )
    assert [(fault.entry_id, fault.wrong) for fault in faults()] == [(ids[3], Wrong.UNLINKED)]


def test_entries_that_changed_places_are_named_with_where_they_belong(app):
    ids = _fill(5)
    _tamper("UPDATE audit_entry SET id = 900 WHERE id = :id", id=ids[1])
    _tamper("UPDATE audit_entry SET id = :to WHERE id = :id", to=ids[1], id=ids[2])
    _tamper("UPDATE audit_entry SET id = :to WHERE id = 900", to=ids[2])
    found = [(fault.entry_id, fault.wrong, fault.other_id) for fault in faults()]
    assert found == [
        (ids[1], Wrong.MOVED, ids[2]),
        (ids[2], Wrong.MOVED, ids[0]),
        (ids[3], Wrong.MOVED, ids[1]),
    ]


def test_what_is_cut_off_the_end_is_found_with_the_head_that_was_kept(app):
    ids = _fill(5)
    kept = head()
    _tamper("DELETE FROM audit_entry WHERE id > :id", id=ids[2])
    assert list(faults()) == []
    assert list(faults(kept)) == [Fault(ids[4], None, Wrong.LOST)]


def test_another_entry_in_the_place_of_the_one_that_was_kept_is_found(app):
    ids = _fill(5)
    kept = head()
    entry = db.session.get_one(AuditEntry, ids[4])
    _tamper("DELETE FROM audit_entry WHERE id = :id", id=ids[4])
    with transaction():
        record(9, "thread.pin", "thread", 9)
        db.session.execute(
            sa.text("UPDATE audit_entry SET id = :to WHERE verb = 'thread.pin'"), {"to": ids[4]}
        )
    assert list(faults()) == []
    (fault,) = faults(kept)
    assert (fault.entry_id, fault.wrong) == (ids[4], Wrong.REPLACED)
    assert fault.at >= entry.at


def test_a_head_that_was_kept_still_stands_when_more_was_written(app):
    _fill(2)
    kept = head()
    _fill(2)
    assert list(faults(kept)) == []


def test_entries_from_before_roles_were_kept_still_verify(app):
    """Their hash was made of eight values; it is written out here as it was made then."""
    values = {
        "at": clock.now(), "actor_id": 1, "verb": "a.b", "subject_kind": "thing",
        "subject_id": 1, "before": None, "after": None, "reason": "",
    }  # fmt: skip
    text = json.dumps(
        {**values, "at": values["at"].isoformat(timespec="microseconds"), "previous_hash": START},
        sort_keys=True,
        separators=(",", ":"),
    )
    with transaction():
        db.session.execute(
            sa.insert(AuditEntry).values(
                **values, previous_hash=START, hash=hashlib.sha256(text.encode()).hexdigest()
            )
        )
    _fill(1)
    assert verify() is None


def test_every_entry_is_on_exactly_one_page_newest_first(app, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    ids = _fill(5)
    seen, cursor = [], None
    while True:
        page = entries(cursor=cursor)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_a_made_up_cursor_is_no_page(app):
    with pytest.raises(NotFound):
        entries(cursor="nonsense")


@pytest.mark.parametrize(
    ("filter_by", "verbs"),
    [
        (Filter(verb="thread"), {"thread.close", "thread.pin"}),
        (Filter(verb="thread.pin"), {"thread.pin"}),
        (Filter(verb="thr"), set()),
        (Filter(verb="%"), set()),
        (Filter(subject_kind="post"), {"post.remove"}),
        (Filter(subject_kind="thread", subject_id=2), {"thread.pin"}),
        (Filter(), {"thread.close", "thread.pin", "post.remove"}),
    ],
    ids=["domain", "verb", "part-of-a-word", "wildcard", "kind", "subject", "all"],
)
def test_entries_are_found_by_verb_and_subject(app, filter_by, verbs):
    with transaction():
        record(1, "thread.close", "thread", 1)
        record(1, "thread.pin", "thread", 2)
        record(1, "post.remove", "post", 2)
    assert {row.verb for row in entries(filter_by).rows} == verbs


def test_a_row_names_what_changed_in_plain_words(app):
    with transaction():
        record(
            1,
            "space.edit",
            "space",
            1,
            before={"name": "Old", "is_open": True},
            after={"name": "New", "is_open": False, "needs": ["housing", "food"], "left": None},
        )
    assert entries().rows[0].changes == (
        ("is open", "yes", "no"),
        ("left", "", ""),
        ("name", "Old", "New"),
        ("needs", "", "housing, food"),
    )
