"""Coming in: registration, recovery codes, confirming an address, invitations to the site."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError

from forum.accounts import names, policy, tokens
from forum.accounts.models import (
    MailToken,
    RecoveryCode,
    SiteInvitation,
    User,
    UserState,
)
from forum.accounts.queries import CONFIRM, Link, bound_to
from forum.accounts.rules import Rules
from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, SiteRole, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.i18n import _, lazy
from forum.mail.actions import send

CONFIRM_FOR = timedelta(days=3)
LONGEST_INVITATION_DAYS = 90
MOST_INVITATION_USES = 200
_NO_CODE = lazy("Registration is by invitation. Please enter the code that you were given.")
_BAD_CODE = lazy("This code does not work: it may be mistyped, used up, or over.")

Vouch = Callable[[Actor, str], None]


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody gave to register; `code` lets them in while registration is by invitation."""

    username: str
    display_name: str
    email: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """The new account's id, and its recovery codes when it has no other way back in."""

    user_id: int
    codes: tuple[str, ...]


def check_registration(rules: Rules, draft: Registration) -> Registration:
    """The draft as it would be kept; Forbidden or Invalid before anything slow is done."""
    if rules.registration == "closed":
        raise Forbidden(_("Registration is closed here."))
    if rules.registration == "invite" and not draft.code:
        raise Invalid(_NO_CODE, "code")
    email = draft.email if rules.sends_mail else ""
    if rules.is_email_required and not email:
        raise Invalid(_("Please give an e-mail address."), "email")
    return Registration(
        username=names.check_username(draft.username),
        display_name=names.check_display_name(draft.display_name or draft.username),
        email=check_address(email) if email else "",
        code=draft.code,
    )


def check_address(text: str) -> str:
    """An e-mail address in its normal form; Invalid when it is none."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid(_("This is not an e-mail address."), "email") from None


def register(rules: Rules, draft: Registration, password_hash: str, *, vouch: Vouch) -> Registered:
    """Add a member. `draft` comes from check_registration.

    vouch(actor, code) lets a code do that is not a site invitation, or raises; it is called for
    such a code only. An address that is somebody's already makes no difference that can be seen:
    its owner gets a mail instead.
    """
    user = _add(draft.username, draft.display_name, SiteRole.MEMBER)
    user.password_hash = password_hash
    user.password_changed_at = user.created_at
    if draft.code and not redeem_invitation(draft.code):
        vouch(actor_for(user), draft.code)
    record(user.id, "account.register", "account", user.id)
    if draft.email:
        ask_to_confirm(rules, user, draft.email)
        return Registered(user.id, ())
    return Registered(user.id, issue_codes(user.id))


def add_member(username: str, display_name: str, *, role: SiteRole, password_hash: str) -> int:
    """Add an account from the command line, with any role; returns its id."""
    user = _add(names.check_username(username), names.check_display_name(display_name), role)
    user.password_hash = password_hash
    user.password_changed_at = user.created_at
    record(None, "account.add", "account", user.id, after={"role": role.value})
    return user.id


def actor_for(user: User) -> Actor:
    return Actor(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        created_at=user.created_at,
    )


def _add(username: str, display_name: str, role: SiteRole) -> User:
    key, skeleton = names.key(username), names.skeleton(username)
    same = db.session.execute(
        sa.select(User.username_key).where(
            sa.or_(User.username_key == key, User.username_skeleton == skeleton)
        )
    ).scalars()
    keys = set(same)
    if key in keys:
        raise Invalid(_("This user name is taken. Please choose another."), "username")
    if keys:
        raise Invalid(
            _("This user name looks too much like somebody else's. Please choose another."),
            "username",
        )
    user = User(
        username=username,
        username_key=key,
        username_skeleton=skeleton,
        display_name=display_name,
        role=role,
        state=UserState.ACTIVE,
        created_at=clock.now(),
    )
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError:  # somebody else took it in this moment
        raise Invalid(_("This user name is taken. Please choose another."), "username") from None
    return user


def issue_codes(user_id: int) -> tuple[str, ...]:
    """Ten new recovery codes, to be shown once; earlier ones are dead."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tokens.new_codes()
    db.session.add_all(
        RecoveryCode(user_id=user_id, code_hash=tokens.code_digest(code)) for code in codes
    )
    return codes


