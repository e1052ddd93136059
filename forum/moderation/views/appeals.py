"""What a member reads of a decision about them, and their answer to it."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.tokens import read_suspension_token
from forum.accounts.views.blueprint import rules as account_rules
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import DomainError, Invalid, NotFound
from forum.core.i18n import _, language
from forum.moderation import actions, policy
from forum.moderation.forms.deciding import AppealForm
from forum.moderation.queries.page import own_decision
from forum.moderation.views.blueprint import blueprint
from forum.moderation.views.desk import rules
from forum.moderation.words import VERDICTS
from forum.posts.models import PostState
from forum.sanctions.queries import get_sanction
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.route("/decisions/<id:decision_id>", methods=["GET", "POST"])
@access(SIGNED_IN)
def decision(decision_id: int) -> Response:
    """What was decided, why, and how to mend it or appeal."""
    actor = current_actor()
    found = own_decision(decision_id, language())
    if found is None:
        raise NotFound
    policy.may_see_decision(actor, found.facts).enforce()
    given = rules()
    may_appeal = policy.may_appeal(actor, found.facts, now=clock.now(), days=given.appeal_days)
    form = AppealForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.appeal(actor, decision_id, form.text.data or "", given)
            flash(_("Your appeal has arrived. You will hear here what came of it."))
            return redirect(url_for("moderation.decision", decision_id=decision_id), 303)
    return page(
        "moderation/decision.html",
        form=form,
        decision=found,
        may_appeal=bool(may_appeal),
        appeal_until=policy.appeal_until(found.facts.decided_at, given.appeal_days),
        can_be_mended=found.subject.state is PostState.WAITING and not found.facts.is_undone,
        verdicts=VERDICTS,
    )


@blueprint.post("/suspended/appeal")
@access(PUBLIC)
def appeal_suspended() -> Response:
    """The appeal of somebody who cannot sign in: the sign-in page signed who they are."""
    sanction_id = read_suspension_token(account_rules().secret, request.form.get("token", ""))
    if sanction_id is None:
        raise Invalid(
            _("This form was open for too long. Please sign in once more, and send it again.")
        )
    sanction = get_sanction(sanction_id)
    if sanction.decision_id is None:
        raise Invalid(_("This was not decided in a case. Please write to the moderators."))
    form = AppealForm()
    error: DomainError | None = None
    try:
        with transaction():
            actions.appeal(
                Actor(id=sanction.user_id), sanction.decision_id, form.text.data or "", rules()
            )
    except NotFound:
        raise
    except DomainError as refusal:
        error = refusal
    if error is not None:
        form.refuse(error)
    return page(
        "moderation/appeal_suspended.html",
        form=form,
        token=request.form.get("token", ""),
        is_sent=error is None,
    )
