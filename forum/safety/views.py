"""Pages of watched words: for moderators all, for facilitators those of their spaces."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.queries import names_of
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.i18n import _
from forum.safety import actions, policy, queries
from forum.safety.forms import (
    ACTIONS,
    EVERYWHERE,
    TryForm,
    WordForm,
    WordRemovalForm,
)
from forum.safety.queries import Word
from forum.spaces.queries import SpaceName, spaces_run_by
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page

blueprint = Blueprint("safety", __name__)


@dataclass(frozen=True, slots=True)
class _Watcher:
    """Who looks after watched words, and where."""

    actor: Actor
    spaces: tuple[SpaceName, ...]

    @property
    def runs(self) -> tuple[int, ...]:
        return tuple(space.id for space in self.spaces)

    @property
    def names(self) -> dict[int, SpaceName]:
        return {space.id: space for space in self.spaces}


def _watcher() -> _Watcher:
    actor = current_actor()
    spaces = spaces_run_by(actor)
    found = _Watcher(actor, spaces)
    policy.may_watch(actor, found.runs).enforce()
    return found


@blueprint.get("/moderation/words")
@access(SIGNED_IN)
def index() -> Response:
    """What is watched for."""
    watcher = _watcher()
    found = queries.words(watcher.actor, watcher.runs, request.args.get("after"))
    return page(
        "safety/index.html",
        words=found.rows,
        spaces=watcher.names,
        names=names_of({row.added_by_id for row in found.rows if row.added_by_id is not None}),
        actions=ACTIONS,
        pages=pages(found, url_for("safety.index")),
    )


@blueprint.route("/moderation/words/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new() -> Response:
    """Watch for something."""
    watcher = _watcher()
    form = WordForm()
    form.offer_spaces(watcher.spaces, everywhere=watcher.actor.is_moderator)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.add_word(watcher.actor, watcher.runs, form.to_draft())
            flash(_("It is watched for from now on."))
            return redirect(url_for("safety.index"), 303)
    return page("safety/new.html", form=form)


@blueprint.route("/moderation/words/<id:word_id>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(word_id: int) -> Response:
    watcher = _watcher()
    word = queries.get_word(watcher.actor, watcher.runs, word_id)
    form = WordForm(data=_values(watcher, word))
    form.offer_spaces(watcher.spaces, everywhere=watcher.actor.is_moderator)
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.change_word(watcher.actor, watcher.runs, word_id, form.to_draft())
            flash(_("The watched word is changed."))
            return redirect(url_for("safety.index"), 303)
    return page("safety/edit.html", form=form, word=word)


def _values(watcher: _Watcher, word: Word) -> dict[str, object]:
    return {
        "phrase": word.phrase,
        "is_pattern": word.is_pattern,
        "action": word.action.value,
        "told": word.message,
        "space": EVERYWHERE if word.space_id is None else watcher.names[word.space_id].slug,
        "reason": word.reason,
    }


@blueprint.route("/moderation/words/<id:word_id>/remove", methods=["GET", "POST"])
@access(SIGNED_IN)
def remove(word_id: int) -> Response:
    """Stop watching for something, after a page that asks why."""
    watcher = _watcher()
    word = queries.get_word(watcher.actor, watcher.runs, word_id)
    form = WordRemovalForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.remove_word(watcher.actor, watcher.runs, word_id, form.reason.data)
            flash(_("It is no longer watched for."))
            return redirect(url_for("safety.index"), 303)
    return page("safety/remove.html", form=form, word=word)


@blueprint.route("/moderation/words/try", methods=["GET", "POST"])
@access(SIGNED_IN)
def try_out() -> Response:
    """What a text would set off, without posting it."""
    watcher = _watcher()
    form = TryForm()
    form.offer_spaces(watcher.spaces, everywhere=watcher.actor.is_moderator)
    fired = None
    if form.accepted():
        fired = queries.findings(form.text.data, form.space_id)
    return page("safety/try_out.html", form=form, fired=fired, actions=ACTIONS)
