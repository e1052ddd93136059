"""A browser for tests: Flask's client that checks every page it fetches."""

import contextvars
import re
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from html5lib.constants import namespaces
from werkzeug.test import TestResponse

from forum.core.actor import Actor
from forum.core.db import db
from tests import factories

_HTML = "{" + namespaces["html"] + "}"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_FIELDS = ("input", "select", "textarea")
_UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


class Browser:
    """One person's browser. `get` and `post` return the response; pages are checked."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self._token = ""

    def sign_in(self, user: Any) -> "Browser":
        """Be this member from now on, without the sign-in form (which is slow on purpose)."""
        token = factories.session_token(user)
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self._open("GET", path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with a good token, as a person would from its page."""
        data = {"csrf_token": self.token(), **(data or {})}
        return self._open("POST", path, data=data, **kwargs)

    def token(self) -> str:
        """A token of this browser's session, made as a page with a form makes it."""
        with self.app.test_request_context():
            from flask import g, session  # noqa: PLC0415 - of this context
            from flask_wtf.csrf import generate_csrf  # noqa: PLC0415

            with self.client.session_transaction() as kept:
                if "csrf_token" in kept:
                    session["csrf_token"] = kept["csrf_token"]
                token = generate_csrf()
                kept["csrf_token"] = session["csrf_token"]
            g.pop("csrf_token", None)
        return token

    def raw(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """Send a request as it is, without a token and without checking the answer."""
        db.session.commit()  # so that nothing this request does hangs on the test's own reading
        # A context of its own, as in a server: else it would share `g` with the test.
        return contextvars.Context().run(self.client.open, path, method=method, **kwargs)

    def _open(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        response = self.raw(method, path, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 304}:
            check_page(response.get_data(as_text=True), path)
        return response


# A page in pieces: a tag, or blanks alone between tags; words are two empty strings. Whatever else
# there is, such as a letter that no page may hold, stands as it is.
_PIECES = re.compile(
    r"""(<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>)|(\s+)(?=<)"""
    r"""|(?:[ -%'-;=?-~\t\n\r\xa0-\ud7ff]|&(?:amp|lt|gt|quot|\#34|\#39);)+|(.)""",
    re.DOTALL,
)
# Values on which no check depends, of letters that are good in every attribute.
_VALUES = re.compile(
    r"""( (?:href|value|action|datetime|content|title)=")"""
    r"""(?:[ !#-%'-;=?-~]|&(?:amp|\#34|\#39);)+(?=")"""
)
_NO_TAG = ("", "", "<")
_TITLES = re.compile(r"<title>([^<]*)</title>.*<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_sound: set[int] = set()


def check_page(html: str, path: str) -> None:
    """Fail unless the page is valid, titled by its one h1, labelled, and without inline code.

    Parsing takes longer than making the page, so one that differs from a sound page in its words
    alone is not parsed again: only its title and its h1 are compared.
    """
    pieces = tuple(_PIECES.findall(_VALUES.sub(r"\1", html)))
    shape, titles = hash(pieces), _TITLES.search(html)
    if shape in _sound and titles is not None and _NO_TAG not in pieces:
        title, heading = (" ".join(_TAG.sub("", part).split()) for part in titles.groups())
        if title.startswith(heading):
            return
    _check_thoroughly(html, path)
    _sound.add(shape)


def _check_thoroughly(html: str, path: str) -> None:
    parser = html5lib.HTMLParser(strict=False)
    root = parser.parse(html)
    assert not parser.errors, f"{path}: invalid HTML: {parser.errors[:3]}"
    headings = [_text(node) for node in root.iter(f"{_HTML}h1")]
    assert len(headings) == 1, f"{path}: {len(headings)} h1 elements"
    title = _text(next(root.iter(f"{_HTML}title")))
    assert title.startswith(headings[0]), (
        f"{path}: title {title!r} does not open with {headings[0]!r}"
    )
    ids = [node.get("id") for node in root.iter() if isinstance(node.tag, str) and node.get("id")]
    assert len(ids) == len(set(ids)), (
        f"{path}: ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    )
    labels = {node.get("for") for node in root.iter(f"{_HTML}label")}
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        name = node.tag.removeprefix(_HTML)
        assert node.get("style") is None, f"{path}: inline style on {name}"
        assert not [key for key in node.keys() if key.startswith("on")], (  # noqa: SIM118 - an element
            f"{path}: handler on {name}"
        )
        if name == "script":
            assert node.get("src"), f"{path}: inline script"
        assert name != "style", f"{path}: style element"
        if name in _FIELDS and node.get("type") not in _UNLABELLED:
            labelled = (
                node.get("id") in labels or node.get("aria-label") or node.get("aria-labelledby")
            )
            assert labelled, f"{path}: field {node.get('name')} has no label"


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def actor_of(user: Any) -> Actor:
    """The Actor that a signed-in request of this user has."""
    return Actor(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        created_at=user.created_at,
    )
