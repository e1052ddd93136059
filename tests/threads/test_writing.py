"""Starting threads, commenting, editing and taking words back."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.core import clock
from forum.core.actor import Restraint, Restriction
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from forum.core.markup import TAKEN_BACK
from forum.core.markup import quote as as_quote
from forum.posts.models import Agreement, Mention, PostState
from forum.posts.queries import history
from forum.spaces.models import Circle, Visibility
from forum.threads import actions
from forum.threads.actions import CommentDraft, OpeningDraft, ThreadDraft, Written
from forum.threads.models import Thread, ThreadKind, ThreadTag
from forum.threads.queries import get_head, newest_threads
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.support.queries import statements
from tests.threads.acts import (
    LIMITS,
    assert_counters_are_exact,
    do,
    get,
    get_thread,
    lists_version,
    rows_with,
    version,
)

NOON = "2026-03-02T12:00:00+00:00"
SECRET = "seldom-heard-words"


def _draft(space, **values) -> ThreadDraft:
    return ThreadDraft(
        **{
            "space_id": space.id,
            "kind": ThreadKind.DISCUSSION,
            "title": "A place to stay",
            "source": "Who knows one?",
            "tags": ("housing",),
            **values,
        }
    )


def _start(actor, space, **values) -> Written:
    return do(actions.start_thread, actor, _draft(space, **values), LIMITS)


def _comment(actor, thread, source="Yes.", **values) -> Written:
    return do(actions.add_comment, actor, thread.id, CommentDraft(source, **values), LIMITS)


def _edit(actor, thread, number, source, *, revision=1, limits=LIMITS) -> None:
    do(
        actions.edit_comment, actor, thread.id, number, CommentDraft(source),
        revision=revision, limits=limits,
    )  # fmt: skip


@pytest.fixture
def member(app):
    return actor_of(factories.user())


# -- Starting a thread -------------------------------------------------------------------------


def test_a_member_starts_a_discussion(app, member):
    space = factories.space()

    written = _start(member, space, title="  A   place\u200bto stay ", tags=("housing", "job"))

    head = get_head(member, written.thread_id)
    assert written.number == 0
    assert head.author_id == member.id
    assert head.kind is ThreadKind.DISCUSSION
    assert "Who knows one?" in head.opening_html
    assert head.was_opened
    assert (
        db.session.scalar(
            sa.select(sa.func.count()).where(ThreadTag.thread_id == written.thread_id)
        )
        == 2
    )
    assert_counters_are_exact()


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("name", ["facilitator", "moderator", "administrator"])
def test_those_who_run_a_space_open_prompts(app, name, visibility):
    people = cast(visibility)

    written = _start(
        people[name], people.space, kind=ThreadKind.PROMPT, question="What is missing?", source=""
    )

    assert get_head(people[name], written.thread_id).question == "What is missing?"


@pytest.mark.parametrize("name", ["author", "stranger", "visitor"])
def test_others_open_no_prompts(app, name):
    people = cast()

    with pytest.raises(Forbidden):
        _start(people[name], people.space, kind=ThreadKind.PROMPT, question="What is missing?")


@pytest.mark.parametrize("name", ["stranger", "visitor"])
def test_a_private_space_does_not_exist_for_those_outside(app, name):
    people = cast(Visibility.PRIVATE)

    with pytest.raises(NotFound):
        _start(people[name], people.space)


def test_a_space_may_keep_threads_to_its_facilitators(app):
    people = cast(who_starts=Circle.FACILITATORS)

    with pytest.raises(Forbidden, match="only facilitators"):
        _start(people["author"], people.space)
    _start(people["facilitator"], people.space)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "ab"}, "title"),
        ({"title": "a" * 151}, "title"),
        ({"title": "\u202e \u200e"}, "title"),
        ({"source": " \n\t"}, "source"),
        ({"tags": ()}, "tags"),
        ({"tags": ("housing", "education", "employment", "relocation", "life-skills",
                   "legal-status")}, "tags"),
        ({"tags": ("no such word",)}, "tags"),
    ],
    ids=["short", "long", "invisible", "empty", "no-tag", "six-tags", "unknown-tag"],
)  # fmt: skip
def test_what_cannot_be_a_thread_is_refused_beside_its_field(app, member, values, field):
    space = factories.space()
    before = db.session.scalar(sa.select(sa.func.count(Thread.id)))

    with pytest.raises(Invalid) as refused:
        _start(member, space, **values)

    assert refused.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Thread.id))) == before


@pytest.mark.parametrize("question", ["", "   ", "w" * 501], ids=["none", "blank", "long"])
def test_a_prompt_asks_a_question_of_sane_length(app, question):
    people = cast()

    with pytest.raises(Invalid) as refused:
        _start(people["facilitator"], people.space, kind=ThreadKind.PROMPT, question=question)

    assert refused.value.field == "question"


def test_words_for_one_tag_are_one_tag(app, member):
    written = _start(member, factories.space(), tags=("job", "work", "employment"))

    assert (
        db.session.scalar(
            sa.select(sa.func.count()).where(ThreadTag.thread_id == written.thread_id)
        )
        == 1
    )


def test_a_new_thread_makes_lists_stale(app, member):
    space = factories.space()
    before = lists_version()

    written = _start(member, space)

    assert lists_version() > before
    assert version(written.thread_id) > 0


# -- Commenting --------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("name", ["author", "member", "facilitator", "moderator", "administrator"])
def test_those_who_see_a_space_comment_in_it(app, name, visibility):
    people = cast(visibility)
    thread = factories.thread(people.space)

    written = _comment(people[name], thread)

    assert written == Written(thread.id, 1)
    assert get(thread.id, 1).author_id == people[name].id
    assert_counters_are_exact()


def test_nobody_comments_on_what_they_cannot_see(app):
    people = cast(Visibility.PRIVATE)
    thread = factories.thread(people.space)

    with pytest.raises(NotFound):
        _comment(people["stranger"], thread)

    assert get_thread(thread.id).comment_count == 0


def test_a_closed_thread_refuses_comments(app, member):
    thread = factories.thread(closed_at=clock.now())

    with pytest.raises(Forbidden, match="closed"):
        _comment(member, thread)


def test_a_thread_taken_back_refuses_comments(app, member):
    author = factories.user()
    thread = factories.thread(author=author)
    factories.comment(thread)
    do(actions.delete_thread, actor_of(author), thread.id)

    with pytest.raises(Forbidden):
        _comment(member, thread)


def test_a_comment_moves_its_thread_up_and_names_its_author(app, member):
    thread = factories.thread(at=clock.now() - timedelta(days=2))

    _comment(member, thread)

    row = get_thread(thread.id)
    assert clock.now() - row.last_activity_at < timedelta(minutes=1)
    assert row.last_author_id == member.id


def test_a_reply_hangs_under_what_it_answers(app, member):
    thread = factories.thread()
    factories.comment(thread)

    _comment(member, thread, reply_to=1)

    reply = get(thread.id, 2)
    assert reply.parent_id == get(thread.id, 1).id
    assert (reply.path, reply.depth) == ("00010002", 2)


def _chain(thread, length):
    for number in range(length):
        factories.comment(thread, reply_to=number)


def test_replies_go_nineteen_levels_deep_and_no_further(app, member):
    thread = factories.thread()
    _chain(thread, 18)

    _comment(member, thread, reply_to=18)
    with pytest.raises(Invalid, match="19 levels deep") as refused:
        _comment(member, thread, reply_to=19)

    assert get(thread.id, 19).depth == 19
    assert refused.value.field == "source"


@pytest.mark.parametrize("state", [PostState.WITHDRAWN, PostState.REMOVED])
def test_what_is_gone_takes_no_more_replies(app, member, state):
    thread = factories.thread()
    comment = factories.comment(thread)
    comment.state = state
    db.session.commit()

    with pytest.raises(Conflict, match="in the meantime"):
        _comment(member, thread, reply_to=1)


def test_a_reply_to_a_number_that_does_not_exist_is_no_page(app, member):
    with pytest.raises(NotFound):
        _comment(member, factories.thread(), reply_to=7)


def test_an_empty_comment_is_refused(app, member):
    with pytest.raises(Invalid) as refused:
        _comment(member, factories.thread(), source=" \n ")

    assert refused.value.field == "source"


def test_a_comment_marked_as_question_is_counted(app, member):
    thread = factories.thread()

    _comment(member, thread, is_question=True)

    assert get_thread(thread.id).open_question_count == 1


def test_a_comment_makes_its_pages_stale(app, member):
    thread = factories.thread()
    before = version(thread.id), lists_version()

    _comment(member, thread)

    assert version(thread.id) > before[0]
    assert lists_version() > before[1]


def test_who_had_read_everything_has_read_their_own_comment_too(app, member):
    thread = factories.thread()
    factories.comment(thread)
    do(actions.mark_read, member, thread.id, read_to=1)

    _comment(member, thread)

    assert get_head(member, thread.id).read_to == 2


def test_who_had_not_read_everything_keeps_their_place(app, member):
    thread = factories.thread()
    for _ in range(3):
        factories.comment(thread)
    do(actions.mark_read, member, thread.id, read_to=1)

    _comment(member, thread)

    assert get_head(member, thread.id).read_to == 1


# -- One form, one post ------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_comment(app, member):
    thread = factories.thread()

    first = _comment(member, thread, submit_key="k1")
    second = _comment(member, thread, "Sent again.", submit_key="k1")

    assert first == second
    assert get_thread(thread.id).comment_count == 1


def test_the_same_form_sent_twice_starts_one_thread(app, member):
    space = factories.space()

    assert _start(member, space, submit_key="k1") == _start(member, space, submit_key="k1")


def test_a_form_sent_again_after_the_thread_was_closed_says_where_the_comment_is(app, member):
    thread = factories.thread()
    first = _comment(member, thread, submit_key="k1")
    row = get_thread(thread.id)
    row.closed_at = clock.now()
    db.session.commit()

    assert _comment(member, thread, submit_key="k1") == first


def test_two_people_may_have_the_same_key(app, member):
    thread = factories.thread()

    _comment(member, thread, submit_key="k1")
    _comment(actor_of(factories.user()), thread, submit_key="k1")

    assert get_thread(thread.id).comment_count == 2


# -- Pace --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "most", "whose"),
    [
        (timedelta(days=1), 5, "a new account"),
        (timedelta(days=2, hours=23), 5, "a new account"),
        (timedelta(days=4), 20, "one person"),
    ],
    ids=["new", "almost-three-days", "settled"],
)
def test_the_pace_of_posts_is_limited_and_says_when_to_come_back(app, age, most, whose):
    with time_machine.travel(NOON, tick=False) as time:
        writer = actor_of(factories.user(created_at=clock.now() - age))
        thread = factories.thread()
        for _ in range(most):
            _comment(writer, thread)

        with pytest.raises(TooMany) as refused:
            _comment(writer, thread)
        assert refused.value.message == (
            f"You have written {most} posts in the last 10 minutes, which is the most for {whose}."
            " You can post this in 10 minutes; the text stays here."
        )
        assert refused.value.retry_after == 600

        time.shift(timedelta(minutes=9, seconds=1))
        with pytest.raises(TooMany, match="in 1 minute;") as refused:
            _comment(writer, thread)
        assert refused.value.retry_after == 59

        time.shift(timedelta(seconds=59))
        _comment(writer, thread)


def test_threads_count_towards_the_pace(app):
    writer = actor_of(factories.user(created_at=clock.now()))
    space = factories.space()
    for _ in range(5):
        _start(writer, space)

    with pytest.raises(TooMany):
        _start(writer, space)


def test_imported_posts_do_not_count_towards_the_pace(app):
    user = factories.user(created_at=clock.now())
    thread = factories.thread()
    for _ in range(5):
        factories.comment(thread, user).is_imported = True
    db.session.commit()

    _comment(actor_of(user), thread)


# -- Editing -----------------------------------------------------------------------------------


def test_an_edit_within_the_grace_period_leaves_no_mark(app, member):
    thread = factories.thread()
    with time_machine.travel(NOON, tick=False) as time:
        _comment(member, thread, "Frist.")
        time.shift(timedelta(minutes=10))
        _edit(member, thread, 1, "First.")

    post = get(thread.id, 1)
    assert (post.source, post.edited_at, post.revision) == ("First.", None, 2)
    assert len(history(post)) == 1


def test_a_later_edit_is_marked_and_keeps_what_was_there(app, member):
    thread = factories.thread()
    with time_machine.travel(NOON, tick=False) as time:
        _comment(member, thread, "One.")
        time.shift(timedelta(minutes=10, seconds=1))
        _edit(member, thread, 1, "Two.")
        time.shift(timedelta(hours=1))
        _edit(member, thread, 1, "Three.", revision=2)

        post = get(thread.id, 1)
        assert post.edited_at == clock.now()
        assert [version.source for version in history(post)] == ["One.", "Two.", "Three."]
        assert "Three." in post.html


def test_an_edit_that_says_the_same_changes_nothing(app, member):
    thread = factories.thread()
    post = factories.comment(thread, at=clock.now() - timedelta(days=1))
    author = actor_of(factories.user())
    post.author_id = author.id
    db.session.commit()

    _edit(author, thread, 1, post.source)

    assert get(thread.id, 1).revision == 1
    assert get(thread.id, 1).edited_at is None


def test_an_edit_of_an_older_version_is_a_conflict(app, member):
    thread = factories.thread()
    _comment(member, thread, "One.")
    _edit(member, thread, 1, "Two.")

    with pytest.raises(Conflict):
        _edit(member, thread, 1, "Other.", revision=1)

    assert get(thread.id, 1).source == "Two."


@pytest.mark.parametrize("name", ["member", "facilitator", "moderator", "administrator"])
def test_nobody_edits_the_words_of_another(app, name):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))

    with pytest.raises(Forbidden):
        _edit(people[name], thread, 1, "Put into their mouth.")


def test_a_closed_thread_refuses_edits(app, member):
    thread = factories.thread(closed_at=clock.now())
    post = factories.comment(thread)
    post.author_id = member.id
    db.session.commit()

    with pytest.raises(Forbidden, match="closed"):
        _edit(member, thread, 1, "Other.")


def test_an_edit_names_the_people_of_the_new_text_alone(app, member):
    amina, berit = factories.user(), factories.user()
    thread = factories.thread()
    _comment(member, thread, f"@{amina.username} knows.")

    _edit(member, thread, 1, f"@{berit.username} knows.")

    assert list(
        db.session.scalars(
            sa.select(Mention.user_id).where(Mention.post_id == get(thread.id, 1).id)
        )
    ) == [berit.id]


def test_an_edit_makes_the_thread_stale_but_no_list(app, member):
    thread = factories.thread()
    _comment(member, thread, "One.")
    before = version(thread.id), lists_version()

    _edit(member, thread, 1, "Two.")

    assert version(thread.id) > before[0]
    assert lists_version() == before[1]


def _edit_opening(actor, thread, *, revision=1, **values) -> None:
    draft = OpeningDraft(
        **{"title": thread.title, "source": "Other words.", "revision": revision, **values}
    )
    do(actions.edit_opening, actor, thread.id, draft, LIMITS)


def test_a_new_title_keeps_the_old_one_in_the_history(app):
    author = factories.user()
    thread = factories.thread(author=author, title="Old title", at=clock.now() - timedelta(days=1))

    _edit_opening(actor_of(author), thread, title="New title", source=get(thread.id).source)

    row = get_thread(thread.id)
    assert (row.title, row.slug) == ("New title", "new-title")
    assert history(get(thread.id))[0].title == "Old title"
    assert get(thread.id).edited_at is not None


def test_an_opening_edited_twice_at_once_is_a_conflict(app):
    author = factories.user()
    thread = factories.thread(author=author)
    _edit_opening(actor_of(author), thread)

    with pytest.raises(Conflict):
        _edit_opening(actor_of(author), thread, source="Mine.")


def test_an_edited_opening_makes_lists_stale(app):
    author = factories.user()
    thread = factories.thread(author=author)
    before = lists_version()

    _edit_opening(actor_of(author), thread, title="New title")

    assert lists_version() > before


# -- Taking back -------------------------------------------------------------------------------


def test_words_taken_back_are_gone_from_the_whole_database(app, member):
    thread = factories.thread()
    with time_machine.travel(NOON, tick=False) as time:
        _comment(member, thread, f"First {SECRET} one.")
        time.shift(timedelta(hours=1))
        _edit(member, thread, 1, f"Second {SECRET} two.")
        quoter = actor_of(factories.user())
        quoted = as_quote(f"Second {SECRET} two.", number=1, username=member.username)
        _comment(quoter, thread, f"{quoted}I agree.")
        _comment(quoter, thread, f"{quoted}I agree, but.")
        time.shift(timedelta(hours=1))
        _edit(quoter, thread, 2, f"{quoted}I agree in full.")
        _edit(quoter, thread, 3, "Nothing quoted any more.")
        nested = as_quote(f"{quoted}I agree.", number=2)
        _comment(quoter, thread, f"{nested}And I said so.")
    assert rows_with(SECRET)

    do(actions.take_back, member, thread.id, 1)

    assert rows_with(SECRET) == []
    assert get(thread.id, 1).state is PostState.WITHDRAWN
    assert "I agree in full." in get(thread.id, 2).html
    assert TAKEN_BACK in get(thread.id, 2).source
    assert "And I said so." in get(thread.id, 4).source


def test_taking_back_leaves_the_replies_and_a_stub(app, member):
    thread = factories.thread()
    _comment(member, thread, is_question=True)
    factories.agree(get(thread.id, 1), factories.user())
    factories.comment(thread, reply_to=1)

    do(actions.take_back, member, thread.id, 1)

    post = get(thread.id, 1)
    assert (post.source, post.html, post.agreement_count, post.is_question) == ("", "", 0, False)
    assert get(thread.id, 2).parent_id == post.id
    assert get_thread(thread.id).comment_count == 1
    assert not db.session.scalar(sa.select(Agreement).where(Agreement.post_id == post.id))
    assert_counters_are_exact()


def test_taking_an_answer_back_opens_its_question_again(app, member):
    thread = factories.thread()
    asker = factories.user()
    factories.comment(thread, asker, is_question=True)
    _comment(member, thread)
    do(actions.mark_answer, actor_of(asker), thread.id, 1, answer=2)
    assert get_thread(thread.id).open_question_count == 0

    do(actions.take_back, member, thread.id, 2)

    assert get_thread(thread.id).open_question_count == 1
    assert_counters_are_exact()


def test_ones_words_can_be_taken_back_from_a_closed_thread(app, member):
    thread = factories.thread()
    _comment(member, thread)
    row = get_thread(thread.id)
    row.closed_at = clock.now()
    db.session.commit()

    do(actions.take_back, member, thread.id, 1)

    assert get(thread.id, 1).state is PostState.WITHDRAWN


def test_what_was_removed_can_still_be_taken_back(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), SECRET)
    do(actions.remove_comment, people["facilitator"], thread.id, 1, "Not here")

    do(actions.take_back, people["author"], thread.id, 1)

    assert rows_with(SECRET) == []


@pytest.mark.parametrize("name", ["member", "facilitator", "moderator", "administrator"])
def test_nobody_takes_back_the_words_of_another(app, name):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"))

    with pytest.raises(Forbidden):
        do(actions.take_back, people[name], thread.id, 1)


def test_words_are_taken_back_once(app, member):
    thread = factories.thread()
    _comment(member, thread)
    do(actions.take_back, member, thread.id, 1)

    with pytest.raises(Forbidden):
        do(actions.take_back, member, thread.id, 1)


def test_taking_back_makes_the_pages_of_quotes_stale(app, member):
    people = cast()
    thread = factories.thread(people.space)
    _comment(member, thread, SECRET)
    factories.comment(thread, None, as_quote(SECRET, number=1) + "So it is.")
    split = do(
        actions.split_comments, people["facilitator"], thread.id, 2,
        actions.SplitDraft("Elsewhere", ("housing",), "Another question"),
    )  # fmt: skip
    before = version(thread.id), version(split.thread_id)

    do(actions.take_back, member, thread.id, 1)

    assert rows_with(SECRET) == []
    assert version(thread.id) > before[0]
    assert version(split.thread_id) > before[1]


def test_a_quote_sent_after_the_words_were_taken_back_does_not_bring_them_back(app, member):
    thread = factories.thread()
    _comment(member, thread, SECRET)
    text = as_quote(SECRET, number=1, username=member.username) + "So it is."
    do(actions.take_back, member, thread.id, 1)

    _comment(actor_of(factories.user()), thread, text)

    assert rows_with(SECRET) == []
    assert "So it is." in get(thread.id, 2).source


def test_an_edit_that_was_open_while_words_were_taken_back_does_not_bring_them_back(app, member):
    thread = factories.thread()
    _comment(member, thread, SECRET)
    quoter = actor_of(factories.user())
    text = as_quote(SECRET, number=1, username=member.username) + "So it is."
    _comment(quoter, thread, text)
    do(actions.take_back, member, thread.id, 1)

    with pytest.raises(Conflict):
        _edit(quoter, thread, 2, text + " And more.")
    _edit(quoter, thread, 2, text + " And more.", revision=get(thread.id, 2).revision)

    assert rows_with(SECRET) == []
    assert "And more." in get(thread.id, 2).source


# -- Leaving -----------------------------------------------------------------------------------


def test_all_words_of_somebody_who_leaves_are_gone(app):
    user = factories.user()
    other = factories.thread()
    factories.comment(other, user, f"{SECRET} there")
    factories.comment(other, None, as_quote(f"{SECRET} there", number=1) + "Yes.")
    own = factories.thread(author=user, title=f"{SECRET} own", source=SECRET)
    factories.comment(own, user, as_quote(SECRET, number=0) + SECRET)
    factories.comment(own)

    do(actions.take_all_back, actor_of(user))

    assert rows_with(SECRET) == []
    assert get_thread(own.id).deleted_at is not None
    assert_counters_are_exact()
    listed = newest_threads(actor_of(factories.user())).rows
    assert own.id not in {row.id for row in listed}


def test_whoever_wrote_nothing_leaves_without_a_trace(app, member):
    before = lists_version()

    do(actions.take_all_back, member)

    assert lists_version() == before


def test_an_opening_taken_back_takes_its_title_along(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"), title="A sentinel in the title")
    factories.comment(thread, people.user("member"))

    do(actions.take_back, people["author"], thread.id, 0)

    assert "sentinel" not in get_thread(thread.id).title
    assert "sentinel" not in get_thread(thread.id).slug
    assert rows_with("sentinel") == []


# -- Slowed down by a sanction ------------------------------------------------------------------


def _slow(space_id=None):
    return (Restriction(Restraint.SLOW, space_id, None, "It was a lot."),)


def test_who_is_slowed_down_writes_once_in_half_an_hour_and_is_told_when(app, member):
    thread = factories.thread()
    slowed = replace(member, restrictions=_slow(), timezone="Europe/Berlin")
    with time_machine.travel(NOON, tick=False) as time:
        _comment(slowed, thread)
        time.shift(timedelta(minutes=10))
        with pytest.raises(TooMany) as refused:
            _comment(slowed, thread)
        with pytest.raises(TooMany):
            _start(slowed, factories.space())
        assert "at 2 Mar 2026, 13:30;" in refused.value.message
        assert refused.value.retry_after == 20 * 60
        time.shift(timedelta(minutes=20))
        _comment(slowed, thread)


def test_slow_in_a_space_counts_what_is_written_there(app, member):
    here, elsewhere = factories.thread(), factories.thread()
    slowed = replace(member, restrictions=_slow(here.space_id))
    _comment(slowed, elsewhere)
    _comment(slowed, elsewhere)
    _comment(slowed, here)
    with pytest.raises(TooMany):
        _comment(slowed, here)
    _comment(slowed, elsewhere)


def test_slow_everywhere_counts_what_is_written_anywhere(app, member):
    slowed = replace(member, restrictions=_slow())
    _comment(slowed, factories.thread())
    with pytest.raises(TooMany):
        _comment(slowed, factories.thread())


def test_one_who_is_slowed_down_may_still_mend_what_they_wrote(app, member):
    slowed = replace(member, restrictions=_slow())
    written = _comment(slowed, factories.thread())
    _edit(slowed, get_thread(written.thread_id), written.number, "Yes, I think.")


def test_only_who_is_slowed_down_pays_a_statement_for_it(app, member):
    thread, costs = factories.thread(), []
    elsewhere, here = (_slow(thread.space_id + number) for number in (1000, 0))
    with time_machine.travel(NOON, tick=False) as time:
        _comment(member, thread)
        for restrictions in ((), elsewhere, here):
            time.shift(timedelta(hours=1))
            with statements() as sent:
                _comment(replace(member, restrictions=restrictions), thread)
            costs.append(len(sent))
    assert costs == [costs[0], costs[0], costs[0] + 1]
