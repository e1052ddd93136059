"""How large a request may be: a page of text in general, more where a route says so."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request

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


def init_app(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = TEXT_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = TEXT_BYTES
    app.config["MAX_FORM_PARTS"] = 200
    app.before_request(_set_limit)
