"""Styles and scripts: what a page needs comes joined, as one response each, without a build step.

The files stay small and apart under static/, where people read and change them. A page would pay
for that with a request per file; so those that belong together are joined in memory, once per
process, and served compressed under an address with the hash of their content.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import quote

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from forum import paths
from forum.core.errors import NotFound
from forum.web.access import PUBLIC, access

_EVERY_PAGE = ("js/menus.js", "js/leave.js", "js/times.js", "js/search-box.js")
_THREAD = ("js/comment-anchor.js", "js/peek.js", "js/news.js")
_MEMBER = ("js/session.js",)
_THREAD_OF_MEMBER = ("js/reply.js", "js/seen.js", "js/keys.js")
_WRITING = ("js/combobox.js", "js/composer.js", "js/mention.js", "js/drafts.js")
# Others build on what these define; so they are not set apart.
SHARED = frozenset({"js/combobox.js", "js/composer.js"})

# In this order in the joined file. A page names one style and one script of these.
BUNDLES: dict[str, tuple[str, ...]] = {
    "site.css": (
        "css/tokens.css",
        "css/base.css",
        "css/components/parts.css",
        "css/components/forms.css",
        "css/components/lists.css",
        "css/components/thread.css",
        "css/components/composer.css",
    ),
    # Of pages about proposals, services, badges, the gap map and briefs; beside site.css.
    "more.css": (
        "css/components/more.css",
        "css/components/proposals.css",
        "css/components/stances.css",
        "css/components/badges.css",
        "css/components/services.css",
        "css/components/gaps.css",
        "css/components/briefs.css",
    ),
    "site.js": _EVERY_PAGE,
    "member.js": (*_EVERY_PAGE, *_MEMBER),
    "thread.js": (*_EVERY_PAGE, *_THREAD),
    "thread-member.js": (*_EVERY_PAGE, *_MEMBER, *_THREAD, *_THREAD_OF_MEMBER),
    "thread-writing.js": (*_EVERY_PAGE, *_MEMBER, *_THREAD, *_THREAD_OF_MEMBER, *_WRITING),
    "writing.js": (*_WRITING, "js/similar.js"),
    "moderation.js": (*_EVERY_PAGE, *_MEMBER, "js/desk.js"),
}

# So small that a request would cost more than the bytes.
INLINE = {"icons/favicon.svg"}

_BEST = 9  # gzip's level: once per process and file
_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Joined:
    """A joined file, as it is and compressed; `digest` is of its content."""

    body: bytes
    compressed: bytes
    digest: str


@cache
def joined(name: str) -> Joined:
    """The files of a bundle in one."""
    text = "".join(
        _apart(content) if part.endswith(".js") and part not in SHARED else f"{content}\n"
        for part in BUNDLES[name]
        for content in [(paths.STATIC / part).read_text(encoding="utf-8")]
    )
    body = text.encode()
    return Joined(body, gzip.compress(body, _BEST, mtime=0), _hash(body))


def _apart(script: str) -> str:
    """A script whose names and failures stay its own, as if it had come alone."""
    return f"try {{\n{script}}} catch (error) {{ reportError(error); }}\n"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def _digest(filename: str) -> str:
    return _hash((paths.STATIC / filename).read_bytes())


@cache
def _inline(filename: str) -> str:
    return "data:image/svg+xml," + quote((paths.STATIC / filename).read_text(), safe=" /:='()")


def asset(name: str) -> str:
    """The address of a bundle or a static file, kept by browsers for a year by its hash."""
    if name in INLINE:
        return _inline(name)
    if name in BUNDLES:
        return f"/assets/{name}?v={joined(name).digest}"
    return f"/static/{name}?v={_digest(name)}"


@blueprint.get("/assets/<name:name>")
@access(PUBLIC)
def bundle(name: str) -> Response:
    """A joined file. Another node's version, asked for during an upgrade, is not kept."""
    if name not in BUNDLES:
        raise NotFound
    if current_app.debug:  # a developer has just changed a part
        joined.cache_clear()
    found = joined(name)
    is_compressed = request.accept_encodings.quality("gzip") > 0
    response = Response(
        found.compressed if is_compressed else found.body,
        mimetype=mimetypes.types_map[PurePosixPath(name).suffix],
    )
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = (
        _YEAR if request.args.get("v") == found.digest else _ASK_AGAIN
    )
    response.set_etag(f"{found.digest}{'-gzip' if is_compressed else ''}")
    return response.make_conditional(request)
