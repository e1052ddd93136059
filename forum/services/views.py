"""Pages of the directory: the list, one entry, and the work on both."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urlencode

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.diff import Span, word_diff
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.links import service_path
from forum.places.queries import place_options
from forum.search.views import keep_pace
from forum.services import actions, policy, queries
from forum.services.checking import cleaned, plain
from forum.services.formats import hsds, spreadsheet
from forum.services.forms import FilterForm, ImportForm, ReasonForm, ServiceForm, edit_form
from forum.services.models import Service, ServiceState
from forum.services.queries import Filters, ServicePage
from forum.services.queries.records import records
from forum.services.words import FATES, FIELDS, told
from forum.tags.queries import TagNode, vocabulary
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.cache import keep_until, kept_for_visitors
from forum.web.forms import refusals
from forum.web.limits import takes_files
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page, viewer

blueprint = Blueprint("services", __name__)

_SUGGESTED = Filters(state=ServiceState.SUGGESTED.value)


def _scopes(**_values: Any) -> tuple[str, ...]:
    return (versions.SITE, versions.DIRECTORY)


# The list


@blueprint.get("/services")
@access(PUBLIC)
@kept_for_visitors(_scopes, parameters=("q", "need", "place", "language", "fresh", "after"))
def index() -> Response:
    """What there is, by name, narrowed by filters in the address."""
    keeps = queries.keeps(viewer())
    form = _filter_form()
    filters = form.to_filters(keeps=keeps)
    found = queries.find_services(filters, request.args.get("after"))
    if not viewer().is_signed_in:
        keep_until(queries.next_stale_at())
    return page(
        "services/index.html",
        form=form,
        found=found,
        count=queries.count_services(filters),
        asked=filters.asked,
        pages=pages(found, url_for("services.index"), **filters.asked),
        keeps=keeps,
        waiting=queries.count_services(_SUGGESTED) if keeps else 0,
        query=f"?{urlencode(filters.asked)}" if filters.asked else "",
        canonical=None if filters.q else _address(filters.asked),
    )


def _address(asked: Mapping[str, str]) -> str:
    return f"{url_for('services.index')}?{urlencode(asked)}" if asked else url_for("services.index")


def _filter_form() -> FilterForm:
    form = FilterForm(request.args)
    form.offer_needs(_need_choices())
    form.place.offer(place_options(queries.places_in_use()))
    form.offer_languages()
    return form


def _needs() -> list[TagNode]:
    return [node for node in vocabulary() if node.is_need]


def _need_choices() -> list[tuple[str, str]]:
    found = []
    for node in _needs():
        found.append((node.slug, node.name))
        found.extend((child.slug, f"{node.name}: {child.name}") for child in node.children)
    return found


@blueprint.get("/services.csv")
@access(PUBLIC)
def as_csv() -> Response:
    """What the filters show, for spreadsheets."""
    text = "".join(spreadsheet.written(records(_filters_of_file())))
    return _file(text, "text/csv; charset=utf-8", "services.csv")


@blueprint.get("/services.json")
@access(PUBLIC)
def as_json() -> Response:
    """The same as a page of Open Referral's HSDS 3."""
    text = hsds.written(records(_filters_of_file()), current_app.extensions["site"].base_url)
    return _file(text, "application/json", "services.json")


def _filters_of_file() -> Filters:
    actor = current_actor()
    keep_pace(actor, "directory")
    return _filter_form().to_filters(keeps=queries.keeps(actor))


