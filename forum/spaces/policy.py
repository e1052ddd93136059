"""Who may do what in a space; pure, and the same answers as the SQL in queries.py."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.sanctions import policy as sanctions
from forum.spaces.models import Circle, SpaceRole, Visibility

_WIDTH = {Visibility.PRIVATE: 0, Visibility.MEMBERS: 1, Visibility.PUBLIC: 2}
_SIGN_IN = refuse(lazy("Please sign in first."))
# Why not: because it is for facilitators, because it is for those who have joined.
_STARTING = (
    refuse(lazy("In this space, only facilitators start discussions.")),
    refuse(lazy("In this space, only those who have joined it start discussions.")),
)
_COMMENTING = (
    refuse(lazy("In this space, only facilitators comment.")),
    refuse(lazy("In this space, only those who have joined it comment.")),
)


@dataclass(frozen=True, slots=True)
class SpaceAccess:
    """What decides over one person in one space; `member_role` is None for who has not joined."""

    space_id: int
    visibility: Visibility
    who_starts: Circle
    who_comments: Circle
    member_role: SpaceRole | None = None
    hold_first: int = 0  # how many first posts of an account wait for a review


def may_see(actor: Actor, access: SpaceAccess) -> Verdict:
    """Moderators and administrators see every space, because they answer for it."""
    if access.visibility is Visibility.PUBLIC or actor.is_moderator:
        return ALLOWED
    if not actor.is_signed_in:
        return HIDDEN
    if access.visibility is Visibility.MEMBERS or access.member_role is not None:
        return ALLOWED
    return HIDDEN


def may_start_thread(actor: Actor, access: SpaceAccess) -> Verdict:
    return _may_write(actor, access, circle=access.who_starts, reasons=_STARTING)


def may_comment(actor: Actor, access: SpaceAccess) -> Verdict:
    return _may_write(actor, access, circle=access.who_comments, reasons=_COMMENTING)


def _may_write(
    actor: Actor, access: SpaceAccess, *, circle: Circle, reasons: tuple[Verdict, Verdict]
) -> Verdict:
    seen = may_see(actor, access)
    if not seen:
        return seen
    if not actor.is_signed_in:
        return _SIGN_IN
    is_free = sanctions.may_write(actor, access.space_id)
    return is_free and _in_circle(actor, access, circle=circle, reasons=reasons)


def _in_circle(
    actor: Actor, access: SpaceAccess, *, circle: Circle, reasons: tuple[Verdict, Verdict]
) -> Verdict:
    if circle is Circle.EVERYONE or _runs(actor, access):
        return ALLOWED
    by_facilitators, by_members = reasons
    if circle is Circle.FACILITATORS:
        return by_facilitators
    if access.member_role is None:
        return by_members
    return ALLOWED


def may_facilitate(actor: Actor, access: SpaceAccess) -> Verdict:
    """Run the space: its prompts, members, codes and settings."""
    seen = may_see(actor, access)
    if not seen or _runs(actor, access):
        return seen
    return refuse(lazy("Only the facilitators of this space can do this."))


def _runs(actor: Actor, access: SpaceAccess) -> bool:
    """Whoever is kept from taking part in a space does not run it either."""
    return actor.is_moderator or (
        actor.is_signed_in
        and access.member_role is SpaceRole.FACILITATOR
        and bool(sanctions.may_take_part(actor, access.space_id))
    )


def role_in(actor: Actor, access: SpaceAccess) -> str:
    """In which role somebody acts in a space, for the log: the nearest that lets them."""
    if access.member_role is SpaceRole.FACILITATOR:
        return SpaceRole.FACILITATOR.value
    return actor.role.value


def may_create(actor: Actor) -> Verdict:
    if actor.is_moderator:
        return ALLOWED
    return refuse(lazy("Only moderators and administrators can make a space."))


def may_edit(actor: Actor, access: SpaceAccess) -> Verdict:
    return may_facilitate(actor, access)


def may_change_visibility(actor: Actor, access: SpaceAccess, to: Visibility) -> Verdict:
    """Facilitators may close a space off further; opening it shows old posts to new eyes."""
    facilitates = may_facilitate(actor, access)
    if not facilitates or actor.is_moderator or _WIDTH[to] <= _WIDTH[access.visibility]:
        return facilitates
    return refuse(
        lazy(
            "Opening a space shows what was written there to people for whom it was not written."
            " Please ask a moderator to do it."
        )
    )


def may_see_members(actor: Actor, access: SpaceAccess) -> Verdict:
    seen = may_see(actor, access)
    if not seen:
        return seen
    if actor.is_moderator or (actor.is_signed_in and access.member_role is not None):
        return ALLOWED
    return refuse(lazy("The list of members is open to the members of this space."))


def may_join(actor: Actor, access: SpaceAccess) -> Verdict:
    """Join without a code or an invitation."""
    seen = may_see(actor, access)
    if not seen:
        return seen
    if not actor.is_signed_in:
        return _SIGN_IN
    free = may_enter(actor, access.space_id)
    if not free:
        return free
    if access.visibility is Visibility.PRIVATE and access.member_role is None:
        return refuse(lazy("This space is joined with a code or an invitation."))
    return ALLOWED


def may_enter(actor: Actor, space_id: int) -> Verdict:
    """Join with a code or an invitation, as far as it is the actor's own doing."""
    return sanctions.may_take_part(actor, space_id)


def may_leave(actor: Actor, access: SpaceAccess, *, is_last_facilitator: bool) -> Verdict:
    """Leave the space; a private space keeps somebody who can let others in."""
    seen = may_see(actor, access)
    if not seen:
        return seen
    if not actor.is_signed_in or access.member_role is None:
        return refuse(lazy("You are not a member of this space."))
    return may_lose_facilitator(access, is_last_facilitator=is_last_facilitator)


def may_lose_facilitator(access: SpaceAccess, *, is_last_facilitator: bool) -> Verdict:
    """Whether a facilitator may go or step back, for whatever reason."""
    if is_last_facilitator and access.visibility is Visibility.PRIVATE:
        return refuse(
            lazy(
                "A private space needs a facilitator. "
                "Please make somebody else a facilitator first."
            )
        )
    return ALLOWED
