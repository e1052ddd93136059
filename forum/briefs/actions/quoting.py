"""Asking people whether their words may be quoted, and their answers."""

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.audit.actions import record
from forum.briefs import policy
from forum.briefs.actions.writing import held
from forum.briefs.models import ConsentState, QuoteConsent
from forum.briefs.queries import get_quotable
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import _
from forum.notifications.actions import notify
from forum.posts.models import Post

MOST_QUOTES = 100  # of one brief
_PATH = "/quotes"


def ask_quote(actor: Actor, brief_id: int, post_id: int) -> None:
    """Choose a comment as a quote; its author is asked unless they have answered already.

    What was answered holds for one revision: after an edit they are asked anew.
    """
    brief = held(actor, brief_id).brief
    post = get_quotable(actor, post_id)
    if post.thread_id not in brief.thread_ids or not _can_answer(post):
        raise NotFound
    consent = db.session.get(QuoteConsent, post.id)
    is_current = consent is not None and consent.revision == post.revision
    if consent is not None and is_current and consent.state is ConsentState.REFUSED:
        raise Conflict(_("Its author does not want this comment to be quoted."))
    if len(brief.quotes) >= MOST_QUOTES:
        raise Conflict(_("There is no room for more quotes in this brief."))
    if post.id not in brief.quotes:
        brief.quotes = [*brief.quotes, post.id]
    if is_current:
        return
    _ask(actor, post, consent)
    record(
        member_id(actor), "quote.ask", "post", post.id, after={"brief": brief.id},
        role=actor.staff_role,
    )  # fmt: skip


def _can_answer(post: Post) -> bool:
    state = db.session.scalar(sa.select(User.state).where(User.id == post.author_id))
    return state in {UserState.ACTIVE, UserState.SUSPENDED}


def _ask(actor: Actor, post: Post, consent: QuoteConsent | None) -> None:
    is_own = post.author_id == actor.id
    if consent is None:
        consent = QuoteConsent(post_id=post.id)
        db.session.add(consent)
    now = clock.now()
    consent.state = ConsentState.GIVEN if is_own else ConsentState.ASKED
    consent.revision = post.revision
    consent.asked_by_id = actor.id
    consent.asked_at = now
    consent.answered_at = now if is_own else None
    db.session.flush()
    if not is_own and post.author_id is not None:
        notify([post.author_id], "quote.asked", "post", post.id, path=_PATH, values={})


def drop_quote(actor: Actor, brief_id: int, post_id: int) -> None:
    """Choose a comment no more; what its author has answered stands. Twice is once."""
    brief = held(actor, brief_id).brief
    if post_id not in brief.quotes:
        get_quotable(actor, post_id)  # raises NotFound for what is none
        return
    brief.quotes = [one for one in brief.quotes if one != post_id]


def answer(actor: Actor, post_id: int, *, is_given: bool, revision: int) -> None:
    """Let one's own words be quoted as they stand, or take that back: then every brief loses them.

    `revision` is the one that the author was looking at; raises Conflict when it is another now.
    """
    row = db.session.execute(
        sa.select(Post.author_id, Post.revision, QuoteConsent)
        .join(QuoteConsent, QuoteConsent.post_id == Post.id)
        .where(Post.id == post_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    author_id, present, consent = row
    policy.may_answer(actor, author_id).enforce()
    if is_given and present != revision:
        raise Conflict(_("You changed this comment in the meantime. Please read it once more."))
    state = ConsentState.GIVEN if is_given else ConsentState.REFUSED
    if consent.state is state and consent.revision == present:
        return
    consent.state = state
    consent.revision = present
    consent.answered_at = clock.now()
    if consent.asked_by_id is not None and consent.asked_by_id != actor.id:
        notify(
            [consent.asked_by_id], "quote.answered", "post", post_id, path="/briefs",
            values={"variant": state.value},
        )  # fmt: skip
