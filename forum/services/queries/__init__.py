"""Reads of the directory."""

from forum.places.queries import keeps
from forum.services.queries.keepers import forgotten_entries, people_to_ask
from forum.services.queries.known import Known, known, resolved
from forum.services.queries.listing import (
    Filters,
    ServiceRow,
    conditions,
    count_services,
    counts_by_place,
    find_services,
    listed,
    next_stale_at,
    places_in_use,
    rows_of,
    similar_services,
    suggested,
    visible_to,
    words_of_all,
)
from forum.services.queries.one import (
    Said,
    ServicePage,
    VersionRow,
    export,
    find_said,
    get_service,
    names_in,
    versions_of,
)
from forum.services.staleness import is_stale, stale_before, turns_stale_at

__all__ = [
    "Filters",
    "Known",
    "Said",
    "ServicePage",
    "ServiceRow",
    "VersionRow",
    "conditions",
    "count_services",
    "counts_by_place",
    "export",
    "find_said",
    "find_services",
    "forgotten_entries",
    "get_service",
    "is_stale",
    "keeps",
    "known",
    "listed",
    "names_in",
    "next_stale_at",
    "people_to_ask",
    "places_in_use",
    "resolved",
    "rows_of",
    "similar_services",
    "stale_before",
    "suggested",
    "turns_stale_at",
    "versions_of",
    "visible_to",
    "words_of_all",
]
