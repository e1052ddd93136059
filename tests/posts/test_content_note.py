"""A content note stands before a post's text wherever the text is shown."""

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.posts.models import Post
from tests import factories
from tests.support.pages import Browser

NOTE = "about <hunger>"
SHOWN = "Content note: <bdi>about &lt;hunger&gt;</bdi>"
WORDS = "There was nothing to eat."


@pytest.fixture
def author(app) -> Browser:
    browser = Browser(app).sign_in(factories.user("amina"))
    made = browser.post(
        "/threads/new",
        {
            "space": "commons",
            "kind": "discussion",
            "title": "Meals",
            "source": WORDS,
            "tags": "housing",
            "content_note": f"  {NOTE} ",
        },
    )
    assert made.status_code == 303
    return browser


@pytest.fixture
def base(author) -> str:
    base = f"/t/{db.session.scalar(sa.select(Post.thread_id))}"
    sent = author.post(f"{base}/reply", {"source": WORDS, "content_note": NOTE})
    assert sent.status_code == 303
    return base


def test_the_text_is_folded_under_its_note_in_opening_and_comment(browser, base):
    page = browser.get(base, follow_redirects=True).text
    assert page.count(SHOWN) == 2
    assert '<details class="noted"><summary>' in page


def test_a_post_without_a_note_is_simply_there(browser, author, base):
    author.post(f"{base}/c/1/edit", {"source": WORDS, "content_note": "", "revision": "1"})
    assert browser.get(base, follow_redirects=True).text.count('class="noted"') == 1


@pytest.mark.parametrize("part", ["c/1/agreements", "c/1/reply", "c/1/take-back"])
def test_other_pages_fold_it_too(author, base, part):
    page = author.get(f"{base}/{part}").text
    assert SHOWN in page


def test_lists_show_the_note_instead_of_the_text(browser, base):
    page = browser.get("/u/amina/comments").text
    assert SHOWN in page
    assert WORDS not in page


def test_quoting_takes_the_note_along(author, base):
    assert 'value="about &lt;hunger&gt;"' in author.get(f"{base}/c/1/quote").text


def test_a_changed_note_stands_in_the_history(app, author, base):
    app.config["GRACE"], kept = app.config["GRACE"] * 0, app.config["GRACE"]
    try:
        author.post(
            f"{base}/c/1/edit", {"source": WORDS, "content_note": "about food", "revision": "1"}
        )
    finally:
        app.config["GRACE"] = kept
    page = author.get(f"{base}/c/1/history").text
    assert SHOWN in page
    assert "food" in page


def test_a_note_too_long_comes_back_open_with_what_is_wrong(author, base):
    page = author.post(f"{base}/reply", {"source": WORDS, "content_note": "n" * 101})
    assert page.status_code == 422
    assert "under 100 characters" in page.text
    assert '<details class="disclosure note-field" open>' in page.text
    assert WORDS in page.text


def test_a_text_taken_back_takes_its_note_along(author, base):
    author.post(f"{base}/c/1/take-back")
    db.session.commit()
    assert db.session.scalars(sa.select(Post.content_note).where(Post.number == 1)).all() == [""]


def test_the_note_is_in_ones_own_download(author, base):
    assert author.post("/settings/data").text.count('"content_note": "about <hunger>"') == 2
