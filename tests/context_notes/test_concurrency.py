"""Notes, answers and verdicts at the same moment: the limits and the last word hold."""

import sqlalchemy as sa

from forum.context_notes import actions
from forum.context_notes.actions import NoteDraft
from forum.context_notes.models import ContextNote, NoteVerdict, Verdict
from forum.core.db import db, transaction
from forum.core.errors import Forbidden, TooMany
from tests import factories
from tests.support.at_once import at_once, errors_among
from tests.support.pages import actor_of

SOURCES = (("Law", "https://law.example"),)


def _in_transaction(act):
    def run():
        with transaction():
            return act()

    return run


def test_notes_at_once_keep_to_the_limit_of_a_day(forum, here):
    author, holder = factories.user(), factories.user()
    badge_id = factories.badge(holder).id
    thread = factories.thread()
    numbers = [factories.comment(thread, author).number for _ in range(6)]
    actor, thread_id = actor_of(holder), thread.id

    def add(number):
        draft = NoteDraft(f"Words {number}.", SOURCES, badge_id)
        return _in_transaction(lambda: actions.add_note(actor, thread_id, number, draft))

    errors = errors_among(at_once(forum, *(add(number) for number in numbers)))
    assert [type(error) for error in errors] == [TooMany] * 3
    db.session.commit()
    count = sa.select(sa.func.count()).select_from(ContextNote)
    assert db.session.scalar(count.where(ContextNote.author_id == actor.id)) == 3


def test_answers_and_verdicts_at_once_count_once(forum, here):
    author, holder, other = factories.user(), factories.user(), factories.user()
    badge_id = factories.badge(holder).id
    factories.badge(other)
    post = factories.comment(factories.thread(), author)
    place = (post.thread_id, post.number)
    with transaction():
        draft = NoteDraft("Words.", SOURCES, badge_id)
        note_id = actions.add_note(actor_of(holder), *place, draft)
    own, judge = actor_of(author), actor_of(other)
    answers = [
        _in_transaction(lambda: actions.answer_note(own, *place, note_id, "I see.")),
        _in_transaction(lambda: actions.answer_note(own, *place, note_id, "I see no.")),
    ]
    verdicts = [
        _in_transaction(lambda: actions.judge_note(judge, *place, note_id, Verdict.CONFIRM))
    ] * 3
    (error,) = errors_among(at_once(forum, *answers, *verdicts))
    assert isinstance(error, Forbidden)
    db.session.commit()
    count = sa.select(sa.func.count()).select_from(NoteVerdict)
    assert db.session.scalar(count.where(NoteVerdict.note_id == note_id)) == 1
