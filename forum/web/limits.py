"""What a request may hold: a page of text in general, files where a route says so, no NUL."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

V = TypeVar("V", bound=Callable[..., object])

# A post has at most 20,000 characters; what is longer is still read, so that it can be given back.
TEXT_BYTES = 3 * 2**20


def takes_files(view: V) -> V:
    """Let this route take an upload of FORUM_MAX_UPLOAD_MB."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def _set_limit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = current_app.config["MAX_UPLOAD_MB"] * 2**20 + TEXT_BYTES


def _drop_nul() -> None:
    """Leave out the one character that nobody types and PostgreSQL takes in no text."""
    if request.query_string and _has_nul(request.args):
        request.args = _without_nul(request.args)
    if request.form and _has_nul(request.form):
        request.form = _without_nul(request.form)


def _has_nul(values: MultiDict[str, str]) -> bool:
    return any("\0" in value for _, value in values.items(multi=True))


def _without_nul(values: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(
        (name, value.replace("\0", "")) for name, value in values.items(multi=True)
    )


def init_app(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = TEXT_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = TEXT_BYTES
    app.config["MAX_FORM_PARTS"] = 200
    app.before_request(_set_limit)
    app.before_request(_drop_nul)
