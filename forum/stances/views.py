"""Pages of the debate about a proposal: one's stance, conditions, what changed, retiring."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.posts import policy as post_policy
from forum.posts.views import badges_to_wear, limits, say_if_it_waits
from forum.proposals.parts import Parts, parse
from forum.proposals.words import PARTS
from forum.stances import actions, policy, queries
from forum.stances.forms import AdoptForm, AnswerForm, RemovalForm, RetireForm, stance_form
from forum.stances.queries import ConditionRow, Debate, get_condition, get_facts
from forum.stances.words import MEANINGS
from forum.threads.models import ThreadKind
from forum.threads.queries import get_comment, get_head, post_facts
from forum.threads.rows import Head, default_language
from forum.threads.views.addresses import number_given
from forum.web import resume
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.templating import page

blueprint = Blueprint("stances", __name__)


@blueprint.route("/t/<thread:thread_id>/stance", methods=["GET", "POST"])
@access(SIGNED_IN)
def stance(thread_id: int) -> Response:
    """One's own stance: to take it, to change it, to look again after a condition was answered."""
    actor = current_actor()
    head, debate = _debate(actor, thread_id)
    form = stance_form(debate, badges_to_wear(actor)[0])
    if form.accepted():
        with refusals(form):
            draft = form.to_draft(default_language(actor, head))
            with transaction():
                written = actions.take_stance(actor, thread_id, draft, limits())
            if written is not None:
                say_if_it_waits(written)
            return _back(head)
    return page(
        "stances/stance.html",
        form=form,
        stance_form=form,
        stance_hints=MEANINGS,
        head=head,
        debate=debate,
    )


@blueprint.post("/t/<thread:thread_id>/stance/confirm")
@access(SIGNED_IN)
def confirm(thread_id: int) -> Response:
    """Still think so, after the text was changed."""
    actor = current_actor()
    with transaction():
        actions.confirm_stance(actor, thread_id)
    flash(_("Thank you. Your stance holds for the text as it is now."))
    return _back(get_head(actor, thread_id))


