"""Two moderators, and a member, at the same moment: one decision counts."""

import sqlalchemy as sa

from forum.badges import actions
from forum.badges.actions import BadgeDraft
from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.core.db import db, transaction
from forum.core.errors import Conflict, DomainError
from tests import factories
from tests.support.at_once import at_once, errors_among
from tests.support.pages import actor_of


def _in_transaction(act):
    def run():
        with transaction():
            return act()

    return run


def test_of_two_decisions_at_once_one_counts(forum, here):
    badge = factories.badge(factories.user(), state=BadgeState.REQUESTED)
    first, second = actor_of(factories.moderator()), actor_of(factories.moderator())
    badge_id = badge.id
    results = at_once(
        forum,
        _in_transaction(lambda: actions.grant_badge(first, badge_id, "", days=365)),
        _in_transaction(lambda: actions.refuse_badge(second, badge_id, "No.")),
    )
    (error,) = errors_among(results)
    assert isinstance(error, Conflict)


def test_withdrawing_and_granting_at_once_leave_one_of_both(forum, here):
    member = factories.user()
    badge_id = factories.badge(member, state=BadgeState.REQUESTED).id
    holder, moderator = actor_of(member), actor_of(factories.moderator())
    results = at_once(
        forum,
        _in_transaction(lambda: actions.withdraw_request(holder, badge_id)),
        _in_transaction(lambda: actions.grant_badge(moderator, badge_id, "", days=365)),
    )
    (error,) = errors_among(results)
    assert isinstance(error, DomainError)


def test_requests_at_once_keep_to_the_limit(forum, here):
    member = factories.user()
    actor = actor_of(member)

    def ask(number):
        draft = BadgeDraft(BadgeKind.PRACTITIONER, f"House {number}", work="x", comment="y")
        return _in_transaction(lambda: actions.request_badge(actor, draft))

    results = at_once(forum, *(ask(number) for number in range(6)))
    assert len(errors_among(results)) == 6 - actions.MOST_OPEN
    db.session.commit()
    count = sa.select(sa.func.count()).select_from(Badge).where(Badge.user_id == member.id)
    assert db.session.scalar(count) == actions.MOST_OPEN
