"""What a machine may lack: tests that need it skip with one line, or fail where it is required."""

import os
import shutil
from typing import NoReturn

import pytest

from forum.briefs.formats.pdf import can_make_pdf

# The first is the same browser without windows, which takes a third less of processor time.
_CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def missing(what: str, sentence: str) -> NoReturn:
    """Skip, or fail when FORUM_TEST_REQUIRE names `what` (a list such as "browser,postgres")."""
    required = os.environ.get("FORUM_TEST_REQUIRE", "").replace(",", " ").split()
    if what in required:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def pdf() -> None:
    """Where WeasyPrint draws PDFs; skips or fails elsewhere."""
    if not can_make_pdf():
        missing("pdf", "No PDF on this machine: apt-get install libpangoft2-1.0-0")


def chromium() -> str:
    """The path of Chromium on this machine; skips or fails without it."""
    found = os.environ.get("FORUM_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, _CHROMIUM)), None
    )
    return found or missing("browser", "No Chromium on this machine: apt-get install chromium")
