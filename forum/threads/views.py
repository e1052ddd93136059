"""Pages about threads: lists, the thread itself, starting and arranging."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.diff import word_diff
from forum.core.errors import Conflict, Invalid, NotFound
from forum.posts import policy as post_policy
from forum.posts import queries as post_queries
from forum.posts.forms import ReasonForm
from forum.posts.models import Post, PostState
from forum.posts.views import limits
from forum.spaces import policy as space_policy
from forum.spaces.queries import get_space, spaces_for
from forum.tags.queries import TagChip, get_tag, vocabulary
from forum.threads import actions, policy, queries
from forum.threads.forms import (
    CommentForm,
    MergeForm,
    MoveForm,
    OpeningForm,
    SplitForm,
    SuggestForm,
    TagsForm,
    ThreadForm,
)
from forum.threads.models import Attention, ThreadKind
from forum.threads.queries import Show, get_comment, get_head, post_facts
from forum.threads.rows import Head, OpeningPowers, Order, Pages
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.cache import kept_for_visitors
from forum.web.forms import offer, refusals
from forum.web.login import current_actor
from forum.web.templating import page, viewer

C = TypeVar("C", bound=StrEnum)
D = TypeVar("D")

blueprint = Blueprint("threads", __name__)

_ORDERS = (
    (Order.OLDEST, "Oldest first"),
    (Order.NEWEST, "Newest first"),
    (Order.AGREED, "Most agreed"),
    (Order.TIME, "Plain time order"),
)
_TABS = (
    (Show.ACTIVE, "Active"),
    (Show.NEW, "New"),
    (Show.UNANSWERED, "Unanswered"),
    (Show.FOLLOWING, "Following"),
)

_NOTHING = {
    Show.ACTIVE: ("Nothing here yet", "The first thread will stand here."),
    Show.NEW: ("Nothing here yet", "The first thread will stand here."),
    Show.UNANSWERED: ("No open questions", "Every question that was asked has an answer."),
    Show.FOLLOWING: (
        "You follow nothing yet",
        "Follow a thread or a need, and what happens there is listed here.",
    ),
}


# -- Reading -----------------------------------------------------------------------------------


def _list_scopes(**_arguments: object) -> tuple[str, ...]:
    return (versions.SITE, versions.LISTS)


def _thread_scopes(thread_id: int) -> tuple[str, ...]:
    return (versions.SITE, versions.thread_scope(thread_id))


@blueprint.get("/")
@access(PUBLIC)
@kept_for_visitors(_list_scopes, parameters=("show", "after"))
def home() -> Response:
    """The threads that one may read, wherever they are."""
    actor = viewer()
    show = _choice(Show, request.args.get("show"), Show.ACTIVE)
    if show is Show.FOLLOWING and not actor.is_signed_in:
        raise NotFound
    found = queries.newest_threads(actor, show=show, cursor=request.args.get("after"))
    tabs = [
        (label, url_for("threads.home", show=None if kind is Show.ACTIVE else kind), kind is show)
        for kind, label in _TABS
        if actor.is_signed_in or kind is not Show.FOLLOWING
    ]
    return page(
        "threads/home.html",
        threads=found,
        show=show,
        tabs=tabs,
        needs=[need for need in vocabulary() if need.is_need],
        spaces=spaces_for(actor),
        pages=Pages(older_path=_next(found.next, show=None if show is Show.ACTIVE else show)),
        nothing=_NOTHING[show],
        may_start=actor.is_signed_in,
    )


@blueprint.get("/t/<thread:thread_id>")
@access(PUBLIC)
@kept_for_visitors(_thread_scopes, parameters=("order", "after", "at"))
def show(thread_id: int) -> Response:
    """A thread: its opening, and a page of its comments."""
    actor = viewer()
    order = _choice(Order, request.args.get("order"), Order.OLDEST)
    try:
        head = get_head(actor, thread_id)
    except NotFound:
        return redirect(_merged_path(actor, thread_id), 301)
    if request.path != head.path and request.path != _decoded(head):
        return redirect(_with_query(head.path), 301)
    comments = queries.comments_page(
        actor, head, order=order, cursor=request.args.get("after"), at=_number("at")
    )
    may_comment = policy.may_comment(actor, head.facts)
    return page(
        "threads/show.html",
        thread=head,
        tags=queries.chips_of_threads([head.id]).get(head.id, ()),
        comments=comments,
        standing=queries.standing(head),
        orders=[(label, _ordered(head, kind), kind is order) for kind, label in _ORDERS],
        pages=Pages(
            newer_path=_ordered(head, order, comments.previous) if comments.previous else None,
            older_path=_ordered(head, order, comments.next) if comments.next else None,
            first_path=None if comments.is_first else _ordered(head, order),
        ),
        may=_powers(actor, head, may_reply=bool(may_comment)),
        why_no_comment=may_comment.reason if actor.is_signed_in else "",
        has_unread=actor.is_signed_in and head.last_number > head.read_to,
        read_to=comments.read_to if actor.is_signed_in else head.read_to,
        form=CommentForm() if may_comment else None,
    )


def _powers(actor: Actor, head: Head, *, may_reply: bool) -> OpeningPowers:
    if not actor.is_signed_in:
        return OpeningPowers()
    is_mine = head.author_id == actor.id
    return OpeningPowers(
        reply=may_reply,
        edit=is_mine and head.has_opening and not head.is_closed,
        delete=bool(policy.may_delete(actor, head.facts)),
        restore=bool(policy.may_restore(actor, head.facts)),
        arrange=bool(policy.may_arrange(actor, head.facts)) and not head.is_deleted,
    )


def _decoded(head: Head) -> str:
    return f"/t/{head.id}-{head.slug}" if not head.is_deleted else f"/t/{head.id}-"


def _merged_path(actor: Actor, thread_id: int) -> str:
    """Where a merged thread went; NotFound when it did not, or the place may not be seen."""
    moved = queries.find_moved(thread_id)
    if moved is None:
        raise NotFound
    head = get_head(actor, moved[0])
    return f"{head.path}?at={moved[1]}#c{moved[1]}" if moved[1] else head.path


@blueprint.get("/t/<thread:thread_id>/first-unread")
@access(SIGNED_IN)
def first_unread(thread_id: int) -> Response:
    """The first comment that the member has not read; the thread itself when there is none."""
    head = get_head(current_actor(), thread_id)
    number = queries.first_unread(head)
    return redirect(f"{head.path}?at={number}#c{number}" if number else head.path, 302)


@blueprint.post("/t/<thread:thread_id>/read")
@access(SIGNED_IN)
def mark_read(thread_id: int) -> Response:
    """Take note of how far the member has read; a script sends this, or a button."""
    text = request.form.get("read_to", "")
    read_to = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
    actor = current_actor()
    with transaction():
        actions.mark_read(actor, thread_id, read_to=read_to)
    return redirect(get_head(actor, thread_id).path, 303)


@blueprint.post("/read-all")
@access(SIGNED_IN)
def mark_all_read() -> Response:
    with transaction():
        actions.mark_all_read(current_actor())
    flash("Everything is marked as read.")
    return redirect(url_for("threads.home"), 303)


@blueprint.post("/t/<thread:thread_id>/attention")
@access(SIGNED_IN)
def attend(thread_id: int) -> Response:
    """Follow or mute a thread, or neither."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    with transaction():
        actions.attend_thread(actor, thread_id, _attention())
    return redirect(head.path, 303)


