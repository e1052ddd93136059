"""Which worker runs which tests: the long ones first, those with a browser kept together."""

import gc
from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Each of these folders goes to one worker as a whole, which starts Chromium and its servers once.
_TOGETHER = ("tests/browser", "tests/journeys")
# What waits for processes of its own or takes long, longest first; the short modules that follow
# even out when the workers end.
_FIRST = (*_TOGETHER, "tests/faults", "tests/ops", "tests/security", "tests/web", "tests/threads")


class Sharing(LoadScopeScheduling):
    """One module after another to whoever is free; some folders as if they were one module."""

    def _split_scope(self, nodeid: str) -> str:
        module, folder = _place(nodeid)
        return folder if folder in _TOGETHER else module


def _place(nodeid: str) -> tuple[str, str]:
    """The module and the folder of a test."""
    module = nodeid.partition("::")[0]
    return module, str(PurePosixPath(module).parent)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    return Sharing(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the random order within each rank."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    _, folder = _place(item.nodeid)
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)


def pytest_collection_finish() -> None:
    """Leave what stays to the end out of each search for garbage: with it, one takes 0.3 s."""
    gc.collect()
    gc.freeze()
