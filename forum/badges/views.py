"""Pages about badges: one's own, and what moderators decide."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.badges import actions, policy, queries
from forum.badges.forms import BadgeForm, DecideForm, EndForm, ExperienceForm
from forum.badges.models import BadgeState
from forum.badges.words import STATES
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _, lazy
from forum.spaces.queries import facilitated
from forum.web.access import MODERATOR, SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page

blueprint = Blueprint("badges", __name__)

_LISTS = (
    (BadgeState.REQUESTED, lazy("Requests")),
    (BadgeState.ACTIVE, lazy("In force")),
    (BadgeState.REFUSED, lazy("Refused")),
    (BadgeState.ENDED, lazy("Ended")),
)


@blueprint.route("/badges", methods=["GET", "POST"])
@access(SIGNED_IN)
def index() -> Response:
    """One's own badges and requests, and a form for another."""
    actor = current_actor()
    form = BadgeForm()
    if request.method == "GET":
        form.offer_kinds(facilitates=bool(facilitated(actor)), moderates=actor.is_moderator)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.request_badge(actor, form.to_draft())
            flash(_("Thank you. A moderator will look at it, and you will hear here."))
            return redirect(url_for("badges.index"), 303)
    return page(
        "badges/index.html",
        form=form,
        badges=queries.own_badges(actor),
        states=STATES,
        days=current_app.config["BADGE_DAYS"],
    )


@blueprint.post("/badges/<id:badge_id>/withdraw")
@access(SIGNED_IN)
def withdraw(badge_id: int) -> Response:
    with transaction():
        actions.withdraw_request(current_actor(), badge_id)
    flash(_("Your request is withdrawn."))
    return redirect(url_for("badges.index"), 303)


@blueprint.post("/badges/<id:badge_id>/give-back")
@access(SIGNED_IN)
def give_back(badge_id: int) -> Response:
    with transaction():
        actions.give_back(current_actor(), badge_id)
    flash(_("The badge has ended. On what you wrote with it, it is marked as past."))
    return redirect(url_for("badges.index"), 303)


@blueprint.get("/moderation/badges")
@access(MODERATOR)
def requests() -> Response:
    """What waits for a decision, the oldest first; or the badges in another state."""
    policy.may_see_requests(current_actor()).enforce()
    asked = request.args.get("state", BadgeState.REQUESTED.value)
    if asked not in {state.value for state in BadgeState}:
        raise NotFound
    shown = BadgeState(asked)
    found = queries.requests(shown, request.args.get("after"))
    kept = None if shown is BadgeState.REQUESTED else shown.value
    tabs = [
        (
            name,
            url_for(
                "badges.requests", state=None if state is BadgeState.REQUESTED else state.value
            ),
            state is shown,
        )
        for state, name in _LISTS
    ]
    return page(
        "badges/requests.html",
        badges=found.rows,
        tabs=tabs,
        shown=shown,
        pages=pages(found, url_for("badges.requests"), state=kept),
    )


@blueprint.route("/moderation/badges/<id:badge_id>", methods=["GET", "POST"])
@access(MODERATOR)
def decide(badge_id: int) -> Response:
    """One request, with the form that grants or refuses it."""
    actor = current_actor()
    badge = queries.get_request(badge_id)
    form = DecideForm()
    if form.accepted():
        with refusals(form):
            words = form.words.data or ""
            is_granted = request.form.get("do") == "grant"
            with transaction():
                if is_granted:
                    days = current_app.config["BADGE_DAYS"]
                    actions.grant_badge(actor, badge_id, words, days=days)
                else:
                    actions.refuse_badge(actor, badge_id, words)
            flash(_("The badge is granted.") if is_granted else _("The request is refused."))
            return redirect(url_for("badges.requests"), 303)
    return page(
        "badges/decide.html",
        form=form,
        badge=badge,
        may_decide=policy.may_decide(actor, badge.facts),
        states=STATES,
    )


@blueprint.route("/moderation/badges/<id:badge_id>/end", methods=["GET", "POST"])
@access(MODERATOR)
def end(badge_id: int) -> Response:
    """End a badge before its time."""
    actor = current_actor()
    badge = queries.get_request(badge_id)
    form = EndForm()
    if request.method == "GET":
        policy.may_decide(actor, badge.facts).enforce()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.end_badge(actor, badge_id, form.reason.data or "")
            flash(_("The badge has ended."))
            return redirect(url_for("badges.decide", badge_id=badge_id), 303)
    return page("badges/end.html", form=form, badge=badge)


@blueprint.route("/settings/lived-experience", methods=["GET", "POST"])
@access(SIGNED_IN)
def experience() -> Response:
    """Say of oneself that one has lived it, or take that back; nobody else sees it."""
    actor = current_actor()
    form = ExperienceForm(is_declared=queries.has_lived_experience(actor))
    if form.accepted():
        with transaction():
            actions.declare_experience(actor, is_declared=bool(form.is_declared.data))
        flash(_("Saved."))
        return redirect(url_for("badges.experience"), 303)
    return page("badges/experience.html", form=form)
