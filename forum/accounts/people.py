"""How a person is shown wherever they are named."""

from dataclasses import dataclass
from functools import lru_cache

from forum.accounts.models import UserState
from forum.core.i18n import _
from forum.core.links import member_path


@dataclass(frozen=True, slots=True)
class PersonName:
    """A display name, with the user name and the profile's path where there is a profile."""

    display_name: str
    username: str | None = None
    path: str | None = None


_NAMED_ONLY = frozenset({UserState.DEACTIVATED, UserState.PLACEHOLDER})


def person(username: str | None, display_name: str | None, state: UserState | None) -> PersonName:
    """The name of an author; words in their place for nobody, and for a deleted account."""
    if state is None or username is None or display_name is None:
        return PersonName(_("unknown author"))
    if state is UserState.DELETED:
        return PersonName(_("former member"))
    return _named(username, display_name, state)


@lru_cache(maxsize=2048)  # a page names the same few people many times
def _named(username: str, display_name: str, state: UserState) -> PersonName:
    if state in _NAMED_ONLY:
        return PersonName(display_name)
    return PersonName(display_name, username, member_path(username))
