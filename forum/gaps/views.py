"""Pages of the gap map, the same figures for other programs, and the page of each need."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.errors import Invalid
from forum.core.i18n import _, language
from forum.core.moments import moment
from forum.core.spreadsheets import csv_line
from forum.gaps.formats import cells_of, document_of
from forum.gaps.picture import picture as draw
from forum.gaps.queries import (
    ALL,
    Asked,
    GapMap,
    gap_map,
    get_need,
    known_services,
    need_page,
    needs_of,
)
from forum.gaps.rules import MEANINGS, WORDS
from forum.gaps.words import Said
from forum.proposals.words import STATES
from forum.spaces.queries import spaces_for
from forum.tags.queries import vocabulary
from forum.web.access import PUBLIC, access
from forum.web.cache import keep_until, kept_for_visitors, remembered
from forum.web.templating import page, viewer

blueprint = Blueprint("gaps", __name__)

_PARAMETERS = ("place", "space", "since", "open")


def _scopes(**_values: Any) -> tuple[str, ...]:
    """Whatever the map counts is touched with these; so who changes it does so with one of them.

    DIRECTORY: services and places. LISTS: proposals, their states, tags, places and stances, and
    who sees a space. SITE: the words of tags, and names. See also `keep_until`.
    """
    return (versions.SITE, versions.LISTS, versions.DIRECTORY)


@blueprint.get("/map")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=_PARAMETERS)
def show() -> Response:
    since, wrong = _day()
    found = _map(since)
    return page(
        "gaps/show.html",
        status=422 if wrong else 200,
        map=found,
        said=Said(),
        words=_texts(WORDS),
        meanings=_texts(MEANINGS),
        spaces=[(space.slug, space.name) for space in spaces_for(viewer())],
        since=request.args.get("since", ""),
        wrong=wrong,
        stale_days=_fresh_for().days,
        canonical=found.path() if not (since or found.asked.unfolded) else None,
    )


def _map(since: date | None, unfolded: str | None = None) -> GapMap:
    """The map that the address asks for."""
    asked = Asked(
        place=request.args.get("place") or None,
        space=request.args.get("space") or None,
        since=since,
        unfolded=unfolded or request.args.get("open") or None,
    )
    return _counted(asked)


def _counted(asked: Asked) -> GapMap:
    """The map; a finished page of it is good until a service turns stale.

    The services are the same for all who look, and many: they are read again when one changes.
    """
    fresh_for = _fresh_for()
    key = f"services of the map, fresh for {fresh_for}"
    services = None
    if asked.since is None:
        services = remembered(key, (versions.DIRECTORY,), lambda: known_services(fresh_for))
    found = gap_map(viewer(), asked, fresh_for=fresh_for, services=services)
    keep_until(found.good_until)
    return found


def _day() -> tuple[date | None, str]:
    """The day that is asked for, and what is wrong with it."""
    text = request.args.get("since", "").strip()
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, _("Please give the day as in 2026-03-31.")


def _checked_day() -> date | None:
    """The same for programs; Invalid."""
    since, wrong = _day()
    if wrong:
        raise Invalid(wrong, "since")
    return since


def _fresh_for() -> timedelta:
    return timedelta(days=current_app.config["SERVICE_STALE_DAYS"])


def _texts(words: Mapping[Any, str]) -> dict[str, str]:
    """Words in the reader's language, looked up once and not for each cell."""
    return {str(key): str(text) for key, text in words.items()}


# For print, slides and other programs


@blueprint.get("/map.svg")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=_PARAMETERS)
def picture() -> Response:
    """The map as a picture, with the needs unfolded that the address names."""
    found = _map(_checked_day())
    words = {state: str(word) for state, word in WORDS.items()}
    svg = draw(found, words, title=_title(found), made=_made(found))
    return Response(svg, content_type="image/svg+xml; charset=utf-8")


@blueprint.get("/map.csv")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=_PARAMETERS)
def table() -> Response:
    """Each cell as a row for a spreadsheet, every need with all its parts."""
    lines = "".join(map(csv_line, cells_of(_map(_checked_day(), unfolded=ALL))))
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="gap-map.csv"'
    return response


@blueprint.get("/map.json")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=_PARAMETERS)
def figures() -> Response:
    """The same for programs; forum/gaps/formats.py says what is in it."""
    document = document_of(_map(_checked_day(), unfolded=ALL))
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return Response(text, content_type="application/json; charset=utf-8")


def _title(of: GapMap) -> str:
    if of.place_name:
        return _("Gap map: %(place)s", place=of.place_name)
    return _("Gap map")


def _made(of: GapMap) -> str:
    """When the figures were counted, of what, and where."""
    at = moment(of.made_at, viewer().timezone, language())
    parts = [_("As of %(at)s.", at=at), current_app.extensions["site"].name]
    if of.space_name:
        parts.append(_("Proposals of %(space)s.", space=of.space_name))
    return " · ".join(parts)


# Needs


@blueprint.get("/needs")
@access(PUBLIC)
@kept_for_visitors(_scopes)
def needs() -> Response:
    """Every need, with what is known about it in all."""
    found = _counted(Asked())
    descriptions = {node.slug: node.description for node in needs_of(vocabulary())}
    return page(
        "gaps/needs.html",
        said=Said(),
        rows=[(row, row.cells[0], descriptions[row.slug]) for row in found.rows],
        canonical=url_for("gaps.needs"),
    )


@blueprint.get("/needs/<name:slug>")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=("place",))
def need(slug: str) -> Response:
    """One need; its other words redirect here."""
    tag, is_first = get_need(slug)
    path = url_for("gaps.need", slug=tag.slug)
    if tag.slug != slug:
        return redirect(path, 301)
    place = request.args.get("place") or None
    above = "" if is_first or tag.parent is None else tag.parent.slug
    asked = Asked(place=place, unfolded=above or tag.slug)
    found = _counted(asked)
    return page(
        "gaps/need.html",
        tag=tag,
        parent=tag.parent if above else None,
        need=need_page(viewer(), tag, place),
        row=next(row for row in found.rows if row.slug == tag.slug),
        map=found,
        said=Said(),
        path=path,
        query=urlencode({"need": tag.slug, **({"place": place} if place else {})}),
        words=_texts(WORDS),
        proposal_states=_texts(STATES),
        canonical=path if place is None else None,
    )
