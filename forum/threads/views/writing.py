"""Pages to start a thread, to change its opening, to take it back."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.badges.queries import active_badges
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.diff import word_diff
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.drafts.queries import Kept, get_own, of_new_threads
from forum.posts import policy as post_policy
from forum.posts import queries as post_queries
from forum.posts.forms import ReasonForm
from forum.posts.models import Post
from forum.posts.views import badges_to_wear, limits, say_if_it_waits
from forum.search.queries import similar_threads
from forum.spaces import policy as space_policy
from forum.spaces.queries import get_space, spaces_for
from forum.tags.queries import vocabulary
from forum.threads import actions, policy
from forum.threads.forms import OpeningForm, thread_form
from forum.threads.models import ThreadKind
from forum.threads.queries import get_comment, get_head, post_facts
from forum.threads.rows import Head
from forum.threads.views.blueprint import blueprint
from forum.web.access import SIGNED_IN, access
from forum.web.forms import UNSAFE, offer, refusals
from forum.web.login import current_actor
from forum.web.templating import page


@blueprint.route("/threads/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Start a thread."""
    actor = current_actor()
    spaces = [
        space for space in spaces_for(actor) if space_policy.may_start_thread(actor, space.access)
    ]
    is_sent = request.method in UNSAFE
    draft = _draft_asked(actor)
    if draft is not None and draft.words.kind == ThreadKind.PROPOSAL:
        return redirect(draft.writing_path, 303)
    form = thread_form(draft, request.args.get("space", "commons"))
    # What is sent where a sanction forbids it is refused by the action, which says why.
    offer(form.space, spaces_for(actor) if is_sent and actor.restrictions else spaces)
    if not spaces and not is_sent:
        return page("threads/nowhere.html", why_not=_why_not(actor))
    if not is_sent:
        of_space = {space.slug: space.language for space in spaces}.get(form.space.data)
        form.language.data = of_space or actor.language
    if actor.has_badges:
        form.badge.offer(active_badges(actor.id))
    asked = request.args.get("tag")
    if asked and not is_sent:
        form.tags.data = [asked]
    preview = None
    if form.accepted():
        with refusals(form):
            if form.is_preview:
                preview = post_queries.rendered(form.source.data or "", None)[0].html
            else:
                space = get_space(actor, form.space.data)
                with transaction():
                    written = actions.start_thread(actor, form.to_draft(space.id), limits())
                say_if_it_waits(written)
                return redirect(get_head(actor, written.thread_id).path, 303)
    may_prompt = any(policy.may_start(actor, space.access, ThreadKind.PROMPT) for space in spaces)
    return page(
        "threads/new.html",
        form=form,
        vocabulary=vocabulary(),
        may_prompt=may_prompt,
        preview=preview,
        similar=similar_threads(actor, form.title.data or ""),
        draft=draft,
        drafts=of_new_threads(actor) if not is_sent and draft is None else (),
    )


def _why_not(actor: Actor) -> str:
    """What keeps a member from starting a thread anywhere, where it is a sanction."""
    if not actor.restrictions:
        return ""
    verdicts = (space_policy.may_start_thread(actor, space.access) for space in spaces_for(actor))
    return next((verdict.reason for verdict in verdicts if not verdict), "")


def _draft_asked(actor: Actor) -> Kept | None:
    """The draft of a new thread that the address names; NotFound for any other."""
    asked = request.args.get("draft", "")
    if request.method != "GET" or not asked:
        return None
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0  # noqa: PLR2004
    draft = get_own(actor, number)
    if draft.thread_id is not None:
        raise NotFound
    return draft


@blueprint.route("/t/<thread:thread_id>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(thread_id: int) -> Response:
    """Change one's own opening."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, 0)
    if head.kind is ThreadKind.PROPOSAL:  # written by its parts, also by co-authors
        return redirect(url_for("proposals.edit", thread_id=thread_id), 303)
    may_edit = post_policy.may_edit(actor, post_facts(head, post))
    if request.method == "GET":
        may_edit.enforce()
    # What is sent without a field must not be answered with the post's words in it.
    form = OpeningForm(data=_opening(head, post) if may_edit else None)
    if may_edit:
        form.badge.offer(*badges_to_wear(actor, post))
    preview, changed = None, None
    if form.accepted():
        with refusals(form):
            may_edit.enforce()
            if form.is_preview:
                preview = post_queries.rendered(form.source.data or "", post.written_in_id)[0].html
            else:
                with transaction():
                    written = actions.edit_opening(actor, thread_id, form.to_draft(), limits())
                say_if_it_waits(written)
                return redirect(get_head(actor, thread_id).path, 303)
        if form.is_conflict:
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
        "language": post.language,
        "content_note": post.content_note,
        "badge": "" if post.badge_id is None else str(post.badge_id),
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
            flash(_("The thread is out of every list. It can be restored from its page."))
            return redirect(get_head(actor, thread_id).path, 303)
    return page("threads/take_back.html", form=form, head=head, is_own=head.author_id == actor.id)


@blueprint.post("/t/<thread:thread_id>/restore")
@access(SIGNED_IN)
def restore(thread_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.restore_thread(actor, thread_id)
    return redirect(get_head(actor, thread_id).path, 303)
