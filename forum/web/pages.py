"""Where a list goes on: the addresses beside a page of it, for components/pager.html."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from forum.core.paging import Page


@dataclass(frozen=True, slots=True)
class Pages:
    """Addresses of the pages beside this one; None where there is none."""

    newer_path: str | None = None
    older_path: str | None = None
    first_path: str | None = None


def pages(found: Page[Any], path: str, **kept: str | None) -> Pages:
    """The pages beside this one, at `path` with what it keeps of its query.

    A list that only goes forward leads back to its first page.
    """

    def at(cursor: str | None) -> str:
        query = {name: value for name, value in {**kept, "after": cursor}.items() if value}
        return f"{path}?{urlencode(query)}" if query else path

    is_further = found.previous is not None or "after" in request.args
    return Pages(
        newer_path=at(found.previous) if is_further else None,
        older_path=at(found.next) if found.next else None,
    )
