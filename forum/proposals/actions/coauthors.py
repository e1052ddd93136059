"""Co-authors: invited by the authors, or offered it because their comment was raised."""

from collections.abc import Collection

import sqlalchemy as sa

from forum.accounts.models import User
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.markup import name_key
from forum.core.text import scrub_line
from forum.notifications.actions import notify
from forum.posts.queries import people_by_key
from forum.proposals import policy
from forum.proposals.actions.events import add_event
from forum.proposals.models import Coauthor, CoauthorState, Proposal
from forum.proposals.queries import authors_of, readers_among
from forum.threads.actions import hold_writer
from forum.threads.actions.counting import hold, touch
from forum.threads.rows import Head

MOST_COAUTHORS = 12  # of one proposal, with those who have not answered


def hold_accounts(user_ids: Collection[int | None]) -> None:
    """Wait for whoever changes these accounts, in one order: they are pointed to later on."""
    ids = sorted({user_id for user_id in user_ids if user_id is not None})
    if ids:
        db.session.execute(
            sa.select(User.id)
            .where(User.id.in_(ids))
            .order_by(User.id)
            .with_for_update(key_share=True)
        )


def coauthors_path(thread_id: int) -> str:
    return f"/t/{thread_id}/co-authors"


def offer_coauthorship(actor: Actor, thread_id: int, author_id: int | None) -> bool:
    """Invite the author of the comment that a new proposal was raised from, if they may see it."""
    if author_id is None or author_id == actor.id:
        return False
    if author_id not in readers_among(thread_id, {author_id}):
        return False
    _add(actor, thread_id, author_id)
    return True


def invite_coauthor(actor: Actor, thread_id: int, name: str) -> None:
    """Ask a member, by their user name, to become a co-author; its authors."""
    head, key = _held(actor, thread_id), name_key(scrub_line(name).removeprefix("@"))
    authors = authors_of(thread_id)
    policy.may_invite(actor, head, authors).enforce()
    user_id, _username = people_by_key((key,)).get(key, (None, ""))
    if user_id is None:
        raise Invalid(_("There is no member of this name."), "name")
    if user_id in authors:
        raise Invalid(_("This member is an author already."), "name")
    if user_id not in readers_among(thread_id, {user_id}):
        raise Invalid(_("This member cannot read the space of this proposal."), "name")
    if db.session.get(Coauthor, (thread_id, user_id)) is not None:
        raise Invalid(_("This member was invited already, and can still accept."), "name")
    count = db.session.scalar(
        sa.select(sa.func.count()).select_from(Coauthor).where(Coauthor.thread_id == thread_id)
    )
    if (count or 0) >= MOST_COAUTHORS:
        raise Conflict(_("A proposal can have at most %(most)s co-authors.", most=MOST_COAUTHORS))
    _add(actor, thread_id, user_id)
    notify(
        [user_id], "proposal.invited", "thread", thread_id,
        path=coauthors_path(thread_id), values={"title": head.title, "name": actor.display_name},
    )  # fmt: skip


def accept_coauthorship(actor: Actor, thread_id: int) -> None:
    """Become a co-author: whoever was invited, also after they declined."""
    head, row = _own(actor, thread_id)
    if row.state is CoauthorState.ACCEPTED:
        return
    authors = authors_of(thread_id)
    policy.may_join(actor, head).enforce()
    _put(row, CoauthorState.ACCEPTED)
    add_event(thread_id, actor.id, "coauthor.joined")
    notify(
        authors - {member_id(actor)}, "proposal.joined", "thread", thread_id,
        path=head.path, values={"title": head.title, "name": actor.display_name},
    )  # fmt: skip
    touch(thread_id)


def decline_coauthorship(actor: Actor, thread_id: int) -> None:
    """Say no to an invitation; it can be accepted later all the same."""
    _head, row = _own(actor, thread_id)
    if row.state is CoauthorState.ACCEPTED:
        raise Conflict(_("You are a co-author by now. You can leave."))
    _put(row, CoauthorState.DECLINED)


def leave_coauthorship(actor: Actor, thread_id: int) -> None:
    """Stop being a co-author; the text stays as it is."""
    _head, row = _own(actor, thread_id)
    if row.state is not CoauthorState.ACCEPTED:
        raise Conflict(_("You are no co-author of this proposal."))
    _put(row, CoauthorState.DECLINED)
    add_event(thread_id, actor.id, "coauthor.left")
    touch(thread_id)


def _held(actor: Actor, thread_id: int) -> Head:
    hold_writer(actor)
    (head,) = hold(actor, thread_id)
    if db.session.get(Proposal, thread_id) is None:
        raise NotFound
    return head


def _own(actor: Actor, thread_id: int) -> tuple[Head, Coauthor]:
    head = _held(actor, thread_id)
    row = db.session.get(Coauthor, (thread_id, member_id(actor)), with_for_update=True)
    if row is None:
        raise NotFound
    return head, row


def _add(actor: Actor, thread_id: int, user_id: int) -> None:
    db.session.add(
        Coauthor(thread_id=thread_id, user_id=user_id, invited_by_id=actor.id, at=clock.now())
    )
    db.session.flush()


def _put(row: Coauthor, state: CoauthorState) -> None:
    row.state = state
    row.at = clock.now()
    db.session.flush()
