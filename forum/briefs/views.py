"""Briefs to read and to make, their files, and the answers of those who are quoted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from forum.briefs import actions, policy, queries
from forum.briefs.document import About, Document, build
from forum.briefs.formats.markdown import to_markdown
from forum.briefs.formats.pdf import can_make_pdf, to_pdf
from forum.briefs.formats.word import to_docx
from forum.briefs.forms import BriefForm, EditForm, LookForm
from forum.briefs.models import Brief
from forum.briefs.queries import Asked, FoundBrief
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import DomainError, NotFound
from forum.core.i18n import _, force_locale
from forum.core.i18n import language as spoken
from forum.places.queries import place_options
from forum.spaces.queries import facilitated
from forum.tags.queries import vocabulary
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page, viewer

_PRINT_CSS = Path(__file__).with_name("print.css")  # of the PDF alone: no browser asks for it
blueprint = Blueprint("briefs", __name__)

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/briefs")
@access(PUBLIC)
def index() -> Response:
    """The published briefs that one may read, and what one has not published."""
    actor = current_actor()
    found = queries.published_briefs(actor, request.args.get("after"))
    may_make = bool(policy.may_make(actor, facilitated(actor)))
    return page(
        "briefs/index.html",
        briefs=found.rows,
        pages=pages(found, url_for("briefs.index")),
        drafts=queries.own_drafts(actor) if may_make else (),
        may_make=may_make,
        canonical="/briefs",
    )


# Reading


@blueprint.get("/briefs/<thread:brief_id>")
@access(PUBLIC)
def show(brief_id: int) -> Response:
    """A published brief."""
    actor = viewer()
    found = _published(actor, brief_id)
    if request.path not in {found.path, f"/briefs/{found.brief.id}-{found.brief.slug}"}:
        return redirect(found.path, 301)
    may_change = policy.may_change(actor, found.facts, facilitated(actor))
    return page(
        "briefs/show.html",
        brief=found,
        document=_document(found.brief),
        base=f"/briefs/{found.brief.id}",
        may_change=bool(may_change),
        has_pdf=can_make_pdf(),
        canonical=None if actor.is_signed_in else found.path,
    )


@blueprint.get("/briefs/<thread:brief_id>/markdown")
@access(PUBLIC)
def markdown(brief_id: int) -> Response:
    brief = _published(viewer(), brief_id).brief
    return _file(
        to_markdown(_document(brief)).encode(), brief, "md", "text/markdown; charset=utf-8"
    )


@blueprint.get("/briefs/<thread:brief_id>/docx")
@access(PUBLIC)
def docx(brief_id: int) -> Response:
    brief = _published(viewer(), brief_id).brief
    return _file(to_docx(_document(brief)), brief, "docx", _DOCX)


@blueprint.get("/briefs/<thread:brief_id>/pdf")
@access(PUBLIC)
def pdf(brief_id: int) -> Response:
    """The same as PDF, where this forum can make one."""
    brief = _published(viewer(), brief_id).brief
    if not can_make_pdf():
        raise NotFound
    return _file(to_pdf(_printed(_document(brief)), _print_css()), brief, "pdf", "application/pdf")


def _published(actor: Actor, brief_id: int) -> FoundBrief:
    found = queries.get_brief(actor, brief_id)
    if not found.facts.is_published:
        raise NotFound
    return found


def _document(brief: Brief) -> Document:
    """What a brief says: frozen when it was published, with the words that stand today."""
    frozen = cast("Mapping[str, Any]", brief.document)
    return _built(brief, frozen)


def _built(brief: Brief, frozen: Mapping[str, Any], *, is_preview: bool = False) -> Document:
    site = current_app.extensions["site"]
    about = About(
        title=frozen["title"],
        introduction=frozen["introduction"],
        site_name=site.name,
        base_url=site.base_url,
        path=url_for("briefs.show", brief_id=f"{brief.id}-{brief.slug}"),
        version=brief.version,
        published_at=None if is_preview else brief.published_at,
    )
    words = queries.words_of(frozen["proposals"], about.published_at or clock.now())
    with force_locale(frozen["language"]):
        return build(about, frozen["proposals"], words)


def _printed(document: Document) -> str:
    """A page of its own for the printer; nothing in it depends on who asks."""
    return render_template("briefs/print.html", document=document)


def _print_css() -> str:
    return _PRINT_CSS.read_text(encoding="utf-8")


def _file(body: bytes, brief: Brief, ending: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"brief-{brief.id}-v{brief.version}.{ending}"
    )
    return response


# Making


@blueprint.route("/briefs/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Begin a brief."""
    actor = current_actor()
    policy.may_make(actor, facilitated(actor)).enforce()
    form = BriefForm(language=spoken())
    if form.accepted():
        with refusals(form):
            with transaction():
                brief = actions.make_brief(actor, form.to_draft())
            return redirect(url_for("briefs.choose", brief_id=brief.id), 303)
    return page("briefs/new.html", form=form)


