"""The parts of a proposal as one text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.markup import render
from forum.core.text import scrub, scrub_line
from forum.proposals.parts import HEADINGS, TEXTS, Parts, compose, parse

_headings = [heading for names in HEADINGS.values() for heading in names.values()]
_lines = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(["", "- one", "# Other", "```", "> #3 @river: words", "    code"]),
    st.builds(
        lambda slashes, level, heading: "\\" * slashes + "#" * level + f" {heading}",
        st.integers(0, 3),
        st.integers(1, 6),
        st.sampled_from(_headings),
    ),
)


def _as_kept(text: str) -> str:
    lines = scrub(text).split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines).rstrip()


_texts = st.lists(_lines, max_size=5).map("\n".join).map(_as_kept)
_short = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(scrub_line)
_pairs = st.tuples(_short, _short).filter(any)
_parts = st.builds(
    Parts, *[_texts for _part in TEXTS], sources=st.lists(_pairs, max_size=3).map(tuple)
)


@given(_parts, st.sampled_from(["en", "es", "fr", ""]))
def test_what_is_composed_is_parsed_to_the_same_parts(parts: Parts, language: str):
    assert parse(compose(parts, language)) == parts


@given(st.lists(_lines, max_size=12).map("\n".join))
def test_a_text_of_any_kind_loses_no_word(source: str):
    once = compose(parse(source), "en")
    assert parse(once) == parse(source)


def test_only_parts_that_say_something_have_a_heading():
    assert compose(Parts("Beds.", risks="Cost."), "en") == (
        "# What is missing\n\nBeds.\n\n# What might go wrong\n\nCost."
    )


def test_headings_are_in_the_language_of_the_post():
    assert compose(Parts("Camas."), "es").startswith("# Qué falta\n")
    assert compose(Parts("Beds."), "tl").startswith("# What is missing\n")


def test_a_text_without_headings_is_what_is_missing():
    assert parse("Beds.\n\nAnd somebody to talk to.") == Parts("Beds.\n\nAnd somebody to talk to.")


def test_the_same_heading_twice_is_one_part():
    found = parse(
        "# Sources\n\n- [A](https://a.example)\n\n## Qué falta\n\none\n\n# What is missing\ntwo"
    )
    assert found == Parts("one\n\ntwo", sources=(("A", "https://a.example"),))


@pytest.mark.parametrize(
    "url",
    ["https://a.example/x_(y)", "https://a.example/a b", "https://a.example/?a=1&b=2"],
)
def test_a_source_is_rendered_as_a_link(url: str):
    html = render(compose(Parts("Beds.", sources=(("A [study]", url),)), "en")).html
    assert "<a href=" in html
    assert "A [study]</a>" in html
