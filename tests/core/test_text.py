"""Cleaning, slugs, cuts and questions: what plain text looks like before anybody sees it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.text import cut, first_question, scrub, scrub_line, slug
from tests.support.pace import within


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("a\r\nb\rc", "a\nb\nc", id="newlines"),
        pytest.param("a\x00\x07\x1b\x7f\x85b", "ab", id="controls"),
        pytest.param("a\tb\nc", "a\tb\nc", id="tab-and-newline-stay"),
        pytest.param("a\ud800b", "ab", id="lone-surrogate"),
        pytest.param("a\ufffe\uffff\ufdd0\U0010ffffb", "ab", id="noncharacters"),
        pytest.param("a\u202e\u2066\u200e\u200f\u061cb", "ab", id="direction-marks"),
        pytest.param("\ufeffa", "a", id="byte-order-mark"),
        pytest.param("e\u0301", "\u00e9", id="composed"),
        pytest.param("\u0645\u200c\u0646", "\u0645\u200c\u0646", id="joiners-stay"),
        pytest.param("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467", id="emoji-stay"),
    ],
)
def test_scrubbing_removes_what_no_reader_can_see(typed, kept):
    assert scrub(typed) == kept


@given(st.text())
def test_scrubbing_twice_changes_nothing_more(text):
    once = scrub(text)
    assert scrub(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


def test_a_heap_of_accents_is_cut_down_to_thirty_quickly():
    heap = "a" + "\u0301\u0316" * 100_000
    with within(1):
        assert len(scrub(heap)) <= 31


def test_thirty_accents_on_one_letter_stay():
    assert len(scrub("x" + "\u0316" * 30)) == 31


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        pytest.param("  two\n lines ", "two lines", id="newline"),
        pytest.param("a\u2028b\u2029c", "a b c", id="line-separators"),
        pytest.param("a\t \u00a0\u3000b", "a b", id="wide-spaces"),
        pytest.param("\u202e\n", "", id="nothing-left"),
    ],
)
def test_a_line_has_single_spaces_only(typed, line):
    assert scrub_line(typed) == line


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("What is missing?", "what-is-missing", id="plain"),
        pytest.param("Wohnen für Ältere", "wohnen-für-ältere", id="umlauts"),
        pytest.param("Жильё", "жильё", id="cyrillic"),
        pytest.param("हिन्दी में", "हिन्दी-में", id="vowel-signs"),
        pytest.param("?!", "thread", id="empty"),
        pytest.param("../..//x", "x", id="path"),
    ],
)
def test_a_slug_is_readable(title, expected):
    assert slug(title) == expected


@given(st.text())
def test_a_slug_is_never_empty_and_at_most_sixty_characters(title):
    found = slug(title)
    assert 1 <= len(found) <= 60
    assert not set(found) & set("/?#%&\\ \n")


def test_a_long_title_gives_a_slug_of_whole_words():
    assert slug("housing " * 20) == "-".join(["housing"] * 7)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("short", 10, "short", id="fits"),
        pytest.param("one two three", 9, "one two…", id="whole-words"),
        pytest.param("one two three", 8, "one two…", id="at-a-space"),
        pytest.param("one, two", 6, "one…", id="no-comma-before-the-ellipsis"),
        pytest.param("unbreakable", 5, "unbr…", id="one-long-word"),
    ],
)
def test_a_cut_ends_after_a_word(text, limit, expected):
    assert cut(text, limit) == expected


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_cut_is_never_longer_than_asked(text, limit):
    assert len(cut(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "question"),
    [
        pytest.param(
            "Some background. What is missing?", "What is missing?", id="after-background"
        ),
        pytest.param("Why? Because. Who pays?\n\nThank you.", "Who pays?", id="the-last-one"),
        pytest.param("He asked: 'what now?' and left", "He asked: 'what now?'", id="quoted"),
        pytest.param("A heading\n\nWhat is\nmissing?", "What is missing?", id="over-two-lines"),
        pytest.param("No question here.", None, id="none"),
        pytest.param("", None, id="empty"),
    ],
)
def test_the_question_that_ends_a_text_is_found(text, question):
    assert first_question(text) == question


def test_a_long_question_is_cut_at_a_word():
    found = first_question("What about " + "housing and " * 30 + "work?")
    assert found is not None
    assert len(found) <= 150
    assert found.endswith(("housing…", "and…"))
