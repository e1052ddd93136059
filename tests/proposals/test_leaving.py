"""What becomes of proposals: when members leave, and when threads are arranged."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core.db import db
from forum.core.errors import Invalid
from forum.proposals import actions
from forum.proposals.actions import AnswerDraft, ClaimDraft, ProposalDraft, Start, StateDraft
from forum.proposals.models import (
    Answer,
    AnswerState,
    Proposal,
    ProposalEvent,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.parts import Parts
from forum.proposals.queries import authors_of, export
from forum.spaces.models import Visibility
from forum.stances.queries import find_proposal
from forum.threads.actions import delete_thread, merge_threads, move_thread
from forum.threads.queries import get_head
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.threads.acts import LIMITS, do, rows_with

REASON, NOTE, ANSWER = "Reason of theirs.", "Note of theirs.", "Answer of theirs."


@pytest.fixture
def leaver(app: Flask):
    """Somebody who did a little of everything in somebody else's proposal."""
    space = factories.space()
    author, member = factories.user(), factories.facilitator(space)
    made = factories.proposal(space, author)
    actor = actor_of(member)
    do(actions.change_state, actor, made.id, StateDraft(ProposalState.REFINING, REASON))
    do(actions.claim_service, actor, made.id, ClaimDraft(factories.service().id, NOTE))
    draft = AnswerDraft(ANSWER, is_published=True)
    do(actions.save_answer, actor, made.id, draft, is_practitioner=False)
    do(actions.invite_coauthor, actor_of(author), made.id, member.username)
    do(actions.accept_coauthorship, actor, made.id)
    return made, member


def test_everything_that_somebody_did_is_in_the_download_of_their_data(leaver):
    made, member = leaver
    found = list(export(member.id))
    kinds = {kind for kind, _values in found}
    assert kinds == {"co_author", "answer", "exists_already", "proposal_event"}
    assert {values["thread"] for _kind, values in found} == {made.id}
    assert NOTE in str(found)


@pytest.mark.parametrize("takes_words", [False, True], ids=["name goes", "words go too"])
def test_a_member_who_leaves_is_named_nowhere(leaver, *, takes_words: bool):
    made, member = leaver
    do(actions.forget_member, member.id, takes_words=takes_words)
    assert list(export(member.id)) == []
    assert member.id not in authors_of(made.id)
    assert rows_with(NOTE) == []
    assert db.session.scalars(sa.select(ServiceClaim)).one().claimed_by_id is None
    for words in (REASON, ANSWER):
        found = [name for name in rows_with(words) if not name.startswith("audit_")]
        assert bool(found) is not takes_words
    answer = db.session.scalars(sa.select(Answer)).one()
    assert answer.author_id is None
    assert (answer.state is AnswerState.WITHDRAWN) is takes_words
    assert {event.actor_id for event in db.session.scalars(sa.select(ProposalEvent))} == {None}


def test_a_page_that_was_kept_for_visitors_loses_the_words_too(browser: Browser, leaver):
    made, member = leaver
    page = browser.get(browser.get(f"/t/{made.id}").location).text
    assert ANSWER in page
    do(actions.forget_member, member.id, takes_words=True)
    assert ANSWER not in browser.get(browser.get(f"/t/{made.id}").location).text


def test_a_proposal_is_not_merged_into_a_thread(browser: Browser):
    made, thread = factories.proposal(), factories.thread()
    moderator = factories.moderator()
    with pytest.raises(Invalid, match="retire it"):
        do(merge_threads, actor_of(moderator), made.id, thread.id, "The same.")
    browser.sign_in(moderator)
    assert browser.get(f"/t/{made.id}/merge").location == f"/t/{made.id}/retire"


def test_a_proposal_goes_to_another_space_with_all_it_has(app: Flask):
    made, space = factories.proposal(), factories.space()
    do(move_thread, actor_of(factories.moderator()), made.id, space.id, "It fits there.")
    head = get_head(actor_of(factories.user()), made.id)
    assert head.space_id == space.id
    assert find_proposal(actor_of(factories.user()), head) is not None


def test_a_quote_does_not_reach_more_people_by_a_move(app: Flask):
    circle = factories.space(visibility=Visibility.PRIVATE)
    member, moderator = factories.user("river1"), factories.moderator()
    factories.membership(circle, member)
    comment = factories.comment(factories.thread(circle), member, "Only for us.")
    draft = ProposalDraft(
        "Somebody to talk to", Parts("> #1 @river1:\n> Only for us."), ("housing",)
    )
    start = Start(circle.id, raised_from_id=comment.id)
    written = do(actions.start_proposal, actor_of(member), start, draft, LIMITS)
    public = factories.space()
    with pytest.raises(Invalid, match="quotes a comment"):
        do(move_thread, actor_of(moderator), written.thread_id, public.id, "It fits there.")


def test_a_deleted_proposal_is_in_no_list_and_shows_nothing_of_its_text(browser: Browser):
    author = factories.user()
    made = factories.proposal(author=author, title="Beds that go")
    factories.comment(made)
    do(delete_thread, actor_of(author), made.id)
    assert "Beds that go" not in browser.get("/proposals").text
    shown = browser.get(browser.get(f"/t/{made.id}").location).text
    assert "A bed for the first night" not in shown
    assert "Beds that go" not in shown


def test_proposals_are_found_by_their_kind(browser: Browser):
    factories.proposal(title="Beds for one night")
    factories.thread(title="Beds as a topic")
    page = browser.get("/search?q=beds+kind%3Aproposal").text
    assert "for one night" in page
    assert "as a topic" not in page


def test_a_proposal_is_in_the_feed_of_its_space(browser: Browser):
    space = factories.space("open-air")
    factories.proposal(space, title="Beds for one night")
    assert "Beds for one night" in browser.get(f"/s/{space.slug}/feed").text


def test_a_member_who_starts_with_posts_held_has_a_proposal_that_waits(browser: Browser):
    space = factories.space("held-first", hold_first=1)
    member = factories.user()
    browser.sign_in(member)
    data = {"space": space.slug, "title": "Beds that wait", "source": "A bed.", "tags": "housing"}
    sent = browser.post("/proposals/new", data)
    assert sent.status_code == 303
    assert "Beds that wait" not in Browser(browser.app).get("/proposals").text
    assert db.session.scalars(sa.select(Proposal)).one().state is ProposalState.OPEN
    page = browser.get(sent.location)
    assert "Beds that wait" in page.text
