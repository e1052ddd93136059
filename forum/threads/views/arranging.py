"""Pages for facilitators: pin, close, move, merge, split, and the tags of a thread."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.posts.forms import ReasonForm
from forum.posts.models import PostState
from forum.proposals import actions as proposals
from forum.spaces import policy as space_policy
from forum.spaces.queries import get_space, spaces_for
from forum.tags.queries import TagChip, vocabulary
from forum.threads import actions, policy, queries
from forum.threads.forms import (
    MergeForm,
    MoveForm,
    SlowForm,
    SplitForm,
    SuggestForm,
    TagsForm,
)
from forum.threads.models import ThreadKind
from forum.threads.queries import get_comment, get_head
from forum.threads.rows import Head
from forum.threads.views.blueprint import blueprint
from forum.web.access import SIGNED_IN, access
from forum.web.forms import offer, refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.post("/t/<thread:thread_id>/pin")
@access(SIGNED_IN)
def pin(thread_id: int) -> Response:
    with transaction():
        actions.pin_thread(current_actor(), thread_id)
    return redirect(get_head(current_actor(), thread_id).path, 303)


@blueprint.post("/t/<thread:thread_id>/unpin")
@access(SIGNED_IN)
def unpin(thread_id: int) -> Response:
    with transaction():
        actions.unpin_thread(current_actor(), thread_id)
    return redirect(get_head(current_actor(), thread_id).path, 303)


@blueprint.route("/t/<thread:thread_id>/close", methods=["GET", "POST"])
@access(SIGNED_IN)
def close(thread_id: int) -> Response:
    actor, head = _arranging(thread_id)
    form = ReasonForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.close_thread(actor, thread_id, form.reason.data or "")
            return redirect(head.path, 303)
    return page("threads/close.html", form=form, head=head)


@blueprint.post("/t/<thread:thread_id>/reopen")
@access(SIGNED_IN)
def reopen(thread_id: int) -> Response:
    with transaction():
        actions.reopen_thread(current_actor(), thread_id)
    return redirect(get_head(current_actor(), thread_id).path, 303)


@blueprint.route("/t/<thread:thread_id>/slow", methods=["GET", "POST"])
@access(SIGNED_IN)
def slow(thread_id: int) -> Response:
    """Let each member write in a thread only so often, for a while."""
    actor, head = _arranging(thread_id)
    form = SlowForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.slow_thread(actor, thread_id, form.to_draft())
            return redirect(head.path, 303)
    return page("threads/slow.html", form=form, head=head)


@blueprint.post("/t/<thread:thread_id>/unslow")
@access(SIGNED_IN)
def unslow(thread_id: int) -> Response:
    with transaction():
        actions.unslow_thread(current_actor(), thread_id)
    return redirect(get_head(current_actor(), thread_id).path, 303)


@blueprint.route("/t/<thread:thread_id>/move", methods=["GET", "POST"])
@access(SIGNED_IN)
def move(thread_id: int) -> Response:
    """Put a thread into another space."""
    actor, head = _arranging(thread_id)
    spaces = [
        space
        for space in spaces_for(actor)
        if space.id != head.space_id and space_policy.may_facilitate(actor, space.access)
    ]
    form = MoveForm()
    offer(form.space, spaces)
    if form.accepted():
        with refusals(form):
            target = get_space(actor, form.space.data)
            with transaction():
                actions.move_thread(actor, thread_id, target.id, form.reason.data or "")
            return redirect(head.path, 303)
    return page("threads/move.html", form=form, head=head, has_choice=bool(spaces))


@blueprint.route("/t/<thread:thread_id>/merge", methods=["GET", "POST"])
@access(SIGNED_IN)
def merge(thread_id: int) -> Response:
    """Append a thread to another; proposals are retired in favour of another instead."""
    actor, head = _arranging(thread_id)
    if head.kind is ThreadKind.PROPOSAL:
        return redirect(url_for("stances.retire", thread_id=thread_id), 303)
    form = MergeForm()
    if form.accepted():
        with refusals(form):
            written = _merged(actor, thread_id, form)
            target = get_head(actor, written.thread_id)
            return redirect(f"{target.path}?at={written.number}#c{written.number}", 303)
    return page("threads/merge.html", form=form, head=head)


def _merged(actor: Actor, thread_id: int, form: MergeForm) -> actions.Written:
    try:
        with transaction():
            return actions.merge_threads(actor, thread_id, form.into_id, form.reason.data or "")
    except NotFound:
        raise Invalid(_("There is no such thread, or it is not open to you."), "into") from None


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/split", methods=["GET", "POST"])
@access(SIGNED_IN)
def split(thread_id: int, number: int) -> Response:
    """Make a comment and what is below it a thread of its own."""
    actor, head = _arranging(thread_id)
    _head, post = get_comment(actor, thread_id, number)
    if number == 0 or post.state is not PostState.PUBLISHED:
        raise Conflict(_("This comment cannot open a thread: it was taken back or removed."))
    form = SplitForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                written = actions.split_comments(actor, thread_id, number, form.to_draft())
            return redirect(get_head(actor, written.thread_id).path, 303)
    return page("threads/split.html", form=form, head=head, post=post, vocabulary=vocabulary())


@blueprint.route("/t/<thread:thread_id>/tags", methods=["GET", "POST"])
@access(SIGNED_IN)
def tags(thread_id: int) -> Response:
    """Change the tags; others than author and facilitators suggest."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    may_arrange = bool(policy.may_arrange(actor, head.facts))
    may_set = bool(policy.may_set_tags(actor, head.facts))
    now = [chip.path.rsplit("/", 1)[1] for chip in _chips(head)]
    form = (TagsForm if may_set else SuggestForm)(tags=now)
    if form.accepted():
        with refusals(form):
            with transaction():
                if may_set and head.kind is ThreadKind.PROPOSAL:
                    proposals.set_needs(actor, thread_id, tuple(form.tags.data or ()))
                elif may_set:
                    actions.set_tags(actor, thread_id, tuple(form.tags.data or ()))
                else:
                    actions.suggest_tags(actor, thread_id, form.to_draft())
            if not may_set:
                flash(_("Thank you. A facilitator will look at your suggestion."))
            return redirect(head.path, 303)
    return page(
        "threads/tags.html",
        form=form,
        head=head,
        may_set=may_set,
        may_decide=may_arrange,
        suggestions=queries.suggestions_for(thread_id) if may_arrange else (),
        vocabulary=vocabulary(),
    )


