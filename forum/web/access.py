"""Who reaches a route at all: every endpoint declares it, and an undeclared one is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from forum.core import clock
from forum.core.errors import DomainError, NotFound
from forum.web.login import current_actor

P = ParamSpec("P")
R = TypeVar("R")

FRESH_FOR = timedelta(minutes=30)  # how long a sign-in counts as recent for delicate routes


class Level(IntEnum):
    PUBLIC = 0
    SIGNED_IN = 1
    MODERATOR = 2
    ADMINISTRATOR = 3


PUBLIC = Level.PUBLIC
SIGNED_IN = Level.SIGNED_IN
MODERATOR = Level.MODERATOR
ADMINISTRATOR = Level.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of its visitor; `is_delicate` asks for a recent sign-in as well."""

    level: Level
    is_delicate: bool = False


class SignInNeeded(DomainError):
    """Nobody is signed in, and this route needs somebody."""


class FreshSignInNeeded(DomainError):
    """Signed in long ago, and this route asks for the password again."""


def access(level: Level, *, delicate: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who reaches a view."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.access = Access(level, delicate)  # type: ignore[attr-defined]
        return view

    return declare


def declared(app: Flask, endpoint: str) -> Access | None:
    """The access of an endpoint; None when nobody declared one."""
    if endpoint == "static":
        return Access(PUBLIC)
    found: Access | None = getattr(app.view_functions.get(endpoint), "access", None)
    return found


def guard() -> Response | None:
    """Refuse a request whose route asks for more than the actor has."""
    if request.endpoint is None:
        return None  # no such route: the 404 follows
    needed = declared(current_app, request.endpoint)
    if needed is None:
        raise NotFound
    if needed.level is PUBLIC:
        return None
    actor = current_actor()
    if not actor.is_signed_in:
        raise SignInNeeded
    if needed.level >= MODERATOR and not actor.is_moderator:
        raise NotFound
    if needed.level is ADMINISTRATOR and not actor.is_administrator:
        raise NotFound
    if needed.is_delicate and not is_fresh():
        raise FreshSignInNeeded
    return None


def is_fresh() -> bool:
    at = current_actor().authenticated_at
    return at is not None and clock.now() - at < FRESH_FOR


def init_app(app: Flask) -> None:
    app.before_request(guard)
