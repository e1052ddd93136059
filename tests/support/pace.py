"""Limits of processor time that hold on a slow or busy machine too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

_ROUNDS = 60_000
_USUAL = 0.03  # seconds that the work below takes on a core that nobody else uses


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail when the block takes more processor time than this.

    A core that is shared, or slower, takes longer for everything. So what is above the limit is
    measured against work of a known size, done at once afterwards; twice as slow, twice the limit.
    """
    started = time.process_time()
    yield
    spent = time.process_time() - started
    if spent >= seconds:
        spent /= slowness()
    assert spent < seconds, f"{spent:.2f} s of processor time"


def slowness() -> float:
    """How many times longer than usual this machine takes now; never below 1."""
    started = time.process_time()
    words: dict[int, str] = {}
    for number in range(_ROUNDS):
        words[number % 1000] = f"{number} {words.get(number % 999, '')[:9]}"
    return max(1.0, (time.process_time() - started) / _USUAL)
