"""Writing an answer: privately first, then for everybody who reads the proposal."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from forum.badges.queries import active_badges, is_practitioner
from forum.core.db import transaction
from forum.core.i18n import _
from forum.posts import queries as post_queries
from forum.proposals import actions, policy
from forum.proposals.forms import AnswerForm
from forum.proposals.queries import find_own_answer, get_proposal
from forum.proposals.views.blueprint import blueprint
from forum.threads.queries import get_head
from forum.web.access import SIGNED_IN, access
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.route("/t/<thread:thread_id>/answer", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer(thread_id: int) -> Response:
    """Answer a proposal as a practitioner or facilitator."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    get_proposal(thread_id)  # raises NotFound for other threads
    knows = actor.has_badges and is_practitioner(actor.id)
    policy.may_answer(actor, head, is_practitioner=knows).enforce()
    own = find_own_answer(actor, thread_id)
    form = AnswerForm()
    if actor.has_badges:
        form.badge.offer(active_badges(actor.id))
    if request.method == "GET" and own is not None:
        form.source.data = own.source
        form.badge.data = "" if own.badge_id is None else str(own.badge_id)
    if request.method == "GET":
        form.look_at(0 if own is None else own.revision)
    preview = None
    if form.accepted():
        with refusals(form):
            if form.is_preview:
                preview = post_queries.rendered(form.source.data or "", thread_id)[0].html
            else:
                with transaction():
                    actions.save_answer(actor, thread_id, form.to_draft(), is_practitioner=knows)
                if not form.is_publishing and (own is None or own.published_at is None):
                    flash(_("Your answer is kept. Nobody else sees it until you publish it."))
                return redirect(head.path, 303)
        if form.is_conflict:
            own = find_own_answer(actor, thread_id)
            form.look_at(0 if own is None else own.revision)
    return page(
        "proposals/answer.html",
        form=form,
        head=head,
        own=own,
        preview=preview,
        other=own.source if own is not None and form.is_conflict else None,
    )


@blueprint.post("/t/<thread:thread_id>/answer/take-back")
@access(SIGNED_IN)
def drop_answer(thread_id: int) -> Response:
    actor = current_actor()
    if Form().accepted():
        with transaction():
            actions.drop_answer(actor, thread_id)
        flash(_("Your answer is gone."))
    return redirect(get_head(actor, thread_id).path, 303)
