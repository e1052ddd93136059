"""The demo's accounts and spaces."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from forum.accounts import names
from forum.accounts.effects import index_person
from forum.accounts.models import User, UserState
from forum.core.db import db
from forum.core.markup import Rendered, render
from forum.demo.content import DemoAccount, DemoSpace
from forum.spaces.actions import code_key
from forum.spaces.models import JoinCode, Membership, Space, SpaceRole


def add_account(account: DemoAccount, now: datetime, password_hash: str | None) -> int:
    about = render(account.about)
    user = User(
        username=account.username,
        username_key=names.key(account.username),
        username_skeleton=names.skeleton(account.username),
        display_name=account.display_name,
        role=account.role,
        state=UserState.ACTIVE,
        about_source=account.about,
        about_html=str(about.html),
        about_render_version=about.version,
        password_hash=password_hash,
        password_changed_at=now if password_hash else None,
        created_at=now - account.joined_ago,
    )
    db.session.add(user)
    db.session.flush()  # memberships and posts need the id
    index_person(user)
    return user.id


def add_space(demo: DemoSpace, now: datetime, people: Mapping[str, int]) -> int:
    space = db.session.scalar(sa.select(Space).where(Space.slug == demo.slug))
    if space is None:
        space = Space(slug=demo.slug, created_at=now)
        db.session.add(space)
    description = render(demo.description)
    space.name = demo.name
    space.visibility = demo.visibility
    space.who_starts = demo.who_starts
    space.who_comments = demo.who_comments
    _describe(space, demo.description, description)
    db.session.flush()  # memberships need the id
    for role, usernames in (
        (SpaceRole.FACILITATOR, demo.facilitators),
        (SpaceRole.MEMBER, demo.members),
    ):
        db.session.add_all(
            Membership(space_id=space.id, user_id=people[username], role=role, joined_at=now)
            for username in usernames
        )
    if demo.join_code:
        db.session.add(
            JoinCode(
                space_id=space.id,
                code=code_key(demo.join_code),
                created_by_id=people[demo.facilitators[0]],
                created_at=now,
            )
        )
    return space.id


def _describe(space: Space, source: str, rendered: Rendered) -> None:
    space.description_source = source
    space.description_html = str(rendered.html)
    space.description_render_version = rendered.version
