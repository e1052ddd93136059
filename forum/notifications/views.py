"""The inbox of a member."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.i18n import _
from forum.notifications import actions, queries
from forum.web import resume
from forum.web.access import SIGNED_IN, access
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
@access(SIGNED_IN)
def index() -> Response:
    found = queries.inbox(current_actor(), request.args.get("after"))
    return page(
        "notifications/index.html",
        rows=found.rows,
        pages=pages(found, url_for("notifications.index")),
    )


@blueprint.post("/notifications/<id:notification_id>/open")
@access(SIGNED_IN)
def open_one(notification_id: int) -> Response:
    """Go where a notification leads; it is read from now on."""
    with transaction():
        path = actions.mark_read(current_actor(), notification_id)
    return redirect(resume.local_path(path, default=url_for("notifications.index")), 303)


@blueprint.post("/notifications/read")
@access(SIGNED_IN)
def mark_all_read() -> Response:
    with transaction():
        actions.mark_all_read(current_actor())
    flash(_("Everything is marked as read."))
    return redirect(url_for("notifications.index"), 303)
