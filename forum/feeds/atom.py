"""Atom (RFC 4287) from plain rows: every text escaped, every link absolute."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

MIMETYPE = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"
# Of a feed without entries: it was never updated, and the same bytes every time keep the ETag.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# The characters that XML 1.0 has no way to write, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Stored HTML quotes its attributes, and in its words "<" is written as an entity.
_LOCAL_LINK = re.compile(r"(<a\b[^<>]{0,300}?\shref=\")(?=/(?!/))")


@dataclass(frozen=True, slots=True)
class Entry:
    """One post; `id` never changes, `url` is where it is now, `html` what the renderer made."""

    id: str
    title: str
    url: str
    author: str
    published: datetime
    updated: datetime
    html: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries newest first; `url` is the feed's own address, `page` what people read instead."""

    id: str
    title: str
    author: str
    url: str
    page: str
    entries: Sequence[Entry]


def write(feed: Feed) -> bytes:
    """The feed as a document in UTF-8."""
    root = ET.Element("feed", xmlns=_NAMESPACE)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(max((entry.updated for entry in feed.entries), default=NEVER)))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", type=MIMETYPE, href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in feed.entries:
        _add_entry(root, entry)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_entry(root: ET.Element, entry: Entry) -> None:
    node = _add(root, "entry")
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "link", rel="alternate", type="text/html", href=entry.url)
    _add(node, "published", _moment(entry.published))
    _add(node, "updated", _moment(entry.updated))
    _add(_add(node, "author"), "name", entry.author)
    for category in entry.categories:
        _add(node, "category", term=category)
    _add(node, "content", entry.html, type="html")


def absolute(html: str, base_url: str) -> str:
    """Stored HTML with its links to this site made whole, for readers who are elsewhere."""
    return _LOCAL_LINK.sub(lambda found: found[1] + base_url, html)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    given = {key: _FORBIDDEN.sub("", value) for key, value in attributes.items()}
    node = ET.SubElement(parent, name, given)
    node.text = _FORBIDDEN.sub("", text) or None
    return node


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
