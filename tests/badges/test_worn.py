"""Badges worn with a post: chosen each time, one's own, and marked as past once they end."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.badges.models import BadgeState
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.posts.actions import Limits
from forum.posts.models import Post
from forum.threads import actions
from forum.threads.actions import CommentDraft, OpeningDraft, ThreadDraft
from forum.threads.models import ThreadKind
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

LIMITS = Limits(posts=500, posts_of_newcomer=500, grace=timedelta(0))
LABEL = "Practitioner · Harbour Legal Aid"
CHIP = f'<span class="badge"><bdi>{LABEL}</bdi></span>'
PAST = f'<span class="badge past"><bdi>{LABEL} (past)</bdi></span>'


@pytest.fixture
def holder(app):
    return factories.user("amina")


@pytest.fixture
def held(holder):
    return factories.badge(holder)


@pytest.fixture
def thread(app):
    return factories.thread()


def add(holder, thread, badge_id, text="We do this in the harbour.") -> int:
    with transaction():
        draft = CommentDraft(text, badge_id=badge_id)
        return actions.add_comment(actor_of(holder), thread.id, draft, LIMITS).number


def post_of(thread, number) -> Post:
    db.session.commit()
    found = sa.select(Post).where(Post.thread_id == thread.id, Post.number == number)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def page_of(app, thread) -> str:
    return Browser(app).get(f"/t/{thread.id}-{thread.slug}").text


def test_a_comment_shows_the_badge_that_it_was_written_with(app, holder, held, thread):
    add(holder, thread, held.id)
    add(holder, thread, None, "And this I say for myself.")
    assert page_of(app, thread).count(CHIP) == 1


def test_an_opening_shows_its_badge(app, holder, held):
    space = factories.space()
    factories.tag("beds")
    draft = ThreadDraft(
        space.id, ThreadKind.DISCUSSION, "Beds for the first night", "Words.", ("beds",),
        badge_id=held.id,
    )  # fmt: skip
    with transaction():
        written = actions.start_thread(actor_of(holder), draft, LIMITS)
    path = f"/t/{written.thread_id}-beds-for-the-first-night"
    assert CHIP in Browser(app).get(path).text


@pytest.mark.parametrize("state", [BadgeState.REQUESTED, BadgeState.REFUSED, BadgeState.ENDED])
def test_only_a_badge_in_force_is_worn(holder, thread, state):
    badge = factories.badge(holder, state=state)
    with pytest.raises(Invalid) as refused:
        add(holder, thread, badge.id)
    assert refused.value.field == "badge"


def test_an_expired_badge_is_not_worn_even_before_the_daily_look(holder, thread):
    badge = factories.badge(holder, expires_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(Invalid):
        add(holder, thread, badge.id)


def test_nobody_wears_somebody_elses_badge(app, held, thread):
    other = factories.user()
    for badge_id in (held.id, 2**31 - 1):
        with pytest.raises(Invalid):
            add(other, thread, badge_id)


def test_a_badge_that_ended_stays_on_old_posts_as_past(app, holder, held, thread):
    add(holder, thread, held.id)
    page_of(app, thread)
    held.state, held.ended_at = BadgeState.ENDED, clock.now()
    db.session.commit()
    app.extensions["page_cache"].clear()
    assert PAST in page_of(app, thread)


def test_an_edit_chooses_anew(holder, held, thread):
    number = add(holder, thread, held.id)
    other = factories.badge(holder, organisation="Night House")

    def edit(badge_id, revision):
        draft = CommentDraft(f"Words {revision}.", badge_id=badge_id)
        with transaction():
            actions.edit_comment(
                actor_of(holder), thread.id, number, draft, revision=revision, limits=LIMITS
            )
        return post_of(thread, number).badge_id

    assert edit(other.id, 1) == other.id
    assert edit(None, 2) is None
    assert edit(held.id, 3) == held.id


def test_an_edit_may_leave_a_past_badge_where_it_is_and_not_put_it_elsewhere(holder, held, thread):
    number, plain = add(holder, thread, held.id), add(holder, thread, None)
    held.state, held.ended_at = BadgeState.ENDED, clock.now()
    db.session.commit()
    draft = CommentDraft("Other words.", badge_id=held.id)
    with transaction():
        actions.edit_comment(actor_of(holder), thread.id, number, draft, revision=1, limits=LIMITS)
    assert post_of(thread, number).badge_id == held.id
    with pytest.raises(Invalid), transaction():
        actions.edit_comment(actor_of(holder), thread.id, plain, draft, revision=1, limits=LIMITS)


def test_the_opening_is_edited_with_its_badge(holder, held):
    thread = factories.thread(author=holder, title="Beds")
    draft = OpeningDraft("Beds", "Other words.", 1, badge_id=held.id)
    with transaction():
        actions.edit_opening(actor_of(holder), thread.id, draft, LIMITS)
    assert post_of(thread, 0).badge_id == held.id


def test_an_edit_of_the_opening_that_says_nothing_of_badges_keeps_the_one_that_is_worn(
    holder, held
):
    thread = factories.thread(author=holder, title="Beds")
    for revision, values in ((1, {"badge_id": held.id}), (2, {})):
        draft = OpeningDraft("Beds", f"Words {revision}.", revision, **values)
        with transaction():
            actions.edit_opening(actor_of(holder), thread.id, draft, LIMITS)
    assert post_of(thread, 0).badge_id == held.id


def test_words_that_are_taken_back_take_the_badge_along(app, holder, held, thread):
    number = add(holder, thread, held.id)
    with transaction():
        actions.take_back(actor_of(holder), thread.id, number)
    assert post_of(thread, number).badge_id is None
    assert LABEL not in page_of(app, thread)


def test_a_removed_comment_shows_no_badge(app, holder, held, thread):
    number = add(holder, thread, held.id)
    with transaction():
        actions.remove_comment(actor_of(factories.moderator()), thread.id, number, "It hurt.")
    assert LABEL not in page_of(app, thread)


def test_the_choice_is_offered_to_who_holds_a_badge_and_to_nobody_else(app, holder, held, thread):
    number = add(holder, thread, None)
    own = factories.thread(author=holder)
    paths = (
        f"/t/{thread.id}-{thread.slug}",
        f"/t/{thread.id}/reply",
        f"/t/{thread.id}/c/{number}/reply",
        f"/t/{thread.id}/c/{number}/quote",
        f"/t/{thread.id}/c/{number}/edit",
        f"/t/{own.id}/edit",
        "/threads/new",
    )
    browser, other = Browser(app).sign_in(holder), Browser(app).sign_in(factories.user())
    for path in paths:
        page = browser.get(path).text
        assert "Show a badge" in page, path
        assert LABEL in page, path
    for path in paths[:4]:
        assert "Show a badge" not in other.get(path).text, path


def test_the_form_sends_the_badge_and_refuses_another_beside_the_field(app, holder, held, thread):
    browser = Browser(app).sign_in(holder)
    path = f"/t/{thread.id}/reply"
    assert browser.post(path, {"source": "Words.", "badge": str(held.id)}).status_code == 303
    assert post_of(thread, 1).badge_id == held.id
    for wrong in ("999999", "nonsense", "9" * 40):
        answer = browser.post(path, {"source": "Kept words.", "badge": wrong})
        assert answer.status_code == 422
        assert "Kept words." in answer.text
        assert "not yours to wear" in answer.text


def test_who_holds_none_pays_no_statement_for_badges(app, holder, thread):
    browser = Browser(app).sign_in(holder)
    path = f"/t/{thread.id}-{thread.slug}"
    browser.get(path)
    with statements() as without:
        browser.get(path)
    factories.badge(holder)
    with statements() as with_one:
        browser.get(path)
    assert len(with_one) == len(without) + 1
    assert sum("FROM badge" in one for one in without) == 1  # within the statement of the sign-in
