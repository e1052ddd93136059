"""What a line asks for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.search.asked import LONGEST, MOST_FILTERS, MOST_TERMS, Kind, Mark, as_line, read


def test_words_phrases_filters_and_exclusions_are_told_apart():
    asked = read(
        'night "family reunification" -work tag:housing tag:"legal status" in:Commons by:@Ana'
        " KIND:comment is:unanswered before:2026-03-02 after:2026-01-01"
    )

    assert [len(term.alternatives[0]) for term in asked.terms] == [1, 2]
    assert len(asked.excluded) == 1
    assert asked.plain == "night family reunification"
    assert asked.tags == ("housing", "legal status")
    assert (asked.spaces, asked.people) == (("commons",), ("Ana",))
    assert (asked.kinds, asked.marks) == ((Kind.COMMENT,), (Mark.UNANSWERED,))
    assert (asked.before, asked.after) == (date(2026, 3, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    "line",
    ["kind:house", "is:big", "before:soon", "after:2026-13-01", "colour:red", "tag:", "by:@"],
)
def test_what_is_no_filter_is_words(line):
    assert not read(line).has_filters


def test_only_a_last_plain_word_may_be_unfinished():
    assert read("family reunif").last == "reunif"
    assert read("family reunif tag:housing").last == "reunif"
    assert read('family "reunif"').last == ""
    assert read("family re").last == ""
    assert read("family the").last == ""


def test_of_several_days_the_narrowest_counts():
    asked = read("after:2026-01-01 after:2026-02-01 before:2026-05-01 before:2026-04-01")

    assert (asked.after, asked.before) == (date(2026, 2, 1), date(2026, 4, 1))


def test_fields_of_the_form_become_operators_of_the_line():
    form = {"tag": "legal status", "kind": "thread", "is": "nonsense", "by": ' "ana" '}
    line = as_line(read("night", form), form)

    assert line == 'night tag:"legal status" kind:thread by:ana'
    assert read(line).tags == read("night", form).tags


def test_a_search_is_bounded():
    asked = read(" ".join(f"word{number}" for number in range(60)))
    assert len(asked.terms) == MOST_TERMS
    assert len(asked.line) <= LONGEST
    assert len(read("in:a " * 50).spaces) == MOST_FILTERS


@given(st.text(max_size=400))
def test_any_text_is_a_search(text):
    asked = read(text, {"tag": text, "before": text, "kind": text})

    assert read(asked.line).terms == read(text).terms
