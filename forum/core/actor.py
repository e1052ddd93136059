"""Who acts or looks: a plain value that actions, policies and queries take first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SiteRole(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


class Restraint(StrEnum):
    """What a sanction keeps a member from, the mildest first."""

    NOTICE = "notice"  # nothing: it was said, and stands in the history
    SLOW = "slow"  # writing more than once in SLOW_MINUTES
    HOLD = "hold"  # writing what others see before a review
    MUTE = "mute"  # writing
    SUSPEND = "suspend"  # writing and agreeing there, or signing in at all; it ends
    EXCLUDE = "exclude"  # the same, without an end


SLOW_MINUTES = 30  # between two posts of somebody who is slowed down
_MOST_SHOWN = 99  # unread notifications


@dataclass(frozen=True, slots=True)
class Restriction:
    """A sanction in force: `space_id` None is everywhere, `until` None has no end."""

    kind: Restraint
    space_id: int | None
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in member, or VISITOR (id None). Flask-Login's four members are the properties."""

    id: int | None
    username: str = ""
    display_name: str = ""
    role: SiteRole = SiteRole.MEMBER
    created_at: datetime | None = None
    timezone: str = "UTC"
    theme: str = "auto"
    has_shortcuts: bool = True
    language: str = ""  # one of i18n.LANGUAGES; empty: as the browser asks
    session_token: str = ""
    session_id: int | None = None
    authenticated_at: datetime | None = None
    restrictions: tuple[Restriction, ...] = ()
    unread_count: int = 0  # of notifications
    has_badges: bool = False  # in force, to be worn

    @property
    def unread_shown(self) -> str:
        """The number as it is shown, of two digits at most."""
        return str(self.unread_count) if self.unread_count <= _MOST_SHOWN else f"{_MOST_SHOWN}+"

    @property
    def is_signed_in(self) -> bool:
        return self.id is not None

    @property
    def is_moderator(self) -> bool:
        return self.role is not SiteRole.MEMBER

    @property
    def is_administrator(self) -> bool:
        return self.role is SiteRole.ADMINISTRATOR

    @property
    def staff_role(self) -> str:
        """In which role somebody handles cases and sanctions: who is no moderator facilitates."""
        return self.role.value if self.is_moderator else "facilitator"

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None

    @property
    def is_active(self) -> bool:
        return self.id is not None

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    def get_id(self) -> str:
        """The session's token, never the member's number: ending the session ends the cookie."""
        return self.session_token


VISITOR = Actor(id=None)


def member_id(actor: Actor) -> int:
    """The id of a signed-in actor; a programming error for a visitor."""
    if actor.id is None:
        raise TypeError("a visitor cannot do this")
    return actor.id
