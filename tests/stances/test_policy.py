"""Who may do what in a debate: a table of the cast, without a database."""

import pytest

from forum.core.actor import Restraint
from forum.proposals.models import LIVE, ProposalState
from forum.spaces.models import Circle, Visibility
from forum.stances import policy
from forum.stances.policy import ProposalFacts
from tests.support.cast import (
    ACTORS,
    ARRANGERS,
    EVERYONE,
    SEES,
    SIGNED_IN,
    access_of,
    restrained,
    thread_facts,
)


def facts(name, visibility=Visibility.PUBLIC, *, state=ProposalState.OPEN, hides=False, **values):
    access = access_of(name, visibility, **values.pop("circles", {}))
    return ProposalFacts(thread_facts(access, **values), state, name == "author", hides)


def allowed(may, **given):
    return {name for name in EVERYONE if may(ACTORS[name], facts(name, **given))}


@pytest.mark.parametrize("visibility", Visibility)
def test_everybody_but_the_authors_who_may_comment_takes_a_stance(visibility):
    who = allowed(policy.may_take_stance, visibility=visibility)

    assert who == (SEES[visibility] & SIGNED_IN) - {"author"}


def test_where_members_comment_members_take_stances():
    who = allowed(policy.may_take_stance, circles={"who_comments": Circle.MEMBERS})

    assert who == {"member"} | ARRANGERS


@pytest.mark.parametrize("state", ProposalState)
def test_a_state_that_is_live_takes_stances_and_answers_conditions(state):
    is_live = state in LIVE

    assert bool(allowed(policy.may_take_stance, state=state)) is is_live
    assert allowed(policy.may_answer_condition, state=state) == ({"author"} if is_live else set())
    assert bool(allowed(policy.may_retire, state=state)) is is_live


@pytest.mark.parametrize(
    "values", [{"is_closed": True}, {"is_deleted": True, "has_comments": True}]
)
def test_a_thread_that_takes_no_comments_takes_no_stances_and_lets_them_go(values):
    assert allowed(policy.may_take_stance, **values) == set()
    assert allowed(policy.may_answer_condition, **values) == set()
    assert allowed(policy.may_withdraw_stance, **values) == SIGNED_IN


@pytest.mark.parametrize("kind", [Restraint.MUTE, Restraint.SUSPEND, Restraint.EXCLUDE])
def test_who_may_not_write_takes_no_stance_and_answers_nothing(kind):
    assert not policy.may_take_stance(restrained("member", kind), facts("member"))
    assert not policy.may_answer_condition(restrained("author", kind), facts("author"))
    assert not policy.may_retire(restrained("author", kind), facts("author"))
    assert policy.may_withdraw_stance(restrained("member", kind), facts("member"))


def test_the_authors_and_those_who_run_the_space_retire_a_proposal():
    assert allowed(policy.may_retire) == {"author"} | ARRANGERS
    assert allowed(policy.may_remove_condition) == ARRANGERS


def test_the_spread_is_hidden_from_those_without_a_stance_where_the_space_says_so():
    def may(has_stance):
        return lambda actor, proposal: policy.may_see_spread(actor, proposal, has_stance=has_stance)

    assert allowed(may(has_stance=False)) == EVERYONE
    assert allowed(may(has_stance=False), hides=True) == {"author"} | ARRANGERS
    assert allowed(may(has_stance=True), hides=True) == EVERYONE


@pytest.mark.parametrize(
    ("here", "there", "leads"),
    [
        (Visibility.PUBLIC, Visibility.PUBLIC, True),
        (Visibility.PRIVATE, Visibility.PUBLIC, True),
        (Visibility.PRIVATE, Visibility.MEMBERS, True),
        (Visibility.MEMBERS, Visibility.MEMBERS, True),
        (Visibility.PUBLIC, Visibility.MEMBERS, False),
        (Visibility.PUBLIC, Visibility.PRIVATE, False),
        (Visibility.MEMBERS, Visibility.PRIVATE, False),
    ],
)
def test_a_proposal_leads_only_where_all_its_readers_can_follow(here, there, leads):
    first, second = facts("author", here), facts("author", there)
    other = ProposalFacts(
        thread_facts(_elsewhere(second.thread.access)), ProposalState.OPEN, is_author=True
    )

    assert bool(policy.may_lead_to(first, other)) is leads
    assert policy.may_lead_to(first, first)


def _elsewhere(access):
    return type(access)(2, access.visibility, access.who_starts, access.who_comments)
