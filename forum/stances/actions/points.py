"""Points for and against: making a comment one of one's own reasons, and letting go of it."""

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, insert
from forum.posts.models import Post
from forum.stances import policy
from forum.stances.models import AdoptedPoint
from forum.threads.actions.counting import touch
from forum.threads.queries import get_comment, post_facts


def adopt_point(actor: Actor, thread_id: int, number: int) -> None:
    """Make a comment one of one's own reasons; once more changes nothing."""
    head, post = get_comment(actor, thread_id, number, for_update=True)
    policy.may_adopt_point(actor, post_facts(head, post), head.kind, post.bearing).enforce()
    made = db.session.scalar(
        insert(AdoptedPoint)
        .values(post_id=post.id, user_id=member_id(actor), at=clock.now())
        .on_conflict_do_nothing()
        .returning(AdoptedPoint.post_id)
    )
    if made is not None:
        touch(thread_id, lists=False)


def drop_point(actor: Actor, thread_id: int, number: int) -> None:
    """It is no reason of one's own any more, at any time; once more changes nothing."""
    head, post = get_comment(actor, thread_id, number)
    policy.may_drop_point(actor, post_facts(head, post)).enforce()
    gone = db.session.scalar(
        sa.delete(AdoptedPoint)
        .where(AdoptedPoint.post_id == post.id, AdoptedPoint.user_id == member_id(actor))
        .returning(AdoptedPoint.post_id)
    )
    if gone is not None:
        touch(thread_id, lists=False)


def forget_points(user_id: int) -> None:
    """Somebody leaves: what they made their own is theirs no more."""
    post_ids = db.session.scalars(
        sa.delete(AdoptedPoint)
        .where(AdoptedPoint.user_id == user_id)
        .returning(AdoptedPoint.post_id)
    ).all()
    thread_ids = db.session.scalars(
        sa.select(Post.thread_id).where(Post.id.in_(post_ids)).distinct()
    ).all()
    if thread_ids:
        touch(*thread_ids, lists=False)
