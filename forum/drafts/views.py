"""Saving what is being written, for a script and for a button, and the list of drafts."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import Conflict, DomainError, Forbidden, NotFound, TooMany
from forum.core.i18n import _
from forum.drafts import actions, queries
from forum.drafts.actions import Outdated, Over, Place
from forum.drafts.forms import DraftForm
from forum.drafts.queries import PROPOSAL, Kept
from forum.proposals.forms import ProposalDraftForm, texts_of
from forum.threads.queries import get_comment, titles_of
from forum.web import resume
from forum.web.access import SIGNED_IN, access
from forum.web.forms import Form
from forum.web.login import current_actor
from forum.web.templating import iso, page

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/t/<thread:thread_id>/draft")
@blueprint.post("/t/<thread:thread_id>/c/<id:number>/draft")
@access(SIGNED_IN)
def save_reply(thread_id: int, number: int = 0) -> Response:
    """Keep what is written of an answer: a script sends this while somebody types, or a button."""
    actor = current_actor()
    get_comment(actor, thread_id, number)  # raises NotFound for what may not be seen
    return _save(actor, DraftForm(), thread_id, number)


@blueprint.post("/threads/draft")
@access(SIGNED_IN)
def save_thread() -> Response:
    """Keep what is written of a thread to be started."""
    return _save(current_actor(), DraftForm(), None, 0)


@blueprint.post("/proposals/draft")
@access(SIGNED_IN)
def save_proposal() -> Response:
    """Keep what is written of a proposal."""
    return _save(current_actor(), ProposalDraftForm(), None, 0)


def _save(actor: Actor, form: DraftForm, thread_id: int | None, number: int) -> Response:
    place = form.to_place(thread_id, number)
    try:
        with transaction():
            draft = actions.save(actor, place, form.to_words(), form.to_basis())
    except (Outdated, Over) as error:
        return _in_conflict(actor, place, form, error)
    except DomainError as error:
        if not _is_script():
            raise
        return _told(error)
    if _is_script():
        return jsonify(_saved(draft))
    if draft is None:
        flash(_("There is nothing to keep yet."))
        return redirect(_start(place, form), 303)
    flash(_("Your draft is saved, and nobody else sees it."))
    return redirect(draft.writing_path, 303)


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _saved(draft: Kept | None) -> dict[str, object]:
    if draft is None:
        return {"draft": "", "version": 0}
    return {"draft": draft.id, "version": draft.version, "saved": iso(draft.saved_at)}


def _told(error: DomainError) -> Response:
    response = jsonify({"message": error.message})
    response.status_code = 422
    for kind, status in ((TooMany, 429), (Conflict, 409), (Forbidden, 403), (NotFound, 404)):
        if isinstance(error, kind):
            response.status_code = status
    return response


def _in_conflict(actor: Actor, place: Place, form: DraftForm, error: Conflict) -> Response:
    """Tell what is saved now; the text at hand stays with whoever wrote it."""
    other = _present(actor, place) if isinstance(error, Outdated) else None
    if _is_script():
        values = {} if other is None else {**_saved(other), "texts": _by_field(other)}
        response = jsonify({"message": error.message, **values})
        response.status_code = 409
        return response
    again = resume.of_request()
    version = 0 if other is None else other.version
    fields = [pair for pair in again.fields if pair[0] not in {"draft", "draft_version"}]
    fields.append(("draft_version", str(version)))
    if other is not None:
        fields.append(("draft", str(other.id)))
    return page(
        "drafts/conflict.html",
        status=409,
        message=error.message,
        other=other,
        mine=again.texts,
        fields=fields,
        action=request.path,
        way_back=_start(place, form) if other is None else other.writing_path,
    )


def _present(actor: Actor, place: Place) -> Kept | None:
    if place.thread_id is not None:
        return queries.find_reply(actor, place.thread_id, place.reply_to)
    return queries.get_own(actor, place.draft_id) if place.draft_id is not None else None


def _texts(draft: Kept) -> dict[str, str]:
    words = draft.words
    return {
        "source": words.source,
        "title": words.title,
        "question": words.question,
        "content_note": words.content_note,
    }


def _by_field(draft: Kept) -> dict[str, str]:
    """What a draft holds, by the fields of the form in which it is written."""
    return texts_of(draft.words) if draft.words.kind == PROPOSAL else _texts(draft)


def _start(place: Place, form: DraftForm) -> str:
    """Where somebody writes who has no draft yet."""
    if place.thread_id is None:
        is_proposal = isinstance(form, ProposalDraftForm)
        return url_for("proposals.new" if is_proposal else "threads.new")
    return url_for("posts.reply", thread_id=place.thread_id, number=place.reply_to or None)


@blueprint.get("/drafts")
@access(SIGNED_IN)
def index() -> Response:
    """One's own drafts, the last saved first."""
    actor = current_actor()
    rows = queries.all_of(actor)
    titles = titles_of(actor, {row.thread_id for row in rows if row.thread_id is not None})
    return page("drafts/index.html", rows=rows, titles=titles, days=queries.KEPT_FOR.days)


@blueprint.get("/drafts/<id:draft_id>")
@access(SIGNED_IN)
def show(draft_id: int) -> Response:
    """One draft, to copy it or to write on; also when its thread is not open any more."""
    actor = current_actor()
    draft = queries.get_own(actor, draft_id)
    title = None
    if draft.thread_id is not None:
        title = titles_of(actor, {draft.thread_id}).get(draft.thread_id)
    texts = [(name, text) for name, text in _texts(draft).items() if text.strip()]
    return page("drafts/show.html", draft=draft, title=title, texts=texts)


@blueprint.post("/drafts/<id:draft_id>/delete")
@access(SIGNED_IN)
def delete(draft_id: int) -> Response:
    """Delete a draft; `back` is the page that it was deleted from."""
    actor = current_actor()
    if Form().accepted():
        with transaction():
            actions.discard(actor, draft_id)
        flash(_("The draft is gone."))
    back = resume.local_path(request.form.get("back", ""), default=url_for("drafts.index"))
    return redirect(back, 303)
