"""What goes with an account of what moderation kept, and what its owner can take along."""

import sqlalchemy as sa

from forum.core.db import db
from forum.moderation import actions
from forum.moderation.models import Appeal, Outcome
from forum.moderation.queries.decisions import export
from forum.threads.actions.reviewing import Words
from tests.moderation.desk import RULES, SEALING, WORDS, desk
from tests.threads.acts import do, rows_with


def _judged():
    made = desk()
    decision_id = made.decide(Outcome.REDACT, words=Words("A town."), rules=SEALING)
    do(actions.appeal, made.actor("author"), decision_id, "It was my own town.", RULES)
    return made


def test_people_take_along_what_was_decided_about_them(app):
    made = _judged()
    do(actions.count_opened_text, made.actor("moderator"), made.case_id)
    ((kind, values),) = export(made.actor("author").id or 0)
    assert kind == "decisions"
    assert values["outcomes"] == ["redact"]
    assert values["appeal"] == "It was my own town."
    assert WORDS not in str(values)
    assert "moderator" not in str(values)
    assert [one[0] for one in export(made.actor("moderator").id or 0)] == ["opened_texts"]


def test_what_was_taken_out_and_what_was_appealed_goes_with_an_account(app):
    made = _judged()
    assert rows_with("Springvale") == ["sealed_text.content"]
    do(actions.forget_member, made.actor("author").id)
    assert rows_with("Springvale") == []
    assert rows_with("my own town") == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appeal)) == 1
