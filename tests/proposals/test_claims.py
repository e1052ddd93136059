"""A service that may be what is asked for: shown, and answered by the authors."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.links import thread_path
from forum.notifications.models import Notification
from forum.proposals import actions
from forum.proposals.actions import ClaimDraft, StateDraft
from forum.proposals.models import ClaimState, Proposal, ProposalState, ServiceClaim
from forum.services import actions as services
from forum.services.models import ServiceState
from forum.spaces.models import Visibility
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.threads.acts import do


def _claim() -> ServiceClaim:
    return db.session.scalars(
        sa.select(ServiceClaim).execution_options(populate_existing=True)
    ).one()


def _told(kind: str) -> list[int]:
    return list(
        db.session.scalars(sa.select(Notification.user_id).where(Notification.kind == kind))
    )


@pytest.fixture
def scene(app: Flask):
    author, member = factories.user("author1"), factories.user("member1")
    made = factories.proposal(author=author)
    return made, author, member, factories.service(name="Night desk")


def test_a_service_is_found_by_words_shown_and_accepted(browser: Browser, scene):
    made, author, member, service = scene
    browser.sign_in(member)
    assert "Night desk" in browser.get(f"/t/{made.id}/exists?q=night").text
    data = {"service": service.id, "note": "It is open at night."}
    assert browser.post(f"/t/{made.id}/exists", data).status_code == 303
    assert _told("proposal.claimed") == [author.id]
    browser.sign_in(author)
    shown = browser.get(browser.get(f"/t/{made.id}").location).text
    assert "It is open at night." in shown
    path = f"/t/{made.id}/exists/{_claim().id}"
    assert f'href="{path}"' in shown
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"verdict": "enough"}).status_code == 303
    proposal = db.session.get_one(Proposal, made.id, populate_existing=True)
    assert (proposal.state, proposal.service_id) == (ProposalState.EXISTS, service.id)
    assert _claim().state is ClaimState.ACCEPTED
    assert _told("proposal.claim_answered") == [member.id]
    shown = browser.get(browser.get(f"/t/{made.id}").location).text
    assert "The authors agree that this exists." in shown


def test_what_is_not_enough_stays_visible_with_its_reason(browser: Browser, scene):
    made, author, member, service = scene
    do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service.id, "Open at night."))
    browser.sign_in(author)
    path = f"/t/{made.id}/exists/{_claim().id}"
    assert browser.post(path, {"verdict": "not_enough", "reason": ""}).status_code == 422
    assert browser.post(path, {"verdict": "not_enough", "reason": "Men only."}).status_code == 303
    visitor = Browser(browser.app)
    shown = visitor.get(visitor.get(f"/t/{made.id}").location).text
    for words in ("Open at night.", "Men only.", "Not enough, say the authors."):
        assert words in shown
    assert db.session.get_one(Proposal, made.id).state is ProposalState.OPEN


def test_a_service_is_shown_once_and_only_a_listed_one(scene):
    made, _author, member, service = scene
    do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service.id))
    with pytest.raises(Conflict):
        do(actions.claim_service, actor_of(factories.user()), made.id, ClaimDraft(service.id))
    retired = factories.service(state=ServiceState.RETIRED)
    for service_id in (retired.id, 10**6):
        with pytest.raises(Invalid):
            do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service_id))


def test_only_the_authors_answer_and_only_once(scene):
    made, author, member, service = scene
    do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service.id))
    claim_id = _claim().id
    for other in (member, factories.moderator()):
        with pytest.raises(Forbidden):
            do(actions.accept_claim, actor_of(other), made.id, claim_id)
    do(actions.refuse_claim, actor_of(author), made.id, claim_id, "Men only.")
    with pytest.raises(Conflict):
        do(actions.accept_claim, actor_of(author), made.id, claim_id)
    with pytest.raises(NotFound):
        do(actions.accept_claim, actor_of(author), factories.proposal(author=author).id, claim_id)


def test_one_takes_back_what_one_showed_oneself_and_can_show_it_again(browser: Browser, scene):
    made, _author, member, service = scene
    do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service.id, "At night."))
    path = f"/t/{made.id}/exists/{_claim().id}/withdraw"
    assert browser.sign_in(factories.user()).post(path).status_code == 404
    assert browser.sign_in(member).post(path).status_code == 303
    assert _claim().state is ClaimState.WITHDRAWN
    assert "At night." not in browser.get(browser.get(f"/t/{made.id}").location).text
    do(actions.claim_service, actor_of(factories.user()), made.id, ClaimDraft(service.id))
    assert _claim().state is ClaimState.OPEN


def test_a_proposal_that_is_open_again_says_why_the_service_was_not_enough(scene):
    made, author, member, service = scene
    do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service.id))
    do(actions.accept_claim, actor_of(author), made.id, _claim().id)
    reopen = StateDraft(ProposalState.OPEN, "It has closed.")
    do(actions.change_state, actor_of(author), made.id, reopen)
    claim = _claim()
    assert (claim.state, claim.answer) == (ClaimState.NOT_ENOUGH, "It has closed.")


def test_nothing_is_shown_to_a_proposal_that_is_settled_or_out_of_sight(browser: Browser):
    settled = factories.proposal(state=ProposalState.WITHDRAWN)
    hidden = factories.proposal(factories.space(visibility=Visibility.PRIVATE))
    browser.sign_in(factories.user())
    assert browser.get(f"/t/{settled.id}/exists").status_code == 403
    assert browser.get(f"/t/{hidden.id}/exists").status_code == 404


@pytest.mark.parametrize("reader", ["visitor", "member"])
def test_a_service_that_leaves_the_directory_leaves_the_proposals_page_at_once(
    browser: Browser, scene, reader: str
):
    made, author, member, service = scene
    draft = ClaimDraft(service.id, "It is open at night.")
    do(actions.claim_service, actor_of(member), made.id, draft)
    do(actions.accept_claim, actor_of(author), made.id, _claim().id)
    if reader == "member":
        browser.sign_in(member)
    path = thread_path(made.id, made.slug)
    assert "Night desk" in browser.get(path).text

    keeper = actor_of(factories.moderator())
    do(services.retire, keeper, service.id, version=service.version, reason="It was no service.")

    page = browser.get(path).text
    assert "Night desk" not in page
    assert "A service that is not in the directory any more" in page
    assert "It is open at night." in page


def test_what_left_the_directory_is_not_agreed_to_exist(scene):
    made, author, member, service = scene
    do(actions.claim_service, actor_of(member), made.id, ClaimDraft(service.id, "It is open."))
    keeper = actor_of(factories.moderator())
    do(services.retire, keeper, service.id, version=service.version, reason="It was no service.")

    with pytest.raises(Conflict):
        do(actions.accept_claim, actor_of(author), made.id, _claim().id)


def test_what_was_written_is_given_back_though_the_service_was_found_in_another_way(
    browser: Browser, scene
):
    made, _author, member, _service = scene
    browser.sign_in(member)
    data = {"service": factories.service("Another desk").id, "note": "x" * 501}
    sent = browser.post(f"/t/{made.id}/exists", data)
    assert sent.status_code == 422
    assert data["note"] in sent.text
    assert "Another desk" in sent.text

    gone = factories.service("Gone", state=ServiceState.RETIRED)
    sent = browser.post(f"/t/{made.id}/exists", {"service": gone.id, "note": "It has beds."})
    assert sent.status_code == 422
    assert "It has beds." in sent.text
    assert "Gone" not in sent.text
