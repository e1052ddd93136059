"""What the sanctions in force keep an actor from, and who may give and lift which.

The Actor of a request holds what is in force for them, so what a sanction changes holds from the
next request on, in running sessions as well.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.core.actor import Actor, Restraint, Restriction, SiteRole
from forum.core.i18n import _, language, lazy
from forum.core.moments import moment
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse

MUTE_DAYS = (1, 3, 7, 30)
WRITES_NOT = frozenset({Restraint.MUTE, Restraint.SUSPEND, Restraint.EXCLUDE})
STANDS_BY = frozenset({Restraint.SUSPEND, Restraint.EXCLUDE})  # takes no part at all
_MILDEST_FIRST = tuple(Restraint)


@dataclass(frozen=True, slots=True)
class Member:
    """Whom a sanction is for; `facilitates` is about its space."""

    id: int
    role: SiteRole
    facilitates: bool = False


# What the actor is kept from


def may_write(actor: Actor, space_id: int | None) -> Verdict:
    """Write in a space (None: outside of all), as far as sanctions go; says until when not."""
    return _verdict(actor, space_id, WRITES_NOT)


def may_take_part(actor: Actor, space_id: int | None) -> Verdict:
    """Agree, join, and run a space, as far as sanctions go."""
    return _verdict(actor, space_id, STANDS_BY)


def slowed(actor: Actor, space_id: int | None) -> Restriction | None:
    """What lets the actor write only once in SLOW_MINUTES here; the widest if there are two."""
    if not actor.restrictions:
        return None
    found = _in_force(actor, space_id, frozenset({Restraint.SLOW}))
    return min(found, key=lambda one: one.space_id is not None, default=None)


def held_by_sanction(actor: Actor, space_id: int | None) -> bool:
    """Whether what the actor writes here waits for a review."""
    return bool(_in_force(actor, space_id, frozenset({Restraint.HOLD})))


def _verdict(actor: Actor, space_id: int | None, kinds: frozenset[Restraint]) -> Verdict:
    if not actor.restrictions:  # nearly everybody, and asked for every comment of a page
        return ALLOWED
    found = _in_force(actor, space_id, kinds)
    if not found:
        return ALLOWED
    return refuse(explained(max(found, key=_weight), actor.timezone))


def _in_force(
    actor: Actor, space_id: int | None, kinds: frozenset[Restraint]
) -> tuple[Restriction, ...]:
    return tuple(
        one
        for one in actor.restrictions
        if one.kind in kinds and (one.space_id is None or one.space_id == space_id)
    )


def _weight(one: Restriction) -> tuple[bool, float, int]:
    """Of several, the one that lasts longest is told, and of those the strictest."""
    lasting = one.until.timestamp() if one.until is not None else 0
    return (one.until is None, lasting, _MILDEST_FIRST.index(one.kind))


def explained(one: Restriction, zone: str) -> str:
    """What a member cannot do, where, until when, and where it says why."""
    words = {
        (Restraint.MUTE, False): _("You cannot write here for now."),
        (Restraint.MUTE, True): _("You cannot write in this space for now."),
        (Restraint.SUSPEND, False): _("You cannot take part here for now."),
        (Restraint.SUSPEND, True): _("You cannot take part in this space for now."),
        (Restraint.EXCLUDE, False): _("You cannot take part here any more."),
        (Restraint.EXCLUDE, True): _("You cannot take part in this space any more."),
    }[one.kind, one.space_id is not None]
    more = _("Your notifications say why, and what you can do.")
    if one.until is None:
        return f"{words} {more}"
    end = _("It ends by itself: %(until)s.", until=moment(one.until, zone, language()))
    return f"{words} {end} {more}"


# Who may restrain whom

_ONESELF = refuse(lazy("You cannot do this to your own account."))
_ADMINISTRATOR = refuse(lazy("Nobody can do this to an administrator."))
_MODERATOR = refuse(lazy("Only an administrator can do this to a moderator."))
_COLLEAGUE = refuse(lazy("Only a moderator can do this to a facilitator of the space."))


def may_give(
    actor: Actor, member: Member, *, space_id: int | None, is_facilitator: bool
) -> Verdict:
    """Give somebody a sanction, or lift one. `is_facilitator`: the actor is one of that space.

    Facilitators do so in their spaces, moderators everywhere; hidden from everybody else.
    """
    is_of_space = space_id is not None and actor.is_signed_in and is_facilitator
    if not actor.is_moderator and not is_of_space:
        return HIDDEN
    if actor.id == member.id:
        return _ONESELF
    if member.role is SiteRole.ADMINISTRATOR:
        return _ADMINISTRATOR
    if member.role is SiteRole.MODERATOR and not actor.is_administrator:
        return _MODERATOR
    if member.facilitates and not actor.is_moderator:
        return _COLLEAGUE
    return ALLOWED


def why_not_until(kind: Restraint, until: datetime | None, now: datetime) -> str:
    """What is wrong with the end of a sanction, as a sentence; empty when nothing is."""
    if kind in {Restraint.NOTICE, Restraint.EXCLUDE}:
        return "" if until is None else _("This has no end of its own.")
    if until is None:
        is_endless = kind in {Restraint.SLOW, Restraint.HOLD}
        return "" if is_endless else _("Please say when it ends.")
    if until <= now:
        return _("Please choose an end that is still to come.")
    longest = timedelta(days=max(MUTE_DAYS), minutes=1)
    if kind is Restraint.MUTE and until - now > longest:
        return _("A member can be kept from writing for %(days)s days at most.", days=MUTE_DAYS[-1])
    return ""
