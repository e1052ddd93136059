"""SECURITY.md 32: no cell of a CSV file is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.spreadsheets import bare_cell, csv_line, plain_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']
)
def test_what_begins_like_a_formula_has_an_apostrophe_before_it(text):
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"), [("a=1", "a=1"), (None, ""), (7, "7"), ("", ""), ("'a", "'a")]
)
def test_other_cells_stay_as_they_are(value, text):
    assert plain_cell(value) == text


@given(st.lists(st.text(), min_size=1))
def test_a_reader_gets_every_cell_back_and_none_of_them_a_formula(cells):
    (row,) = csv.reader(io.StringIO(csv_line(cells), newline=""))
    assert [bare_cell(cell) for cell in row] == cells
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@given(st.text(alphabet="'=+-@\t\ra"))
def test_apostrophes_of_ones_own_come_back_as_well(text):
    assert bare_cell(plain_cell(text)) == text
