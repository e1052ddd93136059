"""The log, for those who look after the forum: all of it, or that of the spaces they run."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.queries import names_of
from forum.audit import queries
from forum.audit.forms import Asked, FilterForm
from forum.audit.queries import Entry, Filter
from forum.core import clock
from forum.core.actor import Actor
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import _
from forum.core.spreadsheets import csv_line
from forum.moderation.views.blueprint import blueprint
from forum.spaces.queries import SpaceName, find_user_id, spaces_run_by
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page

_FIELDS = ("actor", "verb", "kind", "id", "space", "since", "until")
_HEADS = (
    *("number", "time (UTC)", "who", "role", "verb", "kind", "subject", "space", "case", "reason"),
    *("before", "after", "hash"),
)
_LARGEST = 2**31 - 1


@blueprint.get("/moderation/log")
@access(SIGNED_IN)
def log() -> Response:
    """What was done, newest first."""
    spaces = _spaces(current_actor())
    form = FilterForm(request.args)
    found = queries.entries(_filter(form, spaces), request.args.get("after"))
    kept = {name: request.args.get(name) for name in _FIELDS}
    query = urlencode({name: value for name, value in kept.items() if value})
    return page(
        "moderation/log.html",
        form=form,
        entries=found.rows,
        names=names_of({row.actor_id for row in found.rows if row.actor_id is not None}),
        spaces={space.id: space for space in spaces},
        is_all=current_actor().is_moderator,
        pages=pages(found, url_for("moderation.log"), **kept),
        download_path=f"{url_for('moderation.download_log')}{'?' if query else ''}{query}",
    )


@blueprint.get("/moderation/log/download")
@access(SIGNED_IN)
def download_log() -> Response:
    """The same entries, all of them, as a table for a spreadsheet; sent as it is read."""
    spaces = _spaces(current_actor())
    form = FilterForm(request.args)
    wanted = _filter(form, spaces)
    if form.is_refused:  # what was asked for cannot be read: nothing is sent
        raise Invalid(_("This filter cannot be read. Please go back to the log."))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    response = Response(_lines(app, wanted), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="log-{clock.now():%Y-%m-%d}.csv"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _spaces(actor: Actor) -> tuple[SpaceName, ...]:
    """The spaces whose log somebody reads; NotFound for who runs none."""
    spaces = spaces_run_by(actor)
    if not spaces and not actor.is_moderator:
        raise NotFound
    return spaces


def _filter(form: FilterForm, spaces: tuple[SpaceName, ...]) -> Filter:
    """What the form asks for, within what the reader may see; all of that when it is refused."""
    actor = current_actor()
    within = None if actor.is_moderator else tuple(space.id for space in spaces)
    form.offer_spaces(spaces)
    if not form.validate():
        form.status = 422
        return Filter(within=within)
    wanted = Filter()
    with refusals(form):
        asked = form.to_asked(ZoneInfo(actor.timezone))
        wanted = replace(asked.filter, actor_id=_actor_id(asked))
    return replace(wanted, within=within)


def _actor_id(asked: Asked) -> int | None:
    """The member who is asked for; also by the number that an entry shows of one who is gone."""
    if not asked.actor or asked.filter.is_forum:
        return None
    if asked.actor.isascii() and asked.actor.isdigit():
        return min(int(asked.actor[:10]), _LARGEST)
    user_id = find_user_id(asked.actor)
    if user_id is None:
        raise Invalid(_("There is no member of this name."), "actor")
    return user_id


def _lines(app: Flask, wanted: Filter) -> Iterator[str]:
    """The table, line by line: asked for when the request is over, so each part reads alone."""
    yield "\ufeff" + csv_line(_HEADS)  # the mark by which spreadsheets know that it is UTF-8
    below = None
    while True:
        with app.app_context():
            batch = queries.batch(wanted, below)
            names = names_of({entry.actor_id for entry in batch if entry.actor_id is not None})
        if not batch:
            return
        for entry in batch:
            name = names.get(entry.actor_id) if entry.actor_id is not None else None
            yield csv_line(_cells(entry, name.username if name else entry.actor_id))
        below = batch[-1].id


def _cells(entry: Entry, who: str | int | None) -> tuple[Any, ...]:
    return (
        entry.id,
        entry.at.isoformat(timespec="seconds"),
        who,
        entry.role,
        entry.verb,
        entry.subject_kind,
        entry.subject_id,
        entry.space_id,
        entry.case_id,
        entry.reason,
        _json(entry.before),
        _json(entry.after),
        entry.hash,
    )


def _json(values: dict[str, Any] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)