@blueprint.post("/t/<thread:thread_id>/suggestions/<id:suggestion_id>/accept")
@access(SIGNED_IN)
def accept_suggestion(thread_id: int, suggestion_id: int) -> Response:
    actor = current_actor()
    head = get_head(actor, thread_id)
    accept = actions.accept_suggestion
    if head.kind is ThreadKind.PROPOSAL:
        accept = proposals.accept_suggested_needs
    with transaction():
        accept(actor, thread_id, suggestion_id)
    return redirect(url_for("threads.tags", thread_id=thread_id), 303)


@blueprint.post("/t/<thread:thread_id>/suggestions/<id:suggestion_id>/decline")
@access(SIGNED_IN)
def decline_suggestion(thread_id: int, suggestion_id: int) -> Response:
    with transaction():
        actions.decline_suggestion(current_actor(), thread_id, suggestion_id)
    return redirect(url_for("threads.tags", thread_id=thread_id), 303)


def _arranging(thread_id: int) -> tuple[Actor, Head]:
    actor = current_actor()
    head = get_head(actor, thread_id)
    policy.may_arrange(actor, head.facts).enforce()
    return actor, head


def _chips(head: Head) -> tuple[TagChip, ...]:
    return queries.chips_of_threads([head.id]).get(head.id, ())
