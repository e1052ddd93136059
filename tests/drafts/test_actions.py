"""Saving, versions between windows, letting go: what happens to a text that is not posted."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Invalid, NotFound, TooMany
from forum.drafts import actions, queries
from forum.drafts.actions import Basis, Outdated, Over, Place
from forum.drafts.models import Draft
from forum.drafts.queries import Words
from forum.jobs.models import Job
from forum.posts.actions import Limits
from forum.threads.actions import CommentDraft, ThreadDraft, add_comment, start_thread
from forum.threads.models import ThreadKind
from tests import factories
from tests.support.pages import actor_of

LIMITS = Limits(posts=50, posts_of_newcomer=50, grace=timedelta(0))
WORDS = Words("A washing machine in the house.")


@pytest.fixture
def member(app):
    return actor_of(factories.user())


@pytest.fixture
def place(app) -> Place:
    return Place(factories.thread().id)


def save(actor, place, words=WORDS, *, version=0, key=""):
    with transaction():
        return actions.save(actor, place, words, Basis(version, key))


def rows() -> list[Draft]:
    db.session.commit()
    return list(db.session.scalars(sa.select(Draft).execution_options(populate_existing=True)))


def test_what_was_typed_is_there_afterwards(member, place):
    words = Words("Text", content_note="about loss", is_question=True)
    save(member, place, words)
    assert queries.find_reply(member, place.thread_id, 0).words == words


def test_a_new_thread_keeps_everything_its_form_holds(member):
    words = Words(
        "Text", "Title", "Why?", "note", space="commons", kind="prompt", tags=("housing",)
    )
    made = save(member, Place(), words)
    assert queries.get_own(member, made.id).words == words


def test_each_comment_that_is_answered_has_its_own_draft(member, place):
    save(member, place)
    save(member, replace(place, reply_to=3), Words("Another."))
    assert {row.reply_to for row in queries.all_of(member)} == {0, 3}


def test_several_threads_can_be_begun(member):
    first, second = save(member, Place()), save(member, Place(), Words("Another."))
    assert first.id != second.id
    assert len(queries.of_new_threads(member)) == 2


def test_saving_on_counts_up_and_the_same_words_do_not(member, place):
    first = save(member, place)
    second = save(member, place, Words("More."), version=first.version)
    assert (first.version, second.version) == (1, 2)
    assert save(member, place, Words("More."), version=2).version == 2


def test_a_window_that_saw_less_is_told_and_overwrites_nothing(member, place):
    save(member, place, key="one")
    save(member, place, Words("From the first window."), version=1, key="one")
    with pytest.raises(Outdated):
        save(member, place, Words("From the second."), version=1, key="two")
    assert [row.source for row in rows()] == ["From the first window."]


def test_two_windows_that_begin_at_once_do_not_overwrite_each_other(member, place):
    save(member, place, key="one")
    with pytest.raises(Outdated):
        save(member, place, Words("From the second."), key="two")


def test_a_window_that_lost_an_answer_on_the_way_goes_on(member, place):
    save(member, place, key="one")
    assert save(member, place, Words("More."), version=0, key="one").version == 2


def test_the_same_words_from_two_windows_are_no_conflict(member, place):
    save(member, place, key="one")
    assert save(member, place, key="two").version == 1


def test_a_save_after_discarding_does_not_bring_the_text_back(member, place):
    draft = save(member, place)
    with transaction():
        actions.discard(member, draft.id)
    with pytest.raises(Over):
        save(member, place, Words("More."), version=1)
    assert rows() == []


def test_nothing_written_is_no_draft_and_clearing_the_text_deletes_it(member, place):
    assert save(member, place, Words("  \n")) is None
    save(member, place)
    assert save(member, place, Words(""), version=1) is None
    assert rows() == []


def test_a_comment_takes_its_draft_along_and_leaves_the_others(member, place):
    thread_id = place.thread_id
    save(member, place)
    save(member, replace(place, reply_to=3), Words("Another."))
    other = actor_of(factories.user())
    save(other, place)
    with transaction():
        add_comment(member, thread_id, CommentDraft("Posted."), LIMITS)
    assert {(row.user_id, row.reply_to) for row in rows()} == {(member.id, 3), (other.id, 0)}


def test_a_save_that_arrives_after_the_post_does_not_bring_the_text_back(member, place):
    with transaction():
        add_comment(member, place.thread_id, CommentDraft("Posted.", submit_key="one"), LIMITS)
    with pytest.raises(Over):
        save(member, place, key="one")
    assert rows() == []


def test_a_post_that_is_refused_keeps_its_draft(member, place):
    save(member, place)
    with pytest.raises(Invalid), transaction():
        add_comment(member, place.thread_id, CommentDraft(" "), LIMITS)
    assert len(rows()) == 1


def test_a_thread_takes_its_draft_along_and_nobody_elses(member):
    space = factories.space()
    mine, others = save(member, Place()), save(actor_of(factories.user()), Place())
    values = (space.id, ThreadKind.DISCUSSION, "A title", "Words.", ("housing",))
    for draft_id in (others.id, mine.id):
        with transaction():
            start_thread(member, ThreadDraft(*values, draft_id=draft_id), LIMITS)
    assert [row.id for row in rows()] == [others.id]


def test_a_draft_is_its_authors_alone(member, place):
    draft = save(member, place)
    for stranger in (actor_of(factories.user()), actor_of(factories.administrator())):
        with pytest.raises(NotFound):
            queries.get_own(stranger, draft.id)
        with pytest.raises(NotFound), transaction():
            actions.discard(stranger, draft.id)
        assert queries.find_reply(stranger, place.thread_id, 0) is None
        assert queries.all_of(stranger) == ()


def test_somebody_elses_draft_of_a_thread_is_not_written_over(member):
    other = save(actor_of(factories.user()), Place())
    made = save(member, Place(draft_id=other.id), Words("Mine."))
    assert made.id != other.id
    assert {row.source for row in rows()} == {WORDS.source, "Mine."}


def test_a_text_too_long_to_post_is_kept_but_not_without_end(member, place):
    assert save(member, place, Words("a" * 30_000)) is not None
    with pytest.raises(Invalid):
        save(member, place, Words("a" * 40_001), version=1)


def test_what_no_database_takes_is_left_out(member, place):
    draft = save(member, place, Words("a\x00b\ud800c\r\nd"))
    assert draft.words.source == "abc\nd"


def test_drafts_of_one_member_have_an_end(member, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 2)
    save(member, Place())
    save(member, Place())
    with pytest.raises(Conflict, match="2 drafts"):
        save(member, Place())


def test_saving_without_end_is_slowed_down(member, place, monkeypatch):
    monkeypatch.setattr(actions, "_SAVES", 3)
    for version in range(3):
        save(member, place, Words(f"Text {version}"), version=version)
    with pytest.raises(TooMany):
        save(member, place, Words("Text 4"), version=3)


def test_a_draft_goes_ninety_days_after_it_was_last_written_on(member, place):
    old, new = save(member, place), save(member, Place())
    now = clock.now()
    with time_machine.travel(now + timedelta(days=60), tick=False):
        save(member, Place(draft_id=new.id), Words("More."), version=1)
    with time_machine.travel(now + timedelta(days=91), tick=False):
        actions.forget_old({})
    assert [row.id for row in rows()] == [new.id]
    assert old.id != new.id


def test_looking_for_old_drafts_comes_back_every_day_while_there_are_any(member, place):
    def days() -> list[str]:
        found = db.session.scalars(sa.select(Job.dedupe).where(Job.kind == actions.JOB))
        return sorted(str(key).rpartition(":")[2] for key in found)

    now = clock.now()
    draft = save(member, place)
    save(member, Place())
    assert days() == [(now + timedelta(days=1)).date().isoformat()]
    with time_machine.travel(now + timedelta(days=1), tick=False):
        actions.forget_old({})
        actions.forget_old({})
    assert days() == [(now + timedelta(days=n)).date().isoformat() for n in (1, 2)]
    with transaction():
        actions.forget_member(member.id)
    with time_machine.travel(now + timedelta(days=2), tick=False):
        actions.forget_old({})
    assert len(days()) == 2
    assert draft is not None
