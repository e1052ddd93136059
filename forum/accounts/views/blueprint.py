"""The blueprint of accounts and what its views share: rules, the browser, the session."""

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from forum.accounts import actions, passwords, queries, tokens
from forum.accounts.queries import Credentials
from forum.accounts.rules import Rules
from forum.core.actor import Actor, member_id
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.web import login

blueprint = Blueprint("accounts", __name__)


def rules() -> Rules:
    config = current_app.config
    return Rules(
        site_name=config["SITE_NAME"],
        registration=config["REGISTRATION"],
        is_email_required=config["EMAIL_REQUIRED"],
        sends_mail=bool(config["SMTP_HOST"]),
        base_url=config["BASE_URL"].rstrip("/"),
        reset_minutes=config["RESET_MINUTES"],
        idle_days=config["SESSION_IDLE_DAYS"],
        absolute_days=config["SESSION_ABSOLUTE_DAYS"],
        secret=config["SECRET_KEY"],
    )


def network() -> str:
    return tokens.network(request.remote_addr)


def device() -> str:
    return tokens.device_name(request.headers.get("User-Agent", ""))


def to(path: str) -> Response:
    return redirect(path, 303)


def start_browser_session(token: str) -> Actor:
    """Make this browser's session, cookie and all, the one that the token belongs to."""
    given = rules()
    found = queries.find_signed_in(
        token, idle_days=given.idle_days, absolute_days=given.absolute_days
    )
    if found is None:
        raise RuntimeError("a session that was just begun is not there")
    login.sign_in(found.actor)
    return found.actor


def check_own_password(
    actor: Actor, password: str, *, field: str = "password"
) -> tuple[Credentials, tuple[int, ...]]:
    """Whether this is the actor's password; Invalid or TooMany when it is not.

    Returns what was checked, and the counted try, to be taken back in the transaction that
    follows. Takes some 50 ms, so call it outside of one.
    """
    with transaction():
        counted = actions.count_password_try(member_id(actor))
    found = queries.own_credentials(actor)
    if not passwords.verify(found.password_hash, password):
        raise Invalid(_("This is not your password."), field)
    return found, counted