@blueprint.route("/briefs/<thread:brief_id>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(brief_id: int) -> Response:
    """What a brief says of itself, the order of its proposals, and its publication."""
    actor, found = _changing(brief_id)
    brief = found.brief
    form = EditForm(
        title=brief.title,
        introduction=brief.introduction,
        language=brief.language,
        seen=brief.changed_at.isoformat(),
    )
    if form.accepted():
        with refusals(form):
            order = form.to_order(brief.thread_ids)
            with transaction():
                actions.edit_brief(
                    actor, brief_id, form.to_draft(), order, seen=form.seen.data or ""
                )
            flash(_("Saved."))
            return _to("briefs.edit", brief_id)
    if form.is_refused:
        form.seen.data = queries.get_brief(actor, brief_id).brief.changed_at.isoformat()
    return _edit_page(actor, found, form)


def _edit_page(actor: Actor, found: FoundBrief, form: EditForm) -> Response:
    brief = found.brief
    rows = queries.chosen(actor, brief.thread_ids)
    in_sight = {row.id for row in rows}
    return page(
        "briefs/edit.html",
        form=form,
        brief=found,
        base=f"/briefs/{brief.id}",
        rows=rows,
        gone=[thread_id for thread_id in brief.thread_ids if thread_id not in in_sight],
        quote_count=len(brief.quotes),
    )


@blueprint.route("/briefs/<thread:brief_id>/proposals", methods=["GET", "POST"])
@access(SIGNED_IN)
def choose(brief_id: int) -> Response:
    """Look for proposals, and tick those that the brief is to hold."""
    actor, found = _changing(brief_id)
    form = Form()
    if form.accepted():
        with refusals(form):
            ids = request.form.getlist("proposals", type=int)
            with transaction():
                actions.add_proposals(actor, brief_id, ids[: queries.SHOWN])
            return _to("briefs.edit", brief_id)
    look = LookForm(formdata=MultiDict(request.args))
    look.need.choices = [SelectChoice("", _("Any need")), *_needs()]
    look.place.offer(place_options())
    asked = Asked(look.q.data or "", look.need.data or "", look.place.data or "")
    return page(
        "briefs/choose.html",
        form=form,
        look=look,
        brief=found,
        base=f"/briefs/{found.brief.id}",
        rows=queries.find_proposals(actor, asked),
        most=queries.SHOWN,
        chosen=frozenset(found.brief.thread_ids),
    )


def _needs() -> list[SelectChoice]:
    return [
        SelectChoice(tag.slug, tag.name)
        for need in vocabulary()
        if need.is_need
        for tag in (need, *need.children)
    ]


@blueprint.get("/briefs/<thread:brief_id>/quotes")
@access(SIGNED_IN)
def choose_quotes(brief_id: int) -> Response:
    """The comments of the chosen proposals, to ask their authors whether they may be quoted."""
    actor, found = _changing(brief_id)
    rows = queries.chosen(actor, found.brief.thread_ids)
    return page(
        "briefs/quotes.html",
        brief=found,
        base=f"/briefs/{found.brief.id}",
        rows=rows,
        candidates=queries.candidates(actor, [row.id for row in rows]),
        chosen=frozenset(found.brief.quotes),
    )


@blueprint.post("/briefs/<thread:brief_id>/quotes/<id:post_id>/ask")
@access(SIGNED_IN)
def ask_quote(brief_id: int, post_id: int) -> Response:
    with transaction():
        actions.ask_quote(current_actor(), brief_id, post_id)
    flash(_("The comment is chosen. It stands in the brief once its author has agreed."))
    return _to("briefs.choose_quotes", brief_id)


@blueprint.post("/briefs/<thread:brief_id>/quotes/<id:post_id>/drop")
@access(SIGNED_IN)
def drop_quote(brief_id: int, post_id: int) -> Response:
    with transaction():
        actions.drop_quote(current_actor(), brief_id, post_id)
    return _to("briefs.choose_quotes", brief_id)


@blueprint.get("/briefs/<thread:brief_id>/preview")
@access(SIGNED_IN)
def preview(brief_id: int) -> Response:
    """What the brief would be if it were published now."""
    actor, found = _changing(brief_id)
    brief = found.brief
    rows = queries.chosen(actor, brief.thread_ids)
    with force_locale(brief.language):
        proposals = queries.frozen_proposals([row.id for row in rows], brief.quotes)
    frozen = {
        "title": brief.title,
        "introduction": brief.introduction,
        "language": brief.language,
        "proposals": proposals,
    }
    return page(
        "briefs/preview.html",
        brief=found,
        document=_built(brief, frozen, is_preview=True),
        base=f"/briefs/{brief.id}",
        seen=brief.changed_at.isoformat(),
    )


@blueprint.post("/briefs/<thread:brief_id>/publish")
@access(SIGNED_IN)
def publish(brief_id: int) -> Response:
    """Make the next version."""
    actor = current_actor()
    try:
        with transaction():
            actions.publish(actor, brief_id, seen=request.form.get("seen", ""))
    except NotFound:
        raise
    except DomainError as error:
        _changing(brief_id)  # raises what stands above all else: whether it is theirs to change
        flash(error.message, "care")
        return _to("briefs.edit", brief_id)
    flash(_("The brief is published."))
    return redirect(queries.get_brief(actor, brief_id).path, 303)


@blueprint.route("/briefs/<thread:brief_id>/delete", methods=["GET", "POST"])
@access(SIGNED_IN)
def delete(brief_id: int) -> Response:
    actor, found = _changing(brief_id)
    if Form().accepted():
        with transaction():
            actions.delete_brief(actor, brief_id)
        flash(_("The brief is deleted."))
        return redirect(url_for("briefs.index"), 303)
    return page("briefs/delete.html", brief=found, base=f"/briefs/{found.brief.id}")


def _changing(brief_id: int) -> tuple[Actor, FoundBrief]:
    actor = current_actor()
    found = queries.get_brief(actor, brief_id)
    policy.may_change(actor, found.facts, facilitated(actor)).enforce()
    return actor, found


def _to(endpoint: str, brief_id: int) -> Response:
    return redirect(url_for(endpoint, brief_id=brief_id), 303)


# Being quoted


@blueprint.get("/quotes")
@access(SIGNED_IN)
def quotes() -> Response:
    """Where one was asked for a quote, and what one has answered."""
    return page("briefs/asked.html", asks=queries.asks_for(current_actor()))


@blueprint.post("/quotes/<id:post_id>/give")
@access(SIGNED_IN)
def give(post_id: int) -> Response:
    """Let one's words be quoted as they stand."""
    revision = request.form.get("revision", 0, type=int)
    with transaction():
        actions.answer(current_actor(), post_id, is_given=True, revision=revision)
    flash(_("Thank you. You can take this back at any time."))
    return redirect(url_for("briefs.quotes"), 303)


@blueprint.post("/quotes/<id:post_id>/refuse")
@access(SIGNED_IN)
def refuse(post_id: int) -> Response:
    """Say no, or take a yes back: then the words stand in no brief any more."""
    with transaction():
        actions.answer(current_actor(), post_id, is_given=False, revision=0)
    flash(_("Your words stand in no brief."))
    return redirect(url_for("briefs.quotes"), 303)
