"""Pages of accounts, and who makes a request."""

from flask import current_app, g, request
from flask.blueprints import BlueprintSetupState

from forum.accounts import actions, passwords, queries
from forum.accounts.views import entry, members, settings
from forum.accounts.views.blueprint import blueprint
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.web.forms import UNSAFE
from forum.web.login import current_actor, login_manager

__all__ = ["blueprint", "entry", "members", "settings"]


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_actor(token: str) -> Actor | None:
    """Who holds this session; asked by every page of a member, and one statement long."""
    config = current_app.config
    found = queries.find_signed_in(
        token,
        idle_days=config["SESSION_IDLE_DAYS"],
        absolute_days=config["SESSION_ABSOLUTE_DAYS"],
    )
    if found is None:
        return None
    g.session_seen_at = found.last_seen_at
    return found.actor


@blueprint.before_app_request
def note_use() -> None:
    """Note that a session is in use, at most once an hour, and never on a GET.

    A GET changes nothing, so whoever only reads is kept signed in by the script that sends
    /still-here; without it a session of nothing but reading ends after the idle days.
    """
    if request.method not in UNSAFE:
        return
    actor = current_actor()
    seen_at = g.get("session_seen_at")
    if actor.is_signed_in and seen_at and clock.now() - seen_at > actions.SEEN_EVERY:
        with transaction():
            actions.still_here(actor)


@blueprint.record_once
def limit_hashes(state: BlueprintSetupState) -> None:
    passwords.HASHING.limit(state.app.config["PASSWORD_HASHES_AT_ONCE"])
