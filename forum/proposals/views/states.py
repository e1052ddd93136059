"""Changing the state of a proposal."""

from flask import redirect, request
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Forbidden
from forum.core.i18n import _
from forum.proposals import actions, policy, queries
from forum.proposals.forms import StateForm
from forum.proposals.models import ProposalState
from forum.proposals.queries import authors_of, get_proposal
from forum.proposals.views.blueprint import blueprint
from forum.threads.queries import get_head
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.route("/t/<thread:thread_id>/state", methods=["GET", "POST"])
@access(SIGNED_IN)
def state(thread_id: int) -> Response:
    """Bring a proposal into another state, with a reason."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    proposal = get_proposal(thread_id)
    roles = policy.roles_of(actor, head, authors_of(thread_id))
    states = policy.next_states(roles, proposal.state)
    if not states:
        if not roles:
            policy.may_change_state(roles, proposal.state, ProposalState.OPEN).enforce()
        raise Forbidden(_("There is nothing to change from here."))
    form = StateForm(seen=proposal.state.value)
    # What was offered before somebody else changed it is refused by the action, which says so.
    form.offer(ProposalState if request.method == "POST" else states, queries.claimed(thread_id))
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.change_state(actor, thread_id, form.to_draft())
            return redirect(head.path, 303)
    if form.is_refused:
        proposal = get_proposal(thread_id)
        states = policy.next_states(roles, proposal.state)
        form.look_at(proposal.state)
    form.offer(states, queries.claimed(thread_id))
    return page("proposals/state.html", form=form, head=head, proposal=proposal)
