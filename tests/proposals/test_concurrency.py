"""Two people at the same moment, in real threads, on both databases."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core.db import db
from forum.core.errors import Conflict, Forbidden
from forum.posts.models import Post
from forum.proposals import actions
from forum.proposals.actions import AnswerDraft, ClaimDraft, ProposalDraft, Start, StateDraft
from forum.proposals.models import (
    Answer,
    Coauthor,
    CoauthorState,
    Proposal,
    ProposalEvent,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.parts import Parts
from forum.threads.actions import take_back
from tests import factories
from tests.support.at_once import at_once, errors_among
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, do, get

pytestmark = pytest.mark.usefixtures("here")


def _at_once(forum: Flask, *calls) -> list:
    db.session.rollback()  # what is read afterwards is not what was there before
    return at_once(forum, *calls)


def _count(table: type, *where) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def test_of_two_states_at_once_one_wins_and_the_other_is_told(forum: Flask):
    space = factories.space()
    author, facilitator = factories.user(), factories.facilitator(space)
    thread_id = factories.proposal(space, author).id
    seen = ProposalState.OPEN
    drafts = [
        (actor_of(author), StateDraft(ProposalState.GATHERING, "One.", seen=seen)),
        (actor_of(facilitator), StateDraft(ProposalState.REFINING, "Two.", seen=seen)),
    ]
    results = _at_once(
        forum,
        *(
            lambda actor=actor, draft=draft: do(actions.change_state, actor, thread_id, draft)
            for actor, draft in drafts
        ),
    )
    (error,) = errors_among(results)
    assert isinstance(error, Conflict)
    event = db.session.scalars(
        sa.select(ProposalEvent).where(ProposalEvent.thread_id == thread_id)
    ).one()
    proposal = db.session.get_one(Proposal, thread_id)
    assert (proposal.state.value, proposal.state_reason) == (event.values["to"], event.reason)


def test_a_service_shown_by_many_at_once_is_shown_once(forum: Flask):
    made, service = factories.proposal(), factories.service()
    thread_id, service_id = made.id, service.id
    people = [actor_of(factories.user()) for _number in range(6)]
    results = _at_once(
        forum,
        *(
            lambda actor=actor: do(
                actions.claim_service, actor, thread_id, ClaimDraft(service_id, "Look.")
            )
            for actor in people
        ),
    )
    assert {type(error) for error in errors_among(results)} == {Conflict}
    assert _count(ServiceClaim, ServiceClaim.thread_id == thread_id) == 1
    assert _count(ProposalEvent, ProposalEvent.thread_id == thread_id) == 1


def test_the_same_form_sent_at_once_makes_one_proposal_and_one_invitation(forum: Flask):
    factories.space("asked-twice")
    comment = factories.comment(factories.thread())
    post_id, space_id = comment.id, get_space_id("asked-twice")
    member = actor_of(factories.user())
    draft = ProposalDraft("Beds for one night", Parts("A bed."), ("housing",))
    start = Start(space_id, submit_key="once", raised_from_id=post_id)
    results = _at_once(
        forum,
        *(lambda: do(actions.start_proposal, member, start, draft, LIMITS) for _time in range(5)),
    )
    assert errors_among(results) == []
    assert len({written.thread_id for written in results}) == 1
    assert _count(Proposal, Proposal.raised_from_id == post_id) == 1
    assert _count(Coauthor, Coauthor.thread_id == results[0].thread_id) == 1


def get_space_id(slug: str) -> int:
    return db.session.scalars(
        sa.select(factories.Space.id).where(factories.Space.slug == slug)
    ).one()


def test_of_two_edits_at_once_none_is_lost(forum: Flask):
    author, friend = factories.user(), factories.user()
    thread_id = factories.proposal(author=author).id
    with_friend = Coauthor(
        thread_id=thread_id, user_id=friend.id, state=CoauthorState.ACCEPTED,
        at=factories.clock.now(),
    )  # fmt: skip
    db.session.add(with_friend)
    db.session.commit()
    people = [actor_of(author), actor_of(friend)]
    results = _at_once(
        forum,
        *(
            lambda actor=actor, number=number: do(
                actions.edit_proposal,
                actor,
                thread_id,
                ProposalDraft("Beds", Parts("A bed.", how=f"Way {number}."), ("housing",)),
                LIMITS,
                revision=1,
            )
            for number, actor in enumerate(people)
        ),
    )
    (error,) = errors_among(results)
    assert isinstance(error, Conflict)
    assert get(thread_id).revision == 2


def test_raising_a_comment_while_it_is_taken_back_leaves_none_of_its_words(forum: Flask):
    from_thread = factories.thread()
    author = factories.user("rivers")
    comment = factories.comment(from_thread, author, "Words that go.")
    thread_id, post_id = from_thread.id, comment.id
    space_id = factories.space().id
    member, writer = actor_of(factories.user()), actor_of(author)
    draft = ProposalDraft(
        "Somebody to talk to", Parts("> #1 @rivers:\n> Words that go."), ("housing",)
    )
    start = Start(space_id, raised_from_id=post_id)
    results = _at_once(
        forum,
        lambda: do(actions.start_proposal, member, start, draft, LIMITS),
        lambda: do(take_back, writer, thread_id, 1),
    )
    assert results[1] is None
    assert not errors_among(results) or isinstance(results[0], Forbidden)
    assert _count(Post, Post.source.contains("Words that go.")) == 0


def test_an_answer_saved_in_two_windows_at_once_is_one(forum: Flask):
    space = factories.space()
    facilitator = actor_of(factories.facilitator(space))
    thread_id = factories.proposal(space).id
    results = _at_once(
        forum,
        *(
            lambda number=number: do(
                actions.save_answer,
                facilitator,
                thread_id,
                AnswerDraft(f"Answer {number}.", is_published=True),
                is_practitioner=False,
            )
            for number in range(4)
        ),
    )
    assert {type(error) for error in errors_among(results)} == {Conflict}
    assert _count(Answer, Answer.thread_id == thread_id) == 1
