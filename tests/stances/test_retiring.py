"""A proposal is retired in favour of another, and each supporter decides."""

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from forum.notifications.models import Notification
from forum.proposals.models import Proposal, ProposalState
from forum.spaces.models import Visibility
from forum.stances import actions
from forum.stances.models import Carry, CarryState, StanceChoice
from tests import factories
from tests.stances.acts import assert_debate_holds_together, counters, debate, stances, take
from tests.support.cast import cast
from tests.support.pages import Browser
from tests.threads.acts import LIMITS, do, entries


class Scene:
    """Two proposals of one space; the member agrees with the first, the stranger if it is free."""

    def __init__(self):
        self.people = cast()
        author = self.people.user("author")
        self.old = factories.proposal(self.people.space, author, title="Beds").id
        self.new = factories.proposal(self.people.space, title="Rooms").id
        take(self.people["member"], self.old)
        take(self.people["stranger"], self.old, StanceChoice.AGREE_IF)
        take(self.people["facilitator"], self.old, StanceChoice.DISAGREE)

    def retire(self, name="author", into=None, reason="It says the same better.", old=None):
        do(actions.retire, self.people[name], old or self.old, into or self.new, reason)

    def carry(self, name):
        return do(actions.carry_stance, self.people[name], self.old, LIMITS)

    def asked(self):
        rows = db.session.execute(
            sa.select(Carry.user_id, Carry.state).where(Carry.thread_id == self.old)
        )
        ids = dict(rows.all())
        return {name: ids[user.id] for name, user in self.people.rows.items() if user.id in ids}


@pytest.fixture
def scene(app):
    return Scene()


@pytest.mark.parametrize("name", ["author", "facilitator", "moderator", "administrator"])
def test_supporters_are_asked_and_nothing_moves_by_itself(scene, name):
    before = len(stances(scene.old))
    scene.retire(name)

    row = db.session.get_one(Proposal, scene.old, populate_existing=True)
    assert (row.state, row.merged_into_id) == (ProposalState.MERGED, scene.new)
    assert scene.asked() == {"member": CarryState.ASKED, "stranger": CarryState.ASKED}
    told = db.session.scalars(
        sa.select(Notification.user_id).where(Notification.kind == "stance.carry")
    ).all()
    assert set(told) == {scene.people.user("member").id, scene.people.user("stranger").id}
    assert len(stances(scene.old)) == before
    assert not stances(scene.new)
    assert entries("thread", scene.old) == (
        [] if name == "author" else [("proposal.retire", "It says the same better.")]
    )


@pytest.mark.parametrize("name", ["member", "stranger", "visitor"])
def test_others_retire_nothing(scene, name):
    with pytest.raises(Forbidden):
        scene.retire(name)


def test_only_a_proposal_that_is_open_and_another_one_takes_over(scene):
    closed = factories.proposal(state=ProposalState.WITHDRAWN).id
    for into in (scene.old, closed, factories.thread().id):
        with pytest.raises(Invalid) as refused:
            scene.retire(into=into)
        assert refused.value.field == "into"
    with pytest.raises(Invalid, match="reason"):
        scene.retire(reason=" ")


def test_two_proposals_do_not_lead_to_each_other(scene):
    scene.retire()

    with pytest.raises(Invalid):
        scene.retire("moderator", into=scene.old, old=scene.new)
    with pytest.raises(DomainError):
        scene.retire()


def test_what_fewer_people_can_read_does_not_take_over(scene):
    private = factories.space(visibility=Visibility.PRIVATE)
    factories.membership(private, scene.people.user("author"))
    theirs = factories.proposal(private).id
    hidden = factories.proposal(factories.space(visibility=Visibility.PRIVATE)).id

    with pytest.raises(Invalid, match="Fewer people"):
        scene.retire(into=theirs)
    with pytest.raises(NotFound):
        scene.retire(into=hidden)


def test_a_page_names_what_is_wrong_beside_its_field(scene, app):
    hidden = factories.proposal(factories.space(visibility=Visibility.PRIVATE)).id
    browser = Browser(app).sign_in(scene.people.user("author"))
    path = f"/t/{scene.old}/retire"
    assert browser.get(path).status_code == 200

    for into in (str(hidden), "999999", "nonsense"):
        sent = browser.post(path, {"into": into, "reason": "Kept words."})
        assert sent.status_code == 422
        assert 'id="into-error"' in sent.text
        assert "Kept words." in sent.text
    sent = browser.post(path, {"into": f"https://x.example/t/{scene.new}-rooms", "reason": "Yes."})
    assert sent.status_code == 303


def test_who_agreed_carries_their_stance_over_by_their_own_act(scene, app):
    scene.retire()
    browser = Browser(app).sign_in(scene.people.user("member"))
    assert "Agree with the other proposal" in browser.get(f"/t/{scene.old}/carry").text

    assert browser.post(f"/t/{scene.old}/carry/over").status_code == 303

    assert counters(scene.new)[StanceChoice.AGREE] == 1
    assert counters(scene.old)[StanceChoice.AGREE] == 1
    assert scene.asked()["member"] is CarryState.CARRIED
    assert "You have taken a stance" in browser.get(f"/t/{scene.old}/carry").text
    with pytest.raises(Conflict):
        scene.carry("member")
    assert_debate_holds_together()


def test_conditions_are_not_carried(scene, app):
    scene.retire()
    browser = Browser(app).sign_in(scene.people.user("stranger"))
    assert "do not go along" in browser.get(f"/t/{scene.old}/carry").text

    with pytest.raises(Conflict):
        scene.carry("stranger")
    take(scene.people["stranger"], scene.new, StanceChoice.UNSURE)

    assert scene.asked()["stranger"] is CarryState.CARRIED
    assert debate(scene.people["stranger"], scene.new).conditions == ()


def test_a_stance_can_be_left_where_it_is(scene):
    scene.retire()
    for _ in range(2):
        do(actions.leave_stance, scene.people["member"], scene.old)

    assert scene.asked()["member"] is CarryState.LEFT
    assert not stances(scene.new)


def test_who_was_not_asked_has_nothing_to_carry(scene):
    scene.retire()

    for name in ("facilitator", "author"):
        with pytest.raises(NotFound):
            scene.carry(name)


def test_who_writes_the_other_is_not_asked(scene):
    other = factories.proposal(scene.people.space, scene.people.user("member")).id
    scene.retire(into=other)

    assert set(scene.asked()) == {"stranger"}


def test_a_proposal_that_is_open_again_asks_nobody(scene):
    scene.retire()
    row = db.session.get_one(Proposal, scene.old)
    row.state, row.merged_into_id = ProposalState.OPEN, None
    db.session.commit()

    with pytest.raises(NotFound):
        scene.carry("member")
    third = factories.proposal(scene.people.space).id
    scene.retire(into=third)
    assert set(scene.asked().values()) == {CarryState.ASKED}
    assert scene.carry("member") == third