def ask_to_confirm(rules: Rules, user: User, email: str) -> None:
    """Keep an address and mail a link to it; when it is another's already, tell them instead."""
    user.email = email
    user.email_key = email.casefold()
    user.email_confirmed_at = None
    token = tokens.new_token()
    link = _add_link(user.id, token, email)
    language_of_owner = db.session.scalar(
        sa.select(User.language).where(
            User.email_key == user.email_key,
            User.email_confirmed_at.is_not(None),
            User.id != user.id,
        )
    )
    if language_of_owner is None:
        context = {"link": rules.confirmation_link(token)}
        event = f"confirm-address:{link.id}"
        send("confirm-address", email, context, event=event, language=user.language)
    else:
        context = {"link": f"{rules.base_url}/reset"}
        event = f"address-in-use:{link.id}"
        send("address-in-use", email, context, event=event, language=language_of_owner)


def _add_link(user_id: int, token: str, email: str) -> MailToken:
    db.session.execute(
        sa.delete(MailToken).where(MailToken.user_id == user_id, MailToken.purpose == CONFIRM)
    )
    now = clock.now()
    link = MailToken(
        user_id=user_id,
        purpose=CONFIRM,
        token_hash=tokens.digest(token),
        bound_to=bound_to(CONFIRM, None, email),
        created_at=now,
        expires_at=now + CONFIRM_FOR,
    )
    db.session.add(link)
    db.session.flush()
    return link


def confirm_address(link: Link) -> None:
    """Take an address as its owner's; Conflict when the link was used or the address is taken."""
    use_link(link.id)
    try:
        db.session.execute(
            sa.update(User).where(User.id == link.user_id).values(email_confirmed_at=clock.now())
        )
        db.session.flush()
    except IntegrityError:
        raise Conflict(_("This address belongs to another account already.")) from None
    record(link.user_id, "account.confirm_address", "account", link.user_id)


def use_link(link_id: int) -> None:
    """Use a link up; Conflict when somebody was faster."""
    used = db.session.execute(
        sa.update(MailToken)
        .where(MailToken.id == link_id, MailToken.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(MailToken.id)
    ).all()
    if not used:
        raise Conflict(_("This link was used already."))


def invite(actor: Actor, *, uses: int, days: int) -> str:
    """Make a site invitation; returns its code, which is shown once."""
    policy.may_invite(actor).enforce()
    return _make_invitation(member_id(actor), uses=uses, days=days)


def invite_from_command_line(*, uses: int, days: int) -> str:
    return _make_invitation(None, uses=uses, days=days)


def _make_invitation(created_by_id: int | None, *, uses: int, days: int) -> str:
    if not 1 <= uses <= MOST_INVITATION_USES:
        raise Invalid(
            _(
                "Between 1 and %(most_invitation_uses)s people, please.",
                most_invitation_uses=MOST_INVITATION_USES,
            ),
            "uses",
        )
    if not 1 <= days <= LONGEST_INVITATION_DAYS:
        raise Invalid(
            _(
                "Between 1 and %(longest_invitation_days)s days, please.",
                longest_invitation_days=LONGEST_INVITATION_DAYS,
            ),
            "days",
        )
    code = tokens.new_invitation()
    now = clock.now()
    invitation = SiteInvitation(
        code_hash=tokens.code_digest(code),
        created_by_id=created_by_id,
        created_at=now,
        expires_at=now + timedelta(days=days),
        uses_left=uses,
    )
    db.session.add(invitation)
    db.session.flush()
    after = {"uses": uses, "days": days}
    record(created_by_id, "site_invitation.create", "site_invitation", invitation.id, after=after)
    return code


def revoke_invitation(actor: Actor, invitation_id: int) -> None:
    """End an invitation; doing it twice changes nothing more."""
    policy.may_invite(actor).enforce()
    invitation = db.session.get(SiteInvitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise NotFound
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = clock.now()
    record(actor.id, "site_invitation.revoke", "site_invitation", invitation.id)


def redeem_invitation(code: str) -> bool:
    """Use a site invitation once, if this is one that still works."""
    used = db.session.execute(
        sa.update(SiteInvitation)
        .where(
            SiteInvitation.code_hash == tokens.code_digest(code),
            SiteInvitation.revoked_at.is_(None),
            SiteInvitation.expires_at > clock.now(),
            SiteInvitation.uses_left > 0,
        )
        .values(uses_left=SiteInvitation.uses_left - 1)
        .returning(SiteInvitation.id)
    ).all()
    return bool(used)


def refuse_code() -> Invalid:
    """The refusal of a code that lets nobody in, in the same words for every reason."""
    return Invalid(_BAD_CODE, "code")
