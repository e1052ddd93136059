"""Which versions of a proposal are kept."""

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.posts.models import Post, PostRevision
from forum.proposals import actions
from forum.stances.actions import StanceDraft, take_stance
from forum.stances.models import StanceChoice
from tests import factories
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, do

pytestmark = pytest.mark.usefixtures("app")


def kept(thread_id: int) -> int:
    return db.session.scalar(
        sa.select(sa.func.count())
        .select_from(PostRevision)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.thread_id == thread_id)
    )


def test_an_edit_right_after_posting_leaves_no_version():
    author = factories.user()
    thread = factories.proposal(author=author)

    do(actions.add_to_part, actor_of(author), thread.id, "how", "With a key.", LIMITS, revision=1)

    assert kept(thread.id) == 0


def test_once_somebody_took_a_stance_every_edit_leaves_a_version():
    author, member = factories.user(), factories.user()
    thread = factories.proposal(author=author)
    do(take_stance, actor_of(member), thread.id, StanceDraft(StanceChoice.AGREE), LIMITS)

    do(actions.add_to_part, actor_of(author), thread.id, "how", "With a key.", LIMITS, revision=1)

    assert kept(thread.id) == 1
