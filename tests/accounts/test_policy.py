import pytest

from forum.accounts import policy
from forum.accounts.models import UserState
from forum.accounts.policy import AccountFacts
from forum.core.actor import VISITOR, Actor, SiteRole

MEMBER = Actor(id=1)
MODERATOR = Actor(id=2, role=SiteRole.MODERATOR)
ADMINISTRATOR = Actor(id=3, role=SiteRole.ADMINISTRATOR)
EVERYBODY = [VISITOR, MEMBER, MODERATOR, ADMINISTRATOR]
IDS = ["visitor", "member", "moderator", "administrator"]


def account(id_=9, role=SiteRole.MEMBER, state=UserState.ACTIVE):
    return AccountFacts(id_, role, state)


@pytest.mark.parametrize("actor", EVERYBODY, ids=IDS)
@pytest.mark.parametrize("state", list(UserState))
def test_a_profile_is_open_to_members_and_to_visitors_who_can_read_its_person(actor, state):
    shown = state in {UserState.ACTIVE, UserState.SUSPENDED}
    silent = policy.may_see_profile(actor, account(state=state), has_public_post=False)
    public = policy.may_see_profile(actor, account(state=state), has_public_post=True)
    assert bool(silent) == (shown and actor.is_signed_in)
    assert bool(public) == shown
    assert silent.allowed or silent.hidden


@pytest.mark.parametrize("actor", EVERYBODY, ids=IDS)
def test_only_administrators_deal_with_other_accounts(actor):
    for verdict in (
        policy.may_set_role(actor, account()),
        policy.may_end_sessions_of(actor, account()),
        policy.may_make_reset_link(actor, account()),
        policy.may_see_members(actor),
    ):
        assert verdict.allowed is actor.is_administrator
        assert verdict.allowed or verdict.hidden


@pytest.mark.parametrize("actor", EVERYBODY, ids=IDS)
def test_moderators_and_administrators_invite(actor):
    assert policy.may_invite(actor).allowed is actor.is_moderator


def test_nobody_changes_their_own_role():
    verdict = policy.may_set_role(ADMINISTRATOR, account(id_=3, role=SiteRole.ADMINISTRATOR))
    assert not verdict
    assert "another administrator" in verdict.reason


@pytest.mark.parametrize("state", [UserState.DELETED, UserState.PLACEHOLDER, UserState.SUSPENDED])
def test_who_cannot_sign_in_gets_no_role_and_no_link(state):
    assert not policy.may_set_role(ADMINISTRATOR, account(state=state))
    assert not policy.may_make_reset_link(ADMINISTRATOR, account(state=state))


def test_a_link_for_another_administrator_comes_from_the_command_line():
    other = account(role=SiteRole.ADMINISTRATOR)
    assert "forum user reset-link" in policy.may_make_reset_link(ADMINISTRATOR, other).reason


def test_the_only_administrator_cannot_delete_their_account():
    assert not policy.may_delete_account(ADMINISTRATOR, other_administrators=0)
    assert policy.may_delete_account(ADMINISTRATOR, other_administrators=1)
    assert policy.may_delete_account(MEMBER, other_administrators=0)
    assert policy.may_delete_account(VISITOR, other_administrators=1).hidden


def test_sessions_of_an_account_that_is_gone_cannot_be_ended():
    assert not policy.may_end_sessions_of(ADMINISTRATOR, account(state=UserState.DELETED))
