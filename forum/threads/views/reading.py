"""Pages to read: lists of threads, and a thread with its comments; marks of what is read."""

from flask import flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.badges.queries import active_badges
from forum.context_notes.queries import notes_on
from forum.core import clock, versions
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _, lazy
from forum.core.markup import excerpt_of_html
from forum.core.text import cut
from forum.proposals.queries import raised_from
from forum.sanctions import policy as sanctions
from forum.spaces.models import Visibility
from forum.spaces.queries import spaces_for
from forum.stances.forms import new_key
from forum.stances.queries import find_proposal
from forum.tags.queries import TagChip, get_tag, vocabulary
from forum.threads import actions, policy, queries
from forum.threads.forms import comment_form
from forum.threads.models import Attention
from forum.threads.queries import Show, get_head
from forum.threads.rows import Card, Head, OpeningPowers, Order, default_language
from forum.threads.views.addresses import choice, number_given, ordered, with_query
from forum.threads.views.blueprint import blueprint
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.cache import keep_until, kept_for_visitors
from forum.web.login import current_actor
from forum.web.pages import Pages, pages
from forum.web.templating import page, viewer

_ORDERS = (
    (Order.OLDEST, lazy("Oldest first")),
    (Order.NEWEST, lazy("Newest first")),
    (Order.AGREED, lazy("Most agreed")),
    (Order.TIME, lazy("Plain time order")),
)
_TABS = (
    (Show.ACTIVE, lazy("Active")),
    (Show.NEW, lazy("New")),
    (Show.UNANSWERED, lazy("Unanswered")),
    (Show.FOLLOWING, lazy("Following")),
)

DESCRIPTION_LENGTH = 200  # characters of an opening that other sites may show

_EMPTY = (
    lazy("Nothing here yet"),
    lazy("A thread begins with one thing that is missing, and for whom. Others answer and agree."),
)
_NOTHING = {
    Show.ACTIVE: _EMPTY,
    Show.NEW: _EMPTY,
    Show.UNANSWERED: (
        lazy("No open questions"),
        lazy("Comments that were marked as a question stand here until somebody answers them."),
    ),
    Show.FOLLOWING: (
        lazy("You follow nothing yet"),
        lazy("Open a thread or a need and press Follow: what happens there is then listed here."),
    ),
}


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
    show = choice(Show, request.args.get("show"), Show.ACTIVE)
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
        pages=pages(found, url_for("threads.home"), show=None if show is Show.ACTIVE else show),
        nothing=_NOTHING[show],
        may_start=actor.is_signed_in,
        canonical="/",
        feed="/feed",
    )


@blueprint.get("/t/<thread:thread_id>")
@access(PUBLIC)
@kept_for_visitors(_thread_scopes, parameters=("order", "after", "at"))
def show(thread_id: int) -> Response:
    """A thread: its opening, and a page of its comments."""
    actor = viewer()
    order = choice(Order, request.args.get("order"), Order.OLDEST)
    try:
        head, begun = queries.get_head_and_drafts(actor, thread_id)
    except NotFound:
        return redirect(_merged_path(actor, thread_id), 301)
    if request.path != head.path and request.path != _decoded(head):
        return redirect(with_query(head.path), 301)
    comments = queries.comments_page(
        actor, head, order=order, cursor=request.args.get("after"), at=number_given("at")
    )
    raised = raised_from(actor, [row.id for row in comments.rows if row.was_raised])
    for row in comments.rows if raised else ():
        row.raised_as = raised.get(row.id, ())
    may_comment = policy.may_comment(actor, head.facts)
    tags = queries.chips_of_threads([head.id]).get(head.id, ())
    whole = find_proposal(actor, head)
    if whole is not None and whole.view.names_services:
        keep_until(clock.now())  # what leaves the directory is to be gone from here at once
    is_public = head.access.visibility is Visibility.PUBLIC and not head.is_deleted
    form = comment_form(begun.comment, default_language(actor, head)) if may_comment else None
    badges = active_badges(actor.id) if form is not None and actor.has_badges else ()
    if form is not None:
        form.badge.offer(badges)
    notes = notes_on(actor, head, (head.opening_id, *(row.id for row in comments.rows)))
    for row in comments.rows:
        row.notes = notes.get(row.id, ())
    return page(
        "threads/show.html",
        thread=head,
        tags=tags,
        canonical=_canonical(head, order) if is_public else None,
        feed=f"{head.base}/feed" if is_public else None,
        card=_card(head, tags) if is_public and not actor.is_signed_in else None,
        comments=comments,
        proposal=None if whole is None else whole.view,
        debate=None if whole is None else whole.debate,
        points=None if whole is None else whole.points,
        stance_key=new_key() if whole is not None and whole.debate.is_first else "",
        stance_badges=badges,
        opening_notes=notes.get(head.opening_id, ()),
        has_notes=bool(notes),
        standing=queries.standing(head),
        orders=[(label, ordered(head, kind), kind is order) for kind, label in _ORDERS],
        pages=Pages(
            newer_path=ordered(head, order, comments.previous) if comments.previous else None,
            older_path=ordered(head, order, comments.next) if comments.next else None,
            first_path=None if comments.is_first else ordered(head, order),
        ),
        may=_powers(actor, head, may_reply=bool(may_comment)),
        why_no_comment=may_comment.reason if actor.is_signed_in else "",
        has_unread=actor.is_signed_in and head.has_unread,
        read_to=comments.read_to if actor.is_signed_in else head.read_to,
        form=form,
        begun=begun,
    )


