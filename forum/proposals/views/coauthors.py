"""Who writes a proposal together: invitations and answers to them."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.proposals import actions, policy, queries
from forum.proposals.forms import InviteForm
from forum.proposals.models import CoauthorState
from forum.proposals.queries import authors_of, get_proposal
from forum.proposals.views.blueprint import blueprint
from forum.threads.queries import get_head, people_in
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.route("/t/<thread:thread_id>/co-authors", methods=["GET", "POST"])
@access(SIGNED_IN)
def coauthors(thread_id: int) -> Response:
    """The co-authors of a proposal, for its authors and for whoever is invited."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    get_proposal(thread_id)  # raises NotFound for other threads
    people = queries.coauthors_of(thread_id)
    mine = next((row.state for row in people if row.user_id == actor.id), None)
    verdict = policy.may_invite(actor, head, authors_of(thread_id))
    if mine is None:
        verdict.enforce()
    form = InviteForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.invite_coauthor(actor, thread_id, form.name.data or "")
            flash(_("They are asked. You will hear when they accept."))
            return redirect(url_for("proposals.coauthors", thread_id=thread_id), 303)
    if head.is_deleted and not head.is_own:
        raise NotFound
    return page(
        "proposals/coauthors.html",
        form=form,
        head=head,
        people=[
            row
            for row in people
            if row.state is CoauthorState.ACCEPTED or verdict or row.user_id == actor.id
        ],
        mine=mine,
        may_invite=bool(verdict),
        suggested=people_in(thread_id, "") if verdict else (),
        base=f"/t/{thread_id}/co-authors",
    )


@blueprint.post("/t/<thread:thread_id>/co-authors/accept")
@access(SIGNED_IN)
def accept_coauthorship(thread_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.accept_coauthorship(actor, thread_id)
    flash(_("You are a co-author now, and can edit the proposal."))
    return redirect(get_head(actor, thread_id).path, 303)


@blueprint.post("/t/<thread:thread_id>/co-authors/decline")
@access(SIGNED_IN)
def decline_coauthorship(thread_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.decline_coauthorship(actor, thread_id)
    flash(_("That is fine. The proposal stays as it is."))
    return redirect(get_head(actor, thread_id).path, 303)


@blueprint.post("/t/<thread:thread_id>/co-authors/leave")
@access(SIGNED_IN)
def leave_coauthorship(thread_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.leave_coauthorship(actor, thread_id)
    flash(_("You are no co-author any more."))
    return redirect(get_head(actor, thread_id).path, 303)
