"""How broadly the tests go: every rule by default, every combination of cases with `-m slow`.

A test that is marked `wide` runs both ways. By default it goes through a share of its cases, which
is the same in every run and leaves out no rule, route, page or kind; with `-m slow` through all.
"""

import zlib
from collections.abc import Sequence
from typing import TypeVar

import pytest
from flask import Flask

Case = TypeVar("Case")

wide = pytest.mark.wide
_asked = {"for_all": False}


def pytest_configure(config: pytest.Config) -> None:
    _asked["for_all"] = config.getoption("markexpr") == "slow"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `-m slow` choose the wide tests, too."""
    if _asked["for_all"]:
        for item in items:
            if item.get_closest_marker("wide"):
                item.add_marker(pytest.mark.slow)


def is_full() -> bool:
    return _asked["for_all"]


def examples(count: int) -> int:
    """How many examples Hypothesis makes, of the number that is worth trying at all."""
    return count if is_full() else min(count, max(count // 3, 5))


def turns(name: str, cases: Sequence[Case], number: int = 1) -> Sequence[Case]:
    """The cases whose turn it is for what has this name: as many as `number`, or all of them."""
    if is_full():
        return cases
    first = zlib.crc32(name.encode()) % len(cases)
    return [cases[(first + step) % len(cases)] for step in range(min(number, len(cases)))]


def is_turn(app: Flask, name: str, number: int = 0) -> bool:
    """Whether a case is for this database: the two take turns, from number to number.

    For what is the same on both, in tests that meet every route on both in another way.
    """
    on_sqlite = str(app.config["DATABASE_URL"]).startswith("sqlite")
    return is_full() or ((zlib.crc32(name.encode()) + number) % 2 == 0) is on_sqlite
