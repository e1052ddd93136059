"""What everybody may know of moderation: figures and acts, up to the last midnight (UTC)."""

from dataclasses import dataclass
from datetime import datetime, time

from flask import request, url_for
from werkzeug.wrappers import Response

from forum.audit import queries
from forum.core import clock
from forum.core.actor import VISITOR
from forum.moderation import transparency
from forum.moderation.transparency import Act, Figures
from forum.moderation.views.blueprint import blueprint
from forum.spaces.queries import spaces_for
from forum.web.access import PUBLIC, access
from forum.web.pages import pages
from forum.web.templating import page


@dataclass(slots=True)
class _Kept:
    """The figures of the last midnight, worked out once a day in each process.

    `newest` is the hash of the last entry that they count: another log has other figures.
    """

    until: datetime | None = None
    newest: str | None = None
    figures: Figures | None = None


_kept = _Kept()


@blueprint.get("/transparency")
@access(PUBLIC)
def everybody() -> Response:
    until = datetime.combine(clock.now().date(), time(), clock.now().tzinfo)
    found = queries.acts(transparency.LISTED, until, request.args.get("after"))
    public = frozenset(space.id for space in spaces_for(VISITOR))
    figures = _figures(until)
    return page(
        "moderation/everybody.html",
        until=until,
        reasons=transparency.counted(figures.reasons, transparency.REASONS),
        outcomes=transparency.counted(figures.outcomes, transparency.OUTCOMES),
        times=(
            transparency.spell(figures.to_first_look),
            transparency.spell(figures.to_decision),
        ),
        appeals=transparency.in_words(figures.appeals),
        reversed_percent=figures.reversed_percent,
        acts=[transparency.shown(Act(*row[1:]), public) for row in found.rows],
        pages=pages(found, url_for("moderation.everybody")),
        canonical=url_for("moderation.everybody"),
    )


def _figures(until: datetime) -> Figures:
    newest = queries.newest_hash(transparency.COUNTED, until)
    if _kept.figures is None or (_kept.until, _kept.newest) != (until, newest):
        since = until - transparency.PERIOD
        rows = queries.acts_between(transparency.COUNTED, since, until)
        figures = transparency.figures(Act(*row[1:]) for row in rows)
        _kept.until, _kept.newest, _kept.figures = until, newest, figures
        return figures
    return _kept.figures
