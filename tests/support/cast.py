"""A fixed cast: everybody who may meet a thread, as actors, for a space of each visibility."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forum.core.actor import VISITOR, Actor, Restraint, Restriction, SiteRole
from forum.posts.models import PostState
from forum.posts.policy import PostFacts
from forum.spaces.models import Circle, Space, SpaceRole, Visibility
from forum.spaces.policy import SpaceAccess
from forum.threads.policy import ThreadFacts
from tests import factories
from tests.support.pages import actor_of

NAMES = (
    "author",
    "member",
    "facilitator",
    "moderator",
    "administrator",
    "stranger",
    "visitor",
)

# Without a database, for tables of policies: who each of them is, and their role in the space.
ACTORS: dict[str, Actor] = {
    "author": Actor(id=1, username="author"),
    "member": Actor(id=2, username="member"),
    "facilitator": Actor(id=3, username="facilitator"),
    "moderator": Actor(id=4, username="moderator", role=SiteRole.MODERATOR),
    "administrator": Actor(id=5, username="administrator", role=SiteRole.ADMINISTRATOR),
    "stranger": Actor(id=6, username="stranger"),
    "visitor": VISITOR,
}
_ROLES = {
    "author": SpaceRole.MEMBER,
    "member": SpaceRole.MEMBER,
    "facilitator": SpaceRole.FACILITATOR,
}
EVERYONE = frozenset(NAMES)
SIGNED_IN = EVERYONE - {"visitor"}
JOINED = frozenset({"author", "member", "facilitator"})
STAFF = frozenset({"moderator", "administrator"})
ARRANGERS = STAFF | {"facilitator"}
SEES = {
    Visibility.PUBLIC: EVERYONE,
    Visibility.MEMBERS: SIGNED_IN,
    Visibility.PRIVATE: JOINED | STAFF,
}


def access_of(
    name: str,
    visibility: Visibility = Visibility.PUBLIC,
    *,
    who_starts: Circle = Circle.EVERYONE,
    who_comments: Circle = Circle.EVERYONE,
) -> SpaceAccess:
    return SpaceAccess(1, visibility, who_starts, who_comments, _ROLES.get(name))


SPACE, ELSEWHERE, EVERYWHERE = 1, 2, None  # where a sanction holds; facts are about space 1


def restrained(
    name: str, *kinds: Restraint, space_id: int | None = SPACE, until: datetime | None = None
) -> Actor:
    """One of the cast, for whom these sanctions are in force."""
    restrictions = tuple(Restriction(kind, space_id, until, "It hurt.") for kind in kinds)
    return replace(ACTORS[name], restrictions=restrictions)


def post_facts(access: SpaceAccess, **values: Any) -> PostFacts:
    """A published comment by "author" in an open thread, but for what is named."""
    return PostFacts(
        **{
            "author_id": ACTORS["author"].id,
            "number": 1,
            "state": PostState.PUBLISHED,
            "is_question": False,
            "is_closed": False,
            "is_deleted": False,
            "opening_waits": False,
            "access": access,
            **values,
        }
    )


def thread_facts(access: SpaceAccess, **values: Any) -> ThreadFacts:
    """An open thread by "author" that nobody has answered, but for what is named."""
    return ThreadFacts(
        **{
            "author_id": ACTORS["author"].id,
            "is_closed": False,
            "is_deleted": False,
            "has_comments": False,
            "opening_waits": False,
            "access": access,
            **values,
        }
    )


@dataclass(frozen=True)
class Cast:
    """People of one space in the database; indexing by name gives the actor."""

    space: Space
    rows: dict[str, Any]

    def __getitem__(self, name: str) -> Actor:
        return actor_of(self.rows[name]) if name in self.rows else VISITOR

    def user(self, name: str) -> Any:
        return self.rows[name]


def cast(visibility: Visibility = Visibility.PUBLIC, **space_values: Any) -> Cast:
    """A space of this visibility and the seven people, all but the visitor as rows."""
    space = factories.space(visibility=visibility, **space_values)
    names = [name for name in NAMES if name != "visitor"]
    made = factories.users(*({"role": ACTORS[name].role} for name in names))
    rows = dict(zip(names, made, strict=True))
    factories.memberships(space, {rows[name].id: role for name, role in _ROLES.items()})
    return Cast(space, rows)