@blueprint.post("/t/<thread:thread_id>/stance/withdraw")
@access(SIGNED_IN)
def withdraw(thread_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.withdraw_stance(actor, thread_id)
    flash(_("You have no stance here any more. What you wrote stays until you take it back."))
    return _back(get_head(actor, thread_id))


@blueprint.get("/t/<thread:thread_id>/changes")
@access(PUBLIC)
def changes(thread_id: int) -> Response:
    """What changed in the text since a revision; since one's own stance, or else the first text."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, 0)
    post_policy.may_read_history(actor, post_facts(head, post)).enforce()
    debate = queries.find_debate(actor, head)
    if debate is None:
        raise NotFound
    since = number_given("since")
    if since is None:
        since = 1 if debate.own is None else debate.own.revision
    return page(
        "stances/changes.html",
        head=head,
        changes=queries.changes_since(actor, head, since),
        own=debate.own,
        may_take=debate.may_take,
    )


# Conditions


@blueprint.post("/t/<thread:thread_id>/conditions/<id:number>/join")
@access(SIGNED_IN)
def join(thread_id: int, number: int) -> Response:
    """Ask for a condition too."""
    with transaction():
        actions.join_condition(current_actor(), thread_id, number)
    return _at(current_actor(), thread_id, number)


@blueprint.post("/t/<thread:thread_id>/conditions/<id:number>/leave")
@access(SIGNED_IN)
def leave(thread_id: int, number: int) -> Response:
    """Ask for a condition no more."""
    with transaction():
        actions.leave_condition(current_actor(), thread_id, number)
    return _at(current_actor(), thread_id, number)


@blueprint.route("/t/<thread:thread_id>/conditions/<id:number>/adopt", methods=["GET", "POST"])
@access(SIGNED_IN)
def adopt(thread_id: int, number: int) -> Response:
    """Take a condition into the text; the page shows where it goes."""
    actor = current_actor()
    head, row = _answering(actor, thread_id, number)
    _head, post = get_comment(actor, thread_id, 0)
    form = AdoptForm(data={"part": "how", "text": row.text, "revision": post.revision})
    changed = None
    if form.accepted():
        with refusals(form):
            with transaction():
                written = actions.adopt_condition(
                    actor, thread_id, number, form.to_draft(), limits()
                )
            say_if_it_waits(written)
            return _at(actor, thread_id, number)
    if form.is_conflict:
        head, row = _answering(actor, thread_id, number)
        _head, post = get_comment(actor, thread_id, 0)
        found = queries.changes_since(actor, head, form.revision.data)
        changed = None if found.is_same else found.text  # edits of the first minutes are not kept
        form.look_at(post.revision)
    return page(
        "stances/adopt.html",
        form=form,
        head=head,
        row=row,
        changed=changed,
        parts=_written(parse(post.source)),
    )


@blueprint.route("/t/<thread:thread_id>/conditions/<id:number>/decline", methods=["GET", "POST"])
@access(SIGNED_IN)
def decline(thread_id: int, number: int) -> Response:
    """Say why a condition does not go into the text."""
    actor = current_actor()
    head, row = _answering(actor, thread_id, number)
    form = AnswerForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.decline_condition(actor, thread_id, number, form.answer.data or "")
            return _at(actor, thread_id, number)
    return page("stances/decline.html", form=form, head=head, row=row)


@blueprint.route("/t/<thread:thread_id>/conditions/<id:number>/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def remove(thread_id: int, number: int) -> Response:
    """Take a condition out of sight, with a reason."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    row = get_condition(actor, thread_id, number)
    policy.may_remove_condition(actor, get_facts(actor, head)).enforce()
    form = RemovalForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.remove_condition(actor, thread_id, number, form.reason.data or "")
            return _back(head)
    return page("stances/remove.html", form=form, head=head, row=row)


# Retiring


@blueprint.route("/t/<thread:thread_id>/retire", methods=["GET", "POST"])
@access(SIGNED_IN)
def retire(thread_id: int) -> Response:
    """Let another proposal go on instead."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    policy.may_retire(actor, get_facts(actor, head)).enforce()
    form = RetireForm()
    if form.accepted():
        with refusals(form):
            _retired(actor, thread_id, form)
            return redirect(head.path, 303)
    return page("stances/retire.html", form=form, head=head)


def _retired(actor: Actor, thread_id: int, form: RetireForm) -> None:
    try:
        with transaction():
            actions.retire(actor, thread_id, form.into_id, form.reason.data or "")
    except NotFound:
        raise Invalid(_("There is no such proposal, or it is not open to you."), "into") from None


@blueprint.get("/t/<thread:thread_id>/carry")
@access(SIGNED_IN)
def carry(thread_id: int) -> Response:
    """Whether one's stance goes over to the proposal that goes on."""
    actor = current_actor()
    head, debate = _debate(actor, thread_id)
    asked = queries.get_asked(actor, thread_id)
    into = get_head(actor, asked.into_id)
    return page("stances/carry.html", head=head, own=debate.own, asked=asked, into=into)


@blueprint.post("/t/<thread:thread_id>/carry/over")
@access(SIGNED_IN)
def carry_over(thread_id: int) -> Response:
    """Agree with the proposal that goes on."""
    actor = current_actor()
    with transaction():
        into_id = actions.carry_stance(actor, thread_id, limits())
    return _back(get_head(actor, into_id))


@blueprint.post("/t/<thread:thread_id>/carry/leave")
@access(SIGNED_IN)
def leave_behind(thread_id: int) -> Response:
    """Let one's stance stay with the proposal that was retired."""
    actor = current_actor()
    with transaction():
        actions.leave_stance(actor, thread_id)
    return _back(get_head(actor, thread_id))


def _debate(actor: Actor, thread_id: int) -> tuple[Head, Debate]:
    head = get_head(actor, thread_id)
    debate = queries.find_debate(actor, head)
    if debate is None:
        raise NotFound
    return head, debate


def _answering(actor: Actor, thread_id: int, number: int) -> tuple[Head, ConditionRow]:
    """A condition that the actor may answer; raises Conflict when it was answered."""
    head = get_head(actor, thread_id)
    row = get_condition(actor, thread_id, number)
    policy.may_answer_condition(actor, get_facts(actor, head)).enforce()
    if not row.is_open:
        raise Conflict(_("This condition was answered in the meantime."))
    return head, row


def _back(head: Head) -> Response:
    return redirect(f"{head.path}#debate", 303)


def _at(actor: Actor, thread_id: int, number: int) -> Response:
    return redirect(f"{get_head(actor, thread_id).path}#condition-{number}", 303)


def _written(parts: Parts) -> list[tuple[str, str]]:
    """The parts that say something, with their names."""
    return [(str(label), parts.text(part)) for part, label in PARTS.items() if parts.text(part)]


@blueprint.get("/t/<thread:thread_id>/points")
@access(PUBLIC)
def points(thread_id: int) -> Response:
    """What speaks for a proposal and what against it, all of it."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    if head.kind is not ThreadKind.PROPOSAL:
        raise NotFound
    found = queries.points_of(actor, head, queries.MOST)
    return page("stances/points.html", head=head, points=found)


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/adopt")
@access(SIGNED_IN)
def adopt_point(thread_id: int, number: int) -> Response:
    """Make a comment one of one's own reasons; `back` is the page that one was on."""
    with transaction():
        actions.adopt_point(current_actor(), thread_id, number)
    return _to_points(thread_id, number)


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/drop")
@access(SIGNED_IN)
def drop_point(thread_id: int, number: int) -> Response:
    """Let go of a reason; `back` is the page that one was on."""
    with transaction():
        actions.drop_point(current_actor(), thread_id, number)
    return _to_points(thread_id, number)


def _to_points(thread_id: int, number: int) -> Response:
    default = url_for("stances.points", thread_id=thread_id)
    back = resume.local_path(request.form.get("back", ""), default=default)
    return redirect(f"{back}#p{number}", 303)
