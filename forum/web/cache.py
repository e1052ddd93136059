"""Finished pages for visitors who are not signed in, kept in memory while their versions stand.

Such a page holds no token and nobody's name, so it is the same bytes for everybody. Its versions
are read with every request, in one statement: what a moderator hides is gone from every worker
with the commit that hid it.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from forum.core import versions
from forum.web import language

P = ParamSpec("P")
Versions = tuple[tuple[str, int], ...]

_OVERHEAD = 600  # bytes of bookkeeping per page, about
CACHE_CONTROL = "public, no-cache"  # keep it, but ask whether it still stands


@dataclass(frozen=True, slots=True)
class Kept:
    versions: Versions
    body: bytes
    etag: str


class PageCache:
    """Least recently used pages within a budget of bytes; safe to share between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, current: Versions) -> Kept | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.versions != current:
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

    def _drop(self, key: str) -> None:
        old = self._pages.pop(key, None)
        if old is not None:
            self._size -= len(old.body) + len(key) + _OVERHEAD


def kept_for_visitors(
    scopes: Callable[..., tuple[str, ...]], *, parameters: tuple[str, ...] = ()
) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Keep the finished page of a view for visitors; `scopes(**arguments)` say what it shows.

    `parameters` are the names that the view reads from the query; others make no other page. The
    view is called as for a visitor without a session. Only its 200 answers are kept.
    """

    def wrap(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def keeping(*args: P.args, **kwargs: P.kwargs) -> Response:
            if "_user_id" in session or "_flashes" in session:
                return view(*args, **kwargs)
            g.as_visitor = True
            cache: PageCache = current_app.extensions["page_cache"]
            current = versions.current(scopes(**kwargs))
            key = _key(parameters)
            kept = cache.get(key, current)
            if kept is None:
                response = view(*args, **kwargs)
                if response.status_code != 200:  # noqa: PLR2004 - OK
                    return response
                body = response.get_data()
                kept = Kept(current, body, hashlib.sha256(body).hexdigest()[:24])
                cache.put(key, kept)
            return _answer(kept)

        return keeping

    return wrap


def _key(parameters: tuple[str, ...]) -> str:
    # Quoted, so that no value can pass for another name's.
    return urlencode(
        [
            ("", request.path),
            ("", language.of_browser()),
            *((name, request.args.get(name, "")) for name in parameters),
        ]
    )


def _answer(kept: Kept) -> Response:
    etag = f'"{kept.etag}"'
    asked = request.headers.get("If-None-Match", "")
    if asked and etag in asked:
        response = Response(status=304)
    else:
        response = Response(kept.body, mimetype="text/html")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Vary"] = language.HEADER
    return response


def init_app(app: Flask) -> None:
    app.extensions["page_cache"] = PageCache(app.config["PAGE_CACHE_MB"] * 2**20)
