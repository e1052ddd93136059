"""The list of proposals."""

from flask import request, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.places.queries import place_options
from forum.proposals import queries
from forum.proposals.forms import FilterForm
from forum.proposals.queries import LIVE_ONES, ProposalFilter
from forum.proposals.views.blueprint import blueprint
from forum.services.queries import places_in_use
from forum.spaces.queries import spaces_for
from forum.tags.queries import vocabulary
from forum.web.access import PUBLIC, access
from forum.web.cache import kept_for_visitors
from forum.web.pages import pages
from forum.web.templating import page, viewer

FILTERS = ("state", "need", "place", "space")


def _scopes(**_arguments: object) -> tuple[str, ...]:
    return (versions.SITE, versions.LISTS)


@blueprint.get("/proposals")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=(*FILTERS, "after"))
def index() -> Response:
    """The proposals that one may read, by state, need, place and space."""
    actor = viewer()
    given = {name: request.args.get(name, "") for name in FILTERS}
    found = queries.proposals(actor, ProposalFilter(**given), request.args.get("after"))
    form = FilterForm(formdata=request.args)
    form.offer(
        [tag for tag in vocabulary() if tag.is_need],
        place_options(places_in_use()),
        spaces_for(actor),
    )
    return page(
        "proposals/index.html",
        proposals=found,
        filters=form,
        is_filtered=any(given.values()),
        pages=pages(found, url_for("proposals.index"), **given),
        live=LIVE_ONES,
        may_start=actor.is_signed_in,
        canonical="/proposals",
    )
