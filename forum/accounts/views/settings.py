"""Pages on which a member looks after their own account."""

import json
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlencode

from flask import Flask, current_app, flash, g, request, url_for
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from forum.accounts import actions, passwords, policy, queries
from forum.accounts.forms import (
    REMOVE,
    AddressForm,
    ChangePasswordForm,
    DeleteForm,
    FeedForm,
    PreferencesForm,
    ProfileForm,
)
from forum.accounts.views.blueprint import (
    blueprint,
    check_own_password,
    rules,
    start_browser_session,
    to,
)
from forum.accounts.views.entry import leave_browser
from forum.badges import actions as badge_actions
from forum.badges import queries as badges
from forum.briefs import actions as brief_actions
from forum.briefs import queries as briefs
from forum.context_notes import actions as note_actions
from forum.context_notes import queries as context_notes
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.markup import render
from forum.core.text import scrub
from forum.drafts import actions as draft_actions
from forum.drafts import queries as drafts
from forum.moderation import actions as moderation_actions
from forum.moderation.queries import decisions, reports
from forum.notifications import queries as notifications
from forum.posts import queries as posts
from forum.proposals import actions as proposal_actions
from forum.proposals import queries as proposals
from forum.sanctions import queries as sanctions
from forum.search import actions as search_actions
from forum.search import queries as search
from forum.services import actions as service_actions
from forum.services import queries as services
from forum.spaces import actions as space_actions
from forum.spaces import queries as spaces
from forum.spaces.models import Visibility
from forum.stances import actions as stance_actions
from forum.stances import queries as stances
from forum.summaries import actions as summary_actions
from forum.summaries import queries as summaries
from forum.threads import actions as thread_actions
from forum.threads import queries as threads
from forum.web import language
from forum.web.access import SIGNED_IN, access
from forum.web.forms import Form, refusals
from forum.web.login import current_actor
from forum.web.templating import page

# Every domain's part of the download of one's own data.
_EXPORTERS = (
    queries.export,
    spaces.export,
    threads.export,
    posts.export,
    proposals.export,
    stances.export,
    stances.export_points,
    drafts.export,
    badges.export,
    context_notes.export,
    search.export,
    notifications.export,
    sanctions.export,
    services.export,
    summaries.export,
    briefs.export_briefs,
    briefs.export_quotes,
    reports.export,
    decisions.export,
)


@blueprint.route("/settings", methods=["GET", "POST"])
@access(SIGNED_IN)
def settings() -> Response:
    """The profile: the shown name, and some words about oneself."""
    actor = current_actor()
    account = queries.own_account(actor)
    form = ProfileForm(display_name=account.display_name, about=account.about_source)
    shown = None
    if form.accepted():
        with refusals(form):
            if request.form.get("do") == "preview":
                shown = render(scrub(form.about.data)).html
            else:
                with transaction():
                    actions.edit_profile(actor, form.to_draft())
                flash(_("Your profile is saved."))
                return to(url_for("accounts.settings"))
    return page("accounts/settings.html", form=form, account=account, preview=shown)


@blueprint.route("/settings/preferences", methods=["GET", "POST"])
@access(SIGNED_IN)
def preferences() -> Response:
    actor = current_actor()
    form = PreferencesForm(
        timezone=actor.timezone,
        theme=actor.theme,
        has_shortcuts=actor.has_shortcuts,
        language=actor.language,
    )
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.edit_preferences(actor, form.to_draft())
            # The notice comes with the next page.
            language.keep_to(form.language.data or language.of_browser())
            flash(_("Saved."))
            return to(url_for("accounts.preferences"))
    return page("accounts/preferences.html", form=form)


@blueprint.route("/settings/password", methods=["GET", "POST"])
@access(SIGNED_IN)
def password() -> Response:
    """Change the password; it asks for the present one each time."""
    actor = current_actor()
    given = rules()
    form = ChangePasswordForm()
    if form.accepted():
        with refusals(form):
            account = queries.own_account(actor)
            checked, counted = check_own_password(actor, form.current.data, field="current")
            password_hash = passwords.protect(
                form.password.data, (*account.known_words, given.site_name)
            )
            with transaction():
                actions.take_back(counted)
                token = actions.change_password(
                    actor,
                    given,
                    checked,
                    password_hash=password_hash,
                    end_others=form.end_others.data,
                )
            start_browser_session(token)
            flash(_("Your new password is set."))
            return to(url_for("accounts.password"))
    return page("accounts/password.html", form=form, username=actor.username)


