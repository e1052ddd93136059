"""Rows for tests, with sensible values for everything that a test does not name."""

import hashlib
import itertools
import secrets
from datetime import datetime, timedelta
from typing import Any

from forum.accounts.models import User, UserSession, UserState
from forum.core import clock
from forum.core.actor import SiteRole
from forum.core.db import db
from forum.spaces.models import Circle, Membership, Space, SpaceRole, Visibility

_numbers = itertools.count(1)


def _save(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def user(username: str | None = None, **values: Any) -> User:
    """A member of some standing (a month old), without a password."""
    username = username or f"member{next(_numbers)}"
    values = {
        "username": username,
        "username_key": username.casefold(),
        "username_skeleton": username.casefold(),
        "display_name": username.title(),
        "role": SiteRole.MEMBER,
        "state": UserState.ACTIVE,
        "created_at": clock.now() - timedelta(days=30),
        **values,
    }
    return _save(User(**values))


def moderator(username: str | None = None, **values: Any) -> User:
    return user(username, role=SiteRole.MODERATOR, **values)


def administrator(username: str | None = None, **values: Any) -> User:
    return user(username, role=SiteRole.ADMINISTRATOR, **values)


def session_token(member: User, *, authenticated_at: datetime | None = None) -> str:
    """A signed-in session of this member; the token is what the cookie holds."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    _save(
        UserSession(
            user_id=member.id,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            created_at=now,
            last_seen_at=now,
            authenticated_at=authenticated_at or now,
            device="Firefox on Linux",
        )
    )
    return token


def space(slug: str | None = None, **values: Any) -> Space:
    slug = slug or f"space-{next(_numbers)}"
    values = {
        "slug": slug,
        "name": slug.replace("-", " ").title(),
        "visibility": Visibility.PUBLIC,
        "who_starts": Circle.EVERYONE,
        "who_comments": Circle.EVERYONE,
        "created_at": clock.now(),
        **values,
    }
    return _save(Space(**values))


def membership(in_space: Space, member: User, role: SpaceRole = SpaceRole.MEMBER) -> Membership:
    return _save(
        Membership(space_id=in_space.id, user_id=member.id, role=role, joined_at=clock.now())
    )


def facilitator(in_space: Space, username: str | None = None) -> User:
    member = user(username)
    membership(in_space, member, SpaceRole.FACILITATOR)
    return member
