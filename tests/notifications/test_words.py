"""What notifications say: whole sentences, whatever was kept with them."""

import ast
import re
from pathlib import Path

import pytest

import forum
from forum.core.actor import Actor
from forum.notifications.words import KINDS, WHY, told

ACTOR = Actor(id=1)
_TELLING = ("notify", "_tell", "_tell_author", "tell_audience", "_tell_backers")
FULL = {
    "why": "It was loud.",
    "note": "Please mend it.",
    "title": "Beds for one night",
    "name": "River",
    "service": "A day centre",
    "space": "Commons",
    "until": "2026-03-01T12:00:00+00:00",
    "appeal_until": "2026-04-01T12:00:00+00:00",
}


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_reads_well_with_all_values_and_with_none(kind):
    name, _, variant = kind.partition(":")
    for values in (FULL, {}, dict.fromkeys(FULL), {"why": "spam"}):
        words = told(ACTOR, name, {**values, "variant": variant} if variant else values)
        assert words.title == str(KINDS[kind].title)
        for text in words.texts:
            assert "%(" not in text
            assert "None" not in text
            assert not text.endswith(": ")


def test_there_are_words_for_all_that_is_told_and_for_nothing_else():
    given = set()
    for file in Path(forum.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in _TELLING:
                parts = (*call.args, *(keyword.value for keyword in call.keywords))
                given |= {part.value for part in parts if isinstance(part, ast.Constant)}
    told_of = {kind.partition(":")[0] for kind in KINDS}
    assert told_of <= given
    assert {name for name in given if re.fullmatch(r"[a-z]+\.[a-z_]+", str(name))} == told_of


def test_a_kind_and_a_variant_of_a_later_version_have_words_too():
    assert told(ACTOR, "proposal.adopted", {}).title == "Something happened that concerns you"
    assert told(ACTOR, "sanction.given", {"variant": "exile"}).title == str(
        KINDS["sanction.given"].title
    )


def test_a_reason_is_one_of_the_list_or_its_own_words():
    assert (
        f"The reason: {WHY['identifies']}"
        in told(ACTOR, "post.hidden", {"why": "identifies"}).texts
    )
    assert "The reason: 100% loud" in told(ACTOR, "post.hidden", {"why": "100% loud"}).texts


def test_reporters_read_nothing_about_the_other_person_or_the_decision():
    for kind in KINDS:
        if kind.startswith("report."):
            name, _, variant = kind.partition(":")
            without = told(ACTOR, name, {"variant": variant})
            assert told(ACTOR, name, {**FULL, "variant": variant}) == without
