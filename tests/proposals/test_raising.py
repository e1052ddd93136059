"""A comment becomes a proposal, and its author a co-author."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core.db import db
from forum.notifications.models import Notification
from forum.proposals.models import CoauthorState
from forum.proposals.queries import authors_of, coauthors_of
from forum.spaces.models import Visibility
from tests import factories
from tests.support.pages import Browser
from tests.threads import acts

FORM = {"space": "commons", "title": "Somebody to talk to", "tags": ["housing"], "do": "post"}


@pytest.fixture
def comment(app: Flask):
    author = factories.user("river")
    return factories.comment(factories.thread(), author, "A room is not enough.")


def _raise(browser: Browser, post, **changes):
    form = {**FORM, "source": f"> #{post.number} @river:\n> A room is not enough.\n\nYes."}
    return browser.post("/proposals/new", {**form, "raised_from": post.id, **changes})


def _told(kind: str) -> list[int]:
    return list(
        db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == kind))
    )


def test_the_form_quotes_the_comment_with_its_author(browser: Browser, comment):
    browser.sign_in(factories.user())
    thread = browser.get(browser.get(f"/t/{comment.thread_id}").location)
    assert f'href="/proposals/new?from={comment.id}"' in thread.text
    page = browser.get(f"/proposals/new?from={comment.id}")
    assert "&gt; #1 @river:\n&gt; A room is not enough." in page.text
    assert f'name="raised_from" value="{comment.id}"' in page.text


def test_a_raised_proposal_and_its_comment_are_linked_both_ways(browser: Browser, comment):
    browser.sign_in(factories.user())
    sent = _raise(browser, comment)
    assert sent.status_code == 303
    proposal = browser.get(sent.location).text
    assert f'<p class="quote-from"><a href="/t/{comment.thread_id}/c/1">' in proposal
    assert f'raised from <a href="/t/{comment.thread_id}/c/1">' in proposal
    thread = browser.get(browser.get(f"/t/{comment.thread_id}").location).text
    assert f'Raised as a proposal: <a href="{sent.location}">' in thread
    visitor = Browser(browser.app)
    thread = visitor.get(visitor.get(f"/t/{comment.thread_id}").location).text
    assert ">Raised as a proposal</a>" in thread
    assert "Somebody to talk to" not in thread  # the page is kept, and would outlive the title


def test_its_author_is_asked_and_becomes_a_co_author_when_they_accept(browser: Browser, comment):
    browser.sign_in(factories.user())
    path = _raise(browser, comment).location
    (row,) = coauthors_of(int(path.split("/")[2].split("-")[0]))
    thread_id = int(path.split("/")[2].split("-")[0])
    assert (row.user_id, row.state) == (comment.author_id, CoauthorState.INVITED)
    assert _told("proposal.raised") == [comment.author_id]
    assert comment.author_id not in authors_of(thread_id)
    river = Browser(browser.app).sign_in(db.session.get(factories.User, comment.author_id))
    base = f"/t/{thread_id}/co-authors"
    assert "You are asked to become a co-author" in river.get(path).text
    assert river.post(f"{base}/decline").status_code == 303
    assert comment.author_id not in authors_of(thread_id)
    assert river.post(f"{base}/accept").status_code == 303
    assert comment.author_id in authors_of(thread_id)
    assert "A co-author joined" in river.get(path).text
    assert river.get(f"/t/{thread_id}/edit-proposal").status_code == 200
    assert river.post(f"{base}/leave").status_code == 303
    assert comment.author_id not in authors_of(thread_id)


def test_ones_own_comment_is_raised_without_an_invitation(browser: Browser, comment):
    browser.sign_in(db.session.get(factories.User, comment.author_id))
    path = _raise(browser, comment).location
    assert coauthors_of(int(path.split("/")[2].split("-")[0])) == ()
    assert _told("proposal.raised") == []


def test_words_that_are_taken_back_go_from_the_proposal_too(browser: Browser, comment):
    browser.sign_in(factories.user())
    path = _raise(browser, comment).location
    thread_id = int(path.split("/")[2].split("-")[0])
    Browser(browser.app).sign_in(db.session.get(factories.User, comment.author_id)).post(
        f"/t/{comment.thread_id}/c/1/take-back"
    )
    assert "A room is not enough" not in browser.get(path).text
    assert "A room is not enough" not in acts.get(thread_id).source
    assert acts.rows_with("A room is not enough") == []


def test_a_comment_that_may_not_be_seen_cannot_be_raised(browser: Browser):
    space = factories.space(visibility=Visibility.PRIVATE)
    post = factories.comment(factories.thread(space))
    browser.sign_in(factories.user())
    assert browser.get(f"/proposals/new?from={post.id}").status_code == 404
    path = _raise(browser, post).location
    assert "raised from" not in browser.get(path).text
    assert browser.get("/proposals/new?from=nothing").status_code == 404


@pytest.mark.parametrize(
    ("source", "target", "is_allowed"),
    [
        (Visibility.PUBLIC, Visibility.PUBLIC, True),
        (Visibility.PUBLIC, Visibility.PRIVATE, True),
        (Visibility.MEMBERS, Visibility.MEMBERS, True),
        (Visibility.MEMBERS, Visibility.PRIVATE, True),
        (Visibility.MEMBERS, Visibility.PUBLIC, False),
        (Visibility.PRIVATE, Visibility.PRIVATE, False),
        (Visibility.PRIVATE, Visibility.PUBLIC, False),
    ],
)
def test_a_quote_reaches_nobody_new(
    browser: Browser, source: Visibility, target: Visibility, *, is_allowed: bool
):
    member = factories.user()
    one, other = factories.space(visibility=source), factories.space(visibility=target)
    for space in (one, other):
        factories.membership(space, member)
    post = factories.comment(factories.thread(one), factories.user("river"))
    browser.sign_in(member)
    sent = _raise(browser, post, space=other.slug)
    assert (sent.status_code == 303) is is_allowed
    assert _raise(browser, post, space=one.slug).status_code == 303


def test_whoever_cannot_read_the_proposal_is_not_told_of_it(browser: Browser, comment):
    member, space = factories.user(), factories.space(visibility=Visibility.PRIVATE)
    factories.membership(space, member)
    browser.sign_in(member)
    assert _raise(browser, comment, space=space.slug).status_code == 303
    assert _told("proposal.raised") == []


def test_a_form_whose_comment_was_taken_back_meanwhile_loses_nothing(browser: Browser, comment):
    thread_id = comment.thread_id
    Browser(browser.app).sign_in(db.session.get(factories.User, comment.author_id)).post(
        f"/t/{thread_id}/c/1/take-back"
    )
    browser.sign_in(factories.user())
    sent = _raise(browser, comment, source="Yes, and more.")
    assert sent.status_code == 303


def test_a_draft_of_a_raised_proposal_knows_where_it_comes_from(browser: Browser, comment):
    browser.sign_in(factories.user())
    data = {**FORM, "source": "Yes.", "raised_from": comment.id}
    path = browser.post("/proposals/draft", data).location
    assert f'name="raised_from" value="{comment.id}"' in browser.get(path).text
    gone = browser.post("/proposals/draft", {**FORM, "source": "No.", "raised_from": "999999"})
    assert 'name="raised_from" value=""' in browser.get(gone.location).text
