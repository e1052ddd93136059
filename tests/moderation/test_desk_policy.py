"""Who handles which case, who decides, who undoes, who appeals: each for the whole cast."""

from dataclasses import replace
from datetime import timedelta

import pytest

from forum.cases.models import CaseState, SubjectKind
from forum.core import clock
from forum.core.actor import SiteRole
from forum.moderation import policy
from forum.moderation.models import Outcome
from forum.moderation.policy import CaseFacts, DecisionFacts
from forum.posts.models import PostState
from tests.support.cast import ACTORS, NAMES, STAFF, access_of

WORKING = STAFF | {"facilitator"}


def facts(name, **values) -> CaseFacts:
    """A new case about "author" in the cast's space, but for what is named."""
    given = {"author_id": ACTORS["author"].id, "space_id": 1, **values}
    return CaseFacts(**{**given, "member_role": access_of(name).member_role})


def decision(**values) -> DecisionFacts:
    """The moderator's latest decision about "author", just now, but for what is named."""
    return DecisionFacts(
        **{
            "decided_by_id": ACTORS["moderator"].id,
            "decided_at": clock.now(),
            "is_undone": False,
            "is_latest": True,
            "can_be_undone": True,
            "is_appealed": False,
            "concerns_id": ACTORS["author"].id,
            "changed_something": True,
            **values,
        }
    )


def allowed(may, *args, **values) -> set[str]:
    return {name for name in NAMES if may(ACTORS[name], facts(name, **values), *args)}


@pytest.mark.parametrize(
    ("values", "handled_by"),
    [
        pytest.param({}, WORKING, id="about a member"),
        pytest.param({"author_id": None}, WORKING, id="about nobody known"),
        pytest.param({"space_id": None}, STAFF, id="in no space"),
        pytest.param({"author_facilitates": True}, STAFF, id="about a facilitator of the space"),
        pytest.param({"author_role": SiteRole.MODERATOR}, STAFF, id="about a moderator"),
        pytest.param({"author_role": SiteRole.ADMINISTRATOR}, STAFF, id="about an administrator"),
        pytest.param({"author_id": 4}, {"administrator", "facilitator"}, id="about themselves"),
        pytest.param({"has_reported": True}, WORKING, id="reported by themselves"),
    ],
)
def test_who_handles_a_case(values, handled_by):
    assert allowed(policy.may_handle, **values) == handled_by


def test_a_case_is_hidden_from_whom_it_is_about_and_from_whoever_handles_nothing():
    for name in set(NAMES) - WORKING:
        assert policy.may_handle(ACTORS[name], facts(name)).hidden
    about_them = facts("moderator", author_id=ACTORS["moderator"].id)
    assert policy.may_handle(ACTORS["moderator"], about_them).hidden


@pytest.mark.parametrize(
    ("values", "decided_by"),
    [
        pytest.param({}, WORKING, id="new"),
        pytest.param({"state": CaseState.IN_REVIEW}, WORKING, id="in review"),
        pytest.param({"state": CaseState.WAITING_FOR_AUTHOR}, WORKING, id="waiting"),
        pytest.param({"state": CaseState.ESCALATED}, STAFF, id="escalated"),
        pytest.param({"state": CaseState.ACTIONED}, set(), id="decided"),
        pytest.param({"state": CaseState.WITHDRAWN}, set(), id="withdrawn"),
        pytest.param({"has_reported": True}, set(), id="reported by themselves"),
        pytest.param(
            {"is_appealed": True, "appealed_decider_id": 4},
            WORKING - {"moderator"},
            id="an appeal against the moderator's decision",
        ),
        pytest.param(
            {"is_appealed": True, "appealed_decider_id": 3},
            STAFF,
            id="an appeal against the facilitator's decision",
        ),
        pytest.param({"is_appealed": True}, WORKING, id="an appeal, the decider is gone"),
    ],
)
def test_who_decides(values, decided_by):
    assert allowed(policy.may_decide, **values) == decided_by


def test_a_case_is_given_only_to_somebody_who_could_decide():
    for name in NAMES:
        given = policy.may_be_given(ACTORS[name], facts(name))
        assert bool(given) is (name in WORKING)
        assert not given.hidden


CLOSED = {"state": CaseState.ACTIONED}


