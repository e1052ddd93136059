"""The language of a page: what the member chose, else what the browser asks for."""

from functools import lru_cache

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, refresh
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from forum.core import i18n
from forum.web.login import current_actor

HEADER = "Accept-Language"
_LENGTH = 200  # characters of Accept-Language of it that are looked at


class _Babel(Babel):
    """Flask-Babel with the catalogues of core/i18n.py, which need no compiled files."""

    domain_instance = i18n.Catalogues()


def of_request() -> str:
    """The language of the answer to this request, one of LANGUAGES."""
    fixed: str | None = g.get("language")
    if fixed is not None:
        return fixed
    if not g.get("as_visitor", False):
        chosen = current_actor().language
        if chosen:
            return chosen
    return of_browser()


def of_browser() -> str:
    """What the browser asks for; asks neither the database nor who is signed in."""
    return best(request.headers.get(HEADER, ""))


def keep_to(code: str) -> None:
    """Answer this request in one language, whoever asks."""
    g.language = code
    refresh()


def best(header: str) -> str:
    """The language that an Accept-Language header likes most."""
    return _best(header[:_LENGTH])


@lru_cache(maxsize=500)
def _best(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    return accepted.best_match(i18n.LANGUAGES, i18n.DEFAULT)


def _select() -> str:
    return of_request() if has_request_context() else i18n.DEFAULT


def init_app(app: Flask) -> None:
    _Babel(configure_jinja=False).init_app(
        app, default_locale=i18n.DEFAULT, locale_selector=_select
    )
