"""Pages of tags: the list of needs, one tag, and the work on the vocabulary."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core import versions
from forum.core.db import transaction
from forum.core.i18n import _
from forum.services.actions import retag as retag_services
from forum.tags import actions, policy, queries
from forum.tags.forms import MergeForm, TagForm
from forum.tags.queries import TagPage
from forum.threads.actions import retag
from forum.threads.queries import newest_threads, tag_attention
from forum.web.access import MODERATOR, PUBLIC, access
from forum.web.cache import kept_for_visitors
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page, viewer

blueprint = Blueprint("tags", __name__)


def _index_scopes() -> tuple[str, ...]:
    return (versions.SITE,)


def _show_scopes(slug: str) -> tuple[str, ...]:  # noqa: ARG001 - the name of the route's value
    return (versions.SITE, versions.LISTS)


@blueprint.route("/tags")
@access(PUBLIC)
@kept_for_visitors(_index_scopes)
def index() -> Response:
    tags = queries.vocabulary()
    return page(
        "tags/index.html",
        needs=[tag for tag in tags if tag.is_need],
        others=[tag for tag in tags if not tag.is_need],
        may_curate=bool(policy.may_curate(viewer())),
        canonical=url_for("tags.index"),
    )


@blueprint.route("/tags/<name:slug>")
@access(PUBLIC)
@kept_for_visitors(_show_scopes, parameters=("after",))
def show(slug: str) -> Response:
    """A tag; its other words and the tags that were merged into it redirect here."""
    tag = queries.get_tag(slug)
    if tag.slug != slug:
        return redirect(tag.path, 301)
    actor = viewer()
    threads = newest_threads(actor, tag_id=tag.id, cursor=request.args.get("after"))
    return page(
        "tags/show.html",
        tag=tag,
        threads=threads,
        pages=pages(threads, tag.path),
        attention=tag_attention(actor, tag.id),
        may_curate=bool(policy.may_curate(actor)),
        canonical=tag.path,
        feed=url_for("feeds.tag", slug=tag.slug),
    )


@blueprint.route("/tags/new", methods=["GET", "POST"])
@access(MODERATOR)
def new() -> Response:
    form = _tag_form()
    if form.accepted():
        with refusals(form):
            with transaction():
                tag = actions.create_tag(current_actor(), form.to_draft())
            return redirect(url_for("tags.show", slug=tag.slug), 303)
    return page("tags/new.html", form=form)


@blueprint.route("/tags/<name:slug>/edit", methods=["GET", "POST"])
@access(MODERATOR)
def edit(slug: str) -> Response:
    tag = queries.get_tag(slug)
    form = _tag_form(tag)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.edit_tag(current_actor(), tag.id, form.to_draft())
            flash(_("The tag is changed."))
            return redirect(tag.path, 303)
    return page("tags/edit.html", form=form, tag=tag)


def _tag_form(tag: TagPage | None = None) -> TagForm:
    form = TagForm()
    if tag is not None:
        form = TagForm(
            data={
                "name": tag.name,
                "description": tag.description,
                "is_need": tag.is_need,
                "parent": tag.parent_slug,
                "synonyms": "\n".join(tag.synonyms),
            }
        )
    form.offer_parents(
        [
            (node.slug, node.name)
            for node in queries.vocabulary()
            if tag is None or node.id != tag.id
        ]
    )
    return form


@blueprint.route("/tags/<name:slug>/merge", methods=["GET", "POST"])
@access(MODERATOR)
def merge(slug: str) -> Response:
    tag = queries.get_tag(slug)
    form = MergeForm()
    form.offer_targets([(str(id_), name) for id_, name in _targets(tag)])
    if form.accepted():
        with refusals(form):
            with transaction():
                target = actions.merge_tag(current_actor(), tag.id, int(form.into.data))
                retag(tag.id, target.id)
                retag_services(tag.id, target.id)
            flash(_("%(tag)s leads to %(target)s now.", tag=tag.name, target=target.name))
            return redirect(url_for("tags.show", slug=target.slug), 303)
    return page("tags/merge.html", form=form, tag=tag)


def _targets(tag: TagPage) -> list[tuple[int, str]]:
    """Every other tag; those of the second level are named with the tag above."""
    targets = []
    for node in queries.vocabulary():
        targets.append((node.id, node.name))
        targets.extend((child.id, f"{node.name}: {child.name}") for child in node.children)
    return [(id_, name) for id_, name in targets if id_ != tag.id]
