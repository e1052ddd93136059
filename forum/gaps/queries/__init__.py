"""Reads of the gap map and of needs."""

from forum.gaps.queries.figures import (
    ALL,
    Asked,
    Cell,
    Column,
    GapMap,
    Kind,
    News,
    Row,
    gap_map,
    needs_of,
)

__all__ = [
    "ALL",
    "Asked",
    "Cell",
    "Column",
    "GapMap",
    "Kind",
    "News",
    "Row",
    "gap_map",
    "needs_of",
]
