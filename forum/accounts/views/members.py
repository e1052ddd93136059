"""Pages about other people: profiles, and what administrators see of members."""

from typing import Any

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from forum.accounts import actions, policy, queries
from forum.accounts.forms import InviteForm, RoleForm
from forum.accounts.queries import Account
from forum.accounts.views.blueprint import blueprint, rules, to
from forum.badges.queries import active_badges
from forum.core.actor import SiteRole
from forum.core.db import transaction
from forum.core.i18n import _
from forum.core.paging import Page
from forum.core.text import scrub_line
from forum.threads import queries as threads
from forum.web.access import ADMINISTRATOR, MODERATOR, PUBLIC, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page

_LONGEST_START = 60


@blueprint.route("/u/<name:username>")
@access(PUBLIC)
def profile(username: str) -> Response:
    """A person's own words, and the threads that they started."""
    account = _seen(username)
    found = threads.threads_by(current_actor(), account.id, request.args.get("after"))
    return _profile(account, "threads", found)


@blueprint.route("/u/<name:username>/comments")
@access(PUBLIC)
def comments(username: str) -> Response:
    account = _seen(username)
    found = threads.comments_by(current_actor(), account.id, request.args.get("after"))
    return _profile(account, "comments", found)


@blueprint.route("/u/<name:username>/agreements")
@access(PUBLIC)
def agreements(username: str) -> Response:
    """The comments that a person agrees with."""
    account = _seen(username)
    found = threads.agreements_by(current_actor(), account.id, request.args.get("after"))
    return _profile(account, "agreements", found)


def _seen(username: str) -> Account:
    """The account, as far as this viewer may know of it; raises NotFound."""
    actor = current_actor()
    account = queries.get_account(username)
    is_public = not actor.is_signed_in and threads.has_public_post(account.id)
    policy.may_see_profile(actor, account.facts, has_public_post=is_public).enforce()
    return account


def _profile(account: Account, show: str, found: Page[Any]) -> Response:
    endpoints = (
        (_("Threads"), "threads", "accounts.profile"),
        (_("Comments"), "comments", "accounts.comments"),
        (_("Agreements"), "agreements", "accounts.agreements"),
    )
    tabs = [
        (label, url_for(endpoint, username=account.username), kind == show)
        for label, kind, endpoint in endpoints
    ]
    return page(
        "accounts/profile.html",
        account=account,
        show=show,
        tabs=tabs,
        rows=found.rows,
        pages=pages(found, request.path),
        badges=active_badges(account.id),
        is_own=current_actor().id == account.id,
        # No link for visitors: a crawler would list its address, which holds a name.
        may_report=bool(policy.may_report(current_actor(), account.facts)),
    )


@blueprint.route("/admin/members")
@access(ADMINISTRATOR)
def members() -> Response:
    """All accounts, found by the beginning of their user name."""
    start = scrub_line(request.args.get("name", ""))[:_LONGEST_START]
    found = queries.members(start, request.args.get("after"))
    kept = {"name": start} if start else {}
    return page(
        "accounts/members.html",
        start=start,
        members=found.rows,
        pages=pages(found, url_for("accounts.members"), **kept),
    )


@blueprint.route("/admin/members/<id:member_id>", methods=["GET", "POST"])
@access(ADMINISTRATOR, delicate=True)
def member(member_id: int) -> Response:
    """One member's account; its form gives them another role."""
    actor = current_actor()
    account = queries.get_account_by_id(member_id)
    form = RoleForm(role=account.role.value)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.set_role(actor, account.id, SiteRole(form.role.data))
            flash(_("The role is set."))
            return to(url_for("accounts.member", member_id=member_id))
    return page(
        "accounts/member.html",
        form=form,
        account=account,
        session_count=queries.session_count(account.id),
        set_role=policy.may_set_role(actor, account.facts),
        make_link=policy.may_make_reset_link(actor, account.facts),
    )


@blueprint.route("/admin/members/<id:member_id>/end-sessions", methods=["POST"])
@access(ADMINISTRATOR, delicate=True)
def end_sessions_of(member_id: int) -> Response:
    with transaction():
        count = actions.end_sessions_of(current_actor(), member_id)
    flash(_("Sessions that have ended: %(count)s.", count=count))
    return to(url_for("accounts.member", member_id=member_id))


@blueprint.route("/admin/members/<id:member_id>/reset-link", methods=["POST"])
@access(ADMINISTRATOR, delicate=True)
def make_reset_link(member_id: int) -> Response:
    """Make a link for a new password, to be handed over in person."""
    account = queries.get_account_by_id(member_id)
    given = rules()
    with transaction():
        link = actions.make_reset_link(current_actor(), given, account)
    return page("accounts/reset_link.html", account=account, link=link, minutes=given.reset_minutes)


@blueprint.route("/admin/invitations", methods=["GET", "POST"])
@access(MODERATOR)
def invitations() -> Response:
    """Codes that let people register while registration is by invitation."""
    actor = current_actor()
    form = InviteForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                code = actions.invite(actor, uses=form.uses.data, days=form.days.data)
            link = f"{rules().base_url}{url_for('accounts.register', code=code)}"
            return page("accounts/invitation.html", code=code, link=link)
    found = queries.invitations(request.args.get("after"))
    return page(
        "accounts/invitations.html",
        form=form,
        invitations=found.rows,
        pages=pages(found, url_for("accounts.invitations")),
    )


@blueprint.route("/admin/invitations/<id:invitation_id>/revoke", methods=["POST"])
@access(MODERATOR)
def revoke_invitation(invitation_id: int) -> Response:
    with transaction():
        actions.revoke_invitation(current_actor(), invitation_id)
    flash(_("The invitation has ended."))
    return to(url_for("accounts.invitations"))
