"""Headers of every response: content security policy, caching, and what browsers may do."""

from flask import Flask, Response, current_app, request

from forum.web import language

CSP = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "img-src 'self' data:; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "object-src 'none'; "
    "frame-ancestors 'none'"
)
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Content-Security-Policy", CSP),
)
_HSTS = "max-age=31536000; includeSubDomains"
_YEAR = "public, max-age=31536000, immutable"


def add_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in _ALWAYS:
        headers.setdefault(name, value)  # a page may say less about itself, never more
    if response.mimetype == "text/html":
        headers.setdefault("Vary", language.HEADER)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = _HSTS
    if request.endpoint == "static":
        if "v" in request.args:  # the address carries the content's hash
            headers["Cache-Control"] = _YEAR
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    app.after_request(add_headers)
