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
    known_services,
    needs_of,
)
from forum.gaps.queries.needs import NeedPage, get_need, need_page

__all__ = [
    "ALL",
    "Asked",
    "Cell",
    "Column",
    "GapMap",
    "Kind",
    "NeedPage",
    "News",
    "Row",
    "gap_map",
    "get_need",
    "known_services",
    "need_page",
    "needs_of",
]
