"""Keyset pages: where a page starts is a value of its rows, never an offset."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from forum.core.errors import NotFound

T = TypeVar("T")
Key = tuple[str | int | None, ...]

_LONGEST_CURSOR = 400
_LARGEST = 2**31 - 1  # of an id or a count on PostgreSQL


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page; `next` and `previous` are cursors for the pages beside it, or None."""

    rows: tuple[T, ...]
    next: str | None = None
    previous: str | None = None


def encode(key: Key) -> str:
    raw = json.dumps(key, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(cursor: str, shape: tuple[type, ...]) -> Key:
    """The key in a cursor; NotFound when it was not made by `encode` for this shape."""
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = json.loads(raw)
        if not isinstance(key, list) or [type(part) for part in key] != list(shape):
            raise ValueError
        if any(isinstance(part, int) and abs(part) > _LARGEST for part in key):
            raise ValueError
        if any(isinstance(part, str) and not part.isprintable() for part in key):
            raise ValueError
    except (ValueError, binascii.Error, RecursionError):
        raise NotFound from None
    return tuple(key)


def moment(part: str | int | None) -> datetime:
    """The time in a key, in UTC; NotFound for what is none."""
    try:
        at = datetime.fromisoformat(str(part))
        if at.tzinfo is None:
            raise NotFound
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotFound from None


def cut(rows: Sequence[T], size: int) -> tuple[tuple[T, ...], bool]:
    """The first `size` of rows that were fetched with one to spare, and whether more follow."""
    return tuple(rows[:size]), len(rows) > size