@blueprint.route("/settings/address", methods=["GET", "POST"])
@access(SIGNED_IN, delicate=True)
def address() -> Response:
    """Add or change the mail address."""
    actor = current_actor()
    given = rules()
    account = queries.own_account(actor)
    form = AddressForm()
    if form.accepted():
        with refusals(form):
            if not given.sends_mail:
                raise Invalid(
                    _("This site sends no mail, so an address would be of no use."), "email"
                )
            with transaction():
                actions.count_address(member_id(actor))
            with transaction():
                actions.change_address(actor, given, form.email.data)
            flash(_("A link is on its way to that address; please follow it soon."))
            return to(url_for("accounts.address"))
    return page("accounts/address.html", form=form, account=account, rules=given)


@blueprint.route("/settings/address/remove", methods=["POST"])
@access(SIGNED_IN, delicate=True)
def remove_address() -> Response:
    actor = current_actor()
    with transaction():
        actions.remove_address(actor, rules())
    flash(_("Your address is removed."))
    return to(url_for("accounts.address"))


@blueprint.route("/settings/codes", methods=["GET", "POST"])
@access(SIGNED_IN, delicate=True)
def codes() -> Response:
    """See how many recovery codes are left; make ten new ones, shown once."""
    actor = current_actor()
    form = Form()
    if form.accepted():
        with transaction():
            made = actions.reissue_codes(actor, rules())
        return page(
            "accounts/codes.html",
            codes=made,
            way_on=url_for("accounts.settings"),
            is_welcome=False,
        )
    return page("accounts/recovery.html", left=queries.unused_codes(actor))


@blueprint.route("/settings/sessions")
@access(SIGNED_IN)
def sessions() -> Response:
    given = rules()
    found = queries.sessions_of(
        current_actor(), idle_days=given.idle_days, absolute_days=given.absolute_days
    )
    return page("accounts/sessions.html", sessions=found, rules=given)


@blueprint.route("/settings/sessions/<id:session_id>/end", methods=["POST"])
@access(SIGNED_IN)
def end_session(session_id: int) -> Response:
    actor = current_actor()
    with transaction():
        actions.end_session(actor, session_id)
    if session_id == actor.session_id:
        return leave_browser(to("/"))
    flash(_("That session has ended."))
    return to(url_for("accounts.sessions"))


@blueprint.route("/settings/sessions/end-others", methods=["POST"])
@access(SIGNED_IN)
def end_other_sessions() -> Response:
    with transaction():
        actions.end_other_sessions(current_actor())
    flash(_("All other sessions have ended."))
    return to(url_for("accounts.sessions"))


@blueprint.route("/settings/sessions/end-all", methods=["POST"])
@access(SIGNED_IN)
def end_all_sessions() -> Response:
    """Sign out everywhere, here too."""
    with transaction():
        actions.end_sessions(member_id(current_actor()))
    return leave_browser(to("/"))


@blueprint.route("/settings/feeds", methods=["GET", "POST"])
@access(SIGNED_IN, delicate=True)
def feeds() -> Response:
    """Private addresses of feeds: make one, shown once, and see which there are."""
    actor = current_actor()
    form = FeedForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                token = actions.make_feed_token(actor, form.name.data)
            return page("accounts/feed_made.html", feeds=_private_feeds(actor, token))
    return page("accounts/feeds.html", form=form, feeds=queries.feed_tokens_of(actor))


