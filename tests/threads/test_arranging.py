"""What facilitators do with threads and comments, and what that leaves behind."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.actor import VISITOR
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.markup import quote as as_quote
from forum.posts.models import PostState
from forum.spaces.models import SpaceRole, Visibility
from forum.threads import actions
from forum.threads.actions import SplitDraft, Written
from forum.threads.models import Attention, MovedPost, Reading, ThreadKind
from forum.threads.queries import comments_page, find_moved, get_head, newest_threads, standing
from forum.threads.rows import Order
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.threads.acts import (
    assert_counters_are_exact,
    do,
    entries,
    get,
    get_thread,
    lists_version,
    rows_with,
    version,
)
from tests.threads.trees import nested, plant

RUNNERS = ("facilitator", "moderator", "administrator")
OTHERS = ("author", "member", "stranger", "visitor")
WHY = "So that it is found"


def _split(actor, thread, number, **values) -> Written:
    draft = SplitDraft(
        **{"title": "A question apart", "tags": ("education",), "reason": WHY, **values}
    )
    return do(actions.split_comments, actor, thread.id, number, draft)


def _merge(actor, thread, into) -> Written:
    return do(actions.merge_threads, actor, thread.id, into.id, WHY)


# Every act that facilitators alone may do: its name, its arguments after actor and thread, what
# has to be true before, and what the log calls it.
ACTS = {
    "pin": (actions.pin_thread, (), {}, "thread.pin"),
    "unpin": (actions.unpin_thread, (), {"is_pinned": True}, "thread.unpin"),
    "close": (actions.close_thread, (WHY,), {}, "thread.close"),
    "reopen": (actions.reopen_thread, (), {"closed_at": clock.now()}, "thread.reopen"),
    "remove-comment": (actions.remove_comment, (1, WHY), {}, "post.remove"),
    "split": (
        actions.split_comments,
        (1, SplitDraft("A question apart", ("education",), WHY)),
        {},
        "thread.split",
    ),
}
EVERY_ACT = pytest.mark.parametrize("act", ACTS)


def _act(people, name, act):
    action, arguments, state, _ = ACTS[act]
    thread = factories.thread(people.space, people.user("author"), **state)
    factories.comment(thread, people.user("member"))
    before = version(thread.id)
    do(action, people[name], thread.id, *arguments)
    return thread, before


@EVERY_ACT
@pytest.mark.parametrize("name", RUNNERS)
def test_those_who_run_the_space_arrange_and_the_log_says_so(app, act, name):
    people = cast(Visibility.PRIVATE)

    thread, before = _act(people, name, act)

    verb = ACTS[act][3]
    kind, id_ = verb.split(".")[0], thread.id
    if kind == "post":
        id_ = get(thread.id, 1).id
    assert [entry[0] for entry in entries(kind, id_)] == [verb]
    if WHY in ACTS[act][1]:
        assert entries(kind, id_)[0][1] == WHY
    assert version(thread.id) > before


@EVERY_ACT
@pytest.mark.parametrize("name", RUNNERS)
def test_the_log_says_in_which_role_and_in_which_space(app, act, name):
    people = cast()

    thread, _ = _act(people, name, act)

    verb = ACTS[act][3]
    said = db.session.execute(
        sa.select(AuditEntry.role, AuditEntry.space_id).where(AuditEntry.verb == verb)
    ).one()
    assert tuple(said) == (name, thread.space_id)


@EVERY_ACT
@pytest.mark.parametrize("name", OTHERS)
def test_others_arrange_nothing(app, act, name):
    with pytest.raises(Forbidden):
        _act(cast(), name, act)


@EVERY_ACT
def test_strangers_to_a_private_space_learn_nothing(app, act):
    with pytest.raises(NotFound):
        _act(cast(Visibility.PRIVATE), "stranger", act)


# -- Pins, closing -----------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["pin", "unpin"])
def test_pinning_twice_is_pinning_once(app, act):
    people = cast()
    thread, _ = _act(people, "facilitator", act)

    do(ACTS[act][0], people["facilitator"], thread.id)

    assert len(entries("thread", thread.id)) == 1
    assert get_thread(thread.id).is_pinned is (act == "pin")


def test_a_closed_thread_says_why_and_can_be_reopened(app):
    people = cast()
    thread, _ = _act(people, "facilitator", "close")
    head = get_head(VISITOR, thread.id)
    assert (head.is_closed, head.closed_reason) == (True, WHY)

    do(actions.reopen_thread, people["facilitator"], thread.id)
    do(actions.reopen_thread, people["facilitator"], thread.id)

    head = get_head(VISITOR, thread.id)
    assert (head.is_closed, head.closed_reason) == (False, "")
    assert [entry[0] for entry in entries("thread", thread.id)] == ["thread.close", "thread.reopen"]


def test_closing_what_somebody_closed_just_before_is_a_conflict(app):
    people = cast()
    thread, _ = _act(people, "facilitator", "close")

    with pytest.raises(Conflict):
        do(actions.close_thread, people["moderator"], thread.id, "Another reason")

    assert get_thread(thread.id).closed_reason == WHY


@pytest.mark.parametrize("reason", ["", " \n ", "w" * 501], ids=["none", "blank", "long"])
@pytest.mark.parametrize("act", ["close", "remove", "move", "merge", "split", "delete"])
def test_an_act_on_others_words_needs_a_reason_of_sane_length(app, act, reason):
    people = cast()
    facilitator = people["facilitator"]
    thread = factories.thread(people.space, people.user("author"))
    factories.comment(thread)
    other = factories.thread(people.space)
    calls = {
        "close": (actions.close_thread, (reason,)),
        "remove": (actions.remove_comment, (1, reason)),
        "move": (actions.move_thread, (people.space.id, reason)),
        "merge": (actions.merge_threads, (other.id, reason)),
        "split": (actions.split_comments, (1, SplitDraft("Title", ("housing",), reason))),
        "delete": (actions.delete_thread, (reason,)),
    }
    action, arguments = calls[act]

    with pytest.raises(Invalid) as refused:
        do(action, facilitator, thread.id, *arguments)

    assert refused.value.field == "reason"


# -- Taking threads back -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["author", *RUNNERS])
def test_a_thread_taken_out_is_in_no_list(app, name):
    people = cast()
    thread = factories.thread(people.space, people.user("author"))
    before = lists_version()

    do(actions.delete_thread, people[name], thread.id, WHY)

    assert newest_threads(people[name], space_id=people.space.id).rows == ()
    with pytest.raises(NotFound):
        get_head(people["member"], thread.id)
    assert lists_version() > before


@pytest.mark.parametrize("name", ["member", "stranger", "visitor"])
def test_others_take_no_thread_out(app, name):
    people = cast()
    thread = factories.thread(people.space, people.user("author"))

    with pytest.raises(Forbidden):
        do(actions.delete_thread, people[name], thread.id, WHY)


def test_an_answered_thread_taken_back_leaves_the_comments_under_a_stub(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"), title="My own story")
    factories.comment(thread)

    do(actions.delete_thread, people["author"], thread.id)

    head = get_head(VISITOR, thread.id)
    assert "My own story" not in head.title + head.path
    assert head.title == "A thread that its author took back"
    assert head.opening_stub == "Taken back by its author."
    assert not head.has_opening
    assert len(comments_page(VISITOR, head, order=Order.OLDEST).rows) == 1
    assert entries("thread", thread.id) == []


def test_a_thread_removed_by_a_facilitator_says_so_and_why(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"), title="My own story")
    factories.comment(thread)

    do(actions.delete_thread, people["facilitator"], thread.id, "It names somebody")

    head = get_head(VISITOR, thread.id)
    assert "author" not in head.title
    assert head.opening_stub == "Removed by a facilitator: It names somebody"
    assert entries("thread", thread.id) == [("thread.remove", "It names somebody")]


def test_an_author_restores_what_they_took_back(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"))
    do(actions.delete_thread, people["author"], thread.id)

    do(actions.restore_thread, people["author"], thread.id)

    assert get_head(VISITOR, thread.id).has_opening
    assert entries("thread", thread.id) == []


def test_an_author_does_not_restore_what_a_facilitator_took_out(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"))
    do(actions.delete_thread, people["facilitator"], thread.id, WHY)

    with pytest.raises(Forbidden):
        do(actions.restore_thread, people["author"], thread.id)
    do(actions.restore_thread, people["moderator"], thread.id)

    assert get_thread(thread.id).deleted_reason == ""
    assert [entry[0] for entry in entries("thread", thread.id)] == [
        "thread.remove",
        "thread.restore",
    ]


def test_words_taken_back_for_good_are_not_restored(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"))
    do(actions.take_back, people["author"], thread.id, 0)
    do(actions.delete_thread, people["author"], thread.id)

    with pytest.raises(Conflict):
        do(actions.restore_thread, people["author"], thread.id)


def test_a_thread_is_taken_back_once_and_restored_once(app):
    people = cast()
    thread = factories.thread(people.space, people.user("author"))
    do(actions.delete_thread, people["author"], thread.id)
    with pytest.raises(Forbidden):
        do(actions.delete_thread, people["author"], thread.id)
    do(actions.restore_thread, people["author"], thread.id)
    with pytest.raises(Forbidden):
        do(actions.restore_thread, people["author"], thread.id)


# -- Comments ----------------------------------------------------------------------------------


def test_a_removed_comment_is_neither_shown_nor_counted_until_it_is_restored(app):
    people = cast()
    thread = factories.thread(people.space)
    comment = factories.comment(thread, people.user("member"), is_question=True)
    factories.agree(comment, people.user("author"))

    do(actions.remove_comment, people["facilitator"], thread.id, 1, WHY)

    row = comments_page(VISITOR, get_head(VISITOR, thread.id), order=Order.OLDEST).rows[0]
    assert (row.html, row.stub) == ("", f"Removed by a facilitator: {WHY}")
    assert get_thread(thread.id).comment_count == 0
    assert get_thread(thread.id).open_question_count == 0
    assert_counters_are_exact()

    do(actions.restore_comment, people["moderator"], thread.id, 1)

    row = comments_page(VISITOR, get_head(VISITOR, thread.id), order=Order.OLDEST).rows[0]
    assert row.html
    assert row.agreement_count == 1
    assert_counters_are_exact()


def test_a_comment_is_removed_once_and_restored_once(app):
    people = cast()
    thread, _ = _act(people, "facilitator", "remove-comment")
    with pytest.raises(Forbidden):
        do(actions.remove_comment, people["facilitator"], thread.id, 1, WHY)
    do(actions.restore_comment, people["facilitator"], thread.id, 1)
    with pytest.raises(Forbidden):
        do(actions.restore_comment, people["facilitator"], thread.id, 1)


@pytest.mark.parametrize("name", OTHERS)
def test_others_restore_no_comment(app, name):
    people = cast()
    thread, _ = _act(people, "facilitator", "remove-comment")

    with pytest.raises(Forbidden):
        do(actions.restore_comment, people[name], thread.id, 1)


# -- Moving ------------------------------------------------------------------------------------


def test_a_thread_moves_to_another_space_of_the_same_facilitator(app):
    people = cast()
    target = factories.space()
    factories.membership(target, people.user("facilitator"), SpaceRole.FACILITATOR)
    thread = factories.thread(people.space, is_pinned=True)

    do(actions.move_thread, people["facilitator"], thread.id, target.id, WHY)

    row = get_thread(thread.id)
    assert (row.space_id, row.is_pinned) == (target.id, False)
    assert entries("thread", thread.id) == [("thread.move", WHY)]


def test_a_facilitator_of_one_space_moves_nothing_into_another(app):
    people = cast()
    thread = factories.thread(people.space)

    with pytest.raises(Forbidden):
        do(actions.move_thread, people["facilitator"], thread.id, factories.space().id, WHY)
    with pytest.raises(NotFound):
        do(
            actions.move_thread, people["facilitator"], thread.id,
            factories.space(visibility=Visibility.PRIVATE).id, WHY,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["facilitator", "moderator"])
def test_only_moderators_move_a_thread_to_where_more_people_read_it(app, name):
    people = cast(Visibility.PRIVATE)
    target = factories.space(visibility=Visibility.PUBLIC)
    factories.membership(target, people.user("facilitator"), SpaceRole.FACILITATOR)
    thread = factories.thread(people.space)

    if name == "moderator":
        do(actions.move_thread, people[name], thread.id, target.id, WHY)
    else:
        with pytest.raises(Forbidden):
            do(actions.move_thread, people[name], thread.id, target.id, WHY)

    assert (get_thread(thread.id).space_id == target.id) is (name == "moderator")


def test_a_question_whose_answer_is_removed_is_open_again(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)
    factories.comment(thread, people.user("member"))
    do(actions.mark_answer, people["author"], thread.id, 1, answer=2)

    do(actions.remove_comment, people["facilitator"], thread.id, 2, WHY)

    assert get(thread.id, 1).answer_id is None
    assert get_thread(thread.id).open_question_count == 1
    assert_counters_are_exact()


def test_a_thread_is_not_moved_to_where_it_is(app):
    people = cast()
    thread = factories.thread(people.space)

    with pytest.raises(Invalid) as refused:
        do(actions.move_thread, people["moderator"], thread.id, people.space.id, WHY)

    assert refused.value.field == "space"


# -- Merging -----------------------------------------------------------------------------------


@pytest.fixture
def pair(app):
    """Two threads of one space: the first has three comments, the second two."""
    people = cast()
    at = clock.now() - timedelta(days=1)
    one = factories.thread(people.space, people.user("author"), title="One", at=at)
    two = factories.thread(people.space, people.user("author"), title="Two", at=at)
    for thread, parents in ((one, (0, 1, 0)), (two, (0, 1))):
        for late, parent in enumerate(parents, start=1):
            factories.comment(
                thread, people.user("member"), f"{thread.title} {late}",
                reply_to=parent, at=at + timedelta(hours=late),
            )  # fmt: skip
    return people, one, two


def _tree(thread) -> dict[int, tuple[str, int]]:
    """What each number of a thread says, and which number it answers."""
    head = get_head(VISITOR, thread.id)
    page = comments_page(VISITOR, head, order=Order.OLDEST)
    nested(page)
    found = {}
    for row in page.rows:
        post = get(thread.id, row.number)
        parent = db.session.get(type(post), post.parent_id) if post.parent_id else None
        found[row.number] = (post.source, parent.number if parent else 0)
    return found


def test_a_merged_thread_hangs_under_its_opening_in_the_other(pair):
    people, one, two = pair

    written = _merge(people["facilitator"], two, one)

    assert written == Written(one.id, 4)
    opening = get(one.id, 4).source
    assert _tree(one) == {
        1: ("One 1", 0),
        2: ("One 2", 1),
        3: ("One 3", 0),
        4: (opening, 0),
        5: ("Two 1", 4),
        6: ("Two 2", 5),
    }
    assert get_thread(one.id).comment_count == 6
    assert_counters_are_exact()
    assert [entry[0] for entry in entries("thread", two.id)] == ["thread.merge"]


def test_every_old_link_into_a_merged_thread_leads_to_the_new_place(pair):
    people, one, two = pair

    _merge(people["facilitator"], two, one)

    with pytest.raises(NotFound):
        get_head(people["moderator"], two.id)
    assert find_moved(two.id) == (one.id, 4)
    assert [find_moved(two.id, number) for number in (0, 1, 2)] == [
        (one.id, 4),
        (one.id, 5),
        (one.id, 6),
    ]
    assert find_moved(two.id, 99) == (one.id, 4)
    assert find_moved(one.id, 1) is None


def test_links_keep_leading_right_after_a_second_merge_and_a_split(pair):
    people, one, two = pair
    three = factories.thread(people.space)
    facilitator = people["facilitator"]

    _merge(facilitator, two, one)
    _merge(facilitator, one, three)
    assert find_moved(two.id, 1) == find_moved(one.id, 5)
    text = get(*find_moved(two.id, 1)).source
    apart = _split(facilitator, three, find_moved(two.id)[1])

    assert find_moved(two.id) == (apart.thread_id, 0)
    assert text == "Two 1"
    assert get(*find_moved(two.id, 1)).source == "Two 1"
    assert get(*find_moved(one.id, 2)).source == "One 2"
    assert_counters_are_exact()


def test_a_merge_refuses_more_writing_in_the_old_thread(pair):
    people, one, two = pair
    _merge(people["facilitator"], two, one)

    with pytest.raises(NotFound):
        do(actions.merge_threads, people["facilitator"], two.id, one.id, WHY)
    assert newest_threads(VISITOR, space_id=people.space.id).rows[0].id == one.id
    assert len(newest_threads(VISITOR, space_id=people.space.id).rows) == 1


def test_quotes_and_references_of_a_merged_thread_still_lead_right(app):
    people = cast()
    one, two = factories.thread(people.space), factories.thread(people.space)
    factories.comment(one)
    factories.comment(two, people.user("author"), "seldom-heard-words")
    factories.comment(two, None, as_quote("seldom-heard-words", number=1) + "See #1.")

    _merge(people["facilitator"], two, one)

    quoter = get(one.id, 4)
    assert f'href="/t/{two.id}/c/1"' in quoter.html
    assert find_moved(two.id, 1) == (one.id, 3)
    do(actions.take_back, people["author"], one.id, 3)
    assert rows_with("seldom-heard-words") == []


def test_the_question_of_a_merged_prompt_stays_with_its_text(app):
    people = cast()
    prompt = factories.thread(
        people.space, kind=ThreadKind.PROMPT, source="Background.", question="What is missing?"
    )
    other = factories.thread(people.space)

    written = _merge(people["facilitator"], prompt, other)

    assert "What is missing?" in get(other.id, written.number).html
    assert get(other.id, written.number).question == ""


def test_who_followed_a_merged_thread_follows_the_other(pair):
    people, one, two = pair
    do(actions.attend_thread, people["member"], two.id, Attention.FOLLOW)
    do(actions.attend_thread, people["author"], two.id, Attention.FOLLOW)
    do(actions.attend_thread, people["author"], one.id, Attention.MUTE)

    _merge(people["facilitator"], two, one)

    assert get_head(people["member"], one.id).follow is Attention.FOLLOW
    assert get_head(people["author"], one.id).follow is Attention.MUTE
    assert not db.session.scalars(sa.select(Reading).where(Reading.thread_id == two.id)).all()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Visibility.PRIVATE, Visibility.PUBLIC),
        (Visibility.PRIVATE, Visibility.MEMBERS),
        (Visibility.PRIVATE, Visibility.PRIVATE),
        (Visibility.PUBLIC, Visibility.MEMBERS),
    ],
)
def test_threads_open_to_different_people_are_not_merged(app, first, second):
    moderator = actor_of(factories.moderator())
    one = factories.thread(factories.space(visibility=first))
    two = factories.thread(factories.space(visibility=second))

    with pytest.raises(Invalid, match="open to different people"):
        _merge(moderator, one, two)


def test_threads_of_two_public_spaces_are_merged(app):
    moderator = actor_of(factories.moderator())
    one, two = factories.thread(), factories.thread()

    assert _merge(moderator, one, two).thread_id == two.id


def test_a_thread_is_not_merged_into_itself_or_into_one_taken_back(pair):
    people, one, two = pair
    with pytest.raises(Invalid):
        _merge(people["facilitator"], one, one)
    do(actions.delete_thread, people["facilitator"], two.id, WHY)
    with pytest.raises(Conflict):
        _merge(people["facilitator"], one, two)
    with pytest.raises(NotFound):
        do(actions.merge_threads, people["facilitator"], one.id, 10**6, WHY)


@pytest.mark.parametrize("name", OTHERS)
def test_others_merge_nothing(pair, name):
    people, one, two = pair

    with pytest.raises(Forbidden):
        _merge(people[name], two, one)


def test_a_merged_tree_that_would_grow_too_deep_goes_on_beside(app):
    people = cast()
    one = factories.thread(people.space)
    two, _ = plant(list(range(19)), in_thread=factories.thread(people.space))

    _merge(people["facilitator"], two, one)

    deepest = [get(one.id, number) for number in range(1, 21)]
    assert [post.depth for post in deepest] == [*range(1, 20), 19]
    assert deepest[-1].parent_id == deepest[-2].id
    page = comments_page(VISITOR, get_head(VISITOR, one.id), order=Order.OLDEST)
    assert page.rows[-1].in_reply_to.number == 19
    nested(page)


def test_a_tree_that_went_on_beside_can_be_merged_again_whatever_its_dates(app):
    people = cast()
    one, three = factories.thread(people.space), factories.thread(people.space)
    # The last reply is dated before what it answers, as in imports from a clock that was wrong.
    two, _ = plant(
        [*range(18), 18], minutes=[*range(2, 20), 1], in_thread=factories.thread(people.space)
    )

    _merge(people["facilitator"], two, one)
    _merge(people["facilitator"], one, three)

    assert get_thread(three.id).comment_count == 21
    nested(comments_page(VISITOR, get_head(VISITOR, three.id), order=Order.OLDEST))


def test_an_answer_in_the_other_thread_still_answers_after_a_merge(app):
    people = cast()
    one, two = factories.thread(people.space), factories.thread(people.space)
    factories.comment(two, people.user("author"), is_question=True)
    factories.comment(two, reply_to=1)
    do(actions.mark_answer, people["author"], two.id, 1, answer=2)

    _merge(people["facilitator"], two, one)

    assert get(one.id, 2).answer_id == get(one.id, 3).id
    assert get_thread(one.id).open_question_count == 0


# -- Splitting ---------------------------------------------------------------------------------


def test_a_split_branch_becomes_a_thread_with_its_replies(pair):
    people, one, _ = pair

    written = _split(people["facilitator"], one, 1)

    apart = get_thread(written.thread_id)
    assert written.number == 0
    assert (apart.title, apart.space_id) == ("A question apart", people.space.id)
    assert apart.author_id == people["member"].id
    assert get(apart.id).source == "One 1"
    assert _tree(apart) == {1: ("One 2", 0)}
    assert _tree(one) == {3: ("One 3", 0)}
    assert_counters_are_exact()


def test_links_to_split_comments_lead_to_their_new_place(pair):
    people, one, _ = pair

    written = _split(people["facilitator"], one, 1)

    assert find_moved(one.id, 1) == (written.thread_id, 0)
    assert find_moved(one.id, 2) == (written.thread_id, 1)
    assert find_moved(one.id, 3) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MovedPost)) == 2


def test_numbers_of_split_comments_are_not_given_again(pair):
    people, one, _ = pair
    _split(people["facilitator"], one, 3)

    again = factories.comment(one)

    assert again.number == 4


def test_a_split_and_a_merge_back_keep_every_link(pair):
    people, one, _ = pair
    written = _split(people["facilitator"], one, 1)

    _merge(people["facilitator"], get_thread(written.thread_id), one)

    assert find_moved(one.id, 1) == (one.id, 4)
    assert find_moved(one.id, 2) == (one.id, 5)
    assert find_moved(written.thread_id, 1) == (one.id, 5)
    assert get(one.id, 5).source == "One 2"
    assert_counters_are_exact()


def test_a_question_split_from_its_answer_is_open_again(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)
    factories.comment(thread)
    do(actions.mark_answer, people["author"], thread.id, 1, answer=2)

    _split(people["facilitator"], thread, 2)

    assert get_thread(thread.id).open_question_count == 1
    assert_counters_are_exact()


def test_a_question_that_opens_a_thread_waits_for_no_answer(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), is_question=True)
    factories.comment(thread, reply_to=1)
    do(actions.mark_answer, people["author"], thread.id, 1, answer=2)

    written = _split(people["facilitator"], thread, 1)

    assert (get(written.thread_id).is_question, get(written.thread_id).answer_id) == (False, None)
    assert_counters_are_exact()


def test_replies_that_stand_beside_what_they_answer_move_with_it(app):
    people = cast()
    one = factories.thread(people.space)
    two, _ = plant([*range(18), 18, 18], in_thread=factories.thread(people.space))
    _merge(people["facilitator"], two, one)
    beside = [get(one.id, 20), get(one.id, 21)]
    assert {post.parent_id for post in beside} == {get(one.id, 19).id}

    written = _split(people["facilitator"], one, 19)

    assert len(_tree(get_thread(written.thread_id))) == 2
    assert get_thread(one.id).comment_count == 18
    assert_counters_are_exact()


def test_agreement_with_what_opens_a_thread_now_is_not_on_its_rail(app):
    people = cast()
    thread = factories.thread(people.space)
    factories.agree(factories.comment(thread), people.user("author"), people.user("member"))

    written = _split(people["facilitator"], thread, 1)

    assert standing(get_head(VISITOR, written.thread_id)).agreed == ()


@pytest.mark.parametrize("number", [0, 2, 3])
def test_the_opening_and_what_is_gone_are_not_split_off(app, number):
    people = cast()
    thread = factories.thread(people.space)
    for state in (PostState.PUBLISHED, PostState.WITHDRAWN, PostState.REMOVED):
        factories.comment(thread).state = state
    db.session.commit()

    with pytest.raises(Conflict):
        _split(people["facilitator"], thread, number)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": "ab"}, "title"), ({"tags": ()}, "tags"), ({"tags": ("unknown",)}, "tags")],
)
def test_a_split_thread_needs_title_and_tags(pair, values, field):
    people, one, _ = pair

    with pytest.raises(Invalid) as refused:
        _split(people["facilitator"], one, 1, **values)

    assert refused.value.field == field
    assert len(_tree(one)) == 3
