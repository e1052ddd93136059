"""Limits of processor time that hold on a slow or busy machine too."""

import ast
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_USUAL = 0.02  # seconds that the work of `slowness` takes on a core that nobody else uses


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


def quickest(act: Callable[[], object], *, enough: float) -> float:
    """Seconds of processor time in the same measure, the least of three tries where need be."""
    least = float("inf")
    for _ in range(3):
        started = time.process_time()
        act()
        spent = time.process_time() - started
        least = min(least, spent if spent < enough else spent / slowness())
        if least < enough:
            break
    return least


def slowness() -> float:
    """How many times longer than usual this machine takes now; never below 1."""
    source = Path(ast.__file__).read_text(encoding="utf-8")
    started = time.process_time()
    ast.unparse(ast.parse(source))
    return max(1.0, (time.process_time() - started) / _USUAL)
