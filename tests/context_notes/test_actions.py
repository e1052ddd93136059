"""Context notes: adding, judging, answering, taking back; who may, and how often."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.badges.models import BadgeState
from forum.context_notes import actions, queries
from forum.context_notes.actions import NoteDraft
from forum.context_notes.models import ContextNote, ContextNoteState, NoteVerdict, Verdict
from forum.core import clock, versions
from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.errors import Forbidden, Invalid, NotFound, TooMany
from forum.notifications.models import Notification
from forum.spaces.models import Visibility
from forum.threads import actions as threads
from forum.threads.queries import get_head
from tests import factories
from tests.support.pages import actor_of

TEXT = "The visa leads to residence after three years, not to citizenship at once."
SOURCES = (("Visas for survivors", "https://law.example/visas"),)


@pytest.fixture
def author(app):
    return factories.user("author")


@pytest.fixture
def holder(app):
    return factories.user("amina")


@pytest.fixture
def held(holder):
    return factories.badge(holder)


@pytest.fixture
def other(app):
    member = factories.user("jo")
    factories.badge(member, organisation="Night House")
    return member


@pytest.fixture
def thread(app):
    return factories.thread()


@pytest.fixture
def post(thread, author):
    return factories.comment(thread, author, "It makes you a citizen at once.")


def add(member, post, badge, text=TEXT, sources=SOURCES) -> int:
    with transaction():
        draft = NoteDraft(text, sources, badge.id if badge else None)
        return actions.add_note(actor_of(member), post.thread_id, post.number, draft)


def judge(member, post, note_id, verdict=Verdict.CONFIRM, reason="") -> None:
    with transaction():
        actions.judge_note(actor_of(member), post.thread_id, post.number, note_id, verdict, reason)


def answer(member, post, note_id, text="I stand corrected.") -> None:
    with transaction():
        actions.answer_note(actor_of(member), post.thread_id, post.number, note_id, text)


def withdraw(member, post, note_id) -> None:
    with transaction():
        actions.withdraw_note(actor_of(member), post.thread_id, post.number, note_id)


def shown(post, viewer=VISITOR):
    db.session.commit()
    head = get_head(viewer, post.thread_id)
    return queries.notes_on(viewer, head, (post.id,)).get(post.id, ())


def get(note_id) -> ContextNote:
    db.session.commit()
    found = sa.select(ContextNote).where(ContextNote.id == note_id)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def told(user) -> list[str]:
    db.session.commit()
    found = sa.select(Notification.kind).where(Notification.user_id == user.id)
    return list(db.session.scalars(found.order_by(Notification.id)))


def version(thread) -> int:
    scope = versions.thread_scope(thread.id)
    return dict(versions.current((scope,))).get(scope, 0)


def test_a_note_stands_beneath_the_post_with_name_badge_and_source(
    holder, held, post, thread, author
):
    before = version(thread)
    note_id = add(holder, post, held)
    (note,) = shown(post)
    assert (note.id, note.text, note.author.display_name) == (note_id, TEXT, "Amina")
    assert note.badge.label == "Practitioner · Harbour Legal Aid"
    assert [(one.title, one.url, one.host) for one in note.sources] == [
        ("Visas for survivors", "https://law.example/visas", "law.example")
    ]
    assert told(author) == ["context.added"]
    assert version(thread) > before


def test_an_opening_gets_notes_too(holder, held, thread):
    draft = NoteDraft(TEXT, SOURCES, held.id)
    with transaction():
        actions.add_note(actor_of(holder), thread.id, 0, draft)
    head = get_head(VISITOR, thread.id)
    assert len(queries.notes_on(VISITOR, head, (head.opening_id,))) == 1


def test_the_same_note_sent_twice_is_one(holder, held, post, author):
    assert add(holder, post, held) == add(holder, post, held)
    assert len(shown(post)) == 1
    assert told(author) == ["context.added"]


def test_without_a_badge_nobody_adds_a_note(app, post):
    member = factories.user()
    factories.badge(member, state=BadgeState.ENDED)
    factories.badge(member, state=BadgeState.REQUESTED)
    with pytest.raises(Forbidden):
        add(member, post, None)


def test_nobody_adds_a_note_to_their_own_post(author, post):
    badge = factories.badge(author)
    with pytest.raises(Forbidden):
        add(author, post, badge)


def test_nobody_signs_a_note_with_somebody_elses_badge(holder, held, other, post):
    with pytest.raises(Invalid) as refused:
        add(other, post, held)
    assert refused.value.field == "badge"
    with pytest.raises(Invalid):
        add(other, post, None)


@pytest.mark.parametrize(
    ("text", "sources", "field"),
    [
        ("", SOURCES, "text"),
        ("x" * 501, SOURCES, "text"),
        (TEXT, (), "url_1"),
        (TEXT, (("", ""), ("", "")), "url_1"),
        (TEXT, (("Law", ""),), "url_1"),
        (TEXT, (*SOURCES, ("Law", "javascript:alert(1)")), "url_2"),
        (TEXT, (("x" * 201, "https://law.example"),), "title_1"),
        (TEXT, (("", "https://law.example/" + "x" * 500),), "url_1"),
    ],
    ids=str,
)
def test_a_note_says_which_field_is_wrong(holder, held, post, text, sources, field):
    with pytest.raises(Invalid) as refused:
        add(holder, post, held, text, sources)
    assert refused.value.field == field


def test_a_source_without_a_title_is_called_by_its_site(holder, held, post):
    add(holder, post, held, sources=(("", "https://law.example/visas"),))
    assert shown(post)[0].sources[0].title == "law.example"


def test_three_notes_a_day_and_then_the_time_to_come_back(holder, held, thread, author):
    posts = [factories.comment(thread, author, f"Words {number}.") for number in range(5)]
    for one in posts[: actions.MOST_A_DAY]:
        add(holder, one, held)
    with pytest.raises(TooMany) as refused:
        add(holder, posts[3], held)
    assert 0 < refused.value.retry_after <= 24 * 3600
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        add(holder, posts[3], held)


def test_a_note_that_was_taken_back_counts_for_the_day(holder, held, thread, author):
    posts = [factories.comment(thread, author, f"Words {number}.") for number in range(4)]
    for one in posts[:3]:
        withdraw(holder, one, add(holder, one, held))
    with pytest.raises(TooMany):
        add(holder, posts[3], held)


def test_a_closed_thread_takes_no_notes(holder, held, post, thread):
    with transaction():
        threads.close_thread(actor_of(factories.moderator()), thread.id, "It is settled.")
    with pytest.raises(Forbidden):
        add(holder, post, held)


def test_a_note_in_a_space_that_one_may_not_see_is_not_there(app, holder, held, author):
    circle = factories.space(visibility=Visibility.PRIVATE)
    factories.membership(circle, author)
    member = factories.user()
    factories.membership(circle, member)
    badge = factories.badge(member)
    post = factories.comment(factories.thread(circle, author), author)
    with pytest.raises(NotFound):
        add(holder, post, held)
    note_id = add(member, post, badge)
    for act in (judge, withdraw, answer):
        with pytest.raises(NotFound):
            act(holder, post, note_id)
    with pytest.raises(NotFound):
        queries.get_note_page(actor_of(holder), post.thread_id, post.number, note_id)


def test_other_badge_holders_confirm_and_dispute_and_their_last_word_counts(
    holder, held, other, post
):
    note_id = add(holder, post, held)
    third = factories.user()
    factories.badge(third)
    judge(other, post, note_id)
    judge(third, post, note_id, Verdict.DISPUTE, "That was changed last year.")
    (note,) = shown(post)
    assert (note.confirmed, note.disputed, note.is_disputed) == (1, 1, True)
    assert note.said == "Confirmed by 1, disputed by 1"
    assert told(holder) == ["context.disputed"]
    judge(third, post, note_id)
    assert (shown(post)[0].confirmed, shown(post)[0].disputed) == (2, 0)
    judge(third, post, note_id)
    assert shown(post)[0].confirmed == 2


def test_a_dispute_needs_a_reason_that_readers_see(holder, held, other, post):
    note_id = add(holder, post, held)
    with pytest.raises(Invalid) as refused:
        judge(other, post, note_id, Verdict.DISPUTE, " ")
    assert refused.value.field == "reason"
    judge(other, post, note_id, Verdict.DISPUTE, "That was changed last year.")
    page = queries.get_note_page(VISITOR, post.thread_id, post.number, note_id)
    (said,) = page.verdicts
    assert (said.is_dispute, said.reason) == (True, "That was changed last year.")
    assert said.badge.organisation == "Night House"


def test_what_was_said_can_be_taken_back(holder, held, other, post):
    note_id = add(holder, post, held)
    judge(other, post, note_id)
    for _ in range(2):
        with transaction():
            actions.unsay_verdict(actor_of(other), post.thread_id, post.number, note_id)
    assert shown(post)[0].confirmed == 0


def test_neither_its_author_nor_the_posts_nor_who_has_no_badge_judges_a_note(
    holder, held, author, post
):
    note_id = add(holder, post, held)
    factories.badge(author)
    for member in (holder, author, factories.user()):
        with pytest.raises(Forbidden):
            judge(member, post, note_id)


def test_the_author_of_the_post_answers_once(holder, held, author, other, post, thread):
    note_id = add(holder, post, held)
    with pytest.raises(Forbidden):
        answer(other, post, note_id)
    with pytest.raises(Invalid) as refused:
        answer(author, post, note_id, " ")
    assert refused.value.field == "answer"
    answer(author, post, note_id)
    assert shown(post)[0].answer == "I stand corrected."
    assert told(holder) == ["context.answered"]
    with pytest.raises(Forbidden):
        answer(author, post, note_id, "Once more.")


def test_an_answer_is_heard_in_a_closed_thread_as_well(holder, held, author, post, thread):
    note_id = add(holder, post, held)
    with transaction():
        threads.close_thread(actor_of(factories.moderator()), thread.id, "It is settled.")
    answer(author, post, note_id)


def test_a_note_is_taken_back_by_its_author_with_all_that_was_said(
    holder, held, other, author, post
):
    note_id = add(holder, post, held)
    judge(other, post, note_id)
    answer(author, post, note_id)
    with pytest.raises(Forbidden):
        withdraw(other, post, note_id)
    withdraw(holder, post, note_id)
    note = get(note_id)
    assert (note.state, note.text, note.sources, note.answer) == (
        ContextNoteState.WITHDRAWN,
        "",
        [],
        "",
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NoteVerdict)) == 0
    assert shown(post) == ()
    with pytest.raises(NotFound):
        withdraw(holder, post, note_id)


def test_notes_are_hidden_with_their_post_and_come_back_with_it(holder, held, post, thread):
    note_id = add(holder, post, held)
    moderator = actor_of(factories.moderator())
    with transaction():
        threads.remove_comment(moderator, thread.id, post.number, "It hurt.")
    assert shown(post) == ()
    with pytest.raises(NotFound):
        queries.get_note_page(moderator, thread.id, post.number, note_id)
    with transaction():
        threads.restore_comment(moderator, thread.id, post.number)
    assert len(shown(post)) == 1


def test_notes_on_an_opening_that_was_taken_back_are_hidden(holder, held, author):
    thread = factories.thread(author=author)
    factories.comment(thread, holder)
    draft = NoteDraft(TEXT, SOURCES, held.id)
    with transaction():
        note_id = actions.add_note(actor_of(holder), thread.id, 0, draft)
    with transaction():
        threads.delete_thread(actor_of(factories.moderator()), thread.id, "It is doubled.")
    head = get_head(VISITOR, thread.id)
    assert queries.notes_on(VISITOR, head, (head.opening_id,)) == {}
    with pytest.raises(NotFound):
        queries.get_note_page(VISITOR, thread.id, 0, note_id)


def test_a_note_of_another_post_is_not_found_under_this_one(holder, held, post, thread, author):
    note_id = add(holder, post, held)
    second = factories.comment(thread, author, "Other words.")
    with pytest.raises(NotFound):
        queries.get_note_page(VISITOR, thread.id, second.number, note_id)


@pytest.mark.parametrize("takes_words", [True, False], ids=["words go", "words stay"])
def test_who_leaves_takes_what_they_said_of_notes_along(
    holder, held, other, author, post, takes_words
):
    note_id = add(holder, post, held)
    judge(other, post, note_id)
    answer(author, post, note_id)
    for member in (other, author):
        with transaction():
            actions.forget_member(member.id, takes_words=takes_words)
    note = get(note_id)
    assert (note.answer == "") is takes_words
    assert shown(post)[0].confirmed == 0
    with transaction():
        actions.forget_member(holder.id, takes_words=takes_words)
    assert (get(note_id).state is ContextNoteState.WITHDRAWN) is takes_words


def test_ones_own_data_hold_notes_verdicts_and_answers(holder, held, other, author, post):
    note_id = add(holder, post, held)
    judge(other, post, note_id, Verdict.DISPUTE, "It changed.")
    answer(author, post, note_id)
    assert dict(queries.export(holder.id))["context_notes"]["text"] == TEXT
    assert dict(queries.export(other.id))["context_verdicts"]["reason"] == "It changed."
    assert dict(queries.export(author.id))["context_answers"]["text"] == "I stand corrected."
