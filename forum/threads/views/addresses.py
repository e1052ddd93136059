"""What addresses of lists and threads say: choices, numbers, and where pages are."""

from enum import StrEnum
from typing import TypeVar

from flask import request

from forum.core.errors import NotFound
from forum.threads.rows import Head, Order

C = TypeVar("C", bound=StrEnum)
D = TypeVar("D")


def choice(kind: type[C], value: str | None, default: D) -> C | D:
    """A named choice from the address; NotFound for a name that does not exist."""
    if not value:
        return default
    try:
        return kind(value)
    except ValueError:
        raise NotFound from None


def number_given(name: str) -> int | None:
    """A comment number from the address; NotFound for what is none."""
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise NotFound
    return int(text)


def ordered(head: Head, order: Order, after: str | None = None) -> str:
    parts = [] if order is Order.OLDEST else [f"order={order.value}"]
    if after:
        parts.append(f"after={after}")
    return f"{head.path}?{'&'.join(parts)}" if parts else head.path


def with_query(path: str) -> str:
    query = request.query_string.decode("ascii", "ignore")
    return f"{path}?{query}" if query else path
