"""The map as a picture for print and slides: SVG that stands alone and says in words what it is.

Patterns are part of the picture, texts are fitted to their boxes by what letters are wide on
average, and whatever was cut short is whole in the box's title.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import Any
from xml.etree import ElementTree as ET

from forum.core.i18n import _, ngettext
from forum.gaps.queries import Cell, Column, GapMap, Kind, Row
from forum.gaps.rules import State

# In pixels of the picture's own; it is scaled as a whole.
_MARGIN, _HEAD, _FIRST, _CELL, _ROW = 24, 96, 190, 154, 46
_COLUMN_HEAD, _LEGEND_LINE = 44, 24
_STRIP = 14  # of a cell, with the pattern
_LETTER = 0.58  # how wide a letter is beside its size, on average and a bit more
_FONT = "Helvetica, Arial, sans-serif"
_INK, _SOFT, _LINE, _PAPER = "#1d2629", "#526067", "#ddd6c9", "#ffffff"
_TEAL, _PLUM, _EDGE = "#0e5a5a", "#65386a", "#857b69"
_FILLS: Mapping[State, str] = {
    State.MET: _TEAL,
    State.PARTLY: "url(#partly-met)",
    State.MISSING: "url(#missing)",
    State.UNKNOWN: _PAPER,
}
# The characters that XML 1.0 has no way to write, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Size:
    width: int
    height: int


def picture(of: GapMap, words: Mapping[State, str], *, title: str, made: str) -> bytes:
    """The SVG document. `made` says as of when; `words` are what the states are called."""
    size = _Size(
        2 * _MARGIN + _FIRST + _CELL * len(of.columns),
        _HEAD + _COLUMN_HEAD + _ROW * (len(of.rows) + 1) + _LEGEND_LINE * 2 + 2 * _MARGIN,
    )
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {size.width} {size.height}",
            "width": str(size.width),
            "height": str(size.height),
            "role": "img",
            "font-family": _FONT,
        },
    )
    room = size.width - 2 * _MARGIN
    root.append(_element("title", title))
    root.append(_element("desc", _described(of, words)))
    root.append(_patterns())
    root.append(_box(0, 0, size.width, size.height, fill=_PAPER))
    root.append(_text(_MARGIN, 44, title, size=24, weight="bold", width=room))
    root.append(_text(_MARGIN, 70, made, size=13, fill=_SOFT, width=room))
    root.extend([*_heads(of.columns)])
    for number, row in enumerate([*of.rows, of.total]):
        root.extend([*_line(row, words, _HEAD + _COLUMN_HEAD + number * _ROW)])
    root.extend([*_legend(words, size)])
    ET.indent(root, "")
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _patterns() -> ET.Element:
    """Stripes for what is partly met, a net for what is missing."""
    found = _element("defs")
    shapes: Mapping[str, tuple[str, ...]] = {
        "partly-met": (_PAPER, "M1.5 0V6", _TEAL),
        "missing": (_PLUM, "M0 0H6M0 0V6", _PAPER),
    }
    for id_, (ground, lines, colour) in shapes.items():
        pattern = _element(
            "pattern", id=id_, width=6, height=6, patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )  # fmt: skip
        pattern.append(_box(0, 0, 6, 6, fill=ground))
        drawn: dict[str, Any] = {
            "d": lines,
            "stroke": colour,
            "stroke-width": 3 if id_ == "partly-met" else 2,
        }
        pattern.append(_element("path", **drawn))
        found.append(pattern)
    return found


def _described(of: GapMap, words: Mapping[State, str]) -> str:
    """What the picture shows, for those who do not see it: each need with its places."""
    places = [column_name(column) for column in of.columns]
    told = []
    for row in of.rows:
        states = [
            f"{place}: {words[cell.state]}"
            for place, cell in zip(places, row.cells, strict=True)
            if cell.state
        ]
        told.append(f"{row.name} ({', '.join(states)})")
    return "; ".join(told)


def column_name(column: Column) -> str:
    if column.kind is Kind.TOTAL:
        return _("All places")
    if column.kind is Kind.ANYWHERE:
        return _("Anywhere")
    return _("All of %(place)s", place=column.name) if column.is_whole else column.name


def _heads(columns: Sequence[Column]) -> Iterator[ET.Element]:
    for number, column in enumerate(columns):
        left = _MARGIN + _FIRST + number * _CELL
        lines = _fitted(column_name(column), _CELL - 12, size=13, most=2)
        top = _HEAD + _COLUMN_HEAD - 10 - 15 * (len(lines) - 1)
        shown = (
            _text(left + 6, top + 15 * at, line, size=13, weight="bold")
            for at, line in enumerate(lines)
        )
        yield _group(column_name(column), shown)


def _line(row: Row, words: Mapping[State, str], top: int) -> Iterator[ET.Element]:
    is_total = not row.slug
    name = _("All needs") if is_total else row.name
    indent = 16 if row.parent else 0
    lines = _fitted(name, _FIRST - 12 - indent, size=13, most=2)
    middle = top + _ROW // 2 + 5 - 8 * (len(lines) - 1)
    yield _group(
        name,
        (
            _text(_MARGIN + indent, middle + 16 * at, line, size=13,
                  weight="normal" if row.parent else "bold")
            for at, line in enumerate(lines)
        ),
    )  # fmt: skip
    for number, cell in enumerate(row.cells):
        yield _cell(cell, words, _MARGIN + _FIRST + number * _CELL, top, name)


def _cell(cell: Cell, words: Mapping[State, str], left: int, top: int, need: str) -> ET.Element:
    word = words[cell.state] if cell.state else ""
    figures = [text for text in (_services(cell), _proposals(cell)) if text]
    inside = [_box(left, top, _CELL, _ROW, fill="none", stroke=_LINE)]
    beside = left + 6
    if cell.state:
        inside.append(_swatch(cell.state, left + 4, top + 4, _STRIP, _ROW - 8))
        beside = left + _STRIP + 10
    room = left + _CELL - beside - 4
    lines = [(word, 12, "bold", _INK)] if word else []
    lines += [(text, 10, "normal", _SOFT) for text in figures]
    for at, (text, size, weight, fill) in enumerate(lines):
        inside.append(
            _text(beside, top + 14 + at * 13, text, size=size, weight=weight, fill=fill, width=room)
        )
    said = ", ".join([word, *figures] if word else figures)
    return _group(f"{need}: {said}" if said else need, inside)


def _services(cell: Cell) -> str:
    if not cell.services:
        return ""
    text = ngettext("%(num)s service", "%(num)s services", cell.services)
    return (
        _("%(services)s, %(stale)s unsure", services=text, stale=cell.stale) if cell.stale else text
    )


def _proposals(cell: Cell) -> str:
    if not cell.proposals:
        return ""
    return ngettext("%(num)s proposal", "%(num)s proposals", cell.proposals)


def _legend(words: Mapping[State, str], size: _Size) -> Iterator[ET.Element]:
    top = size.height - _MARGIN - _LEGEND_LINE * 2
    left = _MARGIN
    for state, word in words.items():
        yield _swatch(state, left, top + 4, 16, 14)
        yield _text(left + 22, top + 16, word, size=12)
        left += 34 + round(len(word) * 12 * _LETTER)
    note = _("Unsure: nobody made sure of it lately; it may be out of date.")
    yield _text(
        _MARGIN, top + 16 + _LEGEND_LINE, note, size=11, fill=_SOFT, width=size.width - 2 * _MARGIN
    )


# Elements


@lru_cache(maxsize=2_000)
def _fitted(text: str, width: float, *, size: int, most: int = 1) -> tuple[str, ...]:
    """The text on so many lines at most, cut short with "…" where it is longer."""
    letters = max(3, int(width / (size * _LETTER)))
    lines = wrap(text, letters, max_lines=most, placeholder="…", break_long_words=True)
    return tuple(line if len(line) <= letters else f"{line[: letters - 1]}…" for line in lines)


def _text(
    left: float, top: float, text: str, *, size: int, width: float | None = None, **given: str
) -> ET.Element:
    lines = (text,) if width is None else _fitted(text, width, size=size)
    names = {"weight": "font-weight"}
    values = {names.get(name, name): value for name, value in {"fill": _INK, **given}.items()}
    shown = lines[0] if lines else ""
    return _element("text", shown, x=left, y=top, **{"font-size": size}, **values)


def _box(left: float, top: float, width: float, height: float, **given: str) -> ET.Element:
    return _element("rect", x=left, y=top, width=width, height=height, **given)


def _swatch(state: State, left: float, top: float, width: float, height: float) -> ET.Element:
    given = {"fill": _FILLS[state], "stroke": _EDGE}
    if state is State.UNKNOWN:
        given["stroke-dasharray"] = "3 3"
    return _box(left, top, width, height, **given)


def _group(title: str, inside: Iterable[ET.Element]) -> ET.Element:
    found = _element("g")
    found.append(_element("title", title))
    found.extend([*inside])
    return found


def _element(name: str, text: str = "", **given: object) -> ET.Element:
    found = ET.Element(name, {key: _clean(str(value)) for key, value in given.items()})
    found.text = _clean(text) or None
    return found


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
