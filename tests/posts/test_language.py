"""A post can say which language it is written in; whoever reads it aloud is told."""

import pytest
from sqlalchemy import select

from forum.core.db import db
from forum.posts.models import Post, PostRevision
from tests import factories

WORDS = "Hace falta un lugar tranquilo."


@pytest.fixture
def thread(app):
    return factories.thread()


def _comment(thread, number: int = 1) -> Post:
    return db.session.scalars(
        select(Post).where(Post.thread_id == thread.id, Post.number == number)
    ).one()


def test_a_comment_is_shown_in_the_language_it_was_marked_with(browser, thread):
    browser.sign_in(factories.user())
    browser.post(f"/t/{thread.id}/reply", {"source": WORDS, "language": "es"})
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert f'<div class="prose" lang="es" dir="auto"><p>{WORDS}</p>' in page


def test_a_comment_that_says_nothing_has_no_mark(browser, thread):
    browser.sign_in(factories.user())
    browser.post(f"/t/{thread.id}/reply", {"source": WORDS, "language": ""})
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert f'<div class="prose"><p>{WORDS}</p>' in page


def test_the_composer_begins_with_the_language_of_the_member(browser, thread):
    browser.sign_in(factories.user(language="es"))
    page = browser.get(f"/t/{thread.id}/reply").text
    assert '<option value="es" lang="es" selected>Español</option>' in page
    browser.post(f"/t/{thread.id}/reply", {"source": WORDS})
    assert _comment(thread).language == "es"


def test_the_composer_begins_with_the_language_of_the_space(browser):
    space = factories.space("rio", language="es")
    thread = factories.thread(space)
    browser.sign_in(factories.user(language="en"))
    chosen = '<option value="es" lang="es" selected>Español</option>'
    assert chosen in browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert chosen in browser.get("/threads/new?space=rio").text


def test_an_opening_is_shown_in_its_language(browser):
    member = factories.user()
    browser.sign_in(member)
    form = {
        "space": "commons",
        "kind": "discussion",
        "title": "Un lugar tranquilo",
        "source": WORDS,
        "tags": "housing",
        "language": "es",
    }
    answer = browser.post("/threads/new", form, follow_redirects=True)
    assert f'<div class="prose" lang="es" dir="auto"><p>{WORDS}</p>' in answer.text
    assert '<h1 lang="es" dir="auto">Un lugar tranquilo</h1>' in answer.text


def test_the_mark_can_be_changed_and_leaves_no_trace(browser, thread):
    member = factories.user()
    factories.comment(thread, member, WORDS)
    browser.sign_in(member)
    path = f"/t/{thread.id}/c/1/edit"
    assert browser.get(path).status_code == 200
    browser.post(path, {"source": WORDS, "revision": "1", "language": "es"})
    assert _comment(thread).language == "es"
    assert db.session.scalars(select(PostRevision)).all() == []
    shown = browser.get(path).text
    assert '<option value="es" lang="es" selected>' in shown


def test_a_language_that_nobody_knows_is_refused_and_the_text_given_back(browser, thread):
    browser.sign_in(factories.user())
    page = browser.post(f"/t/{thread.id}/reply", {"source": WORDS, "language": "tlh"})
    assert page.status_code == 422
    assert WORDS in page.text
    assert page.text.count('aria-invalid="true"') == 1


def test_a_facilitator_says_what_is_written_in_a_space(browser):
    space = factories.space("rio", description_html="<p>Para todas.</p>")
    browser.sign_in(factories.facilitator(space))
    form = {
        "name": "Río",
        "description": "Para todas.",
        "visibility": "public",
        "who_starts": "everyone",
        "who_comments": "everyone",
        "language": "es",
    }
    assert browser.post("/s/rio/edit", form).status_code == 303
    assert (
        '<div class="prose" lang="es" dir="auto"><p>Para todas.</p>' in browser.get("/s/rio").text
    )
