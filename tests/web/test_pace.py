"""How often somebody may ask, counted in memory."""

import pytest

from forum.core.errors import TooMany
from forum.web import pace
from forum.web.pace import WINDOW, Pace


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test sets."""
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    return now


def test_one_too_many_in_a_minute_waits_for_its_end(clock):
    counted = Pace()
    counted.count("ana", most=2)
    counted.count("ana", most=2)
    clock[0] += 20

    with pytest.raises(TooMany) as refused:
        counted.count("ana", most=2)

    assert refused.value.retry_after == WINDOW - 20
    counted.count("ben", most=2)
    clock[0] += WINDOW - 20
    counted.count("ana", most=2)


def test_no_more_than_so_many_are_remembered(clock, monkeypatch):
    monkeypatch.setattr(pace, "_MOST_KEPT", 2)
    counted = Pace()
    for name in ("ana", "ben", "eve"):
        counted.count(name, most=1)

    counted.count("ana", most=1)
    with pytest.raises(TooMany):
        counted.count("eve", most=1)
