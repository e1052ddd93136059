"""The pages of a summary."""

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.posts.models import Post
from forum.spaces.models import Visibility
from forum.threads.models import ThreadKind
from tests import factories
from tests.support.pages import Browser


@pytest.fixture
def space(app):
    return factories.space()


@pytest.fixture
def facilitator(space):
    return factories.facilitator(space)


@pytest.fixture
def thread(space):
    made = factories.thread(space, kind=ThreadKind.PROMPT)
    for text, count in (("Beds at <b>night</b>.", 3), ("A lawyer.", 2)):
        post = factories.comment(made, factories.user(display_name="Amina"), text)
        factories.agree(post, *(factories.user() for _ in range(count)))
    return made


def path_of(thread):
    return f"/t/{thread.id}/summary"


def key_of(thread, number=1):
    post_id = db.session.scalar(
        sa.select(Post.id).where(Post.thread_id == thread.id, Post.number == number)
    )
    return f"agreed-post-{post_id}"


def test_visitors_read_what_is_agreed_by_how_many_and_where(browser, thread):
    text = browser.get(path_of(thread)).text
    assert "Beds at &lt;b&gt;night&lt;/b&gt;." in text
    assert "3 agree with it" in text
    assert f'<a href="/t/{thread.id}/c/1">#1 by <bdi>Amina</bdi></a>' in text
    assert "/add" not in text


@pytest.mark.parametrize(
    ("kind", "is_linked"),
    [(ThreadKind.PROMPT, True), (ThreadKind.DISCUSSION, False)],
    ids=["prompt", "discussion"],
)
def test_the_thread_leads_to_its_summary_if_it_has_one(browser, kind, is_linked):
    thread = factories.thread(kind=kind)
    assert (
        f'href="{path_of(thread)}"' in browser.get(f"/t/{thread.id}-x", follow_redirects=True).text
    ) is is_linked
    assert browser.get(path_of(thread)).status_code == (200 if is_linked else 404)


def test_what_one_may_not_see_has_no_summary(browser):
    hidden = factories.thread(
        factories.space(visibility=Visibility.PRIVATE), kind=ThreadKind.PROMPT
    )
    assert browser.get(path_of(hidden)).status_code == 404


def test_a_facilitator_edits_moves_leaves_out_and_adds(app, browser, thread, facilitator):
    staff = Browser(app).sign_in(facilitator)
    base, key = path_of(thread), key_of(thread)
    assert staff.get(f"{base}/{key}").status_code == 200
    assert (
        staff.post(f"{base}/{key}", {"text": "Somewhere to sleep.", "numbers": "#1, 2"}).status_code
        == 303
    )
    assert staff.post(f"{base}/{key}/move", {"to": "down"}).status_code == 303
    assert staff.post(f"{base}/{key_of(thread, 2)}/leave-out").status_code == 303
    assert (
        staff.post(f"{base}/exists/add", {"text": "A night shelter.", "numbers": ""}).status_code
        == 303
    )
    text = browser.get(base).text
    assert "Somewhere to sleep." in text
    assert "A night shelter." in text
    assert "A lawyer." not in text
    assert "A lawyer." in staff.get(base).text


def test_a_refused_line_keeps_its_words(app, thread, facilitator):
    staff = Browser(app).sign_in(facilitator)
    refused = staff.post(f"{path_of(thread)}/agreed/add", {"text": "Kept words.", "numbers": "#x"})
    assert refused.status_code == 422
    assert "Kept words." in refused.text
    assert "Please give numbers of comments" in refused.text


def test_the_second_of_two_edits_is_told_and_can_be_sent_again(app, thread, facilitator):
    staff = Browser(app).sign_in(facilitator)
    path = f"{path_of(thread)}/{key_of(thread)}"
    staff.post(path, {"text": "First words.", "numbers": "", "seen": ""})
    late = staff.post(path, {"text": "Second words.", "numbers": "", "seen": ""})
    assert late.status_code == 409
    assert "First words." in late.text
    assert "Second words." in late.text
    seen = late.text.split('name="seen" value="')[1].split('"')[0]
    assert (
        staff.post(path, {"text": "Second words.", "numbers": "", "seen": seen}).status_code == 303
    )


def test_members_find_no_form(app, thread):
    member = Browser(app).sign_in(factories.user())
    assert member.get(f"{path_of(thread)}/agreed/add").status_code == 403
    assert member.post(f"{path_of(thread)}/{key_of(thread)}/leave-out").status_code == 403


def test_a_line_or_section_that_is_none_is_not_found(app, thread, facilitator):
    staff = Browser(app).sign_in(facilitator)
    assert staff.get(f"{path_of(thread)}/agreed-post-0").status_code == 404
    assert staff.get(f"{path_of(thread)}/others/add").status_code == 404
