"""Rows for spreadsheets: CSV in which no cell is a formula."""

import csv
import io
import re
from collections.abc import Iterable

# A cell that begins with one of these is something to work out, for the programs that open it.
# Apostrophes before it are counted in, so that `bare_cell` knows which one was put there.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def plain_cell(value: object) -> str:
    """A cell as text; what a spreadsheet would take for a formula has an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def bare_cell(text: str) -> str:
    """What a cell of `plain_cell` was made from."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV file, with its end."""
    line = io.StringIO()
    csv.writer(line).writerow([plain_cell(cell) for cell in cells])
    return line.getvalue()
