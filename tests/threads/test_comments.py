"""A page of a thread's comments: complete, in order, nested, and cheap however many there are."""

import contextlib
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core import paging
from forum.core.actor import VISITOR
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.posts.models import PostState
from forum.threads import actions
from forum.threads.queries import comments_page, first_unread, get_head, standing
from forum.threads.queries.comments import DEEPEST_SHOWN
from forum.threads.queries.tree import PAGE_SIZE
from forum.threads.rows import Order, Powers
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of
from tests.support.queries import statements
from tests.threads.trees import expected, nested, plant, walk

TREES = (Order.OLDEST, Order.NEWEST, Order.AGREED)
EVERY_ORDER = pytest.mark.parametrize("order", Order)
_many = settings(
    max_examples=examples(15),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def _trees(draw, most=60):
    """Parents, agreement and times of random comments: bushy, deep and flat ones."""
    size = draw(st.integers(0, most))
    depth = [0]
    parents = []
    liking = draw(st.sampled_from(["any", "deep", "flat"]))
    for number in range(1, size + 1):
        if liking == "flat":
            parent = 0 if draw(st.booleans()) else draw(st.integers(0, number - 1))
        elif liking == "deep":
            parent = draw(st.integers(max(0, number - 3), number - 1))
        else:
            parent = draw(st.integers(0, number - 1))
        if depth[parent] >= 19:
            parent = 0
        parents.append(parent)
        depth.append(depth[parent] + 1)
    agreed = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    minutes = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    return parents, agreed, minutes


def _start_number(page):
    return page.rows[0].number if page.rows else None


# -- Order -------------------------------------------------------------------------------------


@EVERY_ORDER
@wide
@_many
@given(tree=_trees())
def test_walking_the_pages_shows_every_comment_once_in_order(app, order, tree):
    parents, agreed, minutes = tree
    thread, nodes = plant(parents, agreed, minutes=minutes)

    pages = walk(VISITOR, thread, order)

    assert [row.number for page in pages for row in page.rows] == expected(nodes, order)
    assert [len(page.rows) for page in pages[:-1]] == [PAGE_SIZE] * (len(pages) - 1)


@pytest.mark.parametrize("order", TREES)
@wide
@_many
@given(tree=_trees())
def test_a_reply_stands_under_what_it_answers_or_says_what_that_is(app, order, tree):
    parents, agreed, minutes = tree
    thread, nodes = plant(parents, agreed, minutes=minutes)
    by_number = {node.number: node for node in nodes}

    for page in walk(VISITOR, thread, order):
        for item in nested(page):
            node = by_number[item.row.number]
            above = item.inside.row.number if item.inside else 0
            if item.row.in_reply_to is None:
                assert above == node.parent
            else:
                assert item.row.in_reply_to.number == node.parent
                assert above != node.parent
            assert item.level == item.row.level <= DEEPEST_SHOWN


@pytest.mark.parametrize("order", TREES)
@wide
@_many
@given(tree=_trees())
def test_a_page_that_begins_inside_a_branch_says_so(app, order, tree):
    parents, agreed, minutes = tree
    thread, nodes = plant(parents, agreed, minutes=minutes)

    for page in walk(VISITOR, thread, order):
        if not page.rows:
            continue
        parent = nodes[page.rows[0].number - 1].parent
        if parent == 0:
            assert page.begins_inside is None
        else:
            assert page.begins_inside is not None
            assert page.begins_inside.number == parent


@wide
@_many
@given(tree=_trees(most=30))
def test_time_order_is_one_flat_list_that_says_what_each_answers(app, tree):
    parents, agreed, minutes = tree
    thread, _ = plant(parents, agreed, minutes=minutes)

    for page in walk(VISITOR, thread, Order.TIME):
        for item in nested(page):
            parent = parents[item.row.number - 1]
            assert item.level == 1
            assert (item.row.in_reply_to.number if item.row.in_reply_to else 0) == parent


@EVERY_ORDER
@wide
@settings(_many, max_examples=examples(8))
@given(tree=_trees(most=45))
def test_the_page_at_a_comment_holds_it(app, order, tree):
    parents, agreed, minutes = tree
    thread, nodes = plant(parents, agreed, minutes=minutes)
    head = get_head(VISITOR, thread.id)
    in_order = expected(nodes, order)

    for number in in_order[::3]:
        page = comments_page(VISITOR, head, order=order, at=number)
        numbers = [row.number for row in page.rows]

        assert number in numbers
        start = in_order.index(numbers[0])
        assert numbers == in_order[start : start + PAGE_SIZE]
        nested(page)


@pytest.mark.parametrize("order", [Order.OLDEST, Order.TIME])
@wide
@_many
@given(tree=_trees(most=75))
def test_going_back_leads_where_going_on_came_from(app, order, tree):
    parents, agreed, minutes = tree
    thread, _ = plant(parents, agreed, minutes=minutes)
    head = get_head(VISITOR, thread.id)
    pages = walk(VISITOR, thread, order)

    assert pages[0].previous is None
    for before, page in pairwise(pages):
        back = comments_page(VISITOR, head, order=order, cursor=page.previous)
        assert [row.number for row in back.rows] == [row.number for row in before.rows]
        assert back.next == before.next


@pytest.mark.parametrize("order", [Order.NEWEST, Order.AGREED])
def test_orders_by_branch_lead_back_to_their_first_page(app, order):
    thread, _ = plant([0] * 45)

    for page in walk(VISITOR, thread, order)[1:]:
        assert page.previous is None
        assert not page.is_first


def test_siblings_are_in_the_order_of_their_numbers_also_past_ten_and_thirty_six(app):
    thread, _ = plant([0, *[1] * 45])

    numbers = [row.number for page in walk(VISITOR, thread, Order.OLDEST) for row in page.rows]

    assert numbers == list(range(1, 47))


def test_a_branch_longer_than_a_page_goes_on_where_it_stopped(app):
    size = 2 * PAGE_SIZE + 2
    thread, _ = plant([0, *[1] * (size - 2), 0], [5, *[0] * (size - 2), 1])

    _, second, third = walk(VISITOR, thread, Order.AGREED)

    assert [row.number for row in second.rows] == list(range(PAGE_SIZE + 1, 2 * PAGE_SIZE + 1))
    assert second.begins_inside.number == 1
    assert third.rows[-1].number == size


def test_the_deepest_reply_is_shown_on_level_four(app):
    thread, _ = plant(list(range(19)))

    (page,) = walk(VISITOR, thread, Order.OLDEST)

    assert [row.level for row in page.rows] == [1, 2, 3, *[4] * 16]
    assert [row.number for row in page.rows if row.in_reply_to] == list(range(5, 20))


@EVERY_ORDER
def test_an_empty_thread_has_one_empty_page(app, order):
    thread, _ = plant([])

    (page,) = walk(VISITOR, thread, order)

    assert page.rows == ()
    assert (page.tail_closes, page.next, page.previous, page.is_first) == (0, None, None, True)


# -- Addresses that nobody made ----------------------------------------------------------------


_MADE_UP = (
    "",
    "x",
    "é",
    paging.encode(()),
    paging.encode((None,)),
    paging.encode(("0001", "0001")),
    paging.encode((2**61, 1)),
    paging.encode(("x" * 200,)),
    paging.encode(("x" * 90, "x" * 90)),
    paging.encode((2**61, "0001", "0001")),
    paging.encode((-(2**61), "0001", "0001")),
    paging.encode(("2026-01-05T09:00:00", 1)),
    paging.encode(("yesterday", 1)),
    paging.encode(("2026-01-05T09:00:00+00:00", 2**61)),
    paging.encode(("0001-01-01T00:00:00+14:00", 1)),
    paging.encode(("9999-12-31T23:59:59-14:00", 1)),
)


@EVERY_ORDER
def test_a_made_up_cursor_is_no_page_or_an_empty_one_and_never_an_error(app, order):
    thread, _ = plant([0, 1, 0])
    head = get_head(VISITOR, thread.id)

    for cursor in _MADE_UP:
        with contextlib.suppress(NotFound):
            nested(comments_page(VISITOR, head, order=order, cursor=cursor))


@EVERY_ORDER
@pytest.mark.parametrize("number", [4, 2**31, 2**61])
def test_a_number_that_was_never_given_is_no_page(app, order, number):
    thread, _ = plant([0, 1, 0])
    head = get_head(VISITOR, thread.id)

    with pytest.raises(NotFound):
        comments_page(VISITOR, head, order=order, at=number)


# -- What a row shows --------------------------------------------------------------------------


@pytest.mark.parametrize("state", [PostState.WITHDRAWN, PostState.REMOVED])
@EVERY_ORDER
def test_a_stub_keeps_its_place_and_shows_no_words(app, order, state):
    thread, _ = plant([0, 1, 2], states=[PostState.PUBLISHED, state, PostState.PUBLISHED])

    (page,) = walk(VISITOR, thread, order)
    stub = next(row for row in page.rows if row.number == 2)

    assert len(page.rows) == 3
    assert stub.html == ""
    assert stub.stub
    assert not stub.is_edited
    assert not stub.agreement_count


def test_a_published_comment_has_no_stub(app):
    thread, _ = plant([0])

    (page,) = walk(VISITOR, thread, Order.OLDEST)

    assert (page.rows[0].stub, page.rows[0].html) == ("", "<p>Text 1</p>")


def test_a_visitor_has_no_powers_and_nothing_new(app):
    thread, _ = plant([0, 1])

    (page,) = walk(VISITOR, thread, Order.OLDEST)

    assert {row.may for row in page.rows} == {Powers(report=True)}  # which leads to the sign-in
    assert not any(row.is_new or row.is_own or row.agrees for row in page.rows)


def test_a_members_powers_are_their_own(app):
    thread = factories.thread()
    amina, berit = factories.user(), factories.user()
    factories.comment(thread, amina)
    factories.comment(thread, berit)

    (page,) = walk(actor_of(amina), thread, Order.OLDEST)
    own, other = page.rows

    assert (own.is_own, own.may.edit, own.may.withdraw, own.may.agree) == (True, True, True, False)
    assert (other.is_own, other.may.edit, other.may.agree) == (False, False, True)
    assert not other.may.remove


def test_a_facilitator_may_remove_split_and_restore(app):
    space = factories.space()
    thread = factories.thread(space)
    factories.comment(thread)
    facilitator = actor_of(factories.facilitator(space))

    (page,) = walk(facilitator, thread, Order.OLDEST)

    assert page.rows[0].may.remove
    assert page.rows[0].may.split
    assert not page.rows[0].may.restore


def test_agreement_names_the_first_three_and_marks_ones_own(app):
    thread = factories.thread()
    comment = factories.comment(thread)
    people = [factories.user(display_name=name) for name in ("Ada", "Bo", "Cem", "Dag")]
    for person in people:
        factories.agree(comment, person)

    (page,) = walk(actor_of(people[3]), thread, Order.OLDEST)

    assert page.rows[0].agreement_count == 4
    assert page.rows[0].agreed_by == ("Ada", "Bo", "Cem")
    assert page.rows[0].agrees


def test_an_answered_question_and_its_answer_point_at_each_other(app):
    thread = factories.thread()
    asker = factories.user()
    factories.comment(thread, asker, is_question=True)
    factories.comment(thread)
    with transaction():
        actions.mark_answer(actor_of(asker), thread.id, 1, answer=2)

    (page,) = walk(VISITOR, thread, Order.OLDEST)

    assert page.rows[0].answer.number == 2
    assert page.rows[1].answers.number == 1


def test_an_unknown_author_is_called_so(app):
    thread = factories.thread()
    factories.comment(thread, is_anonymous=True)

    (page,) = walk(VISITOR, thread, Order.OLDEST)

    assert page.rows[0].author.display_name == "unknown author"
    assert not page.rows[0].is_own


# -- What is new -------------------------------------------------------------------------------


def test_comments_past_what_was_read_are_new(app):
    member = factories.user()
    thread = factories.thread()
    for _ in range(3):
        factories.comment(thread)
    _read(member, thread, 2)

    (page,) = walk(actor_of(member), thread, Order.OLDEST)

    assert [row.is_new for row in page.rows] == [False, False, True]
    assert first_unread(get_head(actor_of(member), thread.id)) == 3


def test_ones_own_comment_is_never_new(app):
    member = factories.user()
    thread = factories.thread()
    factories.comment(thread)
    factories.comment(thread, member)

    (page,) = walk(actor_of(member), thread, Order.OLDEST)

    assert [row.is_new for row in page.rows] == [True, False]


def test_a_page_with_the_whole_thread_lets_one_have_read_it(app):
    member = actor_of(factories.user())
    thread, _ = plant([0, 1, 0])

    (page,) = walk(member, thread, Order.AGREED)

    assert page.read_to == 3


def test_reading_page_after_page_in_any_order_ends_with_everything_read(app):
    for order in Order:
        member = factories.user()
        # Two branches that grew by turns, so that reading order is not the order of numbers.
        thread, _ = plant([0, 0, *[1, 2] * 30])
        cursor, pages = None, 0
        while pages < 10:
            head = get_head(actor_of(member), thread.id)
            page = comments_page(actor_of(member), head, order=order, cursor=cursor)
            _read(member, thread, page.read_to)
            cursor, pages = page.next, pages + 1
            if cursor is None:
                break

        assert get_head(actor_of(member), thread.id).read_to == 62


def test_a_number_that_left_the_thread_does_not_hold_up_reading(app):
    space = factories.space()
    member = factories.user()
    thread, _ = plant([0] * 30, in_thread=factories.thread(space))
    with transaction():
        actions.split_comments(
            actor_of(factories.facilitator(space)),
            thread.id,
            5,
            actions.SplitDraft("Something else", ("housing",), "Another question"),
        )

    first, *_ = walk(actor_of(member), thread, Order.TIME)

    assert first.read_to == PAGE_SIZE + 1


def _read(member, thread, read_to):
    with transaction():
        actions.mark_read(actor_of(member), thread.id, read_to=read_to)


# -- The rail ----------------------------------------------------------------------------------


def test_the_rail_names_what_most_agree_with_and_what_is_asked(app):
    thread = factories.thread()
    people = [factories.user() for _ in range(3)]
    first = factories.comment(thread)
    factories.comment(thread, is_question=True)
    third = factories.comment(thread)
    fourth = factories.comment(thread)
    factories.agree(first, *people[:2])
    factories.agree(third, *people)
    factories.agree(fourth, people[0])

    shown = standing(get_head(VISITOR, thread.id))

    assert [(ref.number, count) for ref, count in shown.agreed] == [(3, 3), (1, 2)]
    assert [ref.number for ref in shown.questions] == [2]


# -- Cost --------------------------------------------------------------------------------------


@EVERY_ORDER
def test_a_page_costs_the_same_statements_however_many_comments(app, order):
    member = actor_of(factories.user())
    counts = {}
    for size in (1, 15, 150):
        parents = [0 if number % 3 == 0 else number for number in range(size)]
        thread, _ = plant(parents, [number % 3 + 1 for number in range(size)])
        with statements() as seen:
            comments_page(member, get_head(member, thread.id), order=order)
        counts[size] = len(seen)

    assert counts[15] == counts[1]
    assert counts[150] <= counts[1] + 1  # how far one has read, when that is not the whole thread


@EVERY_ORDER
def test_a_page_further_down_costs_at_most_two_statements_more(app, order):
    thread, _ = plant([0 if number % 3 == 0 else number for number in range(150)])
    head = get_head(VISITOR, thread.id)
    with statements() as first:
        comments_page(VISITOR, head, order=order)
    with statements() as far:
        comments_page(VISITOR, head, order=order, at=120)

    assert len(far) <= len(first) + 3
