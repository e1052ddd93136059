"""What templates know besides their own values: site, viewer, addresses, times."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast

from babel.dates import format_skeleton
from flask import Flask, g, get_flashed_messages, make_response, render_template
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined, Template, pass_environment
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from typing_extensions import override
from werkzeug.wrappers import Response

from forum.core import i18n
from forum.core.actor import VISITOR, Actor
from forum.core.moments import moment
from forum.web import language
from forum.web.assets import asset
from forum.web.forms import Form
from forum.web.login import current_actor
from forum.web.translating import language_of, speak, teach


def page(template: str, *, status: int = 200, form: Form | None = None, **values: Any) -> Response:
    """Render a page; a form that was refused gives the status and the Retry-After."""
    values["form"] = form
    if form is not None:
        status = form.status if form.is_refused else status
    response = make_response(render_template(template, **values), status)
    if form is not None and form.retry_after is not None:
        response.headers["Retry-After"] = str(form.retry_after)
    return response


@pass_environment
def when(environment: Environment, at: datetime) -> str:
    """Day and time in the viewer's zone and language: "24 Mar 2011, 18:07"."""
    return moment(at, viewer().timezone, language_of(environment))


@pass_environment
def month(environment: Environment, at: datetime) -> str:
    """The month of a day, as exact as others need to know: "March 2011"."""
    return _month(at.year, at.month, language_of(environment))


@lru_cache(maxsize=600)
def _month(year: int, number: int, code: str) -> str:
    return format_skeleton("yMMMM", date(year, number, 1), locale=code)


@pass_environment
def number(environment: Environment, value: int) -> str:
    """A whole number as the page's language writes it: "12,345"."""
    return i18n.number(value, language_of(environment))


@lru_cache(maxsize=10_000)
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


@dataclass(frozen=True, slots=True)
class Language:
    """What the root element of a page says about its words; `ago` is JSON for times.js."""

    code: str
    direction: str
    ago: str


def _language(code: str) -> Language:
    # Translators: a time of less than a minute ago.
    words = {**i18n.ago(code), "now": i18n.catalogue(code).gettext("now")}
    return Language(code, i18n.direction(code), htmlsafe_json_dumps(words, ensure_ascii=False))


class PageEnvironment(Environment):
    """One language's templates, with a sibling for each other language.

    Gives each template its globals in a plain dict. Each import of a component compares them with
    those of the page, and each page copies them: with Jinja's own ChainMap that is a tenth of what
    rendering a page costs.
    """

    spoken: Language
    siblings: Mapping[str, "PageEnvironment"]

    @override
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, "language": self.spoken, **(d or {})}

    @override
    def get_or_select_template(
        self, template_name_or_list: Any, *args: Any, **kwargs: Any
    ) -> Template:
        """The template in the language of the request: what Flask's render_template asks for."""
        speaking = self.siblings[language.of_request()]
        return super(PageEnvironment, speaking).get_or_select_template(
            template_name_or_list, *args, **kwargs
        )


def init_app(app: Flask) -> None:
    app.jinja_environment = PageEnvironment
    environment = cast("PageEnvironment", app.jinja_env)
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.filters.update(
        when=when, iso=iso, month=month, number=number, stored_html=stored_html
    )
    # `site` is a global so that the pages of failures, which have no context, have it as well.
    environment.globals.update(asset=asset, csrf_token=generate_csrf, site=app.extensions["site"])
    teach(environment)
    # Siblings share globals and filters, also those that are added later.
    environment.siblings = {
        code: environment if code == i18n.DEFAULT else environment.overlay()
        for code in i18n.LANGUAGES
    }
    for code, sibling in environment.siblings.items():
        speak(sibling, code)
        sibling.spoken = _language(code)
    app.context_processor(_context)
