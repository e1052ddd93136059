"""Entries as rows of a CSV file; no cell is a formula, and what comes back is as it went out."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.spreadsheets import bare_cell, csv_line
from forum.services.checking import LENGTHS, Problem, ServiceDraft
from forum.services.formats.records import Record, Row
from forum.services.languages import split

COLUMNS = ("id", *LENGTHS, "needs", "places", "languages", "verified")
_NEEDED = ("name", "offers", "needs")
_LONGEST_CELL = 100_000  # characters; of a text that is kept, 2,000


def written(records: Iterable[Record]) -> Iterator[str]:
    """The file, line by line."""
    yield "\ufeff" + csv_line(COLUMNS)  # the mark by which spreadsheets know that it is UTF-8
    for record in records:
        yield csv_line(_cells(record))


def _cells(record: Record) -> Iterator[str]:
    yield record.id
    for name in LENGTHS:
        yield record.texts[name]
    yield "; ".join(need.slug for need in record.needs)
    yield "; ".join(place.slug for place in record.places)
    yield "; ".join(record.languages)
    yield record.verified_at.date().isoformat() if record.verified_at else ""


def read(text: str) -> list[Row]:
    """The rows of a file, numbered as a spreadsheet numbers them; Invalid when it has no heads."""
    csv.field_size_limit(_LONGEST_CELL)
    text = text.removeprefix("\ufeff")
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        heads = [bare_cell(cell).strip().casefold() for cell in next(reader, [])]
        missing = [name for name in _NEEDED if name not in heads]
        if missing:
            raise Invalid(
                _("The first row has to name the columns. Missing: %(names)s.",
                  names=", ".join(missing)),
                "file",
            )  # fmt: skip
        return [
            _row(number, heads, cells)
            for number, cells in enumerate(reader, start=2)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        raise Invalid(
            _("This is no CSV file as spreadsheets write it, near row %(row)s.",
              row=reader.line_num),
            "file",
        ) from None  # fmt: skip


def _row(number: int, heads: list[str], cells: list[str]) -> Row:
    values = {head: bare_cell(cell) for head, cell in zip(heads, cells, strict=False)}
    row = Row(
        number,
        ServiceDraft(
            **{name: values.get(name, "") for name in LENGTHS},
            needs=split(values.get("needs", "")),
            places=split(values.get("places", "")),
            languages=split(values.get("languages", "")),
            external_id=values.get("id") or None,
        ),
    )
    verified = values.get("verified", "").strip()
    if verified:
        try:
            row.verified_on = date.fromisoformat(verified)
        except ValueError:
            message = _("“%(day)s” is no day. Write it as 2026-03-31.", day=verified)
            row.problems.append(Problem("verified", message))
    if len(cells) > len(heads):
        row.problems.append(Problem("", _("This row has more cells than there are columns.")))
    return row
