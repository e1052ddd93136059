"""Pages for coming in and going out: registering, signing in, new passwords, signing out."""

from flask import current_app, flash, request, url_for
from werkzeug.wrappers import Response

from forum.accounts import actions, names, passwords, queries, tokens
from forum.accounts.forms import (
    CodeResetForm,
    ConfirmForm,
    NewPasswordForm,
    RegisterForm,
    ResetForm,
    SignInForm,
)
from forum.accounts.queries import CONFIRM, RESET
from forum.accounts.views.blueprint import (
    blueprint,
    check_own_password,
    device,
    network,
    rules,
    start_browser_session,
    to,
)
from forum.core import i18n
from forum.core.actor import Actor
from forum.core.db import transaction
from forum.core.errors import Forbidden, Invalid
from forum.core.i18n import _
from forum.core.moments import moment
from forum.spaces import actions as spaces
from forum.web import login, resume
from forum.web.access import PUBLIC, SIGNED_IN, access
from forum.web.forms import UNSAFE, Form, refusals
from forum.web.login import current_actor
from forum.web.templating import page

# "cookies" drops the session even where our own Set-Cookie is lost, "storage" drops drafts.
# "cache" is left out: private pages are never stored, and clearing it takes browsers seconds.
_CLEAR = '"cookies", "storage"'
_APPEAL = "moderation.appeal_suspended"
_LONGEST_SHORT_VALUE = 40  # of a kept field that is shown again only if it is longer


@blueprint.route("/register", methods=["GET", "POST"])
@access(PUBLIC)
def register() -> Response:
    """Make an account; without a mail address, its recovery codes are shown once."""
    if current_actor().is_signed_in:
        return to("/")
    given = rules()
    form = RegisterForm(code=request.args.get("code"), next=request.args.get("next"))
    if form.accepted():
        with refusals(form):
            draft = actions.check_registration(given, form.to_draft())
            known = (draft.username, draft.display_name, draft.email, given.site_name)
            passwords.check(form.password.data, known)
            with transaction():
                actions.count_registration(given, network())
            password_hash = passwords.hash_password(form.password.data)
            with transaction():
                made = actions.register(given, draft, password_hash, vouch=_join_with)
                token = actions.begin_session(made.user_id, device())
            start_browser_session(token)
            target = resume.local_path(form.next.data)
            if made.codes:
                return page("accounts/codes.html", codes=made.codes, way_on=target, is_welcome=True)
            flash(_("Welcome. A link is on its way to your address; please follow it soon."))
            return to(target)
    has_code = given.registration == "invite" or bool(form.code.data)
    return page("accounts/register.html", form=form, rules=given, has_code=has_code)


def _join_with(actor: Actor, code: str) -> None:
    """Let a space's join code in where the code is no site invitation."""
    try:
        spaces.redeem_code(actor, code)
    except Invalid:
        raise actions.refuse_code() from None


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> Response:
    """Sign in; what an ended session kept from being sent is given back afterwards."""
    form = SignInForm(next=request.args.get("next"))
    target = resume.local_path(form.next.data)
    again = resume.carried() if request.method in UNSAFE else None
    if current_actor().is_signed_in and again is None:
        return to(target)
    if form.accepted():
        with refusals(form):
            try:
                _sign_in(form.username.data, form.password.data)
            except actions.Suspended as refusal:
                return _suspended(refusal)
            return to(target) if again is None else _give_back(again)
    return page("accounts/sign_in.html", form=form, resume=again, rules=rules())


def _sign_in(identifier: str, password: str) -> None:
    given = rules()
    with transaction():
        counted = actions.count_sign_in(given, names.key(identifier), network())
    found = queries.find_credentials(identifier)
    is_right = passwords.verify(found.password_hash if found else None, password)
    if found is None or found.password_hash is None or not is_right:
        with transaction():
            refusal = actions.refuse_sign_in(found)
        raise refusal
    is_outdated = passwords.needs_rehash(found.password_hash)
    rehashed = passwords.hash_password(password) if is_outdated else None
    try:
        with transaction():
            token = actions.sign_in(
                given, found, device=device(), counted=counted, rehashed=rehashed
            )
    except actions.Suspended:
        with transaction():
            actions.take_back(counted)  # the password was right
        raise
    start_browser_session(token)


def _suspended(refusal: actions.Suspended) -> Response:
    """Why somebody cannot sign in and until when, and the way to appeal where there is one."""
    sanction = refusal.sanction
    ends_at = sanction.ends_at if sanction else None
    return page(
        "accounts/suspended.html",
        status=403,
        message=refusal.message,
        reason=sanction.reason if sanction else "",
        until=moment(ends_at, refusal.timezone, i18n.language()) if ends_at else "",
        is_for_good=sanction is not None and ends_at is None,
        appeal_path=url_for(_APPEAL) if sanction and _APPEAL in current_app.view_functions else "",
        token=tokens.suspension_token(rules().secret, sanction.id) if sanction else "",
    )


