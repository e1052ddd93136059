"""Lists of threads: complete, in order, only what the viewer may see, at a constant cost."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core import clock, paging
from forum.core.actor import VISITOR, SiteRole
from forum.core.errors import NotFound
from forum.spaces.models import SpaceRole, Visibility
from forum.threads import actions
from forum.threads.models import Attention
from forum.threads.queries import Show, get_head, newest_threads, threads_by
from forum.threads.queries.lists import PAGE_SIZE
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of
from tests.support.queries import statements
from tests.threads.acts import do

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def _walk(viewer, **values) -> list[int]:
    found, cursor = [], None
    while True:
        page = newest_threads(viewer, cursor=cursor, **values)
        assert len(page.rows) <= PAGE_SIZE
        found += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            return found
        assert len(page.rows) == PAGE_SIZE


@pytest.fixture
def world(app):
    """Some fifty threads in two spaces with two tags; pins, questions, same times, follows."""
    author, reader = factories.user(), factories.user()
    spaces = factories.space(), factories.space()
    tags = factories.tag(), factories.tag()
    threads = []
    for number in range(PAGE_SIZE * 2 + 7):
        thread = factories.thread(
            spaces[number % 3 == 0],
            author,
            title=f"Thread {number}",
            tags=(tags[number % 2].slug,),
            at=START + timedelta(minutes=number // 3),
            is_pinned=number % 11 == 0,
        )
        if number % 2:
            factories.comment(
                thread, author, at=START + timedelta(hours=9, minutes=-number // 2),
                is_question=number % 4 == 1,
            )  # fmt: skip
        threads.append(thread)
    do(actions.attend_tag, actor_of(reader), tags[0].id, Attention.FOLLOW)
    do(actions.attend_thread, actor_of(reader), threads[0].id, Attention.MUTE)
    do(actions.attend_thread, actor_of(reader), threads[1].id, Attention.FOLLOW)
    return actor_of(reader), spaces, tags, threads


def _is_shown(show, number) -> bool:
    if show is Show.UNANSWERED:
        return number % 4 == 1
    if show is Show.FOLLOWING:
        return (number % 2 == 0 and number != 0) or number == 1
    return True


def _place(thread, *, show, pins_first):
    at = thread.created_at if show is Show.NEW else thread.last_activity_at
    return pins_first and thread.is_pinned, at, thread.id


def test_walking_a_list_shows_every_thread_once_in_order(world):
    viewer, spaces, tags, threads = world  # one world for all lists: it takes a while to make
    numbered = list(enumerate(threads))
    scopes = [
        ({}, numbered),
        ({"space_id": spaces[1].id}, [(n, thread) for n, thread in numbered if n % 3 == 0]),
        ({"tag_id": tags[1].id}, [(n, thread) for n, thread in numbered if n % 2]),
    ]
    mine = {thread.id for thread in threads}
    for show, (values, inside) in product(Show, scopes):
        pins_first = "space_id" in values and show is Show.ACTIVE
        wanted = sorted(
            (thread for number, thread in inside if _is_shown(show, number)),
            key=partial(_place, show=show, pins_first=pins_first),
            reverse=True,
        )

        found = [id_ for id_ in _walk(viewer, show=show, **values) if id_ in mine]

        assert found == [thread.id for thread in wanted], f"{show} of {values}"


def test_a_persons_threads_are_listed_newest_first(world):
    viewer, _, _, threads = world
    author_id = threads[0].author_id
    found, cursor = [], None
    while True:
        page = threads_by(viewer, author_id, cursor)
        found += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break

    assert found == [
        thread.id for thread in sorted(threads, key=lambda t: (t.created_at, t.id), reverse=True)
    ]


def test_a_visitor_follows_nothing(app):
    factories.thread()

    assert newest_threads(VISITOR, show=Show.FOLLOWING).rows == ()


def test_a_pinned_thread_leads_the_list_of_its_space_and_no_other(app):
    space = factories.space()
    pinned = factories.thread(space, at=START, is_pinned=True)
    newer = factories.thread(space)

    assert _walk(VISITOR, space_id=space.id) == [pinned.id, newer.id]
    assert _walk(VISITOR, space_id=space.id, show=Show.NEW) == [newer.id, pinned.id]
    everywhere = _walk(VISITOR)
    assert everywhere.index(newer.id) < everywhere.index(pinned.id)


def test_a_row_tells_what_a_list_shows(app):
    space = factories.space(name="Open house")
    author, last = factories.user(display_name="Ada"), factories.user(display_name="Bo")
    thread = factories.thread(space, author, tags=("housing", "employment"))
    factories.comment(thread, last, is_question=True)

    (row,) = newest_threads(VISITOR, space_id=space.id).rows

    assert (row.space_name, row.author.display_name, row.last_by.display_name) == (
        "Open house",
        "Ada",
        "Bo",
    )
    assert (row.comment_count, row.unanswered_count, row.new_count) == (1, 1, None)
    assert [chip.path for chip in row.tags] == ["/tags/housing", "/tags/employment"]
    assert not row.is_new


def test_a_thread_without_comments_has_no_last_author(app):
    space = factories.space()
    factories.thread(space)

    assert newest_threads(VISITOR, space_id=space.id).rows[0].last_by is None


@pytest.mark.parametrize("how", ["taken-back", "merged"])
def test_what_is_gone_is_in_no_list(app, how):
    space = factories.space()
    kept = factories.thread(space)
    values = {"deleted_at": START} if how == "taken-back" else {"merged_into_id": kept.id}
    factories.thread(space, **values)

    assert _walk(VISITOR, space_id=space.id) == [kept.id]


# -- Visibility --------------------------------------------------------------------------------

_WORLDS = st.lists(
    st.tuples(
        st.sampled_from(Visibility),
        st.none() | st.sampled_from(SpaceRole),
        st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@wide
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spaces=_WORLDS, role=st.sampled_from(SiteRole), signed_in=st.booleans())
def test_lists_and_pages_agree_on_who_sees_which_thread(app, spaces, role, signed_in):
    user = factories.user(role=role)
    viewer = actor_of(user) if signed_in else VISITOR
    for visibility, member_role, threads in spaces:
        space = factories.space(visibility=visibility)
        if member_role is not None:
            factories.membership(space, user, member_role)
        made = []
        for is_deleted, is_own, has_comment in threads:
            thread = factories.thread(
                space, user if is_own else None, deleted_at=clock.now() if is_deleted else None
            )
            if has_comment:
                factories.comment(thread)
            made.append((thread, is_deleted))
        listed = set(_walk(viewer, space_id=space.id))
        everywhere = set(_walk(viewer)) & {thread.id for thread, _ in made}
        assert everywhere == listed
        for thread, is_deleted in made:
            try:
                get_head(viewer, thread.id)
            except NotFound:
                assert thread.id not in listed
            else:
                assert is_deleted or thread.id in listed


# -- Cost and cursors --------------------------------------------------------------------------


@pytest.mark.parametrize("show", Show)
def test_a_list_costs_two_statements_however_many_threads(app, show):
    viewer = actor_of(factories.user())
    counts = []
    for size in (1, 15):
        space = factories.space()
        space_id = space.id  # what acts expire would be read again inside the count
        for _ in range(size):
            thread = factories.thread(space)
            factories.comment(thread, is_question=True)
            do(actions.attend_thread, viewer, thread.id, Attention.FOLLOW)
        with statements() as seen:
            page = newest_threads(viewer, space_id=space_id, show=show)
        assert len(page.rows) == size
        counts.append(len(seen))

    assert counts == [2, 2]


@pytest.mark.parametrize(
    "key",
    [
        (1,),
        ("yesterday", 1),
        ("2026-01-05T09:00:00", 1),
        ("2026-01-05T09:00:00+00:00", 2**61),
        ("0001-01-01T00:00:00+14:00", 1),
        (1, "2026-01-05T09:00:00+00:00", 1),
    ],
    ids=["short", "words", "naive", "large", "early", "pinned"],
)
def test_a_made_up_cursor_is_no_page(app, key):
    with pytest.raises(NotFound):
        newest_threads(VISITOR, cursor=paging.encode(key))
