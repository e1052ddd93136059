"""The queue of whoever handles cases."""

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from forum.cases.words import SHORT_REASONS
from forum.core.actor import Actor
from forum.moderation.forms.queue import QueueForm
from forum.moderation.queries.queue import Wanted
from forum.moderation.queries.queue import queue as waiting
from forum.moderation.views.blueprint import blueprint
from forum.moderation.views.desk import desk
from forum.moderation.words import LANES, STATES
from forum.spaces.models import SpaceRole
from forum.spaces.queries import SpaceRow, spaces_for
from forum.web.access import SIGNED_IN, access
from forum.web.pages import pages
from forum.web.templating import page

_KEPT = ("lane", "state", "reason", "space", "assignee", "author", "age")


@blueprint.get("/moderation")
@access(SIGNED_IN)
def queue() -> Response:
    """Cases that wait for somebody, what is nearest to its time first."""
    here = desk()
    spaces = _handled(here.actor)
    form = QueueForm(MultiDict(request.args))
    form.offer_spaces({space.slug: space.name for space in spaces})
    is_valid = form.validate()
    form.status = 200 if is_valid else 422
    wanted = form.to_wanted({space.slug: space.id for space in spaces}) if is_valid else Wanted()
    found = waiting(here.actor, here.space_ids, wanted, request.args.get("after"))
    return page(
        "moderation/queue.html",
        form=form,
        lanes=here.lanes(wanted.lane),
        lane=LANES[wanted.lane] if wanted.lane else None,
        cases=found.rows,
        words={"states": STATES, "reasons": SHORT_REASONS, "lanes": LANES},
        is_filtered=any(request.args.get(name) for name in _KEPT if name != "lane"),
        pages=pages(
            found, url_for("moderation.queue"), **{name: request.args.get(name) for name in _KEPT}
        ),
    )


def _handled(actor: Actor) -> list[SpaceRow]:
    return [
        space
        for space in spaces_for(actor)
        if actor.is_moderator or space.member_role is SpaceRole.FACILITATOR
    ]
