"""Badges as people meet them: asking, deciding, the profile, the private box."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.badges import queries
from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.core import clock
from forum.core.db import db
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

FORM = {
    "kind": "practitioner",
    "organisation": "Harbour Legal Aid",
    "role": "Adviser",
    "work": "Legal advice",
    "proof_url": "https://harbour.example/people",
    "comment": "Please ring the front desk.",
}


@pytest.fixture
def holder(app):
    return factories.user("amina")


@pytest.fixture
def member(app, holder) -> Browser:
    return Browser(app).sign_in(holder)


@pytest.fixture
def desk(app) -> Browser:
    return Browser(app).sign_in(factories.moderator())


def newest() -> Badge:
    db.session.commit()
    statement = sa.select(Badge).order_by(Badge.id.desc()).limit(1)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def test_a_member_asks_and_a_moderator_grants(member, desk, holder):
    assert member.post("/badges", FORM).location == "/badges"
    page = member.get("/badges").text
    assert "Thank you" in page
    assert "Withdraw the request" in page
    assert "Practitioner · Harbour Legal Aid" in desk.get("/moderation/badges").text
    path = f"/moderation/badges/{newest().id}"
    shown = desk.get(path).text
    assert "<b>harbour.example</b>" in shown
    assert 'href="https://harbour.example' not in shown
    assert "Please ring the front desk." in shown
    assert desk.post(path, {"do": "grant", "words": ""}).status_code == 303
    assert queries.is_practitioner(holder.id)
    assert "Give it back" in member.get("/badges").text


def test_a_refused_request_keeps_what_was_typed(member):
    answer = member.post("/badges", {**FORM, "proof_url": "nowhere"})
    assert answer.status_code == 422
    assert "Please ring the front desk." in answer.text
    assert "Please give a whole address" in answer.text


def test_kinds_are_offered_to_who_can_have_them(app, member):
    assert "A facilitator" not in member.get("/badges").text
    assert 'type="radio"' not in member.get("/badges").text
    facilitator = Browser(app).sign_in(factories.facilitator(factories.space()))
    assert "Facilitator</label>" in facilitator.get("/badges").text


def test_a_kind_that_one_cannot_have_is_refused(member):
    assert member.post("/badges", {**FORM, "kind": "moderator"}).status_code == 403
    assert member.post("/badges", {**FORM, "kind": "nonsense"}).status_code == 422


def test_a_refusal_without_words_says_so_at_the_field(desk, holder):
    badge = factories.badge(holder, state=BadgeState.REQUESTED)
    answer = desk.post(f"/moderation/badges/{badge.id}", {"do": "refuse", "words": ""})
    assert answer.status_code == 422
    assert "Please say why" in answer.text


def test_requests_come_oldest_first_in_pages(desk, holder, app):
    now = clock.now()
    for number in range(queries.PAGE_SIZE + 1):
        factories.badge(
            holder,
            state=BadgeState.REQUESTED,
            organisation=f"House {number:02}",
            requested_at=now - timedelta(days=50 - number),
        )
    first = desk.get("/moderation/badges").text
    assert first.index("House 00") < first.index("House 01")
    assert f"House {queries.PAGE_SIZE}" not in first
    cursor = queries.requests(BadgeState.REQUESTED).next
    assert f"House {queries.PAGE_SIZE}" in desk.get(f"/moderation/badges?after={cursor}").text


def test_the_list_costs_the_same_whatever_its_length(desk, holder):
    factories.badge(holder, state=BadgeState.REQUESTED)
    desk.get("/moderation/badges")
    with statements() as one:
        desk.get("/moderation/badges")
    for _ in range(14):
        factories.badge(factories.user(), state=BadgeState.REQUESTED)
    with statements() as many:
        desk.get("/moderation/badges")
    assert len(one) == len(many)


def test_a_badge_is_ended_early_on_a_page_of_its_own(desk, holder):
    badge = factories.badge(holder)
    assert "End it early" in desk.get(f"/moderation/badges/{badge.id}").text
    path = f"/moderation/badges/{badge.id}/end"
    assert desk.get(path).status_code == 200
    assert desk.post(path, {"reason": ""}).status_code == 422
    assert desk.post(path, {"reason": "They left."}).status_code == 303
    assert newest().state is BadgeState.ENDED
    assert "Ended" in desk.get("/moderation/badges?state=ended").text


def test_a_moderator_reads_that_somebody_else_decides_about_their_own(app):
    moderator = factories.moderator()
    badge = factories.badge(moderator, state=BadgeState.REQUESTED, kind=BadgeKind.MODERATOR)
    own = Browser(app).sign_in(moderator)
    page = own.get(f"/moderation/badges/{badge.id}").text
    assert "leave it to another moderator" in page
    assert "Grant the badge" not in page
    answer = own.post(f"/moderation/badges/{badge.id}", {"do": "grant"})
    assert answer.status_code == 403


def test_a_profile_shows_what_is_in_force_and_nothing_else(app, holder):
    factories.badge(holder, role="Adviser", work="Legal advice")
    factories.badge(holder, organisation="Old House", state=BadgeState.ENDED)
    factories.badge(holder, organisation="Asked House", state=BadgeState.REQUESTED)
    factories.thread(author=holder)
    page = Browser(app).get("/u/amina").text
    assert "Practitioner · Harbour Legal Aid" in page
    assert "Adviser" in page
    assert "Old House" not in page
    assert "Asked House" not in page


def test_lived_experience_is_ones_own_and_private(app, member, holder):
    assert member.post("/settings/lived-experience", {"is_declared": "y"}).status_code == 303
    assert "checked" in member.get("/settings/lived-experience").text
    assert queries.has_lived_experience(actor_of(holder))
    for other in (factories.user(), factories.moderator(), factories.administrator()):
        browser = Browser(app).sign_in(other)
        factories.thread(author=holder)
        assert "ived experience" not in browser.get("/u/amina").text.replace(
            "settings/lived-experience", ""
        )
    member.post("/settings/lived-experience", {})
    assert not queries.has_lived_experience(actor_of(holder))


def test_requests_of_others_are_not_there(member):
    badge = factories.badge(factories.user(), state=BadgeState.REQUESTED)
    for path in (f"/badges/{badge.id}/withdraw", f"/badges/{badge.id}/give-back"):
        assert member.post(path).status_code == 404
    assert member.get(f"/moderation/badges/{badge.id}").status_code == 404


def test_own_badges_are_let_go_with_a_button(member, holder):
    held = factories.badge(holder)
    asked = factories.badge(holder, state=BadgeState.REQUESTED)
    assert member.post(f"/badges/{asked.id}/withdraw").status_code == 303
    assert member.post(f"/badges/{held.id}/give-back").status_code == 303
    assert newest().state is BadgeState.ENDED
