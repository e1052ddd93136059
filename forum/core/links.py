"""Paths that stored HTML may hold: few, short, and kept working for good."""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

_KEPT = 2048  # of each kind: quoting costs more than all else in a row of a list

_UNFIT = re.compile(r"[\s<>\"\\`{}|^]")  # for an address that stands in a page as it is


@lru_cache(_KEPT)
def member_path(username: str) -> str:
    return f"/u/{quote(username, safe='')}"


@lru_cache(_KEPT)
def thread_path(thread_id: int, slug: str) -> str:
    return f"/t/{thread_id}-{quote(slug, safe='')}"


def comment_path(thread_id: int, number: int) -> str:
    """The permalink of a comment; redirects to the page that holds it, also after moves."""
    return f"/t/{thread_id}/c/{number}"


def claim_path(thread_id: int, claim_id: int) -> str:
    """Where a proposal shows what somebody said of a service."""
    return f"/t/{thread_id}#claim-{claim_id}"


def answer_path(thread_id: int, answer_id: int) -> str:
    """Where a proposal shows an answer to it."""
    return f"/t/{thread_id}#answer-{answer_id}"


@lru_cache(_KEPT)
def space_path(slug: str) -> str:
    return f"/s/{quote(slug, safe='')}"


@lru_cache(_KEPT)
def tag_path(slug: str) -> str:
    return f"/tags/{quote(slug, safe='')}"


def is_web_link(text: str) -> bool:
    """Whether a text is one whole address of the web, with a host and no user name in it."""
    if not text.isprintable() or _UNFIT.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    is_whole = bool(host) and port != 0 and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and is_whole


def link_host(text: str) -> str:
    """The site that such an address is on, which matters more than the rest of it."""
    return urlsplit(text).hostname or ""


@lru_cache(_KEPT)
def service_path(service_id: int, slug: str) -> str:
    return f"/services/{service_id}-{quote(slug, safe='')}"


@lru_cache(_KEPT)
def place_path(slug: str) -> str:
    """What the directory knows of a place."""
    return f"/services?place={quote(slug, safe='')}"


@lru_cache(_KEPT)
def brief_path(brief_id: int, slug: str) -> str:
    return f"/briefs/{brief_id}-{quote(slug, safe='')}"
