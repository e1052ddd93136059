"""Watching for words: who may, what is checked, and what the log says."""

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.safety import actions, queries
from forum.safety.actions import WordDraft
from forum.safety.models import WatchedWord, WordAction
from forum.safety.queries import findings
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.support.queries import statements


def _draft(**values) -> WordDraft:
    return WordDraft(
        **{
            "phrase": "safe house",
            "action": WordAction.HOLD,
            "reason": "It gives places away.",
            "space_id": None,
            **values,
        }
    )


def _add(actor, runs=(), **values) -> int:
    with transaction():
        return actions.add_word(actor, runs, _draft(**values))


@pytest.fixture
def moderator(app):
    return actor_of(factories.moderator())


def _log():
    found = db.session.execute(
        sa.select(
            AuditEntry.verb, AuditEntry.subject_id, AuditEntry.before, AuditEntry.after,
            AuditEntry.reason, AuditEntry.role, AuditEntry.space_id,
        ).order_by(AuditEntry.id)
    )  # fmt: skip
    return [tuple(row) for row in found]


def test_adding_changing_and_removing_are_logged_with_what_was_and_is(moderator):
    word_id = _add(moderator)
    with transaction():
        actions.change_word(moderator, (), word_id, _draft(phrase="refuge", reason="Shorter."))
    with transaction():
        actions.remove_word(moderator, (), word_id, "It found too much.")

    first = {
        "phrase": "safe house", "is_pattern": False, "action": "hold", "message": "", "space": None,
    }  # fmt: skip
    second = {**first, "phrase": "refuge"}
    assert _log() == [
        ("word.add", word_id, None, first, "It gives places away.", "moderator", None),
        ("word.change", word_id, first, second, "Shorter.", "moderator", None),
        ("word.remove", word_id, second, None, "It found too much.", "moderator", None),
    ]
    assert db.session.scalars(sa.select(WatchedWord)).all() == []


def test_a_change_that_changes_nothing_is_not_logged(moderator):
    word_id = _add(moderator)
    with transaction():
        actions.change_word(moderator, (), word_id, _draft())
    assert len(_log()) == 1


def test_facilitators_watch_in_their_spaces_and_nowhere_else(app):
    people, other = cast(), factories.space()
    runs = (people.space.id,)
    word_id = _add(people["facilitator"], runs, space_id=people.space.id)
    assert _log()[0][-2:] == ("facilitator", people.space.id)

    with pytest.raises(Forbidden):
        _add(people["facilitator"], runs)
    with pytest.raises(NotFound):
        _add(people["facilitator"], runs, space_id=other.id)

    def move(draft):
        with transaction():
            actions.change_word(people["facilitator"], runs, word_id, draft)

    with pytest.raises(Forbidden):
        move(_draft())
    with pytest.raises(NotFound):
        move(_draft(space_id=other.id))


@pytest.mark.parametrize("name", ["member", "stranger", "visitor"])
def test_others_watch_nowhere(app, name):
    people = cast()
    with pytest.raises(NotFound):
        _add(people[name], (), space_id=people.space.id)


@pytest.mark.parametrize("act", ["change", "remove"])
def test_what_is_watched_for_elsewhere_is_not_there(moderator, act):
    people = cast()
    for word_id in (_add(moderator), _add(moderator, space_id=factories.space().id), 999_999):

        def touch(word_id=word_id):
            with transaction():
                if act == "remove":
                    actions.remove_word(people["facilitator"], (people.space.id,), word_id, "No.")
                else:
                    actions.change_word(
                        people["facilitator"], (people.space.id,), word_id,
                        _draft(space_id=people.space.id),
                    )  # fmt: skip

        with pytest.raises(NotFound):
            touch()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phrase": " "}, "phrase"),
        ({"phrase": "x" * 201}, "phrase"),
        ({"phrase": "(a+)+", "is_pattern": True}, "phrase"),
        ({"reason": ""}, "reason"),
        ({"action": WordAction.REFUSE}, "told"),
        ({"action": WordAction.COVER}, "told"),
        ({"action": WordAction.COVER, "message": "x" * 101}, "told"),
        ({"action": WordAction.REFUSE, "message": "x" * 301}, "told"),
    ],
)
def test_what_cannot_be_watched_for_is_said_beside_its_field(moderator, values, field):
    with pytest.raises(Invalid) as refused:
        _add(moderator, **values)
    assert refused.value.field == field
    assert _log() == []


@pytest.mark.parametrize("is_pattern", [True, False])
def test_there_is_a_most_for_each_space_apart(moderator, monkeypatch, is_pattern):
    monkeypatch.setattr(actions, "MOST_PATTERNS" if is_pattern else "MOST_PHRASES", 1)
    here = factories.space().id
    _add(moderator, is_pattern=is_pattern)
    _add(moderator, is_pattern=is_pattern, space_id=here)
    _add(moderator, is_pattern=not is_pattern)
    with pytest.raises(Invalid):
        _add(moderator, is_pattern=is_pattern, space_id=here)


def test_a_text_sets_off_what_is_watched_for_there_and_everywhere(moderator):
    here, there = factories.space().id, factories.space().id
    everywhere = _add(moderator)
    in_here = _add(moderator, space_id=here, phrase="house", action=WordAction.ALERT)
    _add(moderator, space_id=there, phrase="safe")
    _add(moderator, phrase="elsewhere")

    def fired(space_id):
        return [one.id for one in findings("Come to the Safe House.", space_id)]

    assert fired(here) == [everywhere, in_here]
    assert fired(None) == [everywhere]


def test_what_is_set_off_takes_one_statement_however_much_is_watched_for(moderator):
    for number in range(15):
        _add(moderator, phrase=f"word{number}")
    db.session.rollback()
    with statements() as sent:
        assert len(findings("word1 word14", None)) == 2
    assert len(sent) == 1


def test_a_pattern_that_is_no_longer_taken_sets_nothing_off(moderator):
    word_id = _add(moderator)
    with transaction():
        db.session.execute(
            sa.update(WatchedWord)
            .where(WatchedWord.id == word_id)
            .values(phrase="(a+)+", is_pattern=True)
        )
    assert findings("aaaa", None) == ()


def test_each_sees_the_words_that_they_may_change(moderator, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    people = cast()
    ids = [_add(moderator), _add(moderator, space_id=people.space.id), _add(moderator)]

    def seen(actor, runs):
        found, cursor = [], None
        while True:
            page = queries.words(actor, runs, cursor)
            found += [row.id for row in page.rows]
            cursor = page.next
            if cursor is None:
                return found

    assert seen(moderator, ()) == ids[::-1]
    assert seen(people["facilitator"], (people.space.id,)) == [ids[1]]
