"""What somebody quotes of a post that nobody reads for now is out of sight with it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from forum.core.markup import OUT_OF_SIGHT
from forum.core.markup import quote as as_quote
from forum.posts.models import PostState
from forum.posts.queries import history
from forum.search.queries import differences
from forum.threads import actions
from forum.threads.actions import CommentDraft
from forum.threads.actions.reviewing import hold_post, stand, standing
from tests import factories
from tests.support.cast import Cast, cast
from tests.support.pages import Browser
from tests.threads.acts import LIMITS, do, get, version

WORDS = "She works at the corner bakery."


def _review(state: PostState) -> Callable[..., None]:
    def act(_people: Cast, thread_id: int) -> None:
        thread, post = hold_post(get(thread_id, 1).id)
        stand(thread, post, replace(standing(thread, post), state=state))

    return act


def _remove(people: Cast, thread_id: int) -> None:
    actions.remove_comment(people["facilitator"], thread_id, 1, "It names a place.")


def _restore(people: Cast, thread_id: int) -> None:
    actions.restore_comment(people["facilitator"], thread_id, 1)


@pytest.fixture
def people(app: Any) -> Cast:
    return cast()


@pytest.fixture
def thread_id(people: Cast) -> int:
    """A thread in which "member" quotes what "author" said, and says something of their own."""
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("author"), WORDS)
    draft = CommentDraft(as_quote(WORDS, number=1) + "I think so too.")
    do(actions.add_comment, people["member"], thread.id, draft, LIMITS)
    return int(thread.id)


@pytest.mark.parametrize(
    ("out", "back"),
    [
        (_review(PostState.WAITING), _review(PostState.PUBLISHED)),
        (_review(PostState.REMOVED), _review(PostState.PUBLISHED)),
        (_remove, _restore),
    ],
    ids=["waiting", "decided", "removed"],
)
def test_a_quote_is_out_of_sight_with_what_it_quotes_and_comes_back_with_it(
    people: Cast, thread_id: int, out: Callable[..., None], back: Callable[..., None]
):
    before = get(thread_id, 2)
    source, html, shown = before.source, before.html, version(thread_id)

    do(out, people, thread_id)

    quoter = get(thread_id, 2)
    assert "bakery" not in quoter.html
    assert OUT_OF_SIGHT in quoter.html
    assert "I think so too." in quoter.html
    assert quoter.source == source
    assert version(thread_id) != shown
    assert not differences()

    do(back, people, thread_id)

    assert get(thread_id, 2).html == html
    assert not differences()


def test_neither_its_history_nor_a_quote_of_the_quote_tells_it(
    app: Any, people: Cast, thread_id: int
):
    do(_review(PostState.WAITING), people, thread_id)

    assert all("bakery" not in text.source for text in history(get(thread_id, 2)))
    browser = Browser(app).sign_in(people.user("stranger"))
    assert "bakery" not in browser.get(f"/t/{thread_id}/c/2/quote").text


def test_an_edit_meanwhile_keeps_it_out_of_sight(people: Cast, thread_id: int):
    do(_review(PostState.WAITING), people, thread_id)
    quoter = get(thread_id, 2)
    draft = CommentDraft(quoter.source + "\n\nAnd more.")
    do(
        actions.edit_comment, people["member"], thread_id, 2, draft,
        revision=quoter.revision, limits=LIMITS,
    )  # fmt: skip

    html = get(thread_id, 2).html
    assert "bakery" not in html
    assert "And more." in html


@pytest.mark.parametrize("out", [_review(PostState.WAITING), _remove], ids=["waiting", "removed"])
def test_a_quote_that_was_begun_before_shows_nothing_until_its_words_come_back(
    people: Cast, thread_id: int, out: Callable[..., None]
):
    do(out, people, thread_id)
    draft = CommentDraft(as_quote(WORDS, number=1) + "Me too.")

    do(actions.add_comment, people["stranger"], thread_id, draft, LIMITS)

    assert "bakery" not in get(thread_id, 3).html
    assert "bakery" in get(thread_id, 3).source
    do(_review(PostState.PUBLISHED), people, thread_id)
    assert "bakery" in get(thread_id, 3).html
    assert not differences()


def test_an_edit_that_adds_such_a_quote_shows_nothing_of_it_either(people: Cast, thread_id: int):
    do(actions.add_comment, people["stranger"], thread_id, CommentDraft("Plain words."), LIMITS)
    do(_review(PostState.WAITING), people, thread_id)
    draft = CommentDraft("Plain words.\n\n" + as_quote(WORDS, number=1))
    do(
        actions.edit_comment, people["stranger"], thread_id, 3, draft,
        revision=1, limits=LIMITS,
    )  # fmt: skip

    assert "bakery" not in get(thread_id, 3).html
    do(_review(PostState.PUBLISHED), people, thread_id)
    assert "bakery" in get(thread_id, 3).html