def _canonical(head: Head, order: Order) -> str:
    """The one address of what is shown: a later page in reading order, or the thread itself."""
    after = request.args.get("after")
    is_page = after and order is Order.OLDEST and "at" not in request.args
    return ordered(head, order, after) if is_page else head.path


def _card(head: Head, tags: tuple[TagChip, ...]) -> Card:
    """For other sites; members' pages go without, as no other site ever sees them."""
    description = ""
    if head.has_opening and head.opening_note:
        description = _("Content note: %(note)s", note=head.opening_note)
    elif head.has_opening:
        own = excerpt_of_html(head.opening_html, DESCRIPTION_LENGTH)
        description = own or cut(head.question, DESCRIPTION_LENGTH)
    return Card(
        title=head.title,
        path=head.path,
        description=description,
        published_at=head.created_at,
        modified_at=head.opening_edited_at or head.created_at,
        tags=tags,
    )


def _powers(actor: Actor, head: Head, *, may_reply: bool) -> OpeningPowers:
    is_shown = head.has_opening and not head.waits
    if not actor.is_signed_in:
        return OpeningPowers(report=is_shown)
    return OpeningPowers(
        reply=may_reply,
        edit=head.is_own
        and head.has_opening
        and (
            head.waits
            or (not head.is_closed and bool(sanctions.may_write(actor, head.access.space_id)))
        ),
        delete=bool(policy.may_delete(actor, head.facts)),
        restore=bool(policy.may_restore(actor, head.facts)),
        arrange=bool(policy.may_arrange(actor, head.facts)) and not head.is_deleted,
        report=is_shown and not head.is_own,
        annotate=(
            actor.has_badges
            and is_shown
            and not head.is_own
            and not head.is_closed
            and bool(sanctions.may_write(actor, head.access.space_id))
        ),
    )


def _decoded(head: Head) -> str:
    return f"/t/{head.id}-{head.slug}" if head.shows_title else f"/t/{head.id}-"


def _merged_path(actor: Actor, thread_id: int) -> str:
    """Where a merged thread went; NotFound when it did not, or the place may not be seen."""
    moved = queries.find_moved(thread_id)
    if moved is None:
        raise NotFound
    head = get_head(actor, moved[0])
    return f"{head.path}?at={moved[1]}#c{moved[1]}" if moved[1] else head.path


@blueprint.get("/t/<thread:thread_id>/news")
@access(PUBLIC)
def news(thread_id: int) -> Response:
    """How many comments came since a number, for a script on the thread's page.

    One statement where everybody may read; who asks is looked up for other spaces alone.
    """
    after = number_given("after") or 0
    found = queries.find_public_news(thread_id, after)
    if found is None and (actor := current_actor()).is_signed_in:
        found = queries.find_news(actor, thread_id, after)
    if found is None:
        raise NotFound
    response = jsonify(count=found.count, first=found.first)
    response.set_etag(f"{after}-{found.first}-{found.count}")
    return response.make_conditional(request)


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
    flash(_("Everything is marked as read."))
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
    return choice(Attention, value, None) if value and value != "none" else None