def _give_back(again: resume.Resume) -> Response:
    shown = tuple(
        (name, value)
        for name, value in again.texts
        if len(value) > _LONGEST_SHORT_VALUE or any(character.isspace() for character in value)
    )
    hidden = tuple(pair for pair in again.fields if pair not in shown)
    return page("accounts/resumed.html", action=again.action, shown=shown, hidden=hidden)


@blueprint.route("/sign-out", methods=["POST"])
@access(PUBLIC)
def sign_out() -> Response:
    """End this session, here and in the database; signing out twice is no error."""
    actor = current_actor()
    if actor.session_id is not None:
        with transaction():
            actions.end_session(actor, actor.session_id)
    return leave_browser(to("/"))


def leave_browser(response: Response) -> Response:
    """Leave nothing of a member's session in their browser."""
    login.sign_out()
    response.headers["Clear-Site-Data"] = _CLEAR
    return response


@blueprint.route("/still-here", methods=["POST"])
@access(SIGNED_IN)
def still_here() -> Response:
    """Keep a session from going idle while its member only reads; noted by `note_use`."""
    return Response(status=204)


@blueprint.route("/confirm", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirm() -> Response:
    """Ask for the password again before something delicate."""
    actor = current_actor()
    form = ConfirmForm(next=request.args.get("next"))
    if form.accepted():
        with refusals(form):
            _checked, counted = check_own_password(actor, form.password.data)
            with transaction():
                actions.take_back(counted)
                token = actions.renew_session(actor)
            start_browser_session(token)
            return to(resume.local_path(form.next.data, default="/settings"))
    return page("accounts/confirm.html", form=form)


@blueprint.route("/reset", methods=["GET", "POST"])
@access(PUBLIC)
def reset() -> Response:
    """Ask for a link to set a new password; the answer is the same for every name."""
    given = rules()
    form = ResetForm()
    if form.accepted():
        with refusals(form):
            if not given.sends_mail:
                raise Forbidden(_("This site sends no mail. Please use a recovery code."))
            with transaction():
                actions.count_reset(given, names.key(form.username.data), network())
            passwords.spend_time()  # beside it, looking up and writing a link takes no time
            account = queries.find_account_called(form.username.data)
            with transaction():
                actions.mail_reset_link(given, account)
            return page("accounts/reset_sent.html", minutes=given.reset_minutes)
    return page("accounts/reset.html", form=form, rules=given)


@blueprint.route("/reset/code", methods=["GET", "POST"])
@access(PUBLIC)
def reset_with_code() -> Response:
    """Set a new password with a recovery code."""
    given = rules()
    form = CodeResetForm()
    if form.accepted():
        with refusals(form):
            with transaction():
                counted = actions.count_sign_in(given, names.key(form.username.data), network())
            code = queries.find_code(form.username.data, form.recovery_code.data)
            if code is None:
                raise Invalid(_("This name and this code do not belong together."), "recovery_code")
            password_hash = passwords.protect(
                form.password.data, (*code.account.known_words, given.site_name)
            )
            with transaction():
                actions.take_back(counted)
                actions.reset_with_code(given, code, password_hash)
            return _after_reset()
    return page("accounts/reset_with_code.html", form=form)


@blueprint.route("/reset/<name:token>", methods=["GET", "POST"])
@access(PUBLIC)
def reset_with_link(token: str) -> Response:
    """Set a new password with a link."""
    given = rules()
    link = queries.find_link(RESET, token)
    if link is None:
        return _without_referrer(page("accounts/link_over.html", status=404))
    form = NewPasswordForm()
    if form.accepted():
        with refusals(form):
            password_hash = passwords.protect(
                form.password.data, (*link.account.known_words, given.site_name)
            )
            with transaction():
                actions.reset_with_link(given, link, password_hash)
            return _without_referrer(_after_reset())
    return _without_referrer(page("accounts/reset_with_link.html", form=form, account=link.account))


def _after_reset() -> Response:
    login.sign_out()
    flash(_("Your new password is set. You can sign in with it now."))
    return to(url_for("accounts.sign_in"))


@blueprint.route("/confirm-address/<name:token>", methods=["GET", "POST"])
@access(PUBLIC)
def confirm_address(token: str) -> Response:
    """Confirm an address by pressing a button, as mail programs follow links by themselves."""
    link = queries.find_link(CONFIRM, token)
    if link is None:
        return _without_referrer(page("accounts/link_over.html", status=404))
    form = Form()
    if form.accepted():
        with refusals(form):
            with transaction():
                actions.confirm_address(link)
            flash(_("Your address is confirmed."))
            return _without_referrer(to(url_for("threads.home")))
    return _without_referrer(
        page("accounts/confirm_address.html", form=form, email=link.account.email)
    )


def _without_referrer(response: Response) -> Response:
    """The address of this page is a secret: no other page may learn it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
