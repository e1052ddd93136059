"""Pages to start a proposal, also from a comment, and to change its parts."""

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from forum.badges.queries import active_badges
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.diff import word_diff
from forum.core.errors import Forbidden, NotFound
from forum.core.i18n import _
from forum.core.links import comment_path
from forum.core.markup import quote as as_quote
from forum.drafts.forms import hidden_number
from forum.drafts.queries import PROPOSAL, Kept, get_own, of_new_proposals
from forum.places.queries import find_place, place_options
from forum.posts import queries as post_queries
from forum.posts.models import Post
from forum.posts.views import limits, say_if_it_waits
from forum.proposals import actions, policy
from forum.proposals.forms import EditProposalForm, ProposalForm, parts_of
from forum.proposals.parts import compose, parse
from forum.proposals.queries import (
    Similar,
    authors_of,
    get_proposal,
    similar_proposals,
    tag_slugs,
)
from forum.proposals.views.blueprint import blueprint
from forum.search.queries import similar_threads
from forum.search.views import keep_pace
from forum.services.queries import places_in_use, similar_services
from forum.spaces import policy as space_policy
from forum.spaces.queries import SpaceRow, get_space, spaces_for
from forum.tags.queries import find_tags, vocabulary
from forum.threads.queries import get_comment, get_head, head_of_post, post_facts
from forum.threads.rows import Head
from forum.web.access import SIGNED_IN, access
from forum.web.forms import UNSAFE, offer, refusals
from forum.web.login import current_actor
from forum.web.templating import page

_SUGGESTIONS = 20  # times as often as searches: one is asked for with every word of a title
_MOST_TAGS = 10
_ASKED = 8  # threads of a similar title


