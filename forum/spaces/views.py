"""Pages of spaces: finding, reading, joining, leaving and running them."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.actions import count_attempt
from forum.core import versions
from forum.core.actor import member_id
from forum.core.db import transaction
from forum.core.i18n import _
from forum.spaces import actions, policy, queries
from forum.spaces.forms import (
    CodeForm,
    InvitationForm,
    JoinForm,
    NewSpaceForm,
    RemovalForm,
    RoleForm,
    SpaceForm,
)
from forum.spaces.models import Visibility
from forum.spaces.queries import SpaceRow
from forum.threads.queries import newest_threads
from forum.web.access import MODERATOR, PUBLIC, SIGNED_IN, access
from forum.web.cache import kept_for_visitors
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page, viewer

blueprint = Blueprint("spaces", __name__)

# Tries of one member: a slip or two are usual, and a guesser would need a million years.
JOIN_TRIES = 20
JOIN_MINUTES = 15


def _index_scopes() -> tuple[str, ...]:
    return (versions.SITE,)


def _show_scopes(slug: str) -> tuple[str, ...]:  # noqa: ARG001 - the name of the route's value
    return (versions.SITE, versions.LISTS)


# Reading


@blueprint.route("/spaces")
@access(PUBLIC)
@kept_for_visitors(_index_scopes, parameters=("after",))
def index() -> Response:
    actor = viewer()
    spaces = queries.page_of_spaces(actor, request.args.get("after"))
    return page(
        "spaces/index.html",
        spaces=spaces,
        pages=pages(spaces, url_for("spaces.index")),
        invitations=queries.invitations_for(actor),
        may_create=bool(policy.may_create(actor)),
        canonical=url_for("spaces.index"),
    )


@blueprint.route("/s/<name:slug>")
@access(PUBLIC)
@kept_for_visitors(_show_scopes, parameters=("after",))
def show(slug: str) -> Response:
    actor = viewer()
    space = queries.get_space(actor, slug)
    threads = newest_threads(actor, space_id=space.id, cursor=request.args.get("after"))
    is_member = space.member_role is not None
    is_public = space.visibility is Visibility.PUBLIC
    return page(
        "spaces/show.html",
        space=space,
        threads=threads,
        pages=pages(threads, space.path),
        start_path=url_for("threads.new", space=slug),
        may_start=bool(policy.may_start_thread(actor, space.access)),
        may_join=not is_member and bool(policy.may_join(actor, space.access)),
        may_see_members=bool(policy.may_see_members(actor, space.access)),
        may_facilitate=bool(policy.may_facilitate(actor, space.access)),
        canonical=space.path if is_public else None,
        feed=url_for("feeds.space", slug=slug) if is_public else None,
    )


# Making and changing


@blueprint.route("/spaces/new", methods=["GET", "POST"])
@access(MODERATOR)
def new() -> Response:
    actor = current_actor()
    form = NewSpaceForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                space = actions.create_space(actor, form.to_draft())
            return redirect(url_for("spaces.show", slug=space.slug), 303)
    return page("spaces/new.html", form=form)


@blueprint.route("/s/<name:slug>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(slug: str) -> Response:
    actor = current_actor()
    space = queries.get_space(actor, slug)
    policy.may_edit(actor, space.access).enforce()
    form = SpaceForm(
        data={
            "name": space.name,
            "description": space.description_source,
            "visibility": space.visibility.value,
            "who_starts": space.who_starts.value,
            "who_comments": space.who_comments.value,
            "language": space.language,
            "hide_at": space.hide_at,
            "hold_first": str(space.hold_first),
            "hides_stances": "yes" if space.hides_stances else "no",
        }
    )
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.edit_space(actor, space.id, form.to_draft())
            flash(_("The space is changed."))
            return redirect(url_for("spaces.show", slug=slug), 303)
    return page("spaces/edit.html", form=form, space=space)


# Joining and leaving


@blueprint.route("/join", methods=["GET", "POST"])
@access(SIGNED_IN)
def join() -> Response:
    actor = current_actor()
    form = JoinForm(data={"code": request.args.get("code", "")})
    if form.accepted():
        with refusals(form):
            with transaction():  # of its own, so that a refused guess counts as well
                count_attempt(
                    "join", f"member:{member_id(actor)}", limit=JOIN_TRIES, minutes=JOIN_MINUTES
                )
            with transaction():
                space = actions.redeem_code(actor, form.code.data)
            return _welcome(space.slug, space.name)
    return page("spaces/join.html", form=form)


def _welcome(slug: str, name: str) -> Response:
    flash(_("You belong to %(name)s now.", name=name))
    return redirect(url_for("spaces.show", slug=slug), 303)


@blueprint.route("/s/<name:slug>/join", methods=["POST"])
@access(SIGNED_IN)
def enter(slug: str) -> Response:
    """Join by a button, where no code is asked for."""
    actor = current_actor()
    space = queries.get_space(actor, slug)
    with transaction():
        actions.join_space(actor, space.id)
    return _welcome(space.slug, space.name)


@blueprint.route("/s/<name:slug>/accept", methods=["POST"])
@access(SIGNED_IN)
def accept(slug: str) -> Response:
    with transaction():
        space = actions.accept_invitation(current_actor(), slug)
    return _welcome(space.slug, space.name)


@blueprint.route("/s/<name:slug>/decline", methods=["POST"])
@access(SIGNED_IN)
def decline(slug: str) -> Response:
    with transaction():
        actions.decline_invitation(current_actor(), slug)
    flash(_("You declined the invitation."))
    return redirect(url_for("spaces.index"), 303)


@blueprint.route("/s/<name:slug>/leave", methods=["GET", "POST"])
@access(SIGNED_IN)
def leave(slug: str) -> Response:
    actor = current_actor()
    space = queries.get_space(actor, slug)
    is_last = queries.is_last_facilitator(space.id, member_id(actor))
    verdict = policy.may_leave(actor, space.access, is_last_facilitator=is_last)
    form = Form()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.leave_space(actor, space.id)
            flash(_("You left %(name)s.", name=space.name))
            return redirect(url_for("spaces.index"), 303)
    return page(
        "spaces/leave.html",
        form=form,
        space=space,
        is_last_facilitator=is_last,
        may_leave=bool(verdict),
        why_not=verdict.reason,
    )


# Members


@blueprint.route("/s/<name:slug>/members")
@access(SIGNED_IN)
def members(slug: str) -> Response:
    actor = current_actor()
    space = queries.get_space(actor, slug)
    policy.may_see_members(actor, space.access).enforce()
    found = queries.members_of(space.id, request.args.get("after"))
    return page(
        "spaces/members.html",
        space=space,
        members=found,
        pages=pages(found, url_for("spaces.members", slug=slug)),
        may_facilitate=bool(policy.may_facilitate(actor, space.access)),
    )


@blueprint.route("/s/<name:slug>/members/<name:username>", methods=["GET", "POST"])
@access(SIGNED_IN)
def member(slug: str, username: str) -> Response:
    """Give a member another role."""
    actor = current_actor()
    space = _facilitated(slug)
    person = queries.get_member(space.id, username)
    form = RoleForm(data={"role": person.role.value})
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.set_role(actor, space.id, person.user_id, role=form.to_role())
            flash(_("The role is changed."))
            return redirect(url_for("spaces.members", slug=slug), 303)
    return page("spaces/member.html", form=form, space=space, person=person)


@blueprint.route("/s/<name:slug>/members/<name:username>/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def remove_member(slug: str, username: str) -> Response:
    actor = current_actor()
    space = _facilitated(slug)
    person = queries.get_member(space.id, username)
    form = RemovalForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.remove_member(actor, space.id, person.user_id, reason=form.reason.data)
            flash(_("The member is removed from the space."))
            return redirect(url_for("spaces.members", slug=slug), 303)
    return page("spaces/remove_member.html", form=form, space=space, person=person)


def _facilitated(slug: str) -> SpaceRow:
    actor = current_actor()
    space = queries.get_space(actor, slug)
    policy.may_facilitate(actor, space.access).enforce()
    return space


# Codes and invitations


@blueprint.route("/s/<name:slug>/codes", methods=["GET", "POST"])
@access(SIGNED_IN)
def codes(slug: str) -> Response:
    space = _facilitated(slug)
    form = CodeForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.make_code(current_actor(), space.id, form.to_draft())
            return redirect(url_for("spaces.codes", slug=slug), 303)
    return page("spaces/codes.html", form=form, space=space, codes=queries.codes_of(space.id))


@blueprint.route("/s/<name:slug>/codes/<id:code_id>/revoke", methods=["POST"])
@access(SIGNED_IN)
def revoke_code(slug: str, code_id: int) -> Response:
    space = _facilitated(slug)
    with transaction():
        actions.revoke_code(current_actor(), space.id, code_id)
    flash(_("The code opens nothing any more."))
    return redirect(url_for("spaces.codes", slug=slug), 303)


@blueprint.route("/s/<name:slug>/invitations", methods=["GET", "POST"])
@access(SIGNED_IN)
def invitations(slug: str) -> Response:
    space = _facilitated(slug)
    form = InvitationForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.invite(current_actor(), space.id, form.username.data)
            flash(_("The invitation is on its way: it shows on the person's page of spaces."))
            return redirect(url_for("spaces.invitations", slug=slug), 303)
    return page(
        "spaces/invitations.html",
        form=form,
        space=space,
        invitations=queries.invitations_of(space.id),
    )


@blueprint.route("/s/<name:slug>/invitations/<id:invitation_id>/withdraw", methods=["POST"])
@access(SIGNED_IN)
def withdraw_invitation(slug: str, invitation_id: int) -> Response:
    space = _facilitated(slug)
    with transaction():
        actions.withdraw_invitation(current_actor(), space.id, invitation_id)
    flash(_("The invitation is taken back."))
    return redirect(url_for("spaces.invitations", slug=slug), 303)
