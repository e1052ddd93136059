"""The difference between two texts, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.diff import MOST_WORDS, Change, Span, word_diff

_texts = st.text(alphabet="ab ,.\nä", max_size=60)


@given(_texts, _texts)
def test_both_texts_can_be_read_from_the_difference(before, after):
    spans = word_diff(before, after)

    assert "".join(span.text for span in spans if span.change is not Change.ADDED) == before
    assert "".join(span.text for span in spans if span.change is not Change.TAKEN_OUT) == after
    assert all(span.text for span in spans)


@given(_texts)
def test_a_text_does_not_differ_from_itself(text):
    assert {span.change for span in word_diff(text, text)} <= {Change.SAME}


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        ("", "new", (Span(Change.ADDED, "new"),)),
        ("old", "", (Span(Change.TAKEN_OUT, "old"),)),
        (
            "a safe room",
            "a warm room",
            (
                Span(Change.SAME, "a "),
                Span(Change.TAKEN_OUT, "safe"),
                Span(Change.ADDED, "warm"),
                Span(Change.SAME, " room"),
            ),
        ),
    ],
    ids=["from-nothing", "to-nothing", "one-word"],
)
def test_whole_words_are_replaced_and_the_old_one_comes_first(before, after, spans):
    assert word_diff(before, after) == spans


def test_long_texts_are_compared_by_their_lines():
    line = "word " * 10 + "\n"
    before = line * (MOST_WORDS // 20)
    after = before + "one more line\n"

    assert word_diff(before, after) == (
        Span(Change.SAME, before),
        Span(Change.ADDED, "one more line\n"),
    )
