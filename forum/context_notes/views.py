"""Pages about context notes: adding one, and one with what is said to it."""

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from forum.badges.queries import active_badges
from forum.context_notes import actions, policy
from forum.context_notes.forms import AnswerForm, NoteForm, VerdictForm
from forum.context_notes.models import Verdict
from forum.context_notes.queries import NotePage, get_note_page, note_path
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.links import comment_path
from forum.posts.queries import author_of
from forum.threads.queries import get_comment, post_facts
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.templating import page

blueprint = Blueprint("context_notes", __name__)

_NOTE = "/t/<thread:thread_id>/c/<id:number>/context/<id:note_id>"


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/context", methods=["GET", "POST"])
@access(SIGNED_IN)
def new(thread_id: int, number: int) -> Response:
    """Add context to a post."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    badges = active_badges(actor.id)
    may_add = policy.may_add(actor, post_facts(head, post), has_badge=bool(badges))
    form = NoteForm(badge=str(badges[0].id) if badges else "")
    form.badge.offer(badges)
    if form.accepted():
        with refusals(form):
            with transaction():
                note_id = actions.add_note(actor, thread_id, number, form.to_draft())
            flash(_("Your note stands beneath the post. Its author was told."))
            return redirect(note_path(thread_id, number, note_id), 303)
    elif not form.is_refused:
        may_add.enforce()
    return page(
        "context_notes/new.html", form=form, head=head, post=post, post_author=author_of(post)
    )


@blueprint.get(_NOTE)
@access(PUBLIC)
def show(thread_id: int, number: int, note_id: int) -> Response:
    """A note with what other badge holders say to it, and the post's author."""
    found = get_note_page(current_actor(), thread_id, number, note_id)
    return _shown(found, _verdict_form(found), AnswerForm())


@blueprint.post(f"{_NOTE}/judge")
@access(SIGNED_IN)
def judge(thread_id: int, number: int, note_id: int) -> Response:
    """Confirm or dispute a note."""
    actor = current_actor()
    form = VerdictForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.judge_note(
                    actor,
                    thread_id,
                    number,
                    note_id,
                    Verdict(form.verdict.data),
                    form.reason.data or "",
                )
            flash(_("Thank you. It counts from now on."))
            return redirect(note_path(thread_id, number, note_id), 303)
    return _shown(get_note_page(actor, thread_id, number, note_id), form, AnswerForm(None))


@blueprint.post(f"{_NOTE}/unsay")
@access(SIGNED_IN)
def unsay(thread_id: int, number: int, note_id: int) -> Response:
    """Take back what one said to a note."""
    with transaction():
        actions.unsay_verdict(current_actor(), thread_id, number, note_id)
    return redirect(note_path(thread_id, number, note_id), 303)


@blueprint.post(f"{_NOTE}/answer")
@access(SIGNED_IN)
def answer(thread_id: int, number: int, note_id: int) -> Response:
    """The post's author answers a note on it."""
    actor = current_actor()
    form = AnswerForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.answer_note(actor, thread_id, number, note_id, form.answer.data or "")
            return redirect(note_path(thread_id, number, note_id), 303)
    return _shown(get_note_page(actor, thread_id, number, note_id), VerdictForm(None), form)


@blueprint.route(f"{_NOTE}/take-back", methods=["GET", "POST"])
@access(SIGNED_IN)
def withdraw(thread_id: int, number: int, note_id: int) -> Response:
    """Take one's own note back, after a page that says what that does."""
    actor = current_actor()
    found = get_note_page(actor, thread_id, number, note_id)
    if not found.note.may_withdraw:
        raise NotFound  # nobody else is led here
    form = Form()
    if form.accepted():
        with transaction():
            actions.withdraw_note(actor, thread_id, number, note_id)
        flash(_("The note is gone."))
        return redirect(comment_path(thread_id, number), 303)
    return page("context_notes/withdraw.html", form=form, found=found)


def _verdict_form(found: NotePage) -> VerdictForm:
    own = found.note.own_verdict
    return VerdictForm(verdict=own.value) if own is not None else VerdictForm()


def _shown(found: NotePage, verdict_form: VerdictForm, answer_form: AnswerForm) -> Response:
    refused = next((form for form in (verdict_form, answer_form) if form.is_refused), None)
    return page(
        "context_notes/show.html",
        form=refused,
        found=found,
        verdict_form=verdict_form,
        answer_form=answer_form,
        post_author=author_of(found.post),
    )
