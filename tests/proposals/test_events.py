"""What happened to a proposal, its state, and who is told."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict, NotFound
from forum.notifications.models import Notification
from forum.proposals.actions import StateDraft, add_event, put_state
from forum.proposals.models import Coauthor, CoauthorState, Proposal, ProposalEvent, ProposalState
from forum.proposals.queries import audience_of, authors_of
from forum.spaces.models import Visibility
from forum.threads.models import Attention, Reading
from tests import factories
from tests.support.cast import actor_of


def _join(thread_id: int, user_id: int, state: CoauthorState = CoauthorState.ACCEPTED) -> None:
    with transaction():
        db.session.add(Coauthor(thread_id=thread_id, user_id=user_id, state=state, at=clock.now()))


def _follow(thread_id: int, user_id: int) -> None:
    with transaction():
        db.session.add(Reading(thread_id=thread_id, user_id=user_id, attention=Attention.FOLLOW))


def _told() -> set[tuple[int, str]]:
    found = db.session.execute(sa.select(Notification.user_id, Notification.values))
    return {(user_id, values["variant"]) for user_id, values in found}


def test_authors_are_the_author_and_the_co_authors_who_accepted(app: Flask):
    author, joined, invited, declined = (factories.user() for _number in range(4))
    made = factories.proposal(author=author)
    _join(made.id, joined.id)
    _join(made.id, invited.id, CoauthorState.INVITED)
    _join(made.id, declined.id, CoauthorState.DECLINED)
    assert authors_of(made.id) == {author.id, joined.id}
    assert authors_of(factories.proposal(is_anonymous=True).id) == frozenset()


def test_whoever_may_not_see_a_proposal_any_more_is_not_told(app: Flask):
    space = factories.space(visibility=Visibility.PRIVATE)
    author, follower, gone = (factories.user() for _number in range(3))
    for member in (author, follower):
        factories.membership(space, member)
    made = factories.proposal(space, author)
    for member in (follower, gone):
        _follow(made.id, member.id)
    assert audience_of(made.id) == {author.id, follower.id}


def test_a_new_state_is_an_event_and_authors_and_followers_are_told(app: Flask):
    author, follower = factories.user(), factories.user()
    made = factories.proposal(author=author)
    _follow(made.id, follower.id)
    factories.comment(made)
    draft = StateDraft(ProposalState.GATHERING, "We ask three places.")
    with transaction():
        before = put_state(actor_of(author), made.id, draft)
    assert before is ProposalState.OPEN
    proposal = db.session.get_one(Proposal, made.id)
    assert (proposal.state, proposal.state_reason) == (draft.state, draft.reason)
    event = db.session.scalars(sa.select(ProposalEvent)).one()
    assert (event.verb, event.after_number, event.actor_id) == ("state", 1, author.id)
    assert event.values == {"from": "open", "to": "gathering"}
    assert _told() == {(follower.id, "gathering")}


def test_a_proposal_is_brought_into_a_state_once(app: Flask):
    author = factories.user()
    made = factories.proposal(author=author)
    with pytest.raises(Conflict), transaction():
        put_state(actor_of(author), made.id, StateDraft(ProposalState.OPEN, "Once more."))
    with pytest.raises(NotFound), transaction():
        put_state(actor_of(author), 10**6, StateDraft(ProposalState.OPEN, "Nowhere."))


def test_what_another_part_adds_is_kept_with_its_values(app: Flask):
    made = factories.proposal()
    with transaction():
        add_event(made.id, None, "condition.adopted", "It is fair.", number=2)
    event = db.session.scalars(sa.select(ProposalEvent)).one()
    assert (event.values, event.reason, event.actor_id) == ({"number": 2}, "It is fair.", None)
