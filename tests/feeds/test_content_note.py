"""What stands behind a content note is opened in its place, never by a program on its own."""

from forum.core.db import transaction
from forum.threads import actions
from forum.threads.actions import CommentDraft
from tests import factories
from tests.security.scene import LIMITS
from tests.support.pages import actor_of


def test_a_feed_and_a_card_say_the_note_instead_of_the_text(browser):
    author = factories.user()
    thread = factories.thread(author=author, source="Nothing to eat.")
    with transaction():
        actions.edit_opening(
            actor_of(author),
            thread.id,
            actions.OpeningDraft(thread.title, "Nothing to eat.", 1, content_note="about hunger"),
            LIMITS,
        )
    with transaction():
        draft = CommentDraft("Not even bread.", content_note="about <hunger>")
        actions.add_comment(actor_of(author), thread.id, draft, LIMITS)
    for path in ("/feed", f"/t/{thread.id}/feed"):
        feed = browser.get(path).text
        assert "Content note: about" in feed
        assert "Nothing to eat" not in feed
        assert "Not even bread" not in feed
    page = browser.get(f"/t/{thread.id}-{thread.slug}").text
    assert 'content="Content note: about hunger"' in page
