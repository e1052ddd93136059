"""The blueprint of what programs read, and as whom: the token's owner, never the cookie's."""

from flask import Blueprint, current_app, g, request
from werkzeug.wrappers import Response

from forum.accounts.queries import find_feed_reader
from forum.core import versions
from forum.core.actor import VISITOR, Actor
from forum.core.errors import NotFound

blueprint = Blueprint("feeds", __name__)

PRIVATE = "private, no-store"
_FEEDS = frozenset({"feeds.site", "feeds.space", "feeds.tag", "feeds.thread", "feeds.saved_search"})


def base_url() -> str:
    """What absolute addresses begin with: from the settings, never from the request."""
    url: str = current_app.extensions["site"].base_url
    return url


def site_name() -> str:
    name: str = current_app.extensions["site"].name
    return name


def names_a_reader() -> bool:
    return "token" in request.args


def reader() -> Actor:
    """Whose feed this is: the token's owner as they are now, a visitor without a token.

    A token that opens nothing is no visitor: whoever had their address revoked should notice.
    """
    g.as_visitor = True  # a session in the same request counts for nothing, its language neither
    if not names_a_reader():
        return VISITOR
    found = find_feed_reader(request.args["token"])
    if found is None:
        raise NotFound
    return found


def list_scopes(**_arguments: object) -> tuple[str, ...]:
    return (versions.SITE, versions.LISTS)


@blueprint.after_request
def _keep_to_oneself(response: Response) -> Response:
    """Feeds are for readers and not for search results; what a token opens is stored nowhere."""
    if request.endpoint in _FEEDS:
        response.headers["X-Robots-Tag"] = "noindex"
        if names_a_reader():
            response.headers["Cache-Control"] = PRIVATE
            response.headers["Referrer-Policy"] = "no-referrer"
    return response
