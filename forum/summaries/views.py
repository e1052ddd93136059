"""A thread's summary, and the pages on which facilitators change it."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _, lazy
from forum.summaries import actions, policy
from forum.summaries.actions import Step
from forum.summaries.forms import LineForm
from forum.summaries.models import Section
from forum.summaries.queries import find_summary
from forum.summaries.rows import Line
from forum.threads.queries import get_head
from forum.threads.rows import Head
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.cache import kept_for_visitors
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page, viewer

blueprint = Blueprint("summaries", __name__)

_TITLES = {
    Section.AGREED: lazy("What is agreed"),
    Section.CONDITIONS: lazy("On what conditions"),
    Section.QUESTIONS: lazy("Questioned and unanswered"),
    Section.EXISTS: lazy("What exists already"),
}


def _scopes(thread_id: int) -> tuple[str, ...]:
    return (versions.SITE, versions.DIRECTORY, versions.thread_scope(thread_id))


@blueprint.get("/t/<thread:thread_id>/summary")
@access(PUBLIC)
@kept_for_visitors(_scopes)
def show(thread_id: int) -> Response:
    """What a thread comes to."""
    actor = viewer()
    head = get_head(actor, thread_id)
    summary = find_summary(actor, head)
    may_edit = bool(policy.may_edit(actor, head.kind, head.facts))
    return page(
        "summaries/show.html",
        head=head,
        summary=summary,
        sections=[(section, title, summary.shown(section)) for section, title in _TITLES.items()],
        may_edit=may_edit,
        base=f"{head.base}/summary",
    )


@blueprint.route("/t/<thread:thread_id>/summary/<name:section>/add", methods=["GET", "POST"])
@access(SIGNED_IN)
def add(thread_id: int, section: str) -> Response:
    """Add a line to a section."""
    actor, head = _editing(thread_id)
    part = _section(section)
    form = LineForm()
    if form.accepted():
        with refusals(form):
            draft = form.to_draft()
            with transaction():
                actions.add_line(actor, thread_id, part, draft)
            return _back(head)
    return page("summaries/edit.html", form=form, head=head, line=None, title=_TITLES[part])


@blueprint.route("/t/<thread:thread_id>/summary/<name:key>", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(thread_id: int, key: str) -> Response:
    """Say a line in other words."""
    actor, head = _editing(thread_id)
    line = _line(actor, head, key)
    form = LineForm(text=line.text if line.is_edited else "", numbers=line.numbers, seen=line.seen)
    if form.accepted():
        with refusals(form):
            draft = form.to_draft()
            with transaction():
                actions.edit_line(actor, thread_id, key, draft)
            return _back(head)
    if form.is_refused:
        # What is shown above the form is what the next attempt answers.
        line = _line(actor, head, key)
        form.seen.data = line.seen
    return page("summaries/edit.html", form=form, head=head, line=line, title=_TITLES[line.section])


@blueprint.post("/t/<thread:thread_id>/summary/<name:key>/leave-out")
@access(SIGNED_IN)
def leave_out(thread_id: int, key: str) -> Response:
    actor, head = _editing(thread_id)
    with transaction():
        actions.leave_out(actor, thread_id, key)
    flash(_("The line is left out. You can bring it back below."))
    return _back(head)


@blueprint.post("/t/<thread:thread_id>/summary/<name:key>/bring-back")
@access(SIGNED_IN)
def bring_back(thread_id: int, key: str) -> Response:
    actor, head = _editing(thread_id)
    with transaction():
        actions.bring_back(actor, thread_id, key)
    return _back(head)


@blueprint.post("/t/<thread:thread_id>/summary/<name:key>/delete")
@access(SIGNED_IN)
def delete(thread_id: int, key: str) -> Response:
    actor, head = _editing(thread_id)
    with transaction():
        actions.delete_line(actor, thread_id, key)
    return _back(head)


@blueprint.post("/t/<thread:thread_id>/summary/<name:key>/move")
@access(SIGNED_IN)
def move(thread_id: int, key: str) -> Response:
    """Put a line one place up or down; `to` says which."""
    actor, head = _editing(thread_id)
    step = {"up": Step.UP, "down": Step.DOWN}.get(request.form.get("to", ""))
    if step is not None:
        with transaction():
            actions.move_line(actor, thread_id, key, step)
    return _back(head)


def _section(name: str) -> Section:
    try:
        return Section(name)
    except ValueError:
        raise NotFound from None


def _editing(thread_id: int) -> tuple[Actor, Head]:
    actor = current_actor()
    head = get_head(actor, thread_id)
    policy.may_edit(actor, head.kind, head.facts).enforce()
    return actor, head


def _line(actor: Actor, head: Head, key: str) -> Line:
    line = find_summary(actor, head).find(key)
    if line is None:
        raise NotFound
    return line


def _back(head: Head) -> Response:
    return redirect(url_for("summaries.show", thread_id=head.id), 303)
