"""Finished pages for visitors who are not signed in, kept in memory while their versions stand.

Such a page holds no token and nobody's name, so it is the same bytes for everybody who reads its
language. Its versions are read with every request, in one statement: what a moderator hides is
gone from every worker with the commit that hid it.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, request, session
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

from forum.core import clock, versions
from forum.core.db import db, one_read
from forum.web import language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from sqlalchemy.engine import Engine

P = ParamSpec("P")
T = TypeVar("T")
Versions = tuple[tuple[str, int], ...]
Headers = tuple[tuple[str, str], ...]

_OVERHEAD = 1_500  # bytes of bookkeeping and headers per page, about
CACHE_CONTROL = "public, no-cache"  # keep it, but ask whether it still stands
_KEPT = "forum.kept"  # in the environment of a request: the page that answers it
_OF_BODY = frozenset({"Content-Type", "Content-Length"})


@dataclass(slots=True)
class Kept:
    """A finished page. Its headers are known once Flask has sent it the first time."""

    scopes: tuple[str, ...]
    versions: Versions
    body: bytes
    etag: str
    content_type: str = "text/html; charset=utf-8"
    headers: Headers | None = None
    good_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What was worked out once, and what it was worked out from."""

    value: Any
    versions: Versions
    good_until: datetime | None

    def stands(self, current: Versions) -> bool:
        is_over = self.good_until is not None and self.good_until <= clock.now()
        return self.versions == current and not is_over


class PageCache:
    """Least recently used pages within a budget of bytes; safe to share between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._values: dict[str, _Remembered] = {}

    def find(self, key: str) -> Kept | None:
        """A page that stands if its versions do."""
        return self._pages.get(key)

    def get(self, key: str, current: Versions) -> Kept | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.versions != current:
                return None
            if kept.good_until is not None and kept.good_until <= clock.now():
                return None
            self._pages.move_to_end(key)
            return kept

    def put(self, key: str, kept: Kept) -> None:
        cost = len(kept.body) + len(key) + _OVERHEAD
        if cost > self._limit // 4:
            return
        with self._lock:
            self._drop(key)
            self._pages[key] = kept
            self._size += cost
            while self._size > self._limit:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._size = 0
            self._values.clear()

    def value(self, key: str, current: Versions) -> "_Remembered | None":
        """Something that pages are made of, remembered with `remembered`."""
        found = self._values.get(key)
        return found if found is not None and found.stands(current) else None

    def remember(self, key: str, value: "_Remembered") -> None:
        self._values[key] = value

    def _drop(self, key: str) -> None:
        old = self._pages.pop(key, None)
        if old is not None:
            self._size -= len(old.body) + len(key) + _OVERHEAD


# -- Keeping, inside a request -----------------------------------------------------------------


def _has_session() -> bool:
    return "_user_id" in session or "_flashes" in session


def kept_for_visitors(
    scopes: Callable[..., tuple[str, ...]],
    *,
    parameters: tuple[str, ...] = (),
    is_personal: Callable[[], bool] = _has_session,
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Keep the finished page of a view for visitors; `scopes(**arguments)` say what it shows.

    `parameters` are the names that the view reads from the query; others make no other page. The
    view is called as for a visitor, unless `is_personal()` says that the request is somebody's.
    Only its 200 answers are kept; until the moment that it named with `keep_until`, if it did.
    """

    def wrap(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def keeping(*args: P.args, **kwargs: P.kwargs) -> Response:
            if is_personal():
                return view(*args, **kwargs)
            g.as_visitor = True
            cache: PageCache = current_app.extensions["page_cache"]
            shown = scopes(**kwargs)
            current = versions.current(shown)
            key = _key(parameters)
            kept = cache.get(key, current)
            if kept is None:
                response = view(*args, **kwargs)
                if response.status_code != 200:  # noqa: PLR2004 - OK
                    return response
                body = response.get_data()
                kept = Kept(
                    shown,
                    current,
                    body,
                    etag_of(body),
                    response.headers["Content-Type"],
                    good_until=g.pop("good_until", None),
                )
                cache.put(key, kept)
            request.environ[_KEPT] = kept
            return conditional(kept.body, kept.etag, kept.content_type)

        return keeping

    return wrap


def remembered(
    key: str, scopes: tuple[str, ...], make: Callable[[], tuple[T, datetime | None]]
) -> T:
    """What `make` gave first, while the versions of these scopes stand. One statement.

    For what is the same for everybody and asked by many pages, also those of members: few keys,
    for nothing is ever dropped. With it, `make` gives until when it is good, if nobody acts. What
    it reads is read after the versions, so it is never older than they say.
    """
    cache: PageCache = current_app.extensions["page_cache"]
    current = versions.current(scopes)
    found = cache.value(key, current)
    if found is None:
        value, good_until = make()
        found = _Remembered(value, current, good_until)
        cache.remember(key, found)
    return cast("T", found.value)


def keep_until(moment: datetime | None) -> None:
    """Called by a view: from then on its page says something else, whether or not anybody acts."""
    g.good_until = moment


def _key(parameters: tuple[str, ...]) -> str:
    given = [(name, request.args[name]) for name in parameters if name in request.args]
    return _address(language.of_browser(), request.path.encode(), urlencode(given))


def _address(code: str, path: bytes, query: str) -> str:
    # Quoted, so that no value can pass for another name's.
    return f"{code} {quote(path)}?{query}"


def etag_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]


