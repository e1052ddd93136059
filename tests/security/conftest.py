"""What the tests of security share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from forum.accounts.models import UserSession
from forum.core.db import db
from tests.security import scene as scenes
from tests.support.rollback import Stage, rolled_back

READERS = (
    "visitor",
    "member",
    "author",
    "facilitator",
    "administrator",
    "outsider",
)
Again = Callable[[], scenes.Scene]


@pytest.fixture(scope="module")
def stage(site: Flask) -> Iterator[Stage[Again]]:
    """The scene, of which each test takes the rows in its own session."""
    found = Stage(site, lambda: scenes.build(site).again())
    yield found
    found.clear()


@pytest.fixture
def app(request: pytest.FixtureRequest, site: Flask, stage: Stage[Again]) -> Iterator[Flask]:
    """The application, on the stage for tests of the scene and with an empty forum for others."""
    if "scene" not in request.fixturenames:
        stage.clear()
    with stage.played_on() if "scene" in request.fixturenames else rolled_back(site):
        yield site


@pytest.fixture
def scene(app: Flask, stage: Stage[Again]) -> scenes.Scene:
    """A forum with something of everything and people of every kind."""
    return stage.built()


@dataclass(frozen=True)
class Crawl:
    """Every page as each person sees it, and the database before and after."""

    seen: dict[str, list[scenes.Seen]]
    changed: dict[str, set[str]]
    digests: list[str]
    own: dict[str, set[tuple[str, str]]]  # where somebody reads their own words that are gone


@pytest.fixture(scope="module")
def crawl(site: Flask) -> Crawl:
    """One crawl for all tests of a module that only look at what came of it."""
    with rolled_back(site):
        return _crawl(scenes.build(site))


def _crawl(scene: scenes.Scene) -> Crawl:
    seen: dict[str, list[scenes.Seen]] = {}
    changed: dict[str, set[str]] = {}
    for name in READERS:
        scene.person(name)
        before = scenes.dump()
        seen[name] = scene.crawl(name)
        after = scenes.dump()
        changed[name] = {table for table in before if before[table] != after[table]}
    return Crawl(
        seen,
        changed,
        digests=[digest for (digest,) in db.session.query(UserSession.token_hash)],
        own={
            "member": {(f"/t/{scene.thread.id}/c/2/take-back", "removed")},
            "author": {(f"/t/{scene.deleted.id}/c/0/take-back", "deleted")},
        },
    )
