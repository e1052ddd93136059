"""The list of places, and the work on it."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.db import transaction
from forum.core.i18n import _
from forum.places import actions, policy, queries
from forum.places.forms import NewPlaceForm, RenameForm
from forum.services.queries import counts_by_place
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.cache import kept_for_visitors
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page, viewer

blueprint = Blueprint("places", __name__)


def _scopes() -> tuple[str, ...]:
    return (versions.SITE, versions.DIRECTORY)


@blueprint.get("/places")
@access(PUBLIC)
@kept_for_visitors(_scopes)
def index() -> Response:
    """Where there are services, and what was added to the countries."""
    counts = counts_by_place()
    actor = viewer()
    return page(
        "places/index.html",
        countries=[node for node in queries.tree() if node.children or node.id in counts],
        counts=counts,
        may_keep=bool(policy.may_keep(actor, keeps=queries.keeps(actor))),
        canonical=url_for("places.index"),
    )


@blueprint.route("/places/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Add a region or a town."""
    actor = current_actor()
    policy.may_keep(actor, keeps=queries.keeps(actor)).enforce()
    form = NewPlaceForm()
    form.parent.offer(queries.place_options(counts_by_place()))
    if form.accepted():
        with refusals(form):
            with transaction():
                place = actions.add_place(actor, form.to_draft())
            flash(_("%(name)s is in the list of places now.", name=place.name))
            return redirect(url_for("places.index"), 303)
    return page("places/new.html", form=form)


@blueprint.route("/places/<name:slug>/rename", methods=["GET", "POST"])
@access(SIGNED_IN)
def rename(slug: str) -> Response:
    """Give a region or town another name."""
    actor = current_actor()
    policy.may_keep(actor, keeps=queries.keeps(actor)).enforce()
    place = queries.get_place(slug)
    form = RenameForm(data={"name": place.name})
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.rename_place(actor, slug, form.name.data)
            return redirect(url_for("places.index"), 303)
    return page("places/rename.html", form=form, place=queries.chip(place))
