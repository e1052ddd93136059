"""What a person wrote and agrees with, as far as the viewer may see; names to mention."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from forum.core import paging
from forum.core.actor import VISITOR
from forum.core.errors import NotFound
from forum.posts.queries import export as export_posts
from forum.spaces.models import Visibility
from forum.threads import actions
from forum.threads.models import Attention
from forum.threads.queries import (
    agreements_by,
    comments_by,
    export,
    has_public_post,
    people_in,
)
from forum.threads.queries.people import PAGE_SIZE
from tests import factories
from tests.support.cast import SEES, cast
from tests.support.pages import actor_of
from tests.support.queries import statements
from tests.threads.acts import do

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
NAMES = ("author", "member", "facilitator", "moderator", "stranger", "visitor")


def _walk(found, viewer, user):
    rows, cursor = [], None
    while True:
        page = found(viewer, user.id, cursor)
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("name", NAMES)
def test_profiles_list_what_the_viewer_may_see(app, name, visibility):
    people = cast(visibility)
    writer = people.user("author")
    thread = factories.thread(people.space)
    factories.comment(thread, writer)
    factories.agree(factories.comment(thread), writer)

    sees = name in SEES[visibility]
    assert len(_walk(comments_by, people[name], writer)) == sees
    assert len(_walk(agreements_by, people[name], writer)) == sees


def test_a_persons_comments_are_all_there_newest_first_and_once(app):
    writer = factories.user()
    thread = factories.thread()
    for number in range(PAGE_SIZE * 2 + 3):
        factories.comment(thread, writer, at=START + timedelta(minutes=number // 4))

    rows = _walk(comments_by, VISITOR, writer)

    assert [row.number for row in rows] == list(range(PAGE_SIZE * 2 + 3, 0, -1))
    assert rows[0].path == f"/t/{thread.id}/c/{PAGE_SIZE * 2 + 3}"


def test_what_is_gone_is_in_no_profile(app):
    people = cast()
    writer = people.user("author")
    thread = factories.thread(people.space)
    for _ in range(3):
        factories.comment(thread, writer)
    gone = factories.thread(people.space)
    factories.comment(gone, writer)
    do(actions.take_back, people["author"], thread.id, 1)
    do(actions.remove_comment, people["facilitator"], thread.id, 2, "Not here")
    do(actions.delete_thread, people["facilitator"], gone.id, "Not here")

    assert [row.number for row in _walk(comments_by, VISITOR, writer)] == [3]


def test_openings_are_not_among_the_comments(app):
    writer = factories.user()
    factories.thread(author=writer)

    assert _walk(comments_by, VISITOR, writer) == []


@pytest.mark.parametrize(
    ("visibility", "is_public"),
    [(Visibility.PUBLIC, True), (Visibility.MEMBERS, False), (Visibility.PRIVATE, False)],
)
def test_a_person_is_known_to_visitors_by_what_they_may_read(app, visibility, is_public):
    writer = factories.user()
    factories.thread(factories.space(visibility=visibility), writer)

    assert has_public_post(writer.id) is is_public


@pytest.mark.parametrize("key", [(1, 1), ("x", 1), ("2026-01-05T09:00:00", 1), ("", 2**61)])
def test_a_made_up_cursor_is_no_page(app, key):
    with pytest.raises(NotFound):
        comments_by(VISITOR, 1, paging.encode(key))


def test_a_profile_costs_one_statement_however_many_comments(app):
    counts = []
    for size in (1, 15):
        writer = factories.user()
        thread = factories.thread()
        for _ in range(size):
            factories.comment(thread, writer)
        user_id = writer.id
        with statements() as seen:
            assert len(comments_by(VISITOR, user_id).rows) == size
        counts.append(len(seen))

    assert counts == [1, 1]


# -- Names to mention --------------------------------------------------------------------------


def test_people_of_the_thread_come_first(app):
    thread = factories.thread()
    factories.user("berta_a")
    inside = factories.user("berta_z")
    factories.comment(thread, inside)

    assert [row.username for row in people_in(thread.id, "BERTA")] == ["berta_z", "berta_a"]


@pytest.mark.parametrize("start", ["%", "_", "\\"])
def test_no_character_stands_for_others(app, start):
    factories.user("clara")

    assert people_in(factories.thread().id, start) == ()


def test_names_are_found_by_what_is_shown_too_and_only_of_active_members(app):
    thread = factories.thread()
    factories.user("d1", display_name="Wilhelmina One")
    factories.user("d2", display_name="Wilhelmina Two", state="deactivated")

    assert [row.username for row in people_in(thread.id, "wilhelm")] == ["d1"]


# -- One's own data ----------------------------------------------------------------------------


def test_ones_own_data_hold_all_one_wrote_and_can_be_written_as_json(app):
    user = factories.user()
    actor = actor_of(user)
    thread = factories.thread(author=user)
    factories.comment(thread, user, reply_to=0)
    factories.agree(factories.comment(thread), user)
    do(actions.attend_thread, actor, thread.id, Attention.FOLLOW)
    do(actions.attend_tag, actor, factories.tag().id, Attention.MUTE)

    found = [*export(user.id), *export_posts(user.id)]

    assert [kind for kind, _ in found] == [
        "threads", "readings", "tags", "posts", "posts", "agreements",
    ]  # fmt: skip
    assert json.loads(json.dumps(found))


def test_ones_own_data_hold_nothing_of_others(app):
    factories.agree(factories.comment(factories.thread()), factories.user())

    assert [*export(factories.user().id), *export_posts(factories.user().id)] == []
