"""Reads config.py and FORUM_* from the environment; refuses what is unknown, wrong or weak."""

import difflib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from forum import paths

PREFIX = "FORUM_"
_TEST_PREFIX = "FORUM_TEST_"  # read by the test suite alone
_SHORTEST_KEY = 32
_WEAKEST_KEY_VARIETY = 10  # different characters
_CHOICES = {
    "ENV": ("development", "production"),
    "REGISTRATION": ("open", "invite", "closed"),
}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class SettingsError(Exception):
    """A setting that stops the start; the message names it and says what to do."""


def defaults() -> dict[str, Any]:
    """Upper-case names of config.py with their default values."""
    namespace: dict[str, Any] = {}
    code = compile(paths.CONFIG.read_text(encoding="utf-8"), str(paths.CONFIG), "exec")
    exec(code, namespace)  # noqa: S102 - our own file, loaded by path so that no module named config is installed
    return {name: value for name, value in namespace.items() if name.isupper()}


def load(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, Any] | None = None
) -> SimpleNamespace:
    """All settings as attributes; raises SettingsError."""
    known = defaults()
    values = dict(known)
    for name, text in (os.environ if environ is None else environ).items():
        if not name.startswith(PREFIX) or name.startswith(_TEST_PREFIX):
            continue
        key = name.removeprefix(PREFIX)
        if key not in known:
            raise SettingsError(_unknown(name, known))
        values[key] = _typed(name, text, known[key])
    for key, value in (overrides or {}).items():
        if key not in known:
            raise SettingsError(_unknown(PREFIX + key, known))
        values[key] = value
    settings = SimpleNamespace(**values)
    _check(settings)
    return settings


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, [PREFIX + key for key in known], n=1, cutoff=0)
    return f"{name} is not a setting. Did you mean {near[0]}? All settings are in config.py."


def _typed(name: str, text: str, default: object) -> object:
    if isinstance(default, bool):
        if text.strip().lower() in _TRUE:
            return True
        if text.strip().lower() in _FALSE:
            return False
        raise SettingsError(f"{name} must be true or false, not {text!r}.")
    if isinstance(default, int):
        try:
            number = int(text)
        except ValueError:
            raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
        if number < 0:
            raise SettingsError(f"{name} cannot be below zero.")
        return number
    return text


def _check(settings: SimpleNamespace) -> None:
    for name, allowed in _CHOICES.items():
        value = getattr(settings, name)
        if value not in allowed:
            raise SettingsError(
                f"{PREFIX}{name} must be one of {', '.join(allowed)}, not {value!r}."
            )
    settings.INSTANCE_PATH = str(_absolute(settings.INSTANCE_PATH))
    if not settings.DATABASE_URL:
        file = Path(settings.INSTANCE_PATH) / "forum.sqlite3"
        settings.DATABASE_URL = f"sqlite:///{file}"
    if not settings.DATABASE_URL.startswith(("sqlite://", "postgresql+psycopg://")):
        raise SettingsError(
            "FORUM_DATABASE_URL must start with sqlite:/// or postgresql+psycopg://."
        )
    if settings.ENV == "production":
        settings.SECURE_COOKIES = True
        if settings.DEBUG:
            raise SettingsError("FORUM_DEBUG cannot be on in production.")
    if settings.SECRET_KEY or settings.ENV == "production":
        _check_key(settings.SECRET_KEY)
    if settings.EMAIL_REQUIRED and not settings.SMTP_HOST:
        raise SettingsError(
            "FORUM_EMAIL_REQUIRED needs FORUM_SMTP_HOST: addresses are confirmed by mail."
        )


def _absolute(folder: str) -> Path:
    path = Path(folder).expanduser()
    return path if path.is_absolute() else Path.cwd() / path


def _check_key(key: str) -> None:
    if len(key) < _SHORTEST_KEY or len(set(key)) < _WEAKEST_KEY_VARIETY:
        raise SettingsError(
            "FORUM_SECRET_KEY is missing or weak: give at least 32 random characters,"
            " for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )


def secret_key(settings: SimpleNamespace) -> str:
    """The configured key, or the one kept in the instance folder, made there once (mode 0600)."""
    if settings.SECRET_KEY:
        return str(settings.SECRET_KEY)
    file = Path(settings.INSTANCE_PATH) / "secret-key"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_text(encoding="ascii").strip()
        _check_key(key)
        return key
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        key = secrets.token_urlsafe(48)
        opened.write(key)
    return key
