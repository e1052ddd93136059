"""What is written into the log can be read by people who know no code."""

import ast

from forum import paths
from forum.audit.words import VERBS, told
from tests import factories
from tests.support.pages import Browser


def _recorded() -> set[str]:
    """Every verb that code hands to `record`."""
    found: set[str] = set()
    for file in (paths.ROOT / "forum").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record":
                found |= {
                    part.value
                    for part in ast.walk(call.args[1])
                    if isinstance(part, ast.Constant) and "." in str(part.value)
                }
    return found


def test_every_verb_that_is_recorded_has_words():
    recorded = _recorded()

    assert len(recorded) > 30
    assert recorded - set(VERBS) == set()


def test_a_verb_without_words_is_shown_as_it_is():
    assert told("case.decided") == "case.decided"


def test_the_page_of_the_log_shows_words_and_no_code(browser: Browser):
    thread = factories.thread()
    browser.sign_in(factories.administrator())
    browser.post(f"/t/{thread.id}/pin")
    page = browser.get("/moderation/log").text

    assert ">Thread pinned</a>" in page
    assert ">thread.pin<" not in page
    assert browser.get("/moderation/log?verb=thread.pin").text.count("Thread pinned") == 1
