"""The directory as files: CSV for spreadsheets, and JSON of Open Referral's HSDS 3.

docs/directory.md says which column and which field is what.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.services.formats import hsds, spreadsheet
from forum.services.formats.records import Record, Row

PARSERS: Mapping[str, Callable[[str], list[Row]]] = {
    ".csv": spreadsheet.read,
    ".json": hsds.read,
}

__all__ = ["PARSERS", "Record", "Row", "read_file", "read_text"]


def read_file(filename: str, data: bytes) -> list[Row]:
    """The rows of a file, by its name's extension; Invalid, for the field "file"."""
    return read_text(filename, decoded(data))


def decoded(data: bytes) -> str:
    """A file's text; Invalid when it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(
            _("The letters of this file cannot be read. Please save it as UTF-8."), "file"
        ) from None


def read_text(filename: str, text: str) -> list[Row]:
    parse = PARSERS.get(PurePath(filename).suffix.lower())
    if parse is None:
        raise Invalid(_("Please choose a file that ends in .csv or .json."), "file")
    rows = parse(text)
    if not rows:
        raise Invalid(_("There is no service in this file."), "file")
    return rows
