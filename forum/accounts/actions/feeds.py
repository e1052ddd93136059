"""Addresses of private feeds: made, revoked, and ended with everything else that reads as one."""

import sqlalchemy as sa

from forum.accounts import tokens
from forum.accounts.models import FeedToken, User
from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import scrub_line

MOST_FEED_TOKENS = 20  # of one member: programs, not feeds
LONGEST_FEED_NAME = 60


def make_feed_token(actor: Actor, name: str) -> str:
    """A new token that reads as the actor, and only reads; returned once, kept as a digest."""
    user_id = member_id(actor)
    name = scrub_line(name)
    if not name or len(name) > LONGEST_FEED_NAME:
        raise Invalid(
            _("Please give a name of 1 to %(longest)s characters.", longest=LONGEST_FEED_NAME),
            "name",
        )
    # One after the other, so that two presses cannot step over the limit together.
    db.session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())
    count = db.session.scalar(
        sa.select(sa.func.count()).select_from(FeedToken).where(FeedToken.user_id == user_id)
    )
    if (count or 0) >= MOST_FEED_TOKENS:
        raise Invalid(
            _(
                "You have %(count)s private addresses already. Please revoke one first.",
                count=MOST_FEED_TOKENS,
            ),
            "name",
        )
    token = tokens.new_token()
    made = FeedToken(
        user_id=user_id, token_hash=tokens.digest(token), name=name, created_at=clock.now()
    )
    db.session.add(made)
    record(user_id, "account.make_feed", "account", user_id)
    return token


def revoke_feed_token(actor: Actor, token_id: int) -> None:
    """End one of the actor's own tokens; NotFound when it is not theirs."""
    gone = db.session.execute(
        sa.delete(FeedToken)
        .where(FeedToken.id == token_id, FeedToken.user_id == member_id(actor))
        .returning(FeedToken.id)
    ).all()
    if not gone:
        raise NotFound
    record(actor.id, "account.revoke_feed", "account", actor.id)


def end_feed_tokens(user_id: int) -> None:
    """End all tokens of a member: whoever ends sessions wants nobody else to read as them."""
    db.session.execute(sa.delete(FeedToken).where(FeedToken.user_id == user_id))
