"""Rows for spreadsheets: CSV in which no cell is a formula."""

import csv
import io
from collections.abc import Iterable

# A cell that begins with one of these is something to work out, for the programs that open it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(value: object) -> str:
    """A cell as text; what a spreadsheet would take for a formula has an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV file, with its end."""
    line = io.StringIO()
    csv.writer(line).writerow([plain_cell(cell) for cell in cells])
    return line.getvalue()
