"""Who may do what with accounts."""

from dataclasses import dataclass

from forum.accounts.models import UserState
from forum.core.actor import Actor, SiteRole
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse

# A person can sign in to these; signing in brings a deactivated account back.
WITH_PASSWORD = frozenset({UserState.ACTIVE, UserState.DEACTIVATED})
SUSPENDABLE = WITH_PASSWORD | {UserState.SUSPENDED}
_WITH_PROFILE = frozenset({UserState.ACTIVE, UserState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a decision about somebody's account needs."""

    id: int
    role: SiteRole
    state: UserState


def may_see_profile(actor: Actor, account: AccountFacts, *, has_public_post: bool) -> Verdict:
    """Members see one another; a visitor sees who can be read in public anyway."""
    if account.state not in _WITH_PROFILE:
        return HIDDEN
    if actor.is_signed_in or has_public_post:
        return ALLOWED
    return HIDDEN


def may_report(actor: Actor, account: AccountFacts) -> Verdict:
    """Report somebody's profile or the name that they show."""
    verdict = may_see_profile(actor, account, has_public_post=False)
    if verdict and actor.id == account.id:
        return refuse(lazy("This is your own profile. You can change it in your settings."))
    return verdict


def may_see_members(actor: Actor) -> Verdict:
    return ALLOWED if actor.is_administrator else HIDDEN


def may_set_role(actor: Actor, account: AccountFacts) -> Verdict:
    """Nobody changes their own role, so that one administrator is always left."""
    if not actor.is_administrator:
        return HIDDEN
    if actor.id == account.id:
        return refuse(lazy("You cannot change your own role. Please ask another administrator."))
    if account.state is not UserState.ACTIVE:
        return refuse(lazy("Only a member with an active account can be given a role."))
    return ALLOWED


def may_end_sessions_of(actor: Actor, account: AccountFacts) -> Verdict:
    if not actor.is_administrator:
        return HIDDEN
    if account.state is UserState.DELETED:
        return refuse(lazy("This account is gone."))
    return ALLOWED


def may_make_reset_link(actor: Actor, account: AccountFacts) -> Verdict:
    """A link opens the account, so one for another administrator comes from the command line."""
    if not actor.is_administrator:
        return HIDDEN
    if account.role is SiteRole.ADMINISTRATOR and actor.id != account.id:
        return refuse(lazy("A link for an administrator is made with: forum user reset-link."))
    if account.state not in WITH_PASSWORD:
        return refuse(lazy("Only a member with an active account can be given a link."))
    return ALLOWED


def may_invite(actor: Actor) -> Verdict:
    return ALLOWED if actor.is_moderator else HIDDEN


def may_delete_account(actor: Actor, *, other_administrators: int) -> Verdict:
    """The last administrator cannot leave the site without one."""
    if not actor.is_signed_in:
        return HIDDEN
    if actor.is_administrator and not other_administrators:
        return refuse(lazy("You are the only administrator. Please make somebody else one first."))
    return ALLOWED
