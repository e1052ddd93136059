"""Every setting is described where operators look, and nothing else is."""

import re

from forum import paths, settings

OPERATING = (paths.ROOT / "docs" / "operating.md").read_text()
DESCRIBED = set(re.findall(r"^\| `FORUM_([A-Z0-9_]+)` \|", OPERATING, re.MULTILINE))


def test_every_setting_is_described():
    assert set(settings.defaults()) - DESCRIBED == set()


def test_nothing_is_described_that_does_not_exist():
    assert DESCRIBED - set(settings.defaults()) == set()


def test_every_default_is_the_one_described():
    rows = dict(re.findall(r"^\| `FORUM_([A-Z0-9_]+)` \| (.+?) \|", OPERATING, re.MULTILINE))
    wanted = {
        name: f"`{str(value).lower() if isinstance(value, bool) else value}`"
        if value != ""
        else "empty"
        for name, value in settings.defaults().items()
    }

    assert {name: rows.get(name) for name in wanted} == wanted


def in_words(value: object) -> str:
    if value == "":
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
