from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask_babel import force_locale

from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.paging import encode
from forum.notifications import actions, queries
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tell(user, count, *, kind="post.published", start=0, **values):
    for number in range(start, start + count):
        with time_machine.travel(AT + timedelta(minutes=number), tick=False), transaction():
            actions.notify([user.id], kind, "post", number, path=f"/t/1/c/{number}", values=values)


def everything(actor):
    pages, cursor = [], None
    while True:
        page = queries.inbox(actor, cursor)
        pages.append(page.rows)
        if page.next is None:
            return pages
        cursor = page.next


def test_the_inbox_has_unread_ones_first_and_the_newest_of_each_first(app):
    user = factories.user()
    tell(user, 4)
    actor = actor_of(user)
    newest, _, _, oldest = queries.inbox(actor).rows
    with transaction():
        actions.mark_read(actor, newest.id)
    paths = [(row.path, row.is_unread) for row in queries.inbox(actor).rows]
    assert paths == [
        ("/t/1/c/2", True), ("/t/1/c/1", True), (oldest.path, True), (newest.path, False),
    ]  # fmt: skip


@pytest.mark.parametrize("read", [0, 10, 45, 70])
def test_pages_show_every_row_once(app, read):
    user = factories.user()
    tell(user, 35)
    tell(user, 35, kind="post.mend")
    actor = actor_of(user)
    for row in [row for page in everything(actor) for row in page][:read]:
        with transaction():
            actions.mark_read(actor, row.id)
    pages = everything(actor)
    ids = [row.id for page in pages for row in page]
    assert [len(page) for page in pages] == [30, 30, 10]
    assert len(set(ids)) == 70
    unread = [row.is_unread for page in pages for row in page]
    assert unread == sorted(unread, reverse=True)


def test_what_is_read_between_two_pages_is_not_lost(app):
    user = factories.user()
    tell(user, 40)
    actor = actor_of(user)
    first = queries.inbox(actor)
    with transaction():
        for row in first.rows:
            actions.mark_read(actor, row.id)
    second = queries.inbox(actor, first.next)
    assert len([row for row in second.rows if row.is_unread]) == 10


@pytest.mark.parametrize("cursor", ["x", encode((0, "never", 1)), encode((0, "2026-01-01", 1))])
def test_a_cursor_that_no_page_gave_out_finds_nothing(app, cursor):
    with pytest.raises(NotFound):
        queries.inbox(actor_of(factories.user()), cursor)


def test_the_inbox_costs_one_statement_however_many_there_are(app):
    costs = []
    for count in (1, 31):
        user = factories.user()
        tell(user, count)
        with statements() as sent:
            queries.inbox(actor_of(user))
        costs.append(len(sent))
    assert costs == [1, 1]


def test_nobody_reads_what_another_is_told(app):
    tell(factories.user(), 3)
    assert queries.inbox(actor_of(factories.user())).rows == ()


def test_words_are_those_of_the_readers_language_and_zone(app):
    user = factories.user(timezone="Europe/Berlin")
    until = datetime(2026, 7, 1, 12, tzinfo=UTC)
    tell(user, 1, kind="sanction.given", variant="mute", why="It hurt.", until=until)
    actor = in_their_zone(user)
    with app.test_request_context():
        english = queries.inbox(actor).rows[0]
        with force_locale("es"):
            spanish = queries.inbox(actor).rows[0]
    assert english.title == "You cannot write for a while"
    assert "It ends by itself: 1 Jul 2026, 14:00." in english.texts
    assert spanish.title != english.title
    assert any("jul 2026, 14:00" in text for text in spanish.texts)


def in_their_zone(user):
    return replace(actor_of(user), timezone=user.timezone)


def test_the_download_holds_everything(app):
    user = factories.user()
    tell(user, 2, why="first_post")
    tell(factories.user(), 1)
    records = list(queries.export(user.id))
    assert [kind for kind, _ in records] == ["notifications"] * 2
    assert records[0][1]["values"] == {"why": "first_post"}
    assert records[0][1]["at"] == "2026-03-01T12:00:00+00:00"
