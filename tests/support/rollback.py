"""Whatever is written inside is rolled back, whether it is committed or not."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Generic, TypeVar

from flask import Flask

from forum.core.db import db
from tests.support.shared import shared

Built = TypeVar("Built")


@contextmanager
def rolled_back(site: Flask) -> Iterator[None]:
    """One outer transaction, in which every commit is but a savepoint."""
    with site.app_context():
        engines = db.engines
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = shared(connection)
        site.extensions["page_cache"].clear()
        try:
            yield
        finally:
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine
            site.extensions["page_cache"].clear()


class Stage(Generic[Built]):
    """What takes a while to build: it stays for test after test that plays on it."""

    def __init__(self, site: Flask, build: Callable[[], Built]) -> None:
        self._site = site
        self._build = build
        self._kept = ExitStack()
        self._is_built = False

    @property
    def built(self) -> Built:
        """What building gave, on a stage that is played on."""
        return self._built

    @contextmanager
    def played_on(self) -> Iterator[None]:
        """Put everything back afterwards, so that the next test finds what was built."""
        if not self._is_built:
            self._kept.enter_context(rolled_back(self._site))
            self._built = self._build()
            self._is_built = True
            db.session.remove()
        with self._site.app_context():
            savepoint = db.engines[None].begin_nested()
            self._site.extensions["page_cache"].clear()
            try:
                yield
            finally:
                db.session.remove()
                savepoint.rollback()

    def clear(self) -> None:
        """Take it down: the next test starts from an empty forum."""
        self._kept.close()
        self._is_built = False
