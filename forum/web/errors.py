"""Every refusal and failure becomes a page here, once: plain words, and what was typed."""

from urllib.parse import quote

from flask import (
    Flask,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from forum.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooMany
from forum.core.i18n import _, lazy
from forum.web import language, resume
from forum.web.access import FreshSignInNeeded, SignInNeeded
from forum.web.forms import UNSAFE

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Invalid, 422),
    (TooMany, 429),
)
_PAGES = frozenset({400, 403, 404, 409, 413, 422, 429})
_WORDS = {
    400: lazy("The request could not be read."),
    403: lazy("This is not yours to do."),
    404: lazy("There is no page here, or it is not open to you."),
    405: lazy("That cannot be done here."),
    413: lazy("That is too large to take."),
}
_RETRY_SECONDS = 5


def init_app(app: Flask) -> None:
    app.register_error_handler(SignInNeeded, _sign_in_needed)
    app.register_error_handler(FreshSignInNeeded, _fresh_sign_in_needed)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(Exception, _failed)


def error_page(
    status: int, message: str, *, template: str | None = None, again: resume.Resume | None = None
) -> Response:
    """An error page that gives back what the request carried; a script is told in JSON.

    A page has forms, and so begins a session where there is none. A script's answer must not: it
    may come after that of a page, whose form could then not be sent.
    """
    if _is_for_a_script():
        return make_response(jsonify(message=message), status)
    again = again or _again()
    name = template or f"errors/{status if status in _PAGES else 400}.html"
    html = render_template(name, message=message, kept=again.texts if again else (), resume=again)
    return Response(html, status, mimetype="text/html")


def _is_for_a_script() -> bool:
    """Whether the request would rather have JSON than a page, as those of static/js say."""
    offered = ["text/html", "application/json"]
    return request.accept_mimetypes.best_match(offered) == "application/json"


def _again() -> resume.Resume | None:
    if request.method not in UNSAFE:
        return None
    try:
        return resume.of_request()
    except HTTPException:  # the body itself cannot be read: too large, or broken
        return None


def _sign_in_needed(_error: SignInNeeded) -> Response:
    if request.method in UNSAFE or _is_for_a_script():
        return error_page(
            401, _("Your session has ended."), template="errors/signed_out.html", again=_again()
        )
    return _to(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='')}")


def _fresh_sign_in_needed(_error: FreshSignInNeeded) -> Response:
    target = request.full_path.rstrip("?") if request.method not in UNSAFE else "/settings"
    return _to(f"/confirm?next={quote(target, safe='')}")


def _form_expired(_error: CSRFError) -> Response:
    """A form without a good token: nothing is done, and a person can send it again by hand."""
    message = _("This form was open for too long, so nothing was sent.")
    return error_page(400, message, template="errors/form_expired.html", again=_again())


def _refused(error: DomainError) -> Response:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    response = error_page(status, error.message)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004
        return error.get_response()  # a redirect
    if error.code >= 500:  # noqa: PLR2004 - server errors
        return _failed(error)
    message = _WORDS.get(error.code) or _("The request could not be taken.")
    status = 404 if error.code == 404 else error.code  # noqa: PLR2004
    response = error_page(status, message)
    if error.code == 405:  # noqa: PLR2004
        allowed = error.get_response().headers.get("Allow")
        if allowed:
            response.headers["Allow"] = allowed
    return response


def _unavailable(error: Exception) -> Response:
    """The database does not answer in time: say so, keep the text, ask to try again."""
    current_app.logger.error("database unavailable: %s", type(error).__name__)
    response = _bare("errors/503.html", 503)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _failed(error: Exception) -> Response:
    current_app.logger.error("unhandled error", exc_info=error)
    return _bare("errors/500.html", 500)


def _bare(template: str, status: int) -> Response:
    """A page that asks neither the database nor who is signed in."""
    again = _again()
    language.keep_to(language.of_browser())
    html = current_app.jinja_env.get_or_select_template(template).render(
        message="", kept=again.texts if again else (), resume=again
    )
    return Response(html, status, mimetype="text/html")


def _to(path: str) -> Response:
    response = redirect(path, 303)
    response.headers["Cache-Control"] = "no-store"
    return response
