"""Changing the state of a proposal: what it leaves behind, and what is refused."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.notifications.models import Notification
from forum.proposals.actions import StateDraft, change_state
from forum.proposals.models import Proposal, ProposalEvent, ProposalState
from forum.spaces.models import Visibility
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.threads.acts import do, entries, version

S = ProposalState


def _proposal(thread_id: int) -> Proposal:
    return db.session.get_one(Proposal, thread_id, populate_existing=True)


def test_an_author_changes_the_state_with_a_reason(browser: Browser):
    author = factories.user()
    made = factories.proposal(author=author)
    browser.sign_in(author)
    before = version(made.id)
    page = browser.get(f"/t/{made.id}/state")
    assert 'value="gathering"' in page.text
    assert 'value="merged"' not in page.text
    data = {"state": "gathering", "reason": "We ask three places.", "seen": "open"}
    assert browser.post(f"/t/{made.id}/state", data).status_code == 303
    shown = browser.get(browser.get(f"/t/{made.id}").location).text
    assert "Gathering evidence</h2>" in shown
    assert shown.count("We ask three places.") == 2  # under the title and among the events
    assert version(made.id) > before
    assert entries("thread", made.id) == []  # no act of staff


def test_what_staff_does_is_in_the_log_and_the_author_is_told(app: Flask):
    space = factories.space()
    author, facilitator = factories.user(), factories.facilitator(space)
    made = factories.proposal(space, author)
    do(change_state, actor_of(facilitator), made.id, StateDraft(S.REFINING, "To make it short."))
    assert entries("thread", made.id) == [("proposal.state", "To make it short.")]
    told = db.session.scalars(sa.select(Notification)).one()
    assert (told.user_id, told.kind, told.values["variant"]) == (
        author.id, "proposal.state", "refining",
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501], ids=["none", "blank", "long"])
def test_a_state_needs_a_reason_of_some_words(app: Flask, reason: str):
    author = factories.user()
    made = factories.proposal(author=author)
    with pytest.raises(Invalid):
        do(change_state, actor_of(author), made.id, StateDraft(S.GATHERING, reason))
    assert _proposal(made.id).state is S.OPEN


def test_strangers_are_refused_and_what_is_hidden_is_not_there(browser: Browser):
    made = factories.proposal()
    browser.sign_in(factories.user())
    assert browser.get(f"/t/{made.id}/state").status_code == 403
    hidden = factories.proposal(factories.space(visibility=Visibility.PRIVATE))
    assert browser.get(f"/t/{hidden.id}/state").status_code == 404
    assert browser.get(f"/t/{factories.thread().id}/state").status_code == 404


@pytest.mark.parametrize("state", [S.MERGED, S.ADOPTED], ids=lambda one: one.value)
def test_merging_and_adopting_have_pages_of_their_own(app: Flask, state: S):
    author = factories.user()
    made = factories.proposal(author=author)
    with pytest.raises(Forbidden):
        do(change_state, actor_of(author), made.id, StateDraft(state, "Because."))


def test_exists_names_a_listed_service(app: Flask):
    author, service = factories.user(), factories.service(name="Night desk")
    made = factories.proposal(author=author)
    with pytest.raises(Invalid):
        do(change_state, actor_of(author), made.id, StateDraft(S.EXISTS, "It is there."))
    draft = StateDraft(S.EXISTS, "It is there.", service.id)
    do(change_state, actor_of(author), made.id, draft)
    assert _proposal(made.id).service_id == service.id
    do(change_state, actor_of(author), made.id, StateDraft(S.OPEN, "It has closed."))
    assert _proposal(made.id).service_id is None


def test_who_decided_on_an_older_state_is_told_so(app: Flask):
    author = factories.user()
    made = factories.proposal(author=author, state=S.REFINING)
    draft = StateDraft(S.GATHERING, "Still.", seen=S.OPEN)
    with pytest.raises(Conflict):
        do(change_state, actor_of(author), made.id, draft)


def test_a_state_that_is_sent_late_shows_the_form_again_with_its_text(browser: Browser):
    author = factories.user()
    made = factories.proposal(author=author, state=S.WITHDRAWN)
    browser.sign_in(author)
    data = {"state": "gathering", "reason": "We ask three places.", "seen": "open"}
    sent = browser.post(f"/t/{made.id}/state", data)
    assert sent.status_code == 409
    assert "We ask three places." in sent.text
    assert "It is now: <b>Withdrawn</b>" in sent.text


def test_only_proposals_have_a_state(app: Flask):
    moderator = factories.moderator()
    with pytest.raises(NotFound):
        do(change_state, actor_of(moderator), factories.thread().id, StateDraft(S.OPEN, "No."))
    assert db.session.scalars(sa.select(ProposalEvent)).all() == []