def conditional(
    body: bytes | Iterable[str], etag: str, content_type: str, *, control: str = CACHE_CONTROL
) -> Response:
    """The body, or 304 for whoever has it already; an iterable is then not even begun."""
    if _has(request.headers.get("If-None-Match", ""), etag):
        response = Response(status=304)
    else:
        response = Response(body, content_type=content_type)
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Cache-Control"] = control
    response.headers["Vary"] = language.HEADER
    return response


def _has(if_none_match: str, etag: str) -> bool:
    return f'"{etag}"' in if_none_match


# -- Answering, before Flask is asked ----------------------------------------------------------


class Front:
    """WSGI middleware: sends a page that was sent before, as it was sent then.

    It answers only what Flask answered so once: the same address in the one way that
    `kept_for_visitors` writes it, to somebody without a cookie, on a host that is ours.
    """

    def __init__(self, app: Flask, engines: Mapping[str | None, "Engine"]) -> None:
        self._flask = app
        self._inner: WSGIApplication = app.wsgi_app
        self._engines = engines
        self._cookie = app.config["SESSION_COOKIE_NAME"]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        kept = self._find(environ)
        if kept is None or kept.headers is None:
            return self._inner(environ, _noting(environ, start_response))
        if _has(environ.get("HTTP_IF_NONE_MATCH", ""), kept.etag):
            left = [(name, value) for name, value in kept.headers if name not in _OF_BODY]
            start_response("304 NOT MODIFIED", left)
            return []
        start_response("200 OK", list(kept.headers))
        return [kept.body]

    def _find(self, environ: "WSGIEnvironment") -> Kept | None:
        if environ["REQUEST_METHOD"] != "GET" or self._cookie in environ.get("HTTP_COOKIE", ""):
            return None
        code = language.best(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        path = environ.get("PATH_INFO", "").encode("latin-1")
        key = _address(code, path, environ.get("QUERY_STRING", ""))
        cache: PageCache = self._flask.extensions["page_cache"]
        kept = cache.find(key)
        if kept is None or not self._is_ours(environ):
            return None
        try:
            with one_read(self._engines[None]) as connection:
                current = versions.current_by(connection, kept.scopes)
        except SQLAlchemyError:
            return None  # Flask finds the same, and has a page for it
        return cache.get(key, current)

    def _is_ours(self, environ: "WSGIEnvironment") -> bool:
        trusted = self._flask.config["TRUSTED_HOSTS"]
        return not trusted or _is_trusted(environ.get("HTTP_HOST", ""), tuple(trusted))


@lru_cache(maxsize=100)
def _is_trusted(host: str, trusted: tuple[str, ...]) -> bool:
    return host_is_trusted(host, trusted)


def _noting(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:  # noqa: ANN401
    """Note with a kept page which headers Flask sends it with."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401
        kept: Kept | None = environ.get(_KEPT)
        if kept is not None and kept.headers is None and status.startswith("200"):
            names = {name for name, _ in headers}
            if "Set-Cookie" not in names:
                kept.headers = tuple(headers)
        return start_response(status, headers, *more)

    return start


def init_app(app: Flask) -> None:
    app.extensions["page_cache"] = PageCache(app.config["PAGE_CACHE_MB"] * 2**20)
    with app.app_context():
        app.wsgi_app = Front(app, db.engines)  # type: ignore[method-assign]
