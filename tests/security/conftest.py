"""What the tests of security share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask

from forum.accounts.models import UserSession
from forum.core.db import db
from tests.security import scene as scenes
from tests.support.rollback import rolled_back

READERS = (
    "visitor",
    "member",
    "author",
    "facilitator",
    "administrator",
    "outsider",
)


class Stage:
    """The scene, which takes a while to build: it stays for test after test that plays on it."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        self._kept = ExitStack()
        self._again: Callable[[], scenes.Scene] | None = None

    def scene(self) -> scenes.Scene:
        """The scene, with rows of the running test's own session."""
        assert self._again is not None
        return self._again()

    @contextmanager
    def played_on(self) -> Iterator[None]:
        """Put the scene back afterwards."""
        if self._again is None:
            self._kept.enter_context(rolled_back(self.site))
            self._again = scenes.build(self.site).again()
            db.session.remove()
        with self.site.app_context():
            savepoint = db.engines[None].begin_nested()
            self.site.extensions["page_cache"].clear()
            try:
                yield
            finally:
                db.session.remove()
                savepoint.rollback()

    def clear(self) -> None:
        self._kept.close()
        self._again = None


@pytest.fixture(scope="module")
def stage(site: Flask) -> Iterator[Stage]:
    found = Stage(site)
    yield found
    found.clear()


@pytest.fixture
def app(request: pytest.FixtureRequest, site: Flask, stage: Stage) -> Iterator[Flask]:
    """The application, on the stage for tests of the scene and with an empty forum for others."""
    if "scene" not in request.fixturenames:
        stage.clear()
    with stage.played_on() if "scene" in request.fixturenames else rolled_back(site):
        yield site


@pytest.fixture
def scene(app: Flask, stage: Stage) -> scenes.Scene:
    """A forum with something of everything and people of every kind."""
    return stage.scene()


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
