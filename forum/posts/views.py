"""Pages about one post: replying, editing, agreeing, its history, and what facilitators do."""

from itertools import pairwise

from flask import Blueprint, current_app, flash, jsonify, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.badges.queries import BadgeChip, BadgeRow, active_badges, chips
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.diff import word_diff
from forum.core.errors import DomainError, NotFound
from forum.core.i18n import _, language
from forum.core.links import comment_path
from forum.core.markup import quote as as_quote
from forum.core.text import scrub
from forum.drafts.queries import Kept, find_reply
from forum.moderation.queries.page import active_reasons
from forum.posts import policy, queries
from forum.posts.actions import Limits
from forum.posts.forms import AnswerForm, NoteForm, ReasonForm
from forum.posts.models import Post, PostState
from forum.threads import actions
from forum.threads import policy as thread_policy
from forum.threads.actions import Written
from forum.threads.forms import CommentForm, EditForm, comment_form
from forum.threads.queries import find_moved, get_comment, get_head, people_in, post_facts
from forum.threads.rows import Head, default_language
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.templating import page

blueprint = Blueprint("posts", __name__)

_LONGEST_SELECTION = 3_000  # characters of a selection that the address may carry


def limits() -> Limits:
    """The limits on writing, as configured."""
    from_config = current_app.config
    return Limits(
        posts=from_config["POSTS_PER_10_MINUTES"],
        posts_of_newcomer=from_config["POSTS_PER_10_MINUTES_NEW"],
        grace=from_config["GRACE"],
    )


def badges_to_wear(
    actor: Actor, post: Post | None = None
) -> tuple[tuple[BadgeRow, ...], tuple[int, BadgeChip] | None]:
    """What the author can show with a text: their badges, and the one that it is shown with.

    No statement for who has none.
    """
    own = active_badges(actor.id) if actor.has_badges else ()
    if post is None or post.badge_id is None:
        return own, None
    worn = chips([post.badge_id]).get(post.badge_id)
    return own, None if worn is None else (post.badge_id, worn)


def say_if_it_waits(written: Written) -> None:
    """Tell the author at once why nobody else sees the text yet."""
    if written.waits:
        flash(
            _(
                "Your text is kept, and waits for a review. Until somebody has looked at it, only"
                " you and those who look after this space see it."
            )
        )


@blueprint.get("/t/<thread:thread_id>/c/<id:number>")
@access(PUBLIC)
def permalink(thread_id: int, number: int) -> Response:
    """The page that holds a comment, wherever it is by now."""
    actor = current_actor()
    try:
        head, _ = get_comment(actor, thread_id, number)
    except NotFound:
        head, number = _moved(actor, thread_id, number)
    return redirect(_place(head, number), 302)


def _moved(actor: Actor, thread_id: int, number: int) -> tuple[Head, int]:
    moved = find_moved(thread_id, number)
    if moved is None:
        raise NotFound
    return get_head(actor, moved[0]), moved[1]


def _place(head: Head, number: int) -> str:
    return f"{head.path}?at={number}#c{number}" if number else head.path


@blueprint.route("/t/<thread:thread_id>/reply", methods=["GET", "POST"])
@blueprint.route("/t/<thread:thread_id>/c/<id:number>/reply", methods=["GET", "POST"])
@access(SIGNED_IN)
def reply(thread_id: int, number: int = 0) -> Response:
    """Write a comment: the composer on a page of its own, and where all composers send."""
    actor = current_actor()
    head, parent = get_comment(actor, thread_id, number)
    draft = None
    if request.method == "GET":
        thread_policy.may_comment(actor, head.facts).enforce()
        policy.may_reply(actor, post_facts(head, parent)).enforce()
        draft = find_reply(actor, thread_id, number)
    form = comment_form(draft, default_language(actor, head))
    form.badge.offer(*badges_to_wear(actor))
    preview = None
    if form.accepted():
        with refusals(form):
            if form.is_preview:
                preview = _preview(form.source.data, thread_id)
            else:
                with transaction():
                    written = actions.add_comment(actor, thread_id, form.to_draft(number), limits())
                say_if_it_waits(written)
                return redirect(comment_path(written.thread_id, written.number), 303)
    return _composer(head, parent, form, preview, draft)


