"""Whatever is written inside is rolled back, whether it is committed or not."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from forum.core.db import db
from tests.support.shared import shared


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
