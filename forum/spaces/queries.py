"""Reads of spaces: what a viewer may see, who belongs, and how one gets in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.core import clock, paging
from forum.core.actor import Actor, SiteRole
from forum.core.db import db, locked
from forum.core.errors import NotFound
from forum.core.links import member_path, space_path
from forum.core.markup import excerpt, name_key
from forum.core.paging import Page
from forum.sanctions.policy import Member
from forum.spaces.models import (
    Circle,
    JoinCode,
    Membership,
    Space,
    SpaceInvitation,
    SpaceRole,
    Visibility,
)
from forum.spaces.policy import SpaceAccess, may_see

SPACES_PER_PAGE = 50
MEMBERS_PER_PAGE = 50
CODES_SHOWN = 100
INVITATIONS_SHOWN = 100
_EXCERPT = 240


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space as one viewer sees it."""

    id: int
    slug: str
    name: str
    path: str
    description_source: str
    description_html: str
    visibility: Visibility
    who_starts: Circle
    who_comments: Circle
    language: str
    hide_at: int
    hold_first: int
    hides_stances: bool
    member_role: SpaceRole | None

    @property
    def access(self) -> SpaceAccess:
        return SpaceAccess(
            self.id,
            self.visibility,
            self.who_starts,
            self.who_comments,
            self.member_role,
            self.hold_first,
        )

    @property
    def excerpt(self) -> str:
        return excerpt(self.description_source, _EXCERPT)


@dataclass(frozen=True, slots=True)
class SpaceName:
    """A space, for a choice in a form or a link."""

    id: int
    slug: str
    name: str

    @property
    def path(self) -> str:
        return space_path(self.slug)


@dataclass(frozen=True, slots=True)
class MemberRow:
    user_id: int
    username: str
    display_name: str
    path: str
    role: SpaceRole
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A join code; `uses_left` is None when it can be used without limit."""

    id: int
    code: str
    created_at: datetime
    expires_at: datetime | None
    uses_left: int | None
    use_count: int
    revoked_at: datetime | None

    @property
    def shown(self) -> str:
        """In groups of four, as people read it out."""
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))

    @property
    def is_open(self) -> bool:
        return (
            self.revoked_at is None
            and self.uses_left != 0
            and (self.expires_at is None or self.expires_at > clock.now())
        )


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that waits for an answer: into which space, and who is invited."""

    id: int
    space_slug: str
    space_name: str
    username: str
    display_name: str
    path: str
    role: SpaceRole
    created_at: datetime


# What a viewer may see


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """A condition on Space: exactly what policy.may_see allows this viewer."""
    if viewer.is_moderator:
        return sa.true()
    if not viewer.is_signed_in:
        return Space.visibility == Visibility.PUBLIC
    joined = (
        sa.exists()
        .where(Membership.space_id == Space.id, Membership.user_id == viewer.id)
        .correlate(Space)
    )
    return sa.or_(Space.visibility != Visibility.PRIVATE, joined)


def anyone_of(role: SiteRole | None) -> Actor:
    """Stands for every viewer of a role (None: visitors) in a statement that is made once.

    Conditions are built around a parameter: who it is comes with the values, as `viewer_id`.
    """
    if role is None:
        return Actor(id=None)
    me = sa.bindparam("viewer_id", type_=sa.Integer())
    return Actor(id=me, role=role)  # type: ignore[arg-type]


def member_role(viewer: Actor) -> sa.ColumnElement[SpaceRole | None]:
    """The viewer's role in the Space of the statement around it; NULL when not joined."""
    if not viewer.is_signed_in:
        return sa.literal(None, Membership.role.type)
    return (
        sa.select(Membership.role)
        .where(Membership.space_id == Space.id, Membership.user_id == viewer.id)
        .correlate(Space)
        .scalar_subquery()
    )


# Spaces


def _rows(viewer: Actor) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Space.id,
        Space.slug,
        Space.name,
        Space.description_source,
        Space.description_html,
        Space.visibility,
        Space.who_starts,
        Space.who_comments,
        Space.language,
        Space.hide_at,
        Space.hold_first,
        Space.hides_stances,
        member_role(viewer).label("member_role"),
    )


def _row(found: Mapping[Any, Any]) -> SpaceRow:
    return SpaceRow(path=space_path(found["slug"]), **found)


def get_space(viewer: Actor, slug: str) -> SpaceRow:
    """The space of this slug; NotFound when the viewer may not know of it."""
    found = (
        db.session.execute(_rows(viewer).where(Space.slug == slug, visible_to(viewer)))
        .mappings()
        .one_or_none()
    )
    if found is None:
        raise NotFound
    return _row(found)


