"""A member's sanctions, for those who answer for the spaces that they are of."""

from datetime import timedelta

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from forum.accounts.queries import get_account, names_of
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import _
from forum.moderation.forms.deciding import LiftForm, SanctionForm, penalty
from forum.moderation.views.blueprint import blueprint
from forum.moderation.views.desk import Desk, desk
from forum.moderation.words import RESTRAINTS
from forum.sanctions.queries import SanctionRow, history_of
from forum.spaces.actions import lift_sanction, sanction_member
from forum.spaces.models import SpaceRole
from forum.spaces.queries import SpaceRow, spaces_for
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.templating import page


@blueprint.route("/u/<name:username>/sanctions", methods=["GET", "POST"])
@access(SIGNED_IN)
def sanctions(username: str) -> Response:
    """What somebody was kept from and is, and a form to give another sanction."""
    here = desk()
    account = get_account(username)
    if account.id == here.actor.id:
        raise NotFound
    spaces = _run_by(here)
    form = SanctionForm()
    form.offer_spaces(spaces, can_be_everywhere=here.actor.is_moderator)
    if form.accepted():
        with refusals(form):
            given = penalty(form.penalty.data, is_everywhere=False)
            if given is None:
                raise Invalid(_("Please choose what they are kept from."), "penalty")
            until = clock.now() + timedelta(days=given.days) if given.days else None
            with transaction():
                sanction_member(
                    here.actor,
                    account.id,
                    kind=given.kind,
                    space_id=int(form.space.data) if form.space.data else None,
                    until=until,
                    reason=form.why.data or "",
                )
            flash(_("It holds from their next step on, and they were told."))
            return redirect(url_for("moderation.sanctions", username=username), 303)
    return _page(here, username, form, LiftForm())


@blueprint.post("/u/<name:username>/sanctions/<id:sanction_id>/lift")
@access(SIGNED_IN)
def lift(username: str, sanction_id: int) -> Response:
    """End a sanction before its time."""
    here = desk()
    account = get_account(username)
    if sanction_id not in {row.id for row in _shown(here, account.id)}:
        raise NotFound
    form = LiftForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                lift_sanction(here.actor, sanction_id, form.lift_why.data or "")
            flash(_("It has ended, and they were told."))
            return redirect(url_for("moderation.sanctions", username=username), 303)
    give = SanctionForm()
    give.offer_spaces(_run_by(here), can_be_everywhere=here.actor.is_moderator)
    return _page(here, username, give, form)


def _page(here: Desk, username: str, give: SanctionForm, lift_form: LiftForm) -> Response:
    account = get_account(username)
    rows = _shown(here, account.id)
    staff = {row.given_by_id for row in rows if row.given_by_id is not None}
    return page(
        "moderation/sanctions.html",
        form=lift_form if lift_form.is_refused else give,
        give=give,
        lift=lift_form,
        account=account,
        rows=rows,
        names=names_of(staff),
        space_names={space.id: space.name for space in spaces_for(here.actor)},
        restraints=RESTRAINTS,
        lanes=here.lanes(None, is_queue=False),
    )


def _run_by(here: Desk) -> list[SpaceRow]:
    return [
        space
        for space in spaces_for(here.actor)
        if here.actor.is_moderator or space.member_role is SpaceRole.FACILITATOR
    ]


def _shown(here: Desk, user_id: int) -> list[SanctionRow]:
    """Facilitators read what is of their spaces."""
    return [
        row
        for row in history_of(user_id)
        if here.actor.is_moderator or row.space_id in here.space_ids
    ]