@pytest.mark.parametrize(
    ("case", "values", "undone_by"),
    [
        pytest.param(CLOSED, {}, STAFF, id="a moderator's decision"),
        pytest.param(CLOSED, {"decided_by_id": 3}, WORKING, id="the facilitator's decision"),
        pytest.param(CLOSED, {"decided_by_id": None}, STAFF, id="of somebody who left"),
        pytest.param(CLOSED, {"is_undone": True}, set(), id="undone"),
        pytest.param(CLOSED, {"is_latest": False}, set(), id="decided again since"),
        pytest.param(CLOSED, {"can_be_undone": False}, set(), id="what it took out is gone"),
        pytest.param({}, {}, set(), id="the case is open again"),
        pytest.param(
            {**CLOSED, "has_reported": True}, {}, {"moderator"}, id="reported by the others"
        ),
    ],
)
def test_who_undoes(case, values, undone_by):
    assert allowed(policy.may_undo, decision(**values), **case) == undone_by


def test_the_list_of_reasons_and_seals_are_for_moderators():
    assert {name for name in NAMES if policy.may_edit_reasons(ACTORS[name])} == STAFF
    assert allowed(policy.may_open_seal) == STAFF
    assert {name for name in NAMES if policy.may_see_reporters(ACTORS[name])} == STAFF


@pytest.mark.parametrize("facilitates", [True, False])
def test_who_sees_a_queue(facilitates):
    seen_by = {n for n in NAMES if policy.may_see_queue(ACTORS[n], facilitates=facilitates)}
    assert seen_by == (set(NAMES) - {"visitor"} if facilitates else STAFF)


def test_the_author_alone_reads_a_decision_and_appeals_it():
    now = clock.now()
    may = {n for n in NAMES if policy.may_appeal(ACTORS[n], decision(), now=now, days=30)}
    assert may == {"author"}
    assert {n for n in NAMES if policy.may_see_decision(ACTORS[n], decision())} == {"author"}


@pytest.mark.parametrize(
    ("values", "after_days"),
    [
        pytest.param({"is_undone": True}, 0, id="undone"),
        pytest.param({"is_appealed": True}, 0, id="appealed before"),
        pytest.param({"changed_something": False}, 0, id="nothing was changed"),
        pytest.param({}, 31, id="too late"),
    ],
)
def test_when_there_is_no_appeal(values, after_days):
    given = decision(**values)
    now = given.decided_at + timedelta(days=after_days)
    verdict = policy.may_appeal(ACTORS["author"], given, now=now, days=30)
    assert not verdict
    assert verdict.reason


def test_an_appeal_is_in_time_until_the_last_moment():
    given = decision()
    until = policy.appeal_until(given.decided_at, 30)
    assert policy.may_appeal(ACTORS["author"], given, now=until, days=30)
    late = until + timedelta(seconds=1)
    assert not policy.may_appeal(ACTORS["author"], given, now=late, days=30)


@pytest.mark.parametrize(
    ("outcomes", "fits"),
    [
        ((), False),
        ((Outcome.NO_ACTION,), True),
        ((Outcome.NO_ACTION, Outcome.SANCTION), False),
        ((Outcome.HIDE, Outcome.REMOVE), False),
        ((Outcome.REDACT, Outcome.NOTE, Outcome.CLOSE, Outcome.SANCTION), True),
        ((Outcome.REDACT, Outcome.HIDE), True),
        ((Outcome.MENDED, Outcome.NOTE), True),
    ],
)
def test_what_one_decision_can_come_to(outcomes, fits):
    assert policy.fit_together(outcomes) is fits


def test_only_a_post_in_waiting_is_published_or_mended():
    for state in PostState:
        possible = policy.outcomes_of(SubjectKind.POST, state)
        is_waiting = state is PostState.WAITING
        assert (Outcome.PUBLISH in possible, Outcome.MENDED in possible) == (is_waiting,) * 2


def test_nothing_is_done_to_words_that_are_gone():
    possible = policy.outcomes_of(SubjectKind.POST, PostState.WITHDRAWN)
    assert possible == {Outcome.NO_ACTION, Outcome.SANCTION, Outcome.CLOSE}


def test_a_decision_is_called_by_what_weighs_most():
    assert policy.main_of([Outcome.SANCTION, Outcome.NOTE, Outcome.REMOVE]) is Outcome.REMOVE


def test_whoever_handles_a_case_handles_it_in_every_state():
    """Facts that say nothing about the person leave the answer as it is."""
    for name in NAMES:
        before = policy.may_handle(ACTORS[name], facts(name))
        for state in CaseState:
            assert policy.may_handle(ACTORS[name], replace(facts(name), state=state)) == before
