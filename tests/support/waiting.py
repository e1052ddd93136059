"""Waits for what happens in another process."""

import time
from collections.abc import Callable

_PATIENCE = 15  # seconds


def wait_until(true: Callable[[], bool]) -> None:
    """Return as soon as it is true; fail when it does not become so."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
