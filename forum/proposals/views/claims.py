"""What exists already: showing a service, and answering that."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.i18n import _
from forum.core.links import claim_path
from forum.proposals import actions, policy
from forum.proposals.forms import AnswerClaimForm, ClaimForm
from forum.proposals.queries import authors_of, get_claim, get_proposal
from forum.proposals.views.blueprint import blueprint
from forum.services.queries import Filters, ServiceRow, find_services, listed, similar_services
from forum.threads.queries import chips_of_threads, get_head
from forum.threads.rows import Head
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page

_LONGEST = 200  # characters of words that somebody looks for


@blueprint.route("/t/<thread:thread_id>/exists", methods=["GET", "POST"])
@access(SIGNED_IN)
def exists(thread_id: int) -> Response:
    """Show a service of the directory that may be what is proposed; found by words."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    proposal = get_proposal(thread_id)
    policy.may_claim(actor, head.facts, proposal.state).enforce()
    words = request.args.get("q", "")[:_LONGEST].strip()
    found = find_services(Filters(q=words)).rows if words else _likely(head, proposal.place_id)
    form = ClaimForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.claim_service(actor, thread_id, form.to_draft())
            flash(_("Thank you. The authors are told."))
            return redirect(f"{head.path}#claims-title", 303)
    if form.is_refused:
        chosen = listed(form.to_draft().service_id)
        found = (*chosen, *(row for row in found if row not in chosen))
    return page("proposals/exists.html", form=form, head=head, words=words, found=found)


def _likely(head: Head, place_id: int | None) -> tuple[ServiceRow, ...]:
    tags = chips_of_threads([head.id]).get(head.id, ())
    return similar_services(head.title, [tag.id for tag in tags if tag.is_need], place_id)


@blueprint.route("/t/<thread:thread_id>/exists/<id:claim_id>", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer_claim(thread_id: int, claim_id: int) -> Response:
    """Say whether a service that somebody showed is enough; the authors."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    claim = get_claim(thread_id, claim_id)
    policy.may_answer_claim(actor, head, authors_of(thread_id), claim.state).enforce()
    form = AnswerClaimForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                act = actions.accept_claim if form.is_accepting else actions.refuse_claim
                act(actor, thread_id, claim_id, form.reason.data or "")
            return redirect(claim_path(thread_id, claim_id), 303)
    return page("proposals/answer_claim.html", form=form, head=head, claim=claim)


@blueprint.post("/t/<thread:thread_id>/exists/<id:claim_id>/withdraw")
@access(SIGNED_IN)
def withdraw_claim(thread_id: int, claim_id: int) -> Response:
    """Take back what one showed oneself."""
    actor = current_actor()
    with transaction():
        actions.withdraw_claim(actor, thread_id, claim_id)
    return redirect(get_head(actor, thread_id).path, 303)
