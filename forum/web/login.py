"""The signed-in member of a request, as an Actor; accounts/views.py registers the loader."""

from typing import cast

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user
from itsdangerous import URLSafeTimedSerializer
from typing_extensions import override

from forum.core.actor import VISITOR, Actor

login_manager = LoginManager()
login_manager.session_protection = None  # binding to address or browser signs phones out
login_manager.anonymous_user = lambda: VISITOR
# Flask-Login would otherwise put a digest of address and browser into the cookie.
login_manager._session_identifier_generator = lambda: ""  # noqa: SLF001


def current_actor() -> Actor:
    """Who makes this request: a signed-in member or VISITOR. At most one statement a request."""
    # What Flask-Login keeps for the request; its proxy costs ten times this, and pages ask often.
    return cast("Actor", g.get("_login_user") or current_user._get_current_object())  # noqa: SLF001


def sign_in(actor: Actor) -> None:
    """Start the browser's session afresh, with nothing of what it held before."""
    sign_out()
    login_user(actor)


def sign_out() -> None:
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps it for the request; forms below need a new one


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies, with a signer that is made once instead of for every request."""

    def __init__(self) -> None:
        self._signers: dict[object, URLSafeTimedSerializer | None] = {}

    @override
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        keys = (app.config["SECRET_KEY"], tuple(app.config["SECRET_KEY_FALLBACKS"]))
        if keys not in self._signers:
            self._signers[keys] = super().get_signing_serializer(app)
        return self._signers[keys]


def init_app(app: Flask) -> None:
    app.session_interface = _Sessions()
    login_manager.init_app(app, add_context_processor=False)  # templates have `viewer`
