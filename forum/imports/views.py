"""Pages of imports: uploading, progress, and handing authors over."""

from flask import Blueprint, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response

from forum.core import clock
from forum.core.db import transaction
from forum.core.i18n import _
from forum.imports import actions, policy, queries
from forum.imports.forms import UploadForm
from forum.spaces.queries import get_space, spaces_for
from forum.web.access import ADMINISTRATOR, SIGNED_IN, access
from forum.web.forms import Form, offer, refusals
from forum.web.limits import takes_files
from forum.web.login import current_actor
from forum.web.templating import page

blueprint = Blueprint("imports", __name__)


@blueprint.get("/imports")
@access(ADMINISTRATOR)
def index() -> Response:
    return page("imports/index.html", runs=queries.latest_runs())


@blueprint.route("/imports/new", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@takes_files
def new() -> Response:
    """Upload a file; a job reads it."""
    actor = current_actor()
    form = UploadForm()
    offer(form.space, spaces_for(actor))
    if form.accepted():
        with refusals(form):
            space = get_space(actor, form.space.data)
            upload = form.to_draft(space.id)
            with transaction():
                run_id = actions.start_import(
                    actor, upload, most_megabytes=current_app.config["MAX_UPLOAD_MB"]
                )
            return redirect(url_for("imports.show", run_id=run_id), 303)
    return page("imports/new.html", form=form)


@blueprint.get("/imports/<id:run_id>")
@access(ADMINISTRATOR)
def show(run_id: int) -> Response:
    """How far an import is, and what it did."""
    return page("imports/show.html", run=queries.get_run(run_id))


@blueprint.get("/s/<name:slug>/imported-authors")
@access(SIGNED_IN)
def authors(slug: str) -> Response:
    """Imported authors of a space that nobody has claimed."""
    actor = current_actor()
    space = get_space(actor, slug)
    policy.may_hand_over(actor, space.access).enforce()
    return page("imports/authors.html", space=space, waiting=queries.waiting_authors(space.id))


@blueprint.post("/s/<name:slug>/imported-authors/<id:user_id>")
@access(SIGNED_IN)
def make_link(slug: str, user_id: int) -> Response:
    """Make a claim link and show it, once."""
    actor = current_actor()
    space = get_space(actor, slug)
    with transaction():
        token = actions.make_claim_link(actor, space.id, user_id)
    link = current_app.config["BASE_URL"].rstrip("/") + url_for("imports.claim", token=token)
    author = queries.get_waiting(space.id, user_id)
    return page("imports/link.html", space=space, author=author, link=link, days=actions.CLAIM_DAYS)


@blueprint.route("/claim/<name:token>", methods=["GET", "POST"])
@access(SIGNED_IN)
def claim(token: str) -> Response:
    """Take over the posts of an imported author."""
    actor = current_actor()
    _claim, author, count = queries.claimable(actions.digest(token), clock.now())
    form = Form()
    if form.accepted():
        with transaction():
            actions.claim(actor, token)
        flash(_("These posts are yours now."))
        return redirect(url_for("accounts.profile", username=actor.username), 303)
    return page("imports/claim.html", form=form, author=author, count=count, token=token)