def _private_feeds(actor: Actor, token: str) -> list[tuple[str, str]]:
    """Where a new token reads: everything, each space that only some may see, kept searches."""
    base_url = rules().base_url
    query = urlencode({"token": token})
    paths = [(_("Everything that you may read"), url_for("feeds.site"))]
    paths += [
        (space.name, url_for("feeds.space", slug=space.slug))
        for space in spaces.spaces_for(actor)
        if space.visibility is Visibility.MEMBERS
        or (space.visibility is Visibility.PRIVATE and space.member_role is not None)
    ]
    paths += [
        (
            _("Saved search: %(name)s", name=saved.name),
            url_for("feeds.saved_search", saved_id=saved.id),
        )
        for saved in search.saved_by(actor)
    ]
    return [(label, f"{base_url}{path}?{query}") for label, path in paths]


@blueprint.route("/settings/feeds/<id:feed_id>/revoke", methods=["POST"])
@access(SIGNED_IN)
def revoke_feed(feed_id: int) -> Response:
    with transaction():
        actions.revoke_feed_token(current_actor(), feed_id)
    flash(_("That address opens nothing any more."))
    return to(url_for("accounts.feeds"))


@blueprint.route("/settings/data", methods=["GET", "POST"])
@access(SIGNED_IN, delicate=True)
def data() -> Response:
    """Download everything that the forum keeps about oneself, as JSON."""
    form = Form()
    if not form.accepted():
        return page("accounts/data.html")
    actor = current_actor()
    with transaction():
        actions.note_download(actor)
    app = cast("LocalProxy[Flask]", current_app)._get_current_object()  # noqa: SLF001 - outlives us
    response = Response(_records(app, member_id(actor)), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _records(app: Flask, user_id: int) -> Iterator[str]:
    """One record a line, one domain at a time, after the request itself is over.

    Nothing is sent while the database is read: a slow line must not hold a transaction open.
    """
    yield f'{{"made_at": "{clock.now().isoformat()}", "records": [\n'
    before = ""
    for export in _EXPORTERS:
        with app.app_context():
            lines = [
                json.dumps({"kind": kind, **values}, ensure_ascii=False)
                for kind, values in export(user_id)
            ]
        for line in lines:
            yield before + line
            before = ",\n"
    yield "\n]}\n"


@blueprint.route("/settings/leave")
@access(SIGNED_IN)
def leave() -> Response:
    return page("accounts/leave.html")


@blueprint.route("/settings/deactivate", methods=["POST"])
@access(SIGNED_IN)
def deactivate() -> Response:
    with transaction():
        actions.deactivate(current_actor())
    return _goodbye(is_for_good=False)


@blueprint.route("/settings/delete", methods=["GET", "POST"])
@access(SIGNED_IN, delicate=True)
def delete() -> Response:
    """Delete the account; posts stay without a name, or go too."""
    actor = current_actor()
    others = queries.other_administrators(actor)
    verdict = policy.may_delete_account(actor, other_administrators=others)
    form = DeleteForm()
    if form.accepted():
        with refusals(form):
            verdict.enforce()
            check_own_password(actor, form.password.data)
            with transaction():
                stance_actions.forget_member(member_id(actor))
                stance_actions.forget_points(member_id(actor))
                thread_actions.take_agreements_back(actor)
                note_actions.forget_member(member_id(actor), takes_words=form.posts.data == REMOVE)
                if form.posts.data == REMOVE:
                    thread_actions.take_all_back(actor)
                proposal_actions.forget_member(
                    member_id(actor), takes_words=form.posts.data == REMOVE
                )
                draft_actions.forget_member(member_id(actor))
                badge_actions.forget_member(member_id(actor))
                space_actions.forget_member(member_id(actor))
                search_actions.forget_searches(actor)
                service_actions.forget_member(member_id(actor))
                summary_actions.forget_member(member_id(actor))
                brief_actions.forget_member(member_id(actor))
                moderation_actions.forget_member(member_id(actor))
                actions.delete_account(actor)
            return _goodbye(is_for_good=True)
    return page("accounts/delete.html", form=form, reason=verdict.reason)


def _goodbye(*, is_for_good: bool) -> Response:
    g.as_visitor = True  # the page is already somebody's who is not signed in
    return leave_browser(page("accounts/gone.html", is_for_good=is_for_good))
