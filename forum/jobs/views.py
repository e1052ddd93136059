"""Work that waits and dead letters, for administrators."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.audit.actions import record
from forum.core.db import transaction
from forum.core.errors import Conflict
from forum.core.i18n import _
from forum.jobs import actions, queries
from forum.web.access import ADMINISTRATOR, access
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page

blueprint = Blueprint("jobs", __name__, url_prefix="/admin/jobs")


@blueprint.get("")
@access(ADMINISTRATOR)
def index() -> Response:
    dead = queries.dead(request.args.get("after"))
    return page(
        "jobs/index.html",
        dead=dead.rows,
        waiting=queries.waiting(),
        waiting_count=queries.waiting_count(),
        pages=pages(dead, url_for("jobs.index")),
    )


@blueprint.post("/<id:job_id>/retry")
@access(ADMINISTRATOR)
def retry(job_id: int) -> Response:
    actor = current_actor()
    try:
        with transaction():
            actions.retry(actor, job_id)
            # Not in the action: the audit log stands above the jobs table.
            record(actor.id, "job.retry", "job", job_id)
    except Conflict as refusal:
        flash(refusal.message)
    else:
        flash(_("The job will be tried again."))
    return redirect(url_for("jobs.index"), 303)
