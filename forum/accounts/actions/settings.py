"""What a member changes about their own account, and how they leave."""

from dataclasses import dataclass
from zoneinfo import available_timezones

import sqlalchemy as sa

from forum.accounts import names, policy, queries
from forum.accounts.actions.joining import ask_to_confirm, check_address, issue_codes
from forum.accounts.actions.resetting import tell
from forum.accounts.actions.sessions import end_sessions
from forum.accounts.effects import index_person
from forum.accounts.models import MailToken, RecoveryCode, Theme, User, UserState
from forum.accounts.queries import CONFIRM
from forum.accounts.rules import Rules
from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.core import clock, versions
from forum.core.actor import Actor, SiteRole, member_id
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import LANGUAGES, _
from forum.core.markup import render
from forum.core.text import scrub
from forum.notifications import actions as notifications
from forum.sanctions import actions as sanctions

LONGEST_ABOUT = 5_000


@dataclass(frozen=True, slots=True)
class Profile:
    display_name: str
    about: str


@dataclass(frozen=True, slots=True)
class Preferences:
    timezone: str
    theme: Theme
    has_shortcuts: bool = True
    language: str = ""  # one of i18n.LANGUAGES; empty: as the browser asks


def edit_profile(actor: Actor, draft: Profile) -> None:
    """Change the shown name and one's own words about oneself."""
    if replace_profile(_own(actor), draft.display_name, draft.about):
        make_names_stale()


def replace_profile(user: User, display_name: str, about: str) -> bool:
    """Give a locked account another shown name and other words; True when the name is new.

    Then whoever calls it makes the pages stale that show names, last of all.
    """
    name = names.check_display_name(display_name)
    about = scrub(about).strip()
    if len(about) > LONGEST_ABOUT:
        raise Invalid(
            _("Please use at most %(longest_about)s characters.", longest_about=LONGEST_ABOUT),
            "about",
        )
    is_renamed = name != user.display_name
    is_changed = is_renamed or about != user.about_source
    user.display_name = name
    if about != user.about_source:
        rendered = render(about)
        user.about_source = about
        user.about_html = str(rendered.html)
        user.about_render_version = rendered.version
    if is_changed:
        cases.edited(SubjectKind.MEMBER, user.id, user.id)
    if is_renamed:
        index_person(user)
    return is_renamed


def make_names_stale() -> None:
    """Names stand on most finished pages."""
    versions.touch(versions.SITE)


def edit_preferences(actor: Actor, draft: Preferences) -> None:
    if draft.timezone not in available_timezones():
        raise Invalid(_("This time zone is not known here."), "timezone")
    if draft.language and draft.language not in LANGUAGES:
        raise Invalid(_("Pages do not come in this language."), "language")
    user = _own(actor)
    user.timezone = draft.timezone
    user.theme = draft.theme
    user.has_shortcuts = draft.has_shortcuts
    user.language = draft.language


def change_address(actor: Actor, rules: Rules, email: str) -> None:
    """Name a new address: a link goes there, and a notice to the address that was."""
    user = _own(actor)
    email = check_address(email)
    if email.casefold() == user.email_key and user.email_confirmed_at is not None:
        return
    before = user.email if user.email_confirmed_at else None
    ask_to_confirm(rules, user, email)
    record(user.id, "account.change_address", "account", user.id)
    if before:
        tell(rules, user, "address-changed", at=clock.now(), to=before)


def remove_address(actor: Actor, rules: Rules) -> None:
    """Forget the actor's address; refused where the site asks for one."""
    if rules.is_email_required:
        raise Invalid(_("An address is needed here. You can give another one."), "email")
    user = _own(actor)
    if user.email is None:
        return
    before = user.email if user.email_confirmed_at else None
    user.email = user.email_key = user.email_confirmed_at = None
    db.session.execute(
        sa.delete(MailToken).where(MailToken.user_id == user.id, MailToken.purpose == CONFIRM)
    )
    record(user.id, "account.remove_address", "account", user.id)
    if before:
        tell(rules, user, "address-changed", at=clock.now(), to=before)


def reissue_codes(actor: Actor, rules: Rules) -> tuple[str, ...]:
    """Ten new recovery codes, to be shown once; the earlier ones are dead."""
    user = _own(actor)
    record(user.id, "account.make_codes", "account", user.id)
    tell(rules, user, "codes-changed", at=clock.now())
    return issue_codes(user.id)


def note_download(actor: Actor) -> None:
    record(actor.id, "account.download", "account", actor.id)


def deactivate(actor: Actor) -> None:
    """Hide the profile and end every session; signing in brings the account back."""
    user = _own(actor)
    user.state = UserState.DEACTIVATED
    index_person(user)
    end_sessions(user.id)
    record(user.id, "account.deactivate", "account", user.id)
    versions.touch(versions.SITE)


def delete_account(actor: Actor) -> None:
    """Remove everything personal at once; the row stays so that posts keep an author."""
    others = queries.other_administrators(actor)
    policy.may_delete_account(actor, other_administrators=others).enforce()
    user = _own(actor)
    end_sessions(user.id)
    notifications.forget_member(user.id)
    sanctions.forget_member(user.id)
    cases.forget_reporter(user.id)
    for model in (RecoveryCode, MailToken):
        db.session.execute(sa.delete(model).where(model.user_id == user.id))
    neutral = f"former-member-{user.id}"
    user.username = neutral
    user.username_key = user.username_skeleton = f"deleted:{user.id}"  # no name holds a colon
    user.display_name = "former member"
    user.password_hash = user.password_changed_at = None
    user.email = user.email_key = user.email_confirmed_at = None
    user.about_source = user.about_html = ""
    user.timezone, user.theme, user.language = "UTC", Theme.AUTO, ""
    user.has_shortcuts = True
    user.role = SiteRole.MEMBER
    user.state = UserState.DELETED
    index_person(user)
    user.deleted_at = clock.now()
    record(user.id, "account.delete", "account", user.id)
    versions.touch(versions.SITE)


def _own(actor: Actor) -> User:
    return db.session.scalars(
        sa.select(User).where(User.id == member_id(actor)).with_for_update()
    ).one()