@blueprint.route("/proposals/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Start a proposal, part by part; `?from=` raises a comment."""
    actor = current_actor()
    is_sent = request.method in UNSAFE
    draft = _draft_asked(actor)
    form = ProposalForm(space=request.args.get("space", "commons"))
    raised = _raised(actor, form, draft)
    spaces = _spaces(actor, raised)
    # What is sent where a sanction forbids it is refused by the action, which says why.
    offer(form.space, spaces_for(actor) if is_sent and actor.restrictions else spaces)
    form.place.offer(place_options(places_in_use()))
    if actor.has_badges:
        form.badge.offer(active_badges(actor.id))
    if not spaces and not is_sent:
        return page("threads/nowhere.html", why_not=_why_not(actor))
    if not is_sent:
        _open(actor, form, spaces, draft, raised)
    preview = None
    if request.form.get("do") == "rows":
        form.add_rows()
    elif form.accepted():
        with refusals(form):
            if form.is_preview:
                preview = _preview(form, raised.post.thread_id if raised else None)
            else:
                space = get_space(actor, form.space.data)
                with transaction():
                    written = actions.start_proposal(
                        actor,
                        form.to_start(space.id),
                        form.to_proposal(_place_id(form)),
                        limits(),
                    )
                say_if_it_waits(written)
                return redirect(get_head(actor, written.thread_id).path, 303)
    return page(
        "proposals/new.html",
        form=form,
        vocabulary=vocabulary(),
        preview=preview,
        similar=_similar(actor, form) if is_sent else (),
        raised=raised,
        draft=draft,
        drafts=of_new_proposals(actor) if not is_sent and draft is None and not raised else (),
    )


class _Raised:
    """The comment that a proposal is raised from, with its thread and its author's name."""

    def __init__(self, head: Head, post: Post) -> None:
        self.head, self.post = head, post
        self.author = post_queries.author_of(post)
        self.path = comment_path(post.thread_id, post.number)


def _raised(actor: Actor, form: ProposalForm, draft: Kept | None) -> _Raised | None:
    """The comment to raise that the address, the form or the draft names.

    Where that was taken back or hidden since, a form or draft goes on without it: no text is lost.
    """
    asked = request.args.get("from", "") if request.method == "GET" else None
    if asked:
        form.raised_from.data = asked
    elif draft is not None:
        form.raised_from.data = str(draft.words.raised_from_id or "")
    try:
        return _get_raised(actor, hidden_number(form.raised_from.data))
    except (NotFound, Forbidden):
        if asked:
            raise
        form.raised_from.data = ""
        return None


def _get_raised(actor: Actor, post_id: int | None) -> _Raised:
    post = None if post_id is None else post_queries.find_post(post_id)
    if post is None:
        raise NotFound
    head = head_of_post(actor, post)
    policy.may_raise(actor, post_facts(head, post)).enforce()
    return _Raised(head, post)


def _spaces(actor: Actor, raised: _Raised | None) -> list[SpaceRow]:
    return [
        space
        for space in spaces_for(actor)
        if space_policy.may_start_thread(actor, space.access)
        and (raised is None or policy.may_raise_into(raised.head.access, space.access))
    ]


def _open(
    actor: Actor,
    form: ProposalForm,
    spaces: list[SpaceRow],
    draft: Kept | None,
    raised: _Raised | None,
) -> None:
    """Fill the form as it is opened: with the draft, or the comment, and what the address asks."""
    languages = {space.slug: space.language for space in spaces}
    if draft is not None:
        form.go_on(draft)
    else:
        form.tags.data = [request.args["tag"]] if request.args.get("tag") else []
        form.place.data = request.args.get("place", "")
        if raised is not None:
            post = raised.post
            source = post_queries.readable(post.source, post_queries.out_of_sight(post))
            form.source.data = as_quote(source, number=post.number, username=raised.author.username)
            form.content_note.data = post.content_note
            if raised.head.space_slug in languages:
                form.space.data = raised.head.space_slug
    form.language.data = languages.get(form.space.data) or actor.language
    if raised is not None and raised.post.language:
        form.language.data = raised.post.language


def _draft_asked(actor: Actor) -> Kept | None:
    """The draft of a proposal that the address names; NotFound for any other."""
    asked = request.args.get("draft", "")
    if request.method != "GET" or not asked:
        return None
    draft = get_own(actor, hidden_number(asked) or 0)
    if draft.thread_id is not None or draft.words.kind != PROPOSAL:
        raise NotFound
    return draft


def _why_not(actor: Actor) -> str:
    """What keeps a member from starting a proposal anywhere, where it is a sanction."""
    if not actor.restrictions:
        return ""
    verdicts = (space_policy.may_start_thread(actor, space.access) for space in spaces_for(actor))
    return next((verdict.reason for verdict in verdicts if not verdict), "")


def _place_id(form: ProposalForm | EditProposalForm) -> int | None:
    place = find_place(form.place.data) if form.place.data else None
    return None if place is None else place.id


def _preview(form: ProposalForm | EditProposalForm, numbered_in: int | None) -> str:
    source = compose(parts_of(form), form.language.data or "")
    return post_queries.rendered(source, numbered_in)[0].html


def _similar(actor: Actor, form: ProposalForm) -> tuple[Similar, ...]:
    return _alike(actor, form.title.data or "", form.tags.data or [], form.place.data or "")


def _alike(actor: Actor, title: str, tags: list[str], place: str) -> tuple[Similar, ...]:
    """Proposals, threads and services that may be about the same."""
    found = [link.id for link in similar_threads(actor, title, _ASKED)]
    threads = similar_proposals(actor, found, needs=tuple(tags), place=place)
    needs = [tag.id for tag in find_tags(tags) if tag.is_need]
    where = find_place(place) if place else None
    services = similar_services(title, needs, None if where is None else where.id)
    return (
        *threads,
        *(Similar(one.name, one.path, _("Service: exists already")) for one in services),
    )


@blueprint.get("/proposals/similar")
@access(SIGNED_IN)
def similar() -> Response:
    """Proposals, threads and services that may be about the same, while a title is typed."""
    actor = current_actor()
    keep_pace(actor, "similar", times=_SUGGESTIONS)
    title, place = request.args.get("title", ""), request.args.get("place", "")
    found = _alike(actor, title, request.args.getlist("tags")[:_MOST_TAGS], place)
    return jsonify([{"label": one.title, "note": one.in_words, "path": one.path} for one in found])


@blueprint.route("/t/<thread:thread_id>/edit-proposal", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(thread_id: int) -> Response:
    """Change the parts of a proposal; its authors."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, 0)
    proposal = get_proposal(thread_id)
    authors = authors_of(thread_id)
    may_edit = policy.may_edit(actor, head, post_facts(head, post), authors)
    if request.method == "GET":
        may_edit.enforce()
    form = EditProposalForm()
    form.place.offer(place_options(places_in_use()))
    if request.method == "GET":
        _show_present(form, head, post, proposal.place_slug)
    preview, changed = None, None
    if request.form.get("do") == "rows":
        form.add_rows()
    elif form.accepted():
        with refusals(form):
            may_edit.enforce()
            if form.is_preview:
                preview = _preview(form, post_queries.numbered_in(post))
            else:
                with transaction():
                    written = actions.edit_proposal(
                        actor,
                        thread_id,
                        form.to_proposal(_place_id(form)),
                        limits(),
                        revision=form.revision.data or 0,
                    )
                say_if_it_waits(written)
                return redirect(get_head(actor, thread_id).path, 303)
        if form.is_conflict:
            head, post = get_comment(actor, thread_id, 0)
            mine = compose(parts_of(form), form.language.data or post.language)
            changed = word_diff(post.source, mine)
            form.look_at(post.revision)
    return page(
        "proposals/edit.html",
        form=form,
        head=head,
        post=post,
        vocabulary=vocabulary(),
        preview=preview,
        changed=changed,
    )


def _show_present(form: EditProposalForm, head: Head, post: Post, place: str) -> None:
    form.fill(parse(post.source))
    form.title.data = head.stored_title
    form.language.data = post.language
    form.content_note.data = post.content_note
    form.place.data = place
    form.look_at(post.revision)
    form.tags.data = list(tag_slugs(head.id))