@blueprint.post("/tags/<name:slug>/attention")
@access(SIGNED_IN)
def attend_tag(slug: str) -> Response:
    """Follow or mute a tag, or neither."""
    tag = get_tag(slug)
    with transaction():
        actions.attend_tag(current_actor(), tag.id, _attention())
    return redirect(tag.path, 303)


def _attention() -> Attention | None:
    value = request.form.get("attention", "")
    return _choice(Attention, value, None) if value and value != "none" else None


# -- Writing -----------------------------------------------------------------------------------


@blueprint.route("/threads/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Start a thread."""
    actor = current_actor()
    spaces = [
        space for space in spaces_for(actor) if space_policy.may_start_thread(actor, space.access)
    ]
    form = ThreadForm(space=request.args.get("space", "commons"))
    offer(form.space, spaces)
    if not spaces and request.method == "GET":
        return page("threads/nowhere.html")
    asked = request.args.get("tag")
    if asked and request.method == "GET":
        form.tags.data = [asked]
    preview = None
    if form.accepted():
        with refusals(form):
            if form.is_preview:
                preview = post_queries.rendered(form.source.data or "", None)[0].html
            else:
                space = get_space(actor, form.space.data)
                with transaction():
                    draft = form.to_draft(space.id)
                    written = actions.start_thread(actor, draft, limits())
                return redirect(get_head(actor, written.thread_id).path, 303)
    may_prompt = any(policy.may_start(actor, space.access, ThreadKind.PROMPT) for space in spaces)
    return page(
        "threads/new.html",
        form=form,
        vocabulary=vocabulary(),
        may_prompt=may_prompt,
        preview=preview,
    )


@blueprint.route("/t/<thread:thread_id>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(thread_id: int) -> Response:
    """Change one's own opening."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, 0)
    may_edit = post_policy.may_edit(actor, post_facts(head, post))
    if request.method == "GET":
        may_edit.enforce()
    # What is sent without a field must not be answered with the post's words in it.
    form = OpeningForm(data=_opening(head, post) if may_edit else None)
    preview, changed = None, None
    if form.accepted():
        with refusals(form):
            may_edit.enforce()
            if form.is_preview:
                preview = post_queries.rendered(form.source.data or "", post.written_in_id)[0].html
            else:
                with transaction():
                    actions.edit_opening(actor, thread_id, form.to_draft(), limits())
                return redirect(get_head(actor, thread_id).path, 303)
        if form.status == 409:  # noqa: PLR2004 - conflict: show what it says now, and offer to go on
            head, post = get_comment(actor, thread_id, 0)
            changed = word_diff(post.source, form.source.data or "")
            form.look_at(post.revision)
    return page(
        "threads/edit.html", form=form, head=head, post=post, preview=preview, changed=changed
    )


def _opening(head: Head, post: Post) -> dict[str, object]:
    return {
        "title": head.stored_title,
        "source": post.source,
        "question": post.question,
        "revision": post.revision,
    }


@blueprint.route("/t/<thread:thread_id>/take-back", methods=["GET", "POST"])
@access(SIGNED_IN)
def delete(thread_id: int) -> Response:
    """Take a thread back, after a page that says what that does."""
    actor = current_actor()
    head = get_head(actor, thread_id)
    policy.may_delete(actor, head.facts).enforce()
    form = ReasonForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.delete_thread(actor, thread_id, form.reason.data or "")
            flash("The thread is out of every list. It can be restored from its page.")
            return redirect(get_head(actor, thread_id).path, 303)
    return page("threads/take_back.html", form=form, head=head, is_own=head.author_id == actor.id)


@blueprint.post("/t/<thread:thread_id>/restore")
@access(SIGNED_IN)
def restore(thread_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.restore_thread(actor, thread_id)
    return redirect(get_head(actor, thread_id).path, 303)


# -- Arranging ---------------------------------------------------------------------------------


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
    """Append a thread to another."""
    actor, head = _arranging(thread_id)
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
        raise Invalid("There is no such thread, or it is not open to you.", "into") from None


@blueprint.route("/t/<thread:thread_id>/c/<id:number>/split", methods=["GET", "POST"])
@access(SIGNED_IN)
def split(thread_id: int, number: int) -> Response:
    """Make a comment and what is below it a thread of its own."""
    actor, head = _arranging(thread_id)
    _, post = get_comment(actor, thread_id, number)
    if number == 0 or post.state is not PostState.PUBLISHED:
        raise Conflict("This comment cannot open a thread: it was taken back or removed.")
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
    may_set = may_arrange or head.author_id == actor.id
    now = [chip.path.rsplit("/", 1)[1] for chip in _chips(head)]
    form = (TagsForm if may_set else SuggestForm)(tags=now)
    if form.accepted():
        with refusals(form):
            with transaction():
                if may_set:
                    actions.set_tags(actor, thread_id, tuple(form.tags.data or ()))
                else:
                    actions.suggest_tags(actor, thread_id, form.to_draft())
            if not may_set:
                flash("Thank you. A facilitator will look at your suggestion.")
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
    with transaction():
        actions.accept_suggestion(current_actor(), thread_id, suggestion_id)
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


# -- Addresses ---------------------------------------------------------------------------------


def _choice(kind: type[C], value: str | None, default: D) -> C | D:
    """A named choice from the address; NotFound for a name that does not exist."""
    if not value:
        return default
    try:
        return kind(value)
    except ValueError:
        raise NotFound from None


def _number(name: str) -> int | None:
    """A comment number from the address; NotFound for what is none."""
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise NotFound
    return int(text)


def _next(cursor: str | None, **kept: Any) -> str | None:
    return url_for("threads.home", after=cursor, **kept) if cursor else None


def _ordered(head: Head, order: Order, after: str | None = None) -> str:
    parts = [] if order is Order.OLDEST else [f"order={order.value}"]
    if after:
        parts.append(f"after={after}")
    return f"{head.path}?{'&'.join(parts)}" if parts else head.path


def _with_query(path: str) -> str:
    query = request.query_string.decode("ascii", "ignore")
    return f"{path}?{query}" if query else path
