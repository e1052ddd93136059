"""Writes of spaces: making and changing them, joining, leaving, and who runs them."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from forum.accounts import actions as accounts
from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor, Restraint, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import WRITTEN, _, lazy
from forum.core.markup import render
from forum.core.text import scrub_line, slug
from forum.sanctions import actions as sanctions
from forum.sanctions.actions import NOTICE, Notice
from forum.sanctions.policy import STANDS_BY, may_give
from forum.sanctions.queries import get_sanction
from forum.spaces import policy, queries
from forum.spaces.models import (
    Circle,
    JoinCode,
    Membership,
    Space,
    SpaceInvitation,
    SpaceRole,
    Visibility,
)

COMMONS = "commons"
CODE_LENGTH = 8  # 31 letters and digits: 40 bits, and guesses are throttled
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no I, L, O, 0, 1: they look alike
HIDE_AT = 3
MOST_HIDE_AT = 20
HOLDS = (0, 1, 3)
_NO_SUCH_CODE = lazy("This code opens no space. It may be mistyped, used up or out of date.")


@dataclass(frozen=True, slots=True)
class SpaceDraft:
    """What a person typed about a space; `slug` and `facilitator` count for a new one only.

    An empty slug is made from the name; an empty facilitator is the person who makes the space.
    """

    name: str
    description: str
    visibility: Visibility
    who_starts: Circle = Circle.EVERYONE
    who_comments: Circle = Circle.EVERYONE
    language: str = ""  # that is written there, one of i18n.WRITTEN; empty: any
    hide_at: int = HIDE_AT  # reporters who hide a post together, 1 to MOST_HIDE_AT
    hold_first: int = 0  # first posts of an account that wait for a review, of HOLDS
    # Whether one sees how stances are spread only after taking one's own. None: as it is, and in a
    # new space, as fits who reads it.
    hides_stances: bool | None = None
    slug: str = ""
    facilitator: str = ""


@dataclass(frozen=True, slots=True)
class CodeDraft:
    """How long and how often a join code can be used; None is without limit."""

    days: int | None
    uses: int | None


# Spaces


def plant_commons() -> None:
    """Make the public space that every forum has, unless it is there."""
    if db.session.scalar(sa.select(Space.id).where(Space.slug == COMMONS)) is not None:
        return
    _add_space(SpaceDraft("Commons", "", Visibility.PUBLIC, slug=COMMONS))


def create_space(actor: Actor, draft: SpaceDraft) -> Space:
    """Make a space and its first facilitator; Invalid for a taken address or an unknown person."""
    policy.may_create(actor).enforce()
    facilitator = (
        _user_id(draft.facilitator, "facilitator") if draft.facilitator else member_id(actor)
    )
    space = _add_space(draft)
    _add_member(space.id, facilitator, SpaceRole.FACILITATOR)
    record(
        actor.id, "space.created", "space", space.id,
        after=_settings(space), role=actor.role.value, space_id=space.id,
    )  # fmt: skip
    versions.touch(versions.SITE)
    return space


def add_space(draft: SpaceDraft) -> Space:
    """Make a space from the command line, where nobody is signed in."""
    facilitator = _user_id(draft.facilitator, "facilitator")
    space = _add_space(draft)
    _add_member(space.id, facilitator, SpaceRole.FACILITATOR)
    record(None, "space.created", "space", space.id, after=_settings(space), space_id=space.id)
    versions.touch(versions.SITE)
    return space


def _add_space(draft: SpaceDraft) -> Space:
    address = draft.slug or slug(draft.name)
    if address != slug(address):
        raise Invalid(
            _("An address is made of small letters, digits and single hyphens, up to 60."), "slug"
        )
    # Those who think about one thing together say first what they think themselves.
    hides_stances = draft.visibility is not Visibility.PUBLIC
    space = Space(slug=address, created_at=clock.now(), hides_stances=hides_stances)
    _apply(space, draft)
    try:
        with db.session.begin_nested():
            db.session.add(space)
    except IntegrityError:
        raise Invalid(_("Another space has this address. Please choose another."), "slug") from None
    return space


def _apply(space: Space, draft: SpaceDraft) -> None:
    try:
        rendered = render(draft.description)
    except Invalid as error:
        raise Invalid(error.message, "description") from None
    if draft.language and draft.language not in WRITTEN:
        raise Invalid(_("This language is not in the list."), "language")
    space.name = scrub_line(draft.name)
    space.description_source = draft.description
    space.description_html = str(rendered.html)
    space.description_render_version = rendered.version
    space.visibility = draft.visibility
    space.who_starts = draft.who_starts
    space.who_comments = draft.who_comments
    space.language = draft.language
    if not 1 <= draft.hide_at <= MOST_HIDE_AT:
        raise Invalid(_("Please give a number from 1 to %(most)s.", most=MOST_HIDE_AT), "hide_at")
    if draft.hold_first not in HOLDS:
        raise Invalid(_("This is not in the list."), "hold_first")
    space.hide_at = draft.hide_at
    space.hold_first = draft.hold_first
    if draft.hides_stances is not None:
        space.hides_stances = draft.hides_stances


def edit_space(actor: Actor, space_id: int, draft: SpaceDraft) -> Space:
    """Change what a space says and who may do what in it; its address stays."""
    space, access = queries.load_space(actor, space_id)
    policy.may_edit(actor, access).enforce()
    policy.may_change_visibility(actor, access, draft.visibility).enforce()
    before, old_text = _settings(space), space.description_source
    _apply(space, draft)
    after = _settings(space)
    if before == after and old_text == draft.description:
        return space
    record(
        actor.id, "space.edited", "space", space.id,
        before=before, after=after, role=policy.role_in(actor, access), space_id=space.id,
    )  # fmt: skip
    if before["visibility"] == after["visibility"]:
        versions.touch(versions.SITE)
    else:
        versions.touch(versions.SITE, versions.LISTS)
    return space


def _settings(space: Space) -> dict[str, str | int]:
    return {
        "name": space.name,
        "visibility": space.visibility.value,
        "who_starts": space.who_starts.value,
        "who_comments": space.who_comments.value,
        "language": space.language,
        "hide_at": space.hide_at,
        "hold_first": space.hold_first,
        "hides_stances": space.hides_stances,
    }


# Members


def join_space(actor: Actor, space_id: int) -> Space:
    """Join a space that is open to whoever sees it; nothing happens to who is in it already."""
    space, access = queries.load_space(actor, space_id)
    policy.may_join(actor, access).enforce()
    _add_member(space.id, member_id(actor), SpaceRole.MEMBER)
    return space


def _add_member(space_id: int, user_id: int, role: SpaceRole) -> bool:
    """Make somebody a member; False when they are one already, who keep their role."""
    db.session.execute(
        sa.delete(SpaceInvitation).where(
            SpaceInvitation.space_id == space_id, SpaceInvitation.user_id == user_id
        )
    )
    try:
        with db.session.begin_nested():
            db.session.execute(
                sa.insert(Membership).values(
                    space_id=space_id, user_id=user_id, role=role, joined_at=clock.now()
                )
            )
    except IntegrityError:
        return False
    return True


def leave_space(actor: Actor, space_id: int) -> Space:
    """Leave; the last facilitator cannot leave a private space."""
    space, access = queries.load_space(actor, space_id)
    user_id = member_id(actor)
    is_last = queries.is_last_facilitator(space.id, user_id)
    policy.may_leave(actor, access, is_last_facilitator=is_last).enforce()
    _remove(space.id, user_id)
    return space


def _remove(space_id: int, user_id: int) -> None:
    db.session.execute(
        sa.delete(Membership).where(Membership.space_id == space_id, Membership.user_id == user_id)
    )


def set_role(actor: Actor, space_id: int, user_id: int, *, role: SpaceRole) -> None:
    """Make a member a facilitator, or a facilitator a member; Conflict when they left."""
    space, access = queries.load_space(actor, space_id)
    policy.may_facilitate(actor, access).enforce()
    membership = db.session.get(Membership, (space.id, user_id), populate_existing=True)
    if membership is None:
        raise Conflict(_("This person has left the space."))
    if membership.role is role:
        return
    if role is not SpaceRole.FACILITATOR:
        _keep_a_facilitator(access, space.id, user_id)
    before = membership.role
    membership.role = role
    db.session.flush()
    record(
        actor.id,
        "space.role_changed",
        "space",
        space.id,
        before={"user_id": user_id, "role": before.value},
        after={"user_id": user_id, "role": role.value},
        role=policy.role_in(actor, access),
        space_id=space.id,
    )


def remove_member(actor: Actor, space_id: int, user_id: int, *, reason: str) -> None:
    """Take somebody out of the space; nothing happens when they are not in it."""
    space, access = queries.load_space(actor, space_id)
    policy.may_facilitate(actor, access).enforce()
    if db.session.get(Membership, (space.id, user_id), populate_existing=True) is None:
        return
    _keep_a_facilitator(access, space.id, user_id)
    _remove(space.id, user_id)
    record(
        actor.id,
        "space.member_removed",
        "space",
        space.id,
        before={"user_id": user_id},
        reason=reason,
        role=policy.role_in(actor, access),
        space_id=space.id,
    )


def _keep_a_facilitator(access: policy.SpaceAccess, space_id: int, user_id: int) -> None:
    is_last = queries.is_last_facilitator(space_id, user_id)
    policy.may_lose_facilitator(access, is_last_facilitator=is_last).enforce()


def forget_member(user_id: int) -> None:
    """Take a deleted account out of every space and every invitation."""
    for table in (Membership, SpaceInvitation):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))


# Sanctions: here, because this is where accounts, spaces and who runs them are all known


def sanction_member(  # noqa: PLR0913 - the parts of one sentence: whom, what, where, until, why
    actor: Actor,
    user_id: int,
    *,
    kind: Restraint,
    space_id: int | None,
    until: datetime | None,
    reason: str,
    decision_id: int | None = None,
    notice: Notice = NOTICE,
) -> int:
    """Give a member a sanction, with all that follows from it; returns its id.

    Who is suspended or excluded everywhere is signed out at once and cannot sign in; who is
    excluded from a space is no member of it any more. `space_id` None is everywhere. NotFound or
    Forbidden when it is not the actor's to do, Invalid for an end that does not fit or a reason
    that is missing. It locks the account: call it before `record`, never after.
    """
    place = _sanctioned_place(actor, user_id, space_id)
    if space_id is None and kind in STANDS_BY:
        accounts.suspend(user_id)
    elif space_id is not None and kind is Restraint.EXCLUDE:
        _exclude(actor, space_id, user_id)
    return sanctions.give(
        actor,
        user_id,
        kind=kind,
        space_id=space_id,
        until=until,
        reason=reason,
        decision_id=decision_id,
        notice=_in_place(notice, place),
    )


def lift_sanction(actor: Actor, sanction_id: int, reason: str, *, notice: Notice = NOTICE) -> None:
    """End a sanction before its time; who was suspended everywhere can sign in at once.

    Who was excluded from a space may join it again, but is not put back. Refuses as
    `sanction_member`; Conflict when it has ended already. Call it before `record`.
    """
    given = get_sanction(sanction_id)
    place = _sanctioned_place(actor, given.user_id, given.space_id)
    if given.space_id is None and given.kind in STANDS_BY:
        accounts.resume(given.user_id, lifted=sanction_id)
    sanctions.lift(actor, sanction_id, reason, notice=_in_place(notice, place))


def _sanctioned_place(actor: Actor, user_id: int, space_id: int | None) -> str:
    """The name of the space, empty for everywhere, when the actor may restrain this member."""
    name, is_facilitator = "", False
    if space_id is not None:
        access = queries.get_access(actor, space_id)
        is_facilitator = bool(policy.may_facilitate(actor, access))
        name = queries.name_of(space_id)
    member = queries.get_restrained(user_id, space_id)
    may_give(actor, member, space_id=space_id, is_facilitator=is_facilitator).enforce()
    return name


def _in_place(notice: Notice, place: str) -> Notice:
    return replace(notice, values={"space": place, **notice.values})


def _exclude(actor: Actor, space_id: int, user_id: int) -> None:
    _space, access = queries.load_space(actor, space_id)
    _keep_a_facilitator(access, space_id, user_id)
    for table in (Membership, SpaceInvitation):
        db.session.execute(
            sa.delete(table).where(table.space_id == space_id, table.user_id == user_id)
        )


# Join codes


def code_key(code: str) -> str:
    """A code as it is stored, however it was typed: capitals, without spaces and hyphens."""
    return "".join(character for character in code.upper() if character.isalnum())


def make_code(actor: Actor, space_id: int, draft: CodeDraft) -> JoinCode:
    """Make a random join code for a space."""
    space, access = queries.load_space(actor, space_id)
    policy.may_facilitate(actor, access).enforce()
    now = clock.now()
    code = JoinCode(
        space_id=space.id,
        code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        created_by_id=actor.id,
        created_at=now,
        expires_at=None if draft.days is None else now + timedelta(days=draft.days),
        uses_left=draft.uses,
    )
    db.session.add(code)
    db.session.flush()
    record(
        actor.id,
        "space.code_made",
        "space",
        space.id,
        after={"code_id": code.id, "days": draft.days, "uses": draft.uses},
        role=policy.role_in(actor, access),
        space_id=space.id,
    )
    return code


def revoke_code(actor: Actor, space_id: int, code_id: int) -> None:
    """End a join code at once; NotFound when this space has no such code."""
    space, access = queries.load_space(actor, space_id)
    policy.may_facilitate(actor, access).enforce()
    ours = sa.and_(JoinCode.id == code_id, JoinCode.space_id == space.id)
    if db.session.scalar(sa.select(JoinCode.id).where(ours)) is None:
        raise NotFound
    revoked = db.session.execute(
        sa.update(JoinCode)
        .where(ours, JoinCode.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(JoinCode.id)
    ).all()
    if revoked:
        record(
            actor.id, "space.code_revoked", "space", space.id,
            before={"code_id": code_id}, role=policy.role_in(actor, access), space_id=space.id,
        )  # fmt: skip


def redeem_code(actor: Actor, code: str) -> Space:
    """Join the space of a code. Who is in it already stays so, and uses nothing up.

    Invalid, always in the same words, when the code is unknown, used up, expired or revoked.
    Forbidden for whom a sanction keeps out of the space.
    """
    user_id = member_id(actor)
    found = db.session.execute(
        sa.select(JoinCode.id, Space)
        .join(Space, Space.id == JoinCode.space_id)
        .where(JoinCode.code == code_key(code))
    ).one_or_none()
    if found is None:
        raise Invalid(_NO_SUCH_CODE, "code")
    code_id, space = found
    policy.may_enter(actor, space.id).enforce()
    if _add_member(space.id, user_id, SpaceRole.MEMBER):
        _use_up(code_id)
    return space


def _use_up(code_id: int) -> None:
    """Take one use from a code, or refuse: of two people who race for the last, one gets it."""
    used = db.session.execute(
        sa.update(JoinCode)
        .where(
            JoinCode.id == code_id,
            JoinCode.revoked_at.is_(None),
            sa.or_(JoinCode.expires_at.is_(None), JoinCode.expires_at > clock.now()),
            sa.or_(JoinCode.uses_left.is_(None), JoinCode.uses_left > 0),
        )
        .values(uses_left=JoinCode.uses_left - 1, use_count=JoinCode.use_count + 1)
        .returning(JoinCode.id)
    ).all()
    if not used:
        raise Invalid(_NO_SUCH_CODE, "code")


# Invitations


def invite(actor: Actor, space_id: int, username: str) -> None:
    """Invite a member by user name; nothing happens when they are invited already."""
    space, access = queries.load_space(actor, space_id)
    policy.may_facilitate(actor, access).enforce()
    user_id = _user_id(username, "username")
    if db.session.get(Membership, (space.id, user_id), populate_existing=True) is not None:
        raise Invalid(_("This person is a member of the space already."), "username")
    try:
        with db.session.begin_nested():
            db.session.add(
                SpaceInvitation(
                    space_id=space.id,
                    user_id=user_id,
                    invited_by_id=actor.id,
                    created_at=clock.now(),
                )
            )
    except IntegrityError:
        return
    record(
        actor.id, "space.invited", "space", space.id,
        after={"user_id": user_id}, role=policy.role_in(actor, access), space_id=space.id,
    )  # fmt: skip


def _user_id(username: str, field: str) -> int:
    found = queries.find_user_id(username)
    if found is None:
        raise Invalid(_("There is no member with this user name."), field)
    return found


def withdraw_invitation(actor: Actor, space_id: int, invitation_id: int) -> None:
    """Take an invitation back; nothing happens when it was answered meanwhile."""
    space, access = queries.load_space(actor, space_id)
    policy.may_facilitate(actor, access).enforce()
    db.session.execute(
        sa.delete(SpaceInvitation).where(
            SpaceInvitation.id == invitation_id, SpaceInvitation.space_id == space.id
        )
    )


def accept_invitation(actor: Actor, address: str) -> Space:
    """Join the space that one was invited to; NotFound without an invitation."""
    user_id = member_id(actor)
    space = db.session.scalar(sa.select(Space).where(Space.slug == address))
    if space is None:
        raise NotFound
    if db.session.get(Membership, (space.id, user_id), populate_existing=True) is not None:
        return space
    role = db.session.scalar(
        sa.select(SpaceInvitation.role)
        .where(SpaceInvitation.space_id == space.id, SpaceInvitation.user_id == user_id)
        .with_for_update()
    )
    if role is None:
        raise NotFound
    policy.may_enter(actor, space.id).enforce()
    _add_member(space.id, user_id, role)
    return space


def decline_invitation(actor: Actor, address: str) -> None:
    """Answer an invitation with no. Says the same whether there was one or not."""
    space_id = sa.select(Space.id).where(Space.slug == address).scalar_subquery()
    db.session.execute(
        sa.delete(SpaceInvitation).where(
            SpaceInvitation.space_id == space_id,
            SpaceInvitation.user_id == member_id(actor),
        )
    )
