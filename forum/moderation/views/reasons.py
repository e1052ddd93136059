"""The list of reasons that decisions give, for moderators."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.moderation import actions
from forum.moderation.forms.deciding import ReasonForm
from forum.moderation.queries.page import all_reasons
from forum.moderation.views.blueprint import blueprint
from forum.web.access import MODERATOR, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.route("/moderation/reasons", methods=["GET", "POST"])
@access(MODERATOR)
def reasons() -> Response:
    """All reasons, and a form for another."""
    form = ReasonForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.add_reason(current_actor(), form.to_draft())
            flash(_("The reason is in the list."))
            return redirect(url_for("moderation.reasons"), 303)
    return page(
        "moderation/reasons.html",
        form=form,
        reasons=all_reasons(),
    )


@blueprint.route("/moderation/reasons/<id:reason_id>", methods=["GET", "POST"])
@access(MODERATOR)
def reason(reason_id: int) -> Response:
    """Change a reason, or retire it."""
    found = next((one for one in all_reasons() if one.id == reason_id), None)
    if found is None:
        raise NotFound
    form = ReasonForm(obj=found)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.edit_reason(current_actor(), reason_id, form.to_draft())
            flash(_("Saved."))
            return redirect(url_for("moderation.reasons"), 303)
    return page(
        "moderation/reason.html",
        form=form,
        reason=found,
    )