@blueprint.get("/t/<thread:thread_id>/c/<id:number>/quote")
@access(SIGNED_IN)
def quote(thread_id: int, number: int) -> Response:
    """The composer with a quote in it: of the words selected, or of the whole post."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    policy.may_reply(actor, post_facts(head, post)).enforce()
    if post.state is not PostState.PUBLISHED:
        raise NotFound
    selected = scrub(request.args.get("text", "")[:_LONGEST_SELECTION])
    author = queries.author_of(post)
    source = queries.readable(post.source, queries.out_of_sight(post))
    text = selected.strip() or source or post.question
    words = as_quote(text, number=number, username=author.username)
    draft = find_reply(actor, thread_id, number)
    form = comment_form(draft, default_language(actor, head))
    form.badge.offer(*badges_to_wear(actor))
    form.source.data = f"{draft.words.source.rstrip()}\n\n{words}" if draft else words
    # What stood behind a note stands behind it in the quote too.
    form.content_note.data = form.content_note.data or post.content_note
    return _composer(head, post, form, None, draft)


def _composer(
    head: Head, parent: Post, form: CommentForm, preview: Markup | None, draft: Kept | None
) -> Response:
    return page(
        "posts/reply.html",
        form=form,
        head=head,
        parent=parent,
        parent_author=queries.author_of(parent),
        preview=preview,
        draft=draft,
    )


def _preview(source: str | None, thread_id: int | None) -> Markup:
    return queries.rendered(source or "", thread_id)[0].html


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(thread_id: int, number: int) -> Response:
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    if number == 0:
        return redirect(url_for("threads.edit", thread_id=thread_id), 303)
    may_edit = policy.may_edit(actor, post_facts(head, post))
    if request.method == "GET":
        may_edit.enforce()
    # What is sent without a field must not be answered with the post's words in it.
    worn = "" if post.badge_id is None else str(post.badge_id)
    form = EditForm(obj=post, badge=worn) if may_edit else EditForm()
    if may_edit:
        form.badge.offer(*badges_to_wear(actor, post))
    preview, changed = None, None
    if form.accepted():
        with refusals(form):
            may_edit.enforce()
            if form.is_preview:
                preview = _preview(form.source.data, post.written_in_id)
            else:
                with transaction():
                    written = actions.edit_comment(
                        actor,
                        thread_id,
                        number,
                        form.to_draft(),
                        revision=form.revision.data,
                        limits=limits(),
                    )
                say_if_it_waits(written)
                return redirect(comment_path(thread_id, number), 303)
        if form.is_conflict:
            head, post = get_comment(actor, thread_id, number)
            changed = word_diff(post.source, form.source.data or "")
            form.look_at(post.revision)
    return page(
        "posts/edit.html", form=form, head=head, post=post, preview=preview, changed=changed
    )


@blueprint.get("/t/<thread:thread_id>/c/<id:number>/history")
@access(PUBLIC)
def history(thread_id: int, number: int) -> Response:
    """What a post said before, with the words that changed."""
    head, post = get_comment(current_actor(), thread_id, number)
    policy.may_read_history(current_actor(), post_facts(head, post)).enforce()
    versions = queries.history(post)
    steps = [
        (
            after,
            word_diff(before.source, after.source),
            word_diff(before.question, after.question),
            word_diff(before.content_note, after.content_note),
        )
        for before, after in pairwise(versions)
    ]
    return page(
        "posts/history.html",
        head=head,
        post=post,
        author=queries.author_of(post),
        first=versions[0],
        steps=steps,
    )


@blueprint.get("/t/<thread:thread_id>/c/<id:number>/agreements")
@access(PUBLIC)
def agreements(thread_id: int, number: int) -> Response:
    """Who agrees with a comment."""
    head, post = get_comment(current_actor(), thread_id, number)
    if post.state is not PostState.PUBLISHED or number == 0:
        raise NotFound  # a thread itself is not agreed with
    return page("posts/agreements.html", head=head, post=post, people=queries.agreeing(post.id))


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/agree")
@access(SIGNED_IN)
def agree(thread_id: int, number: int) -> Response:
    with transaction():
        actions.agree(current_actor(), thread_id, number)
    return redirect(comment_path(thread_id, number), 303)


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/stop-agreeing")
@access(SIGNED_IN)
def stop_agreeing(thread_id: int, number: int) -> Response:
    with transaction():
        actions.stop_agreeing(current_actor(), thread_id, number)
    return redirect(comment_path(thread_id, number), 303)


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/question")
@access(SIGNED_IN)
def mark_question(thread_id: int, number: int) -> Response:
    with transaction():
        actions.mark_question(current_actor(), thread_id, number, is_question=True)
    return redirect(comment_path(thread_id, number), 303)


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/no-question")
@access(SIGNED_IN)
def unmark_question(thread_id: int, number: int) -> Response:
    with transaction():
        actions.mark_question(current_actor(), thread_id, number, is_question=False)
    return redirect(comment_path(thread_id, number), 303)


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/answer", methods=["GET", "POST"])
@access(SIGNED_IN)
def mark_answer(thread_id: int, number: int) -> Response:
    """Say which comment answers a question."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    policy.may_mark_answer(actor, post_facts(head, post)).enforce()
    form = AnswerForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.mark_answer(actor, thread_id, number, answer=form.answer.data)
            return redirect(comment_path(thread_id, number), 303)
    replies = queries.replies_to(post.id)
    return page("posts/answer.html", form=form, head=head, post=post, replies=replies)


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/take-back", methods=["GET", "POST"])
@access(SIGNED_IN)
def take_back(thread_id: int, number: int) -> Response:
    """Take one's own words back, after a page that says what that does."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    policy.may_withdraw(actor, post_facts(head, post)).enforce()
    form = Form()
    if form.accepted():
        with transaction():
            actions.take_back(actor, thread_id, number)
        flash(_("Your words are gone, here and where they were quoted."))
        return redirect(comment_path(thread_id, number), 303)
    return page("posts/take_back.html", form=form, head=head, post=post)


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def remove(thread_id: int, number: int) -> Response:
    """Take somebody's comment out of sight, with a reason."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    if number == 0:
        return redirect(url_for("threads.delete", thread_id=thread_id), 303)
    policy.may_remove(actor, post_facts(head, post)).enforce()
    form = ReasonForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.remove_comment(actor, thread_id, number, form.reason.data or "")
            return redirect(comment_path(thread_id, number), 303)
    return page(
        "posts/remove.html", form=form, head=head, post=post, reasons=active_reasons(language())
    )


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/note", methods=["GET", "POST"])
@access(SIGNED_IN)
def note(thread_id: int, number: int) -> Response:
    """Put a content note before somebody's words, with a reason."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    policy.may_note(actor, post_facts(head, post)).enforce()
    form = NoteForm(content_note=post.content_note)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.note_post(
                    actor,
                    thread_id,
                    number,
                    form.content_note.data or "",
                    form.reason.data or "",
                )
            return redirect(comment_path(thread_id, number), 303)
    return page("posts/note.html", form=form, head=head, post=post)


@blueprint.post("/t/<thread:thread_id>/c/<id:number>/restore")
@access(SIGNED_IN)
def restore(thread_id: int, number: int) -> Response:
    with transaction():
        actions.restore_comment(current_actor(), thread_id, number)
    return redirect(comment_path(thread_id, number), 303)


@blueprint.post("/preview")
@blueprint.post("/t/<thread:thread_id>/preview")
@access(SIGNED_IN)
def preview(thread_id: int | None = None) -> Response:
    """How a text will look, for a script that shows it while somebody types; nothing is kept."""
    if thread_id is not None:
        get_head(current_actor(), thread_id)  # raises NotFound for what may not be seen
    try:
        html = _preview(request.form.get("source"), thread_id)
    except DomainError as error:
        response = jsonify({"message": error.message})
        response.status_code = 422
        return response
    return jsonify({"html": html})


@blueprint.get("/t/<thread:thread_id>/people")
@access(SIGNED_IN)
def people(thread_id: int) -> Response:
    """Names to complete a mention with, for a script: those in the thread first."""
    head = get_head(current_actor(), thread_id)
    start = request.args.get("q", "")[:30]
    found = people_in(head.id, start)
    return jsonify([{"name": row.display_name, "username": row.username} for row in found])