def get_access(viewer: Actor, space_id: int) -> SpaceAccess:
    """What the policy needs about a space; NotFound when the viewer may not know of it."""
    found = db.session.execute(
        sa.select(
            Space.id,
            Space.visibility,
            Space.who_starts,
            Space.who_comments,
            member_role(viewer),
            Space.hold_first,
        ).where(Space.id == space_id, visible_to(viewer))
    ).one_or_none()
    if found is None:
        raise NotFound
    return SpaceAccess(*found)


def load_space(actor: Actor, space_id: int) -> tuple[Space, SpaceAccess]:
    """The space itself, locked for a change, with its access; NotFound when hidden."""
    space = locked(Space, space_id)
    role = None
    if actor.is_signed_in:
        role = db.session.scalar(
            sa.select(Membership.role).where(
                Membership.space_id == space_id, Membership.user_id == actor.id
            )
        )
    access = SpaceAccess(
        space_id, space.visibility, space.who_starts, space.who_comments, role, space.hold_first
    )
    may_see(actor, access).enforce()
    return space, access


def name_of(space_id: int) -> str:
    return db.session.scalars(sa.select(Space.name).where(Space.id == space_id)).one()


def get_restrained(user_id: int, space_id: int | None) -> Member:
    """Whom a sanction would be for; NotFound when there is nobody."""
    row = db.session.execute(
        sa.select(User.id, User.role, Membership.role.label("in_space"))
        .outerjoin(
            Membership, sa.and_(Membership.user_id == User.id, Membership.space_id == space_id)
        )
        .where(User.id == user_id, User.state != UserState.DELETED)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Member(row.id, row.role, facilitates=row.in_space is SpaceRole.FACILITATOR)


def spaces_for(viewer: Actor) -> tuple[SpaceRow, ...]:
    """All spaces that the viewer may see, by name; for choices in forms."""
    role = viewer.role if viewer.is_signed_in else None
    found = db.session.connection().execute(_spaces_for(role), {"viewer_id": viewer.id})
    return tuple(_row(row) for row in found.mappings())


def facilitating(user_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Whether the person of a statement facilitates any space."""
    return sa.exists().where(
        Membership.user_id == user_id, Membership.role == SpaceRole.FACILITATOR
    )


def facilitated(actor: Actor) -> tuple[int, ...]:
    """The ids of the spaces that somebody facilitates; none for visitors."""
    if not actor.is_signed_in:
        return ()
    return tuple(
        db.session.scalars(
            sa.select(Membership.space_id)
            .where(Membership.user_id == actor.id, Membership.role == SpaceRole.FACILITATOR)
            .order_by(Membership.space_id)
        )
    )


def spaces_run_by(actor: Actor) -> tuple[SpaceName, ...]:
    """The spaces that somebody facilitates, by name; for moderators all of them."""
    statement = sa.select(Space.id, Space.slug, Space.name).order_by(Space.name, Space.id)
    if not actor.is_moderator:
        statement = statement.join(Membership, Membership.space_id == Space.id).where(
            Membership.user_id == actor.id, Membership.role == SpaceRole.FACILITATOR
        )
    return tuple(SpaceName(*row) for row in db.session.execute(statement))


@cache
def _spaces_for(role: SiteRole | None) -> sa.Select[*tuple[Any, ...]]:
    """One statement for all viewers of a role, made once: every list of a member asks it."""
    viewer = anyone_of(role)
    return _rows(viewer).where(visible_to(viewer)).order_by(Space.name, Space.id)


def page_of_spaces(viewer: Actor, cursor: str | None = None) -> Page[SpaceRow]:
    """Visible spaces by name."""
    statement = _rows(viewer).where(visible_to(viewer)).order_by(Space.name, Space.id)
    if cursor is not None:
        key = paging.decode(cursor, (str, int))
        statement = statement.where(sa.tuple_(Space.name, Space.id) > key)
    found = db.session.execute(statement.limit(SPACES_PER_PAGE + 1)).mappings()
    rows, has_more = paging.cut([_row(row) for row in found], SPACES_PER_PAGE)
    return Page(rows, next=paging.encode((rows[-1].name, rows[-1].id)) if has_more else None)


# Members


def members_of(space_id: int, cursor: str | None = None) -> Page[MemberRow]:
    """Active members, facilitators first, then by user name."""
    statement = (
        sa.select(
            User.id,
            User.username,
            User.username_key,
            User.display_name,
            Membership.role,
            Membership.joined_at,
        )
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.space_id == space_id, User.state == UserState.ACTIVE)
        .order_by(Membership.role, User.username_key)  # "facilitator" comes before "member"
    )
    if cursor is not None:
        key = paging.decode(cursor, (str, str))
        statement = statement.where(sa.tuple_(Membership.role, User.username_key) > key)
    found = db.session.execute(statement.limit(MEMBERS_PER_PAGE + 1)).all()
    rows, has_more = paging.cut(found, MEMBERS_PER_PAGE)
    after = paging.encode((rows[-1].role.value, rows[-1].username_key)) if has_more else None
    return Page(
        tuple(
            MemberRow(
                row.id,
                row.username,
                row.display_name,
                member_path(row.username),
                row.role,
                row.joined_at,
            )
            for row in rows
        ),
        next=after,
    )


def get_member(space_id: int, username: str) -> MemberRow:
    """One active member of a space; NotFound when they are none."""
    found = db.session.execute(
        sa.select(User.id, User.username, User.display_name, Membership.role, Membership.joined_at)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.space_id == space_id,
            User.username_key == name_key(username),
            User.state == UserState.ACTIVE,
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return MemberRow(
        found.id,
        found.username,
        found.display_name,
        member_path(found.username),
        found.role,
        found.joined_at,
    )


def find_user_id(username: str) -> int | None:
    """The active member of this user name."""
    return db.session.scalar(
        sa.select(User.id).where(
            User.username_key == name_key(username), User.state == UserState.ACTIVE
        )
    )


def is_last_facilitator(space_id: int, user_id: int) -> bool:
    """Whether this member runs the space and nobody else who can sign in does."""
    running = db.session.scalars(
        sa.select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.space_id == space_id,
            Membership.role == SpaceRole.FACILITATOR,
            sa.or_(User.state == UserState.ACTIVE, User.id == user_id),
        )
        .limit(2)
    ).all()
    return list(running) == [user_id]


# Ways in


def codes_of(space_id: int) -> tuple[CodeRow, ...]:
    """The newest join codes of a space."""
    found = db.session.execute(
        sa.select(
            JoinCode.id,
            JoinCode.code,
            JoinCode.created_at,
            JoinCode.expires_at,
            JoinCode.uses_left,
            JoinCode.use_count,
            JoinCode.revoked_at,
        )
        .where(JoinCode.space_id == space_id)
        .order_by(JoinCode.id.desc())
        .limit(CODES_SHOWN)
    )
    return tuple(CodeRow(*row) for row in found)


def invitations_of(space_id: int) -> tuple[InvitationRow, ...]:
    """Invitations into a space that nobody has answered yet, newest first."""
    return _invitations(SpaceInvitation.space_id == space_id)


def invitations_for(viewer: Actor) -> tuple[InvitationRow, ...]:
    """Invitations that wait for this member, newest first."""
    if not viewer.is_signed_in:
        return ()
    return _invitations(SpaceInvitation.user_id == viewer.id)


def _invitations(condition: sa.ColumnElement[bool]) -> tuple[InvitationRow, ...]:
    found = db.session.execute(
        sa.select(
            SpaceInvitation.id,
            Space.slug,
            Space.name,
            User.username,
            User.display_name,
            SpaceInvitation.role,
            SpaceInvitation.created_at,
        )
        .join(Space, Space.id == SpaceInvitation.space_id)
        .join(User, User.id == SpaceInvitation.user_id)
        .where(condition, User.state == UserState.ACTIVE)
        .order_by(SpaceInvitation.id.desc())
        .limit(INVITATIONS_SHOWN)
    )
    return tuple(
        InvitationRow(
            row.id,
            row.slug,
            row.name,
            row.username,
            row.display_name,
            member_path(row.username),
            row.role,
            row.created_at,
        )
        for row in found
    )


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that this domain keeps about a member, as (kind, values)."""
    memberships = db.session.execute(
        sa.select(Space.slug, Space.name, Membership.role, Membership.joined_at)
        .join(Space, Space.id == Membership.space_id)
        .where(Membership.user_id == user_id)
        .order_by(Space.id)
    )
    for slug, name, role, joined_at in memberships:
        yield (
            "membership",
            {"space": slug, "name": name, "role": role.value, "joined_at": joined_at.isoformat()},
        )
    invitations = db.session.execute(
        sa.select(Space.name, SpaceInvitation.role, SpaceInvitation.created_at)
        .join(Space, Space.id == SpaceInvitation.space_id)
        .where(SpaceInvitation.user_id == user_id)
        .order_by(SpaceInvitation.id)
    )
    for name, role, created_at in invitations:
        yield (
            "space_invitation",
            {"name": name, "role": role.value, "created_at": created_at.isoformat()},
        )
