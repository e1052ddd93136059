from pathlib import Path

import pytest

from tests import factories

DATA = Path(__file__).parent / "data"


@pytest.fixture
def space(app):
    return factories.space("evening-course")


@pytest.fixture
def blogger() -> bytes:
    return (DATA / "riverside.blogger.xml").read_bytes()


@pytest.fixture
def wordpress() -> bytes:
    return (DATA / "hillside.wordpress.xml").read_bytes()
