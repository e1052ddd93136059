"""The figures of the map for other programs: rows for spreadsheets, and a document for JSON.

The document has "made_at" (ISO 8601, UTC), the filters "place", "space" and "since" (null where
none was asked for), and "needs", with "total" for whatever the need. Each of these has "need" (a
slug; null for the total), "name", "part_of" (the slug of the need above, or null) and "cells". A
cell has

- "place": a slug, "anywhere" for what names no place, or null for whatever the place; "place_name";
- "state": "met", "partly-met", "missing", "unknown", or null where only figures are given;
- "services_fresh", "services_stale", "proposals", "stances": whole numbers, each thing once;
- "new": null, or with a day to count from, "services_added", "services_verified",
  "proposals_opened" and "proposals_closed";
- "services_path", "proposals_path": where what is counted is listed.
"""

from collections.abc import Iterator
from typing import Any

from forum.gaps.queries import Cell, Column, GapMap, Kind, Row

_HEADS = (
    *("need", "need_name", "part_of", "place", "place_name", "state"),
    *("services_fresh", "services_stale", "proposals", "stances"),
)
_NEWS = ("services_added", "services_verified", "proposals_opened", "proposals_closed")


def cells_of(of: GapMap) -> Iterator[tuple[object, ...]]:
    """The heads, then a row for each need and place; totals have no name of what they are of."""
    yield (*_HEADS, *(_NEWS if of.asked.since else ()))
    for row in (*of.rows, of.total):
        for column, cell in zip(of.columns, row.cells, strict=True):
            yield (
                row.slug, row.name, row.parent, column.slug, column.name,
                cell.state.value if cell.state else "",
                cell.fresh, cell.stale, cell.proposals, cell.stances,
                *(_news(cell) or ()),
            )  # fmt: skip


def document_of(of: GapMap) -> dict[str, Any]:
    """What JSON holds; see above."""
    return {
        "made_at": of.made_at.isoformat(timespec="seconds"),
        "place": of.asked.place,
        "space": of.asked.space,
        "since": of.asked.since.isoformat() if of.asked.since else None,
        "needs": [_need(row, of.columns) for row in of.rows],
        "total": _need(of.total, of.columns),
    }


def _need(row: Row, columns: tuple[Column, ...]) -> dict[str, Any]:
    return {
        "need": row.slug or None,
        "name": row.name or None,
        "part_of": row.parent or None,
        "cells": [_cell(*pair) for pair in zip(columns, row.cells, strict=True)],
    }


def _cell(column: Column, cell: Cell) -> dict[str, Any]:
    news = _news(cell)
    return {
        "place": None if column.kind is Kind.TOTAL else column.slug,
        "place_name": column.name or None,
        "state": cell.state.value if cell.state else None,
        "services_fresh": cell.fresh,
        "services_stale": cell.stale,
        "proposals": cell.proposals,
        "stances": cell.stances,
        "new": None if news is None else dict(zip(_NEWS, news, strict=True)),
        "services_path": cell.services_path,
        "proposals_path": cell.proposals_path,
    }


def _news(cell: Cell) -> tuple[int, int, int, int] | None:
    news = cell.news
    if news is None:
        return None
    return news.added, news.verified, news.opened, news.closed
