"""Where the log was for administrators; it is one page for all who look after the forum now."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.web.access import ADMINISTRATOR, access

blueprint = Blueprint("audit", __name__)


@blueprint.get("/admin/log")
@access(ADMINISTRATOR)
def log() -> Response:
    query = urlencode(request.args)
    return redirect(f"{url_for('moderation.log')}{'?' if query else ''}{query}", 301)
