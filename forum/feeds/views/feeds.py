"""Feeds of discussions: the whole site, a space, a tag, one thread's comments, a kept search."""

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from markupsafe import escape
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.links import comment_path, space_path, tag_path, thread_path
from forum.feeds import atom, queries
from forum.feeds.atom import Entry, Feed
from forum.feeds.queries import FeedPost
from forum.feeds.views.blueprint import (
    PRIVATE,
    base_url,
    blueprint,
    list_scopes,
    names_a_reader,
    reader,
    site_name,
)
from forum.search.queries import found_posts, get_saved
from forum.search.views import keep_pace
from forum.spaces.queries import get_space
from forum.tags.queries import get_tag
from forum.threads.queries import find_moved, get_head
from forum.web.access import PUBLIC, access
from forum.web.cache import conditional, etag_of, kept_for_visitors

# In the addresses that never change (RFC 4151), a day on which the site's name was its own.
_SINCE = "2026-01-01"


def _thread_scopes(thread_id: int) -> tuple[str, ...]:
    return (versions.SITE, versions.thread_scope(thread_id))


@blueprint.get("/feed")
@access(PUBLIC)
@kept_for_visitors(list_scopes, is_personal=names_a_reader)
def site() -> Response:
    """The discussions that were opened last, wherever one may read."""
    found = queries.openings(reader())
    return _answer("site", _("%(site)s: new discussions", site=site_name()), "/", _openings(found))


@blueprint.get("/s/<name:slug>/feed")
@access(PUBLIC)
@kept_for_visitors(list_scopes, is_personal=names_a_reader)
def space(slug: str) -> Response:
    """The discussions that were opened last in a space."""
    actor = reader()
    found = get_space(actor, slug)
    entries = _openings(queries.openings(actor, space_id=found.id))
    title = _("%(space)s: new discussions on %(site)s", space=found.name, site=site_name())
    return _answer(f"space/{found.slug}", title, space_path(found.slug), entries)


@blueprint.get("/tags/<name:slug>/feed")
@access(PUBLIC)
@kept_for_visitors(list_scopes, is_personal=names_a_reader)
def tag(slug: str) -> Response:
    """The discussions with a tag; its other words and merged tags redirect here."""
    actor = reader()
    found = get_tag(slug)
    if found.slug != slug:
        return _moved(url_for("feeds.tag", slug=found.slug))
    entries = _openings(queries.openings(actor, tag_id=found.id))
    title = _("%(tag)s: new discussions on %(site)s", tag=found.name, site=site_name())
    return _answer(f"tag/{found.slug}", title, tag_path(found.slug), entries)


@blueprint.get("/t/<thread:thread_id>/feed")
@access(PUBLIC)
@kept_for_visitors(_thread_scopes, is_personal=names_a_reader)
def thread(thread_id: int) -> Response:
    """The newest comments of a thread. The address has no title in it, as titles change."""
    actor = reader()
    try:
        head = get_head(actor, thread_id)
    except NotFound:
        moved = find_moved(thread_id)
        if moved is None:
            raise
        return _moved(_thread_feed(get_head(actor, moved[0]).id))
    if head.is_deleted:
        raise NotFound
    if request.path != _thread_feed(head.id):
        return _moved(_thread_feed(head.id))
    entries = [_entry(_comment_title(post), post) for post in queries.comments(head.id)]
    title = _("%(thread)s: comments on %(site)s", thread=head.title, site=site_name())
    return _answer(f"t/{head.id}", title, head.path, entries)


@blueprint.get("/searches/<id:saved_id>/feed")
@access(PUBLIC)
def saved_search(saved_id: int) -> Response:
    """The newest posts that a member's own search finds; it has no address without a token."""
    actor = reader()
    saved = get_saved(actor, saved_id)
    keep_pace(actor)
    found = found_posts(actor, saved.query, queries.ENTRIES)
    entries = [
        _entry(_title_anywhere(post), post) for post in queries.posts([one.id for one in found])
    ]
    title = _("%(search)s: found on %(site)s", search=saved.name, site=site_name())
    return _answer(f"search/{saved.id}", title, url_for("search.index", q=saved.query), entries)


def _title_anywhere(post: FeedPost) -> str:
    if not post.number:
        return post.title
    title: str = _("Comment #%(number)s in %(thread)s", number=post.number, thread=post.title)
    return title


def _thread_feed(thread_id: int) -> str:
    return f"/t/{thread_id}/feed"


def _moved(path: str) -> Response:
    """To where a feed is now, with the reader's token."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{path}?{query}" if query else path, 301)


def _answer(name: str, title: str, page: str, entries: list[Entry]) -> Response:
    base = base_url()
    feed = Feed(
        id=_for_good(f"feed/{name}"),
        title=title,
        author=site_name(),
        url=base + request.path,  # without the token, which is nobody's but the reader's
        page=base + page,
        entries=entries,
    )
    body = atom.write(feed)
    content_type = f"{atom.MIMETYPE}; charset=utf-8"
    if names_a_reader():
        return conditional(body, etag_of(body), content_type, control=PRIVATE)
    return Response(body, content_type=content_type)


def _openings(posts: tuple[FeedPost, ...]) -> list[Entry]:
    return [_entry(post.title, post) for post in posts]


def _comment_title(post: FeedPost) -> str:
    title: str = _("#%(number)s by %(name)s", number=post.number, name=post.author.display_name)
    return title


def _entry(title: str, post: FeedPost) -> Entry:
    base = base_url()
    path = (
        comment_path(post.thread_id, post.number)
        if post.number
        else thread_path(post.thread_id, post.slug)
    )
    html = _text(post) + (f"<p>{escape(post.question)}</p>" if post.question else "")
    return Entry(
        id=_for_good(f"t/{post.born_in}/c/{post.born_as}"),
        title=title,
        url=base + path,
        author=post.author.display_name,
        published=post.written_at,
        updated=post.edited_at or post.written_at,
        html=atom.absolute(html, base),
        categories=tuple(tag.name for tag in post.tags),
    )


def _text(post: FeedPost) -> str:
    """The text, or the note that stands before it: many programs would not fold it away."""
    if not post.content_note:
        return post.html
    return f"<p>{escape(_('Content note: %(note)s', note=post.content_note))}</p>"


def _for_good(name: str) -> str:
    """An id that survives moves, merges and new titles."""
    return f"tag:{urlsplit(base_url()).hostname or 'localhost'},{_SINCE}:{name}"
