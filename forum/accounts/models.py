"""Tables of people, their sessions, and the secrets that let them in."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.actor import SiteRole
from forum.core.db import Base, choice, intpk


class UserState(StrEnum):
    ACTIVE = "active"
    DEACTIVATED = "deactivated"  # by the member; signing in again brings the account back
    SUSPENDED = "suspended"  # by a moderator
    PLACEHOLDER = "placeholder"  # the author of imported posts, until somebody claims it
    DELETED = "deleted"  # the row stays so that posts keep an author; every personal value is gone


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class User(Base):
    """A person. `username_key` is NFKC case-folded, `username_skeleton` folds look-alikes."""

    __tablename__ = "user_account"

    id: Mapped[intpk]
    username: Mapped[str] = mapped_column(sa.String(60))
    username_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    username_skeleton: Mapped[str] = mapped_column(sa.String(240), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    password_changed_at: Mapped[datetime | None]
    email: Mapped[str | None] = mapped_column(sa.String(320))
    email_key: Mapped[str | None] = mapped_column(sa.String(320), index=True)
    email_confirmed_at: Mapped[datetime | None]
    role: Mapped[SiteRole] = mapped_column(choice(SiteRole, "role"), default=SiteRole.MEMBER)
    state: Mapped[UserState] = mapped_column(choice(UserState, "state"), default=UserState.ACTIVE)
    about_source: Mapped[str] = mapped_column(sa.Text, default="")
    about_html: Mapped[str] = mapped_column(sa.Text, default="")
    about_render_version: Mapped[int] = mapped_column(default=0)
    timezone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    theme: Mapped[Theme] = mapped_column(choice(Theme, "theme"), default=Theme.AUTO)
    has_shortcuts: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    language: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        # Only a confirmed address belongs to one account: before that, anybody could block it.
        sa.Index(
            "uq_user_account_confirmed_email",
            "email_key",
            unique=True,
            sqlite_where=sa.text("email_confirmed_at IS NOT NULL"),
            postgresql_where=sa.text("email_confirmed_at IS NOT NULL"),
        ),
    )


class UserSession(Base):
    """One signed-in browser; only the SHA-256 of its token is kept."""

    __tablename__ = "user_session"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(sa.String(80), default="")


class RecoveryCode(Base):
    __tablename__ = "recovery_code"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None]


class MailToken(Base):
    """A single-use link: to set a new password, or to confirm an address.

    `bound_to` is a digest of what the link was made for (the password hash, or the address):
    when that changes, the link is dead.
    """

    __tablename__ = "mail_token"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(sa.String(16))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    bound_to: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FeedToken(Base):
    """Lets a feed reader read what its owner may see, and nothing else; shown once, kept hashed."""

    __tablename__ = "feed_token"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))  # what its owner calls the program
    created_at: Mapped[datetime]


class SiteInvitation(Base):
    """Lets people register while registration is by invitation; shown once, kept hashed."""

    __tablename__ = "site_invitation"

    id: Mapped[intpk]
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    uses_left: Mapped[int]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (sa.CheckConstraint("uses_left >= 0", name="uses_left"),)


class Attempt(Base):
    """One try at something that is throttled; `subject` is a keyed digest, never an address."""

    __tablename__ = "attempt"

    id: Mapped[intpk]
    scope: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]

    __table_args__ = (
        sa.Index("ix_attempt_scope_subject_at", "scope", "subject", "at"),
        sa.Index("ix_attempt_at", "at"),
    )
