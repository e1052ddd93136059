"""What templates know besides their own values: site, viewer, addresses, times."""

from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, g, get_flashed_messages, make_response, render_template
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from typing_extensions import override
from werkzeug.wrappers import Response

from forum.core.actor import VISITOR, Actor
from forum.web.assets import asset
from forum.web.forms import Form
from forum.web.login import current_actor

_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def page(template: str, *, status: int = 200, form: Form | None = None, **values: Any) -> Response:
    """Render a page; a form that was refused gives the status and the Retry-After."""
    values["form"] = form
    if form is not None:
        status = form.status if form.status != 200 else status  # noqa: PLR2004 - the HTTP default
    response = make_response(render_template(template, **values), status)
    if form is not None and form.retry_after is not None:
        response.headers["Retry-After"] = str(form.retry_after)
    return response


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def when(at: datetime) -> str:
    """Day and time in the viewer's zone: "24 Mar 2011, 18:07"."""
    name = viewer().timezone
    local = at if name == "UTC" else at.astimezone(_zone(name))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local.hour:02}:{local.minute:02}"


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def stored_html(html: str) -> Markup:
    """HTML that core/markup.py made and the database kept: the one place that marks it safe."""
    return Markup(html)  # noqa: S704 - rendered and sanitised at write


def viewer() -> Actor:
    """Who looks at the page; VISITOR on pages that must be the same bytes for everybody."""
    return VISITOR if g.get("as_visitor", False) else current_actor()


def _context() -> dict[str, Any]:
    actor = viewer()
    return {
        "viewer": actor,
        "flashes": [] if g.get("as_visitor", False) else get_flashed_messages(with_categories=True),
    }


class _Environment(Environment):
    """Gives each template its globals in a plain dict.

    Each import of a component compares them with those of the page, and each page copies them:
    with Jinja's own ChainMap that is a tenth of what rendering a page costs.
    """

    @override
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def init_app(app: Flask) -> None:
    app.jinja_environment = _Environment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(when=when, iso=iso, stored_html=stored_html)
    # `site` is a global so that the pages of failures, which have no context, have it as well.
    app.jinja_env.globals.update(asset=asset, csrf_token=generate_csrf, site=app.extensions["site"])
    app.context_processor(_context)
