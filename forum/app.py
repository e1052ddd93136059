"""The application factory: a list of named steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from forum import paths, settings
from forum.accounts.cli import user_commands
from forum.accounts.views import blueprint as accounts
from forum.audit.cli import audit_commands
from forum.audit.views import blueprint as audit
from forum.badges.actions import HANDLERS as BADGE_HANDLERS
from forum.badges.views import blueprint as badges
from forum.briefs.views import blueprint as briefs
from forum.context_notes.views import blueprint as context_notes
from forum.core.db import db, end_reading, engine_options, prepare_engine
from forum.drafts.actions import HANDLERS as DRAFT_HANDLERS
from forum.drafts.views import blueprint as drafts
from forum.feeds.views import blueprint as feeds
from forum.gaps.views import blueprint as gaps
from forum.imports.actions import HANDLERS as IMPORT_HANDLERS
from forum.imports.cli import import_command
from forum.imports.views import blueprint as imports
from forum.jobs.cli import jobs_commands, worker_command
from forum.jobs.views import blueprint as jobs
from forum.mail.actions import HANDLERS as MAIL_HANDLERS
from forum.mail.cli import mail_commands
from forum.moderation.actions import HANDLERS as MODERATION_HANDLERS
from forum.moderation.views import blueprint as moderation
from forum.notifications.views import blueprint as notifications
from forum.places.views import blueprint as places
from forum.posts.views import blueprint as posts
from forum.proposals.views import blueprint as proposals
from forum.safety.views import blueprint as safety
from forum.search.cli import search_commands
from forum.search.views import blueprint as search
from forum.services.actions import HANDLERS as SERVICE_HANDLERS
from forum.services.cli import service_commands
from forum.services.views import blueprint as services
from forum.setup import load_models
from forum.spaces.cli import space_commands
from forum.spaces.views import blueprint as spaces
from forum.stances.actions import handlers as stance_handlers
from forum.stances.views import blueprint as stances
from forum.styleguide.views import blueprint as styleguide
from forum.summaries.views import blueprint as summaries
from forum.tags.views import blueprint as tags
from forum.threads.views import blueprint as threads
from forum.web import (
    access,
    assets,
    cache,
    converters,
    errors,
    headers,
    language,
    limits,
    login,
    pace,
    templating,
)

BLUEPRINTS = (
    *(threads, posts, drafts, spaces, tags, search, feeds, accounts, notifications, imports),
    badges,
    briefs,
    context_notes,
    gaps,
    places,
    proposals,
    services,
    stances,
    summaries,
    *(moderation, safety, audit, jobs, assets.blueprint, styleguide),
)
JOB_HANDLERS = {
    **BADGE_HANDLERS,
    **DRAFT_HANDLERS,
    **IMPORT_HANDLERS,
    **MAIL_HANDLERS,
    **MODERATION_HANDLERS,
    **SERVICE_HANDLERS,
}
COMMANDS = (
    audit_commands,
    user_commands,
    space_commands,
    import_command,
    worker_command,
    jobs_commands,
    mail_commands,
    search_commands,
    service_commands,
)


@dataclass(frozen=True, slots=True)
class Site:
    """What every page knows about the site."""

    name: str
    base_url: str  # without a slash at its end
    leave_url: str
    registration: str
    sends_mail: bool


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from config.py, FORUM_* and `overrides`; raises SettingsError."""
    values = settings.load(overrides=overrides)
    app = Flask(
        "forum",
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
        static_url_path="/static",
        instance_path=values.INSTANCE_PATH,
    )
    for step in (
        _configure,
        _connect_database,
        _add_plumbing,
        _add_blueprints,
        _add_job_handlers,
        _add_commands,
        _trust_proxies,
    ):
        step(app, values)
    return app


def _configure(app: Flask, values: SimpleNamespace) -> None:
    app.config.update(vars(values))
    app.config.update(
        SECRET_KEY=settings.secret_key(values),
        SECRET_KEY_FALLBACKS=values.SECRET_KEY_FALLBACKS.split(),
        TRUSTED_HOSTS=values.TRUSTED_HOSTS.split(),
        SESSION_COOKIE_NAME="__Host-session" if values.SECURE_COOKIES else "session",
        SESSION_COOKIE_SECURE=values.SECURE_COOKIES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=values.SESSION_ABSOLUTE_DAYS * 24 * 3600,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a slow writer is no attacker
        WTF_CSRF_SSL_STRICT=False,  # SameSite, tokens and the host list stand for the referrer
        TEMPLATES_AUTO_RELOAD=False,
        GRACE=timedelta(minutes=values.GRACE_MINUTES),
    )
    app.extensions["site"] = Site(
        name=values.SITE_NAME,
        base_url=values.BASE_URL.rstrip("/"),
        leave_url=values.LEAVE_URL,
        registration=values.REGISTRATION,
        sends_mail=bool(values.SMTP_HOST),
    )


def _trust_proxies(app: Flask, values: SimpleNamespace) -> None:
    """Last, so that everything else sees the address that the outermost proxy was asked for."""
    if values.PROXY_HOPS:
        hops = values.PROXY_HOPS
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _connect_database(app: Flask, values: SimpleNamespace) -> None:
    if values.DATABASE_URL.startswith("sqlite:///"):
        Path(values.DATABASE_URL.removeprefix("sqlite:///")).parent.mkdir(
            parents=True, exist_ok=True
        )
    app.config["SQLALCHEMY_DATABASE_URI"] = values.DATABASE_URL
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(
        values.DATABASE_URL, pool_size=values.POOL_SIZE
    )
    load_models()  # a foreign key names a table of any domain
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    app.teardown_request(_end_reading)
    Migrate(app, db, directory=str(paths.MIGRATIONS), render_as_batch=True)


def _end_reading(error: BaseException | None) -> None:
    if error is None and db.session.registry.has():
        end_reading()


def _add_plumbing(app: Flask, _values: SimpleNamespace) -> None:
    templating.init_app(app)  # first: it says what the others add their names to
    language.init_app(app)
    converters.init_app(app)
    login.init_app(app)
    limits.init_app(app)
    pace.init_app(app)
    access.init_app(app)
    CSRFProtect(app)
    headers.init_app(app)
    errors.init_app(app)
    cache.init_app(app)


def _add_blueprints(app: Flask, _values: SimpleNamespace) -> None:
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _add_job_handlers(app: Flask, _values: SimpleNamespace) -> None:
    secrets = (app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"])
    app.extensions["job_handlers"] = {**JOB_HANDLERS, **stance_handlers(secrets)}


def _add_commands(app: Flask, _values: SimpleNamespace) -> None:
    for group in COMMANDS:
        app.cli.add_command(group)
