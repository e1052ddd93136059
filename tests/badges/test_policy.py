"""Who may ask for a badge, decide about one, and end it: tables with the fixed cast."""

import pytest

from forum.badges import policy
from forum.badges.models import BadgeKind, BadgeState
from forum.badges.policy import BadgeFacts
from tests.support.cast import ACTORS, NAMES, SIGNED_IN, STAFF


def allowed(verdicts) -> set[str]:
    return {name for name, verdict in verdicts.items() if verdict}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (BadgeKind.PRACTITIONER, SIGNED_IN),
        (BadgeKind.FACILITATOR, {"facilitator"}),
        (BadgeKind.MODERATOR, STAFF),
    ],
    ids=lambda value: getattr(value, "value", ""),
)
def test_a_badge_is_asked_for_by_who_can_hold_it(kind, expected):
    verdicts = {
        name: policy.may_request(ACTORS[name], kind, facilitates=name == "facilitator")
        for name in NAMES
    }
    assert allowed(verdicts) == expected


def test_a_badge_is_let_go_by_its_holder_alone():
    badge = BadgeFacts(ACTORS["author"].id, BadgeState.ACTIVE)
    verdicts = {name: policy.may_let_go(ACTORS[name], badge) for name in NAMES}
    assert allowed(verdicts) == {"author"}
    assert all(verdict.hidden for verdict in verdicts.values() if not verdict)


def test_moderators_decide_and_nobody_decides_their_own():
    badge = BadgeFacts(ACTORS["author"].id, BadgeState.REQUESTED)
    own = BadgeFacts(ACTORS["moderator"].id, BadgeState.REQUESTED)
    assert allowed({name: policy.may_decide(ACTORS[name], badge) for name in NAMES}) == STAFF
    verdict = policy.may_decide(ACTORS["moderator"], own)
    assert not verdict
    assert not verdict.hidden
    assert policy.may_decide(ACTORS["administrator"], own)


def test_requests_are_hidden_from_who_does_not_moderate():
    verdicts = {name: policy.may_see_requests(ACTORS[name]) for name in NAMES}
    assert allowed(verdicts) == STAFF
    assert all(verdict.hidden for verdict in verdicts.values() if not verdict)


def test_everybody_who_is_signed_in_may_say_it_of_themselves():
    assert allowed({name: policy.may_declare(ACTORS[name]) for name in NAMES}) == SIGNED_IN
