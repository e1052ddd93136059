"""The hash of an entry: over its values, written one way on every database, and the hash before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

START = "0" * 64  # what the first entry has for a hash before it

# Values that came to the log after its first entries: they count where they say something, so that
# what was written without them has the hash that it had.
_LATER = ("role", "space_id", "case_id")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them and every database gives them back.

    Times become text in UTC with microseconds, enums their values, sets sorted lists. TypeError or
    ValueError for what has no such form.
    """
    found: dict[str, Any] = json.loads(_canonical(values))
    return found


def digest(values: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256, in hexadecimal, of an entry's values and the hash of the entry before."""
    counted = {
        name: value
        for name, value in values.items()
        if name not in _LATER or value not in (None, "")
    }
    text = _canonical({**counted, "previous_hash": previous_hash})
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(
        dict(values), default=_as_json, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"naive datetime: {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"the audit log cannot hold {type(value).__name__}")
