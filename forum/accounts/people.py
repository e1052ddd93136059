"""How a person is shown wherever they are named."""

from dataclasses import dataclass
from functools import lru_cache

from forum.accounts.models import UserState
from forum.core.i18n import lazy
from forum.core.links import member_path


@dataclass(frozen=True, slots=True)
class PersonName:
    """A display name, with the user name and the profile's path where there is a profile."""

    display_name: str
    username: str | None = None
    path: str | None = None


UNKNOWN = PersonName(lazy("unknown author"))
FORMER = PersonName(lazy("former member"))
_NAMED_ONLY = frozenset({UserState.DEACTIVATED, UserState.PLACEHOLDER})


@lru_cache(maxsize=2048)  # a page names the same few people many times
def person(username: str | None, display_name: str | None, state: UserState | None) -> PersonName:
    """The name of an author; UNKNOWN for nobody, FORMER for somebody who deleted their account."""
    if state is None or username is None or display_name is None:
        return UNKNOWN
    if state is UserState.DELETED:
        return FORMER
    if state in _NAMED_ONLY:
        return PersonName(display_name)
    return PersonName(display_name, username, member_path(username))
