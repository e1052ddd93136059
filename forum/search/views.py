"""The page that finds things, what its box suggests, and the searches that members keep."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.accounts import tokens
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.i18n import _, lazy
from forum.index.models import Named
from forum.index.queries import kinds_named
from forum.search import actions, queries
from forum.search.asked import Asked, Kind, Mark, as_line, read
from forum.search.forms import SaveForm
from forum.spaces.queries import spaces_for
from forum.tags.queries import vocabulary
from forum.web import pace
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import Pages
from forum.web.templating import page

blueprint = Blueprint("search", __name__)

_FILTERS = ("tag", "in", "by", "kind", "is", "before", "after")
_SUGGESTIONS = 5  # times as many as searches: one for every pause while typing
_KINDS = (
    (Kind.THREAD, lazy("Threads")),
    (Kind.COMMENT, lazy("Comments")),
    (Kind.PROMPT, lazy("Prompts")),
    (Kind.DISCUSSION, lazy("Discussions")),
    (Kind.TAG, lazy("Needs and tags")),
    (Kind.PERSON, lazy("People")),
    (Kind.SERVICE, lazy("Services")),
)
_MARKS = (
    (Mark.QUESTION, lazy("Questions")),
    (Mark.UNANSWERED, lazy("Questions without an answer")),
    (Mark.PROMPT, lazy("Prompts")),
)


@blueprint.get("/search")
@access(PUBLIC)
def index() -> Response:
    """What is found; without a question, how to ask."""
    actor = current_actor()
    form = {name: request.args.get(name, "") for name in _FILTERS}
    asked = read(request.args.get("q", ""), form)
    cursor = request.args.get("from")
    found = queries.NOTHING
    if not asked.is_empty:
        keep_pace(actor)
        found = queries.search_posts(actor, asked, cursor)
    line = as_line(asked, form)
    return page(
        "search/index.html",
        asked=asked,
        line=line,
        filters=form,
        has_form_filters=any(form.values()),
        found=found,
        **_names(actor, asked, is_first=cursor is None),
        pages=_pages(found, form, cursor),
        tag_choices=[
            (node.slug, node.name) for top in vocabulary() for node in (top, *top.children)
        ],
        space_choices=[(space.slug, space.name) for space in spaces_for(actor)],
        kind_choices=_KINDS,
        mark_choices=_MARKS,
        save=SaveForm(formdata=None, q=line) if actor.is_signed_in and not asked.is_empty else None,
    )


def _names(actor: Actor, asked: Asked, *, is_first: bool) -> dict[str, Any]:
    """Tags, people and services of that name, on the first page alone."""
    kinds = kinds_named(asked.plain) if is_first else frozenset()
    return {
        "tags": queries.tags_named(asked) if Named.TAG in kinds else (),
        "people": queries.people_named(actor, asked) if Named.PERSON in kinds else (),
        "services": queries.services_named(asked) if Named.SERVICE in kinds else (),
    }


def _pages(found: queries.FoundPosts, form: dict[str, str], cursor: str | None) -> Pages:
    kept = [
        ("q", request.args.get("q", "")),
        *((name, text) for name, text in form.items() if text),
    ]
    first = url_for("search.index")
    older = urlencode([*kept, ("from", found.next or "")])
    return Pages(
        newer_path=f"{first}?{urlencode(kept)}" if cursor is not None else None,
        older_path=f"{first}?{older}" if found.next else None,
    )


@blueprint.get("/search/suggestions")
@access(PUBLIC)
def suggestions() -> Response:
    """Tags, threads and people for what is typed so far, as a list of names and paths."""
    actor = current_actor()
    keep_pace(actor, "suggestions", times=_SUGGESTIONS)
    found = queries.suggestions(actor, request.args.get("q", ""))
    return jsonify([{"label": one.label, "note": one.kind, "path": one.path} for one in found])


@blueprint.get("/threads/similar")
@access(SIGNED_IN)
def similar() -> Response:
    """Threads that may be about the same as a title which is being written."""
    actor = current_actor()
    keep_pace(actor, "similar", times=_SUGGESTIONS)
    found = queries.similar_threads(actor, request.args.get("title", ""))
    return jsonify([{"label": one.title, "note": one.in_words, "path": one.path} for one in found])


def keep_pace(actor: Actor, what: str = "search", *, times: int = 1) -> None:
    """Count one of what costs as much as a search; TooMany above the limit of a minute."""
    most = times * current_app.config["SEARCHES_PER_MINUTE"]
    who = f"member {actor.id}" if actor.is_signed_in else tokens.network(request.remote_addr)
    pace.keep(f"{what} {who}", most=most)


# Searches to come back to


@blueprint.route("/searches", methods=["GET", "POST"])
@access(SIGNED_IN)
def saved() -> Response:
    """The member's searches; the form of a page of results keeps another one."""
    actor = current_actor()
    form = SaveForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.save_search(actor, form.to_draft())
            flash(_("The search is kept. This page shows what comes new."))
            return redirect(url_for("search.saved"), 303)
    return page(
        "search/saved.html", form=form, is_refused=form.is_refused, line=form.q.data or "",
        searches=queries.saved_searches(actor),
    )  # fmt: skip


@blueprint.post("/searches/<id:saved_id>/open")
@access(SIGNED_IN)
def open_saved(saved_id: int) -> Response:
    """Look at a search: what is there now is not new any more."""
    with transaction():
        line = actions.mark_seen(current_actor(), saved_id).query
    return redirect(url_for("search.index", q=line), 303)


@blueprint.post("/searches/<id:saved_id>/delete")
@access(SIGNED_IN)
def delete_saved(saved_id: int) -> Response:
    with transaction():
        actions.delete_search(current_actor(), saved_id)
    flash(_("The search is deleted."))
    return redirect(url_for("search.saved"), 303)
