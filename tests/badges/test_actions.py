"""Asking for a badge, deciding, ending; and what a member says of themselves alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.audit.models import AuditEntry
from forum.badges import actions, queries
from forum.badges.actions import BadgeDraft
from forum.badges.models import Badge, BadgeKind, BadgeState, LivedExperience
from forum.core import clock, versions
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.jobs.models import Job
from forum.notifications.models import Notification
from tests import factories
from tests.support.pages import actor_of

DRAFT = BadgeDraft(
    BadgeKind.PRACTITIONER,
    "Harbour Legal Aid",
    role="Adviser",
    work="Legal advice",
    proof_url="https://harbour.example/people",
    comment="Please ring the front desk.",
)
YEAR = 365


@pytest.fixture
def holder(app):
    return factories.user()


@pytest.fixture
def moderator(app):
    return actor_of(factories.moderator())


def request(member, draft=DRAFT) -> int:
    with transaction():
        return actions.request_badge(actor_of(member), draft)


def grant(moderator, badge_id, words="", days=YEAR) -> None:
    with transaction():
        actions.grant_badge(moderator, badge_id, words, days=days)


def get(badge_id) -> Badge | None:
    db.session.commit()
    found = sa.select(Badge).where(Badge.id == badge_id)
    return db.session.scalar(found.execution_options(populate_existing=True))


def verbs() -> list[str]:
    found = db.session.scalars(sa.select(AuditEntry.verb).order_by(AuditEntry.id))
    return [verb for verb in found if verb.startswith("badge.")]


def told(user_id) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        sa.select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
    )
    return [(row.kind, row.values["variant"]) for row in rows]


def site_version() -> int:
    return dict(versions.current((versions.SITE,))).get(versions.SITE, 0)


def look() -> None:
    db.session.commit()
    actions.look_daily({})


def test_a_request_waits_with_everything_that_was_said(holder):
    badge = get(request(holder))
    assert badge.state is BadgeState.REQUESTED
    assert (badge.organisation, badge.role, badge.work) == (
        "Harbour Legal Aid",
        "Adviser",
        "Legal advice",
    )
    assert badge.proof_url == DRAFT.proof_url
    assert queries.active_badges(holder.id) == ()
    assert verbs() == ["badge.request"]


def test_the_same_request_sent_twice_is_one(holder):
    assert request(holder) == request(holder)
    assert verbs() == ["badge.request"]


def test_only_so_many_requests_wait_at_once(holder):
    for number in range(actions.MOST_OPEN):
        request(holder, replace(DRAFT, organisation=f"House {number}"))
    with pytest.raises(Conflict):
        request(holder, replace(DRAFT, organisation="One more"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organisation": "  "}, "organisation"),
        ({"organisation": "x" * 121}, "organisation"),
        ({"work": ""}, "work"),
        ({"proof_url": "harbour"}, "proof_url"),
        ({"proof_url": "javascript:alert(1)"}, "proof_url"),
        ({"proof_url": "https://a@b.example"}, "proof_url"),
        ({"proof_url": "https://["}, "proof_url"),
        ({"proof_url": "", "comment": ""}, "proof_url"),
        ({"comment": "x" * 1001}, "comment"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_request_says_which_field_is_wrong(holder, changes, field):
    with pytest.raises(Invalid) as refused:
        request(holder, replace(DRAFT, **changes))
    assert refused.value.field == field


def test_a_facilitators_badge_is_asked_for_by_facilitators_alone(holder):
    draft = replace(DRAFT, kind=BadgeKind.FACILITATOR)
    with pytest.raises(Forbidden):
        request(holder, draft)
    facilitator = factories.facilitator(factories.space())
    assert get(request(facilitator, draft)).kind is BadgeKind.FACILITATOR


def test_a_request_is_withdrawn_by_who_made_it_and_nothing_stays(holder):
    badge_id = request(holder)
    with pytest.raises(NotFound), transaction():
        actions.withdraw_request(actor_of(factories.user()), badge_id)
    with transaction():
        actions.withdraw_request(actor_of(holder), badge_id)
    assert get(badge_id) is None
    assert verbs() == ["badge.request", "badge.withdraw"]
    with pytest.raises(NotFound), transaction():
        actions.withdraw_request(actor_of(holder), badge_id)


def test_a_granted_badge_is_in_force_for_a_year_and_its_holder_is_told(holder, moderator):
    badge_id, before = request(holder), site_version()
    grant(moderator, badge_id, "Welcome.")
    badge = get(badge_id)
    assert badge.state is BadgeState.ACTIVE
    assert badge.decided_by_id == moderator.id
    assert (
        timedelta(0) <= clock.now() + timedelta(days=YEAR) - badge.expires_at < timedelta(hours=1)
    )
    assert [row.label for row in queries.active_badges(holder.id)] == [
        "Practitioner · Harbour Legal Aid"
    ]
    assert queries.is_practitioner(holder.id)
    assert told(holder.id) == [("badge.decided", "granted")]
    assert verbs() == ["badge.request", "badge.grant"]
    assert site_version() > before


def test_a_refusal_needs_words_and_its_reader_gets_them(holder, moderator):
    badge_id = request(holder)
    with pytest.raises(Invalid), transaction():
        actions.refuse_badge(moderator, badge_id, " ")
    with transaction():
        actions.refuse_badge(moderator, badge_id, "The page does not name you.")
    assert get(badge_id).state is BadgeState.REFUSED
    assert queries.own_badges(actor_of(holder))[0].decision_words == "The page does not name you."
    assert told(holder.id) == [("badge.decided", "refused")]
    assert not queries.is_practitioner(holder.id)
    assert verbs() == ["badge.request", "badge.refuse"]


def test_nobody_decides_about_their_own_badge(app):
    member = factories.moderator()
    badge_id = request(member)
    with pytest.raises(Forbidden):
        grant(actor_of(member), badge_id)
    with pytest.raises(Forbidden), transaction():
        actions.refuse_badge(actor_of(member), badge_id, "No.")
    grant(actor_of(factories.administrator()), badge_id)
    with pytest.raises(Forbidden), transaction():
        actions.end_badge(actor_of(member), badge_id, "It is over.")


@pytest.mark.parametrize("who", ["member", "facilitator"])
def test_who_does_not_moderate_meets_no_request(holder, who):
    badge_id = request(holder)
    other = factories.user() if who == "member" else factories.facilitator(factories.space())
    with pytest.raises(NotFound):
        grant(actor_of(other), badge_id)


def test_a_request_is_decided_once(holder, moderator):
    badge_id = request(holder)
    grant(moderator, badge_id)
    with pytest.raises(Conflict):
        grant(moderator, badge_id)
    with pytest.raises(Conflict), transaction():
        actions.refuse_badge(moderator, badge_id, "Too late.")


def test_a_badge_is_ended_early_with_a_reason_that_its_holder_reads(holder, moderator):
    badge = factories.badge(holder)
    with pytest.raises(Invalid), transaction():
        actions.end_badge(moderator, badge.id, "")
    with transaction():
        actions.end_badge(moderator, badge.id, "You told us that you left.")
    assert get(badge.id).state is BadgeState.ENDED
    assert queries.chips([badge.id])[badge.id].label == "Practitioner · Harbour Legal Aid (past)"
    assert told(holder.id) == [("badge.ended", "")]
    assert verbs() == ["badge.end"]
    with pytest.raises(Conflict), transaction():
        actions.end_badge(moderator, badge.id, "Again.")


def test_a_badge_is_given_back_by_its_holder_alone(holder, moderator):
    badge = factories.badge(holder)
    with pytest.raises(NotFound), transaction():
        actions.give_back(moderator, badge.id)
    with transaction():
        actions.give_back(actor_of(holder), badge.id)
    assert queries.active_badges(holder.id) == ()
    assert verbs() == ["badge.give_back"]


def test_a_request_that_was_refused_cannot_be_given_back(holder):
    badge = factories.badge(holder, state=BadgeState.REFUSED)
    with pytest.raises(Conflict), transaction():
        actions.give_back(actor_of(holder), badge.id)


def test_a_badge_counts_as_past_from_the_moment_it_expires(holder):
    badge = factories.badge(holder, expires_at=clock.now() - timedelta(seconds=1))
    assert queries.active_badges(holder.id) == ()
    assert not queries.is_practitioner(holder.id)
    assert queries.chips([badge.id])[badge.id].is_past


def test_the_daily_look_ends_what_has_expired_and_tells_its_holder(holder):
    over = factories.badge(holder, expires_at=clock.now() - timedelta(hours=1))
    going_on = factories.badge(holder, organisation="Elsewhere")
    before = site_version()
    look()
    assert get(over.id).state is BadgeState.ENDED
    assert get(going_on.id).state is BadgeState.ACTIVE
    assert told(holder.id) == [("badge.ended", "expired")]
    assert verbs() == ["badge.expire"]
    assert site_version() > before
    look()
    assert verbs() == ["badge.expire"]


def test_the_holder_is_reminded_once_a_month_before(holder):
    badge = factories.badge(holder, expires_at=clock.now() + timedelta(days=31))
    look()
    assert told(holder.id) == []
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        look()
        assert told(holder.id) == [("badge.expires", "")]
        first = get(badge.id).reminded_at
        assert first is not None
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        look()
        assert get(badge.id).reminded_at == first


def test_a_staff_badge_ends_with_the_role(app):
    space = factories.space()
    facilitator, other = factories.facilitator(space), factories.user()
    kept = factories.badge(facilitator, kind=BadgeKind.FACILITATOR)
    lost = factories.badge(other, kind=BadgeKind.FACILITATOR)
    demoted = factories.badge(other, kind=BadgeKind.MODERATOR)
    look()
    assert get(kept.id).state is BadgeState.ACTIVE
    assert get(lost.id).state is BadgeState.ENDED
    assert get(demoted.id).state is BadgeState.ENDED


def test_proof_and_private_comment_are_gone_30_days_after_the_decision(holder, moderator):
    granted, waiting = request(holder), request(holder, replace(DRAFT, organisation="Elsewhere"))
    grant(moderator, granted)
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        look()
        assert get(granted).proof_url
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        look()
        assert (get(granted).proof_url, get(granted).comment) == ("", "")
        assert get(waiting).comment == DRAFT.comment


def test_the_look_comes_back_tomorrow_while_there_is_something_to_look_after(holder, moderator):
    look()
    count = sa.select(sa.func.count()).select_from(Job).where(Job.kind == actions.JOB)
    assert db.session.scalar(count) == 0
    grant(moderator, request(holder))
    assert db.session.scalar(count) == 1
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        look()
        assert db.session.scalar(count) == 2


def test_what_a_member_says_of_themselves_leaves_no_trace_but_itself(holder):
    actor = actor_of(holder)
    for _ in range(2):
        with transaction():
            actions.declare_experience(actor, is_declared=True)
    assert queries.has_lived_experience(actor)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notification)) == 0
    with transaction():
        actions.declare_experience(actor, is_declared=False)
    assert not queries.has_lived_experience(actor)


def test_who_leaves_takes_requests_names_and_what_they_said_along(holder):
    worn = factories.badge(holder, role="Adviser", decision_words="Welcome.")
    asked = factories.badge(holder, state=BadgeState.REQUESTED).id
    with transaction():
        actions.declare_experience(actor_of(holder), is_declared=True)
    with transaction():
        actions.forget_member(holder.id)
    assert get(asked) is None
    left = get(worn.id)
    assert (left.organisation, left.role, left.work, left.decision_words) == ("", "", "", "")
    assert queries.chips([worn.id])[worn.id].label == "Practitioner (past)"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LivedExperience)) == 0


def test_ones_own_data_hold_badges_and_what_one_said_of_oneself(holder):
    factories.badge(holder, comment="Ring me.")
    with transaction():
        actions.declare_experience(actor_of(holder), is_declared=True)
    found = dict(queries.export(holder.id))
    assert found["badges"]["comment"] == "Ring me."
    assert "declared_at" in found["lived_experience"]
    assert dict(queries.export(factories.user().id)) == {}
