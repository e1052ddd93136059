"""What crawlers ask for: robots.txt, and the site map of what everybody may read."""

from collections.abc import Iterator
from typing import cast

from flask import Flask, current_app
from markupsafe import escape
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.errors import NotFound
from forum.feeds import queries
from forum.feeds.queries import Place
from forum.feeds.views.blueprint import base_url, blueprint, list_scopes
from forum.web.access import PUBLIC, access
from forum.web.cache import CACHE_CONTROL, conditional, etag_of, kept_for_visitors
from forum.web.templating import iso

_XML = "application/xml; charset=utf-8"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_A_DAY = "public, max-age=86400"

# Forms, what needs a sign-in, and addresses that show a page once more in another order. People's
# pages are not here: a crawler has to read them to learn that they are not to be listed, and lists
# the bare address, which holds a name, of a page that it may not read.
_LEFT_ALONE = (
    "/admin", "/badges", "/briefs/*/delete", "/briefs/*/edit", "/briefs/*/preview",
    "/briefs/*/proposals", "/briefs/*/quotes", "/briefs/new", "/claim/", "/confirm",
    "/decisions/", "/drafts", "/imports", "/join", "/map.csv", "/map.json", "/map.svg",
    "/map?*open=", "/map?*since=", "/moderation", "/notifications", "/places/", "/proposals/new",
    "/proposals/similar", "/quotes", "/register", "/reports", "/reset", "/s/*/codes", "/s/*/edit",
    "/s/*/imported-authors", "/s/*/invitations", "/s/*/leave", "/s/*/members", "/search",
    "/services.csv", "/services.json", "/services/*/", "/services/import", "/services/new",
    "/services/suggested", "/settings", "/sign-in", "/spaces/new", "/tags/*/edit",
    "/tags/*/merge", "/tags/new", "/threads/new", "/threads/similar", "/u/*/report",
    "/u/*/sanctions", "/t/*/answer", "/t/*/c/*/", "/t/*/carry", "/t/*/changes", "/t/*/close",
    "/t/*/co-authors", "/t/*/conditions/", "/t/*/edit", "/t/*/edit-proposal", "/t/*/exists",
    "/t/*/first-unread", "/t/*/merge", "/t/*/move", "/t/*/people", "/t/*/reply", "/t/*/report",
    "/t/*/retire", "/t/*/slow", "/t/*/stance", "/t/*/state", "/t/*/suggestions/", "/t/*/summary/",
    "/t/*/tags", "/t/*/take-back", "/*?*fresh=", "/*?*order=", "/*?*token=",
)  # fmt: skip


def _never() -> bool:
    return False


@blueprint.get("/robots.txt")
@access(PUBLIC)
def robots() -> Response:
    """What crawlers are asked to leave alone, and where the site map is."""
    rules = "".join(f"Disallow: {path}\n" for path in _LEFT_ALONE)
    text = f"User-agent: *\n{rules}\nSitemap: {base_url()}/sitemap.xml\n"
    body = text.encode()
    return conditional(body, etag_of(body), "text/plain; charset=utf-8", control=_A_DAY)


@blueprint.get("/sitemap.xml")
@access(PUBLIC)
@kept_for_visitors(list_scopes, is_personal=_never)
def sitemap() -> Response:
    """The parts of the site map: one of spaces and tags, and one for each 50,000 threads."""
    parts = [
        ("/sitemap-places.xml", None),
        *((f"/sitemap-threads-{part}.xml", at) for part, at in queries.parts()),
    ]
    lines = (_line("sitemap", Place(path, at), base_url()) for path, at in parts)
    body = f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n{"".join(lines)}</sitemapindex>\n'
    return Response(body, content_type=_XML)


@blueprint.get("/sitemap-places.xml")
@access(PUBLIC)
@kept_for_visitors(list_scopes, is_personal=_never)
def sitemap_places() -> Response:
    """The lists that everybody may read."""
    fixed = (
        Place(path, None)
        for path in ("/", "/proposals", "/services", "/map", "/needs", "/spaces", "/tags")
    )
    places = (*fixed, *queries.public_spaces(), *queries.tags_in_use())
    base = base_url()
    return Response(_urlset(_line("url", place, base) for place in places), content_type=_XML)


@blueprint.get("/sitemap-threads-<id:part>.xml")
@access(PUBLIC)
def sitemap_threads(part: int) -> Response:
    """One part of the threads that everybody may read, sent while it is read."""
    if not queries.threads_in(part, 0):
        raise NotFound
    app = cast("LocalProxy[Flask]", current_app)._get_current_object()  # noqa: SLF001 - outlives us
    etag = etag_of(repr(versions.current(list_scopes())).encode())
    return conditional(_urlset(_threads(app, part, base_url())), etag, _XML, control=CACHE_CONTROL)


def _threads(app: Flask, part: int, base: str) -> Iterator[str]:
    """A batch of lines at a time; nothing is sent while the database is read."""
    after = 0
    while True:
        with app.app_context():
            found = queries.threads_in(part, after)
        if not found:
            return
        yield "".join(_line("url", place, base) for _, place in found)
        after = found[-1][0]


def _urlset(lines: Iterator[str]) -> Iterator[str]:
    yield f'{_HEAD}<urlset xmlns="{_NAMESPACE}">\n'
    yield from lines
    yield "</urlset>\n"


def _line(name: str, place: Place, base: str) -> str:
    when = f"<lastmod>{iso(place.changed_at)}</lastmod>" if place.changed_at else ""
    return f"<{name}><loc>{escape(base + place.path)}</loc>{when}</{name}>\n"