def _file(text: str, mimetype: str, name: str) -> Response:
    response = Response(text, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.route("/services/import", methods=["GET", "POST"])
@access(SIGNED_IN)
@takes_files
def bring_in() -> Response:
    """Look at a file row by row, then bring it in."""
    actor = current_actor()
    policy.may_keep(actor, keeps=queries.keeps(actor)).enforce()
    form = ImportForm()
    outcome = None
    if form.accepted():
        with refusals(form):
            rows = form.to_rows()
            with transaction():
                outcome = actions.bring_in(actor, rows, form.to_options())
            form.judge(outcome)
    if outcome is not None and outcome.is_written:
        flash(_("The file is in the directory."))
        return redirect(url_for("services.index"), 303)
    form.keep()
    return page("services/bring_in.html", form=form, outcome=outcome, fates=FATES)


@blueprint.get("/services/suggested")
@access(SIGNED_IN)
def suggested() -> Response:
    """What waits for somebody who keeps the directory."""
    actor = current_actor()
    policy.may_keep(actor, keeps=queries.keeps(actor)).enforce()
    return page("services/suggested.html", rows=queries.suggested())


# One entry


@blueprint.get("/services/<thread:service_id>")
@access(PUBLIC)
@kept_for_visitors(_scopes)
def show(service_id: int) -> Response:
    service = queries.get_service(viewer(), service_id)
    if request.path != unquote(service.row.path):
        return redirect(service.row.path, 301)
    keep_until(queries.turns_stale_at(service.row.verified_at))
    return page(
        "services/show.html",
        service=service,
        row=service.row,
        canonical=service.row.path if service.is_listed else None,
    )


@blueprint.route("/services/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Suggest an entry, or add one."""
    actor = current_actor()
    policy.may_suggest(actor).enforce()
    form = ServiceForm()
    if request.method == "GET":
        form.needs.data = request.args.getlist("need")
        form.places.data = [slug for slug in request.args.getlist("place") if slug]
    _offer_places(form)
    keeps = queries.keeps(actor)
    if form.accepted():
        with refusals(form):
            with transaction():
                service = actions.suggest(actor, form.to_draft())
            if not keeps:
                flash(_("Thank you. Somebody who keeps the directory looks at it first."))
            return _to(service)
    return page("services/new.html", form=form, needs=_needs(), keeps=keeps)


@blueprint.route("/services/<thread:service_id>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(service_id: int) -> Response:
    actor = current_actor()
    service = _kept(actor, service_id)
    form = edit_form(service)
    _offer_places(form)
    changed: list[tuple[str, tuple[Span, ...]]] = []
    if form.accepted():
        with refusals(form):
            with transaction():
                saved = actions.edit(
                    actor,
                    service_id,
                    form.to_draft(),
                    version=form.version.data,
                    reason=form.reason.data or "",
                )
            return _to(saved)
    if form.is_conflict:
        service = queries.get_service(actor, service_id)
        now = {**queries.versions_of(service_id)[-1].values, "state": ""}
        typed = plain(cleaned(form.to_draft()))
        names = queries.names_in([now, typed])
        changed = _differences(told(now, names), told(typed, names))
        form.look_at(service.row.version)
    return page("services/edit.html", form=form, service=service, needs=_needs(), changed=changed)


def _offer_places(form: ServiceForm) -> None:
    form.places.offer(place_options(queries.places_in_use()))


def _kept(actor: Actor, service_id: int) -> ServicePage:
    """An entry that the actor may change."""
    service = queries.get_service(actor, service_id)
    policy.may_keep(actor, keeps=service.keeps).enforce()
    return service


def _to(service: Service) -> Response:
    return redirect(service_path(service.id, service.slug), 303)


@blueprint.get("/services/<thread:service_id>/history")
@access(PUBLIC)
def history(service_id: int) -> Response:
    """What an entry said before, with the words that changed."""
    service = queries.get_service(current_actor(), service_id)
    return _history(service, ReasonForm(data={"version": service.row.version}))


def _history(service: ServicePage, form: ReasonForm) -> Response:
    found = queries.versions_of(service.row.id)
    names = queries.names_in(version.values for version in found)
    said = [told(version.values, names) for version in found]
    steps = [
        (version, _differences(before, after))
        for version, (before, after) in zip(found[1:], pairwise(said), strict=True)
    ]
    return page(
        "services/history.html",
        service=service,
        row=service.row,
        first=found[0],
        first_said=[(FIELDS[name], text) for name, text in said[0].items() if text],
        steps=steps[::-1],
        form=form,
    )


def _differences(
    before: dict[str, str], after: dict[str, str]
) -> list[tuple[str, tuple[Span, ...]]]:
    """The fields that differ, as they are called, with their words."""
    return [
        (label, word_diff(before[name], after[name]))
        for name, label in FIELDS.items()
        if before[name] != after[name]
    ]


@blueprint.post("/services/<thread:service_id>/history/<id:number>/revert")
@access(SIGNED_IN)
def revert(service_id: int, number: int) -> Response:
    """Let it say again what it said in an earlier version."""
    actor = current_actor()
    service = _kept(actor, service_id)
    if not 1 <= number <= service.row.version:
        raise NotFound
    form = ReasonForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                saved = actions.revert(
                    actor,
                    service_id,
                    number,
                    version=form.version.data,
                    reason=form.reason.data or "",
                )
            flash(_("The entry says again what it said before."))
            return _to(saved)
    form.look_at(service.row.version)
    return _history(service, form)


@blueprint.post("/services/<thread:service_id>/verify")
@access(SIGNED_IN)
def verify(service_id: int) -> Response:
    """Somebody made sure of it today."""
    actor = current_actor()
    _kept(actor, service_id)
    with transaction():
        saved = actions.verify(actor, service_id)
    flash(_("Thank you. The entry says that you made sure of it today."))
    return _to(saved)


@blueprint.route("/services/<thread:service_id>/list", methods=["GET", "POST"])
@access(SIGNED_IN)
def list_entry(service_id: int) -> Response:
    """Put a suggestion, or what was retired, into the directory."""
    actor = current_actor()
    service = _kept(actor, service_id)
    form = ReasonForm(data={"version": service.row.version})
    if form.accepted():
        with refusals(form):
            with transaction():
                saved = actions.list_suggested(
                    actor, service_id, version=form.version.data, reason=form.reason.data or ""
                )
            return _to(saved)
    form.look_at(service.row.version)
    return page("services/list_entry.html", form=form, service=service, row=service.row)


@blueprint.route("/services/<thread:service_id>/retire", methods=["GET", "POST"])
@access(SIGNED_IN)
def retire(service_id: int) -> Response:
    """Take it out of the directory, or decline a suggestion."""
    actor = current_actor()
    service = _kept(actor, service_id)
    form = ReasonForm(data={"version": service.row.version})
    if form.accepted():
        with refusals(form):
            with transaction():
                saved = actions.retire(
                    actor, service_id, version=form.version.data, reason=form.reason.data or ""
                )
            return _to(saved)
    form.look_at(service.row.version)
    return page("services/retire.html", form=form, service=service, row=service.row)
