"""Reads feeds as programs do, and fails on one that is not Atom."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
from werkzeug.test import TestResponse

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "http://127.0.0.1:8000"  # FORUM_BASE_URL of the tests: its default
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read(response: TestResponse) -> Any:
    """The feed in an answer as feedparser sees it, after checking what RFC 4287 asks for."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    check(response.data)
    parsed = feedparser.parse(response.data)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    return parsed


def check(document: bytes) -> ET.Element:
    """Fail unless every element that Atom requires is there, once, and of its kind."""
    root = ET.fromstring(document)  # noqa: S314 - made by ourselves
    assert root.tag == f"{ATOM}feed"
    for node in (root, *root.iter(f"{ATOM}entry")):
        assert (one(node, "id").text or "").startswith("tag:")
        assert _MOMENT.fullmatch(one(node, "updated").text or "")
        assert one(one(node, "author"), "name").text
        assert link(node, "alternate").get("href", "").startswith(f"{BASE}/")
        one(node, "title")
    assert link(root, "self").get("href", "").startswith(f"{BASE}/")
    for entry in root.iter(f"{ATOM}entry"):
        assert one(entry, "content").get("type") == "html"
        assert _MOMENT.fullmatch(one(entry, "published").text or "")
    ids = [node.text for node in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    return root


def one(node: ET.Element, name: str) -> ET.Element:
    (found,) = node.findall(f"{ATOM}{name}")
    return found


def link(node: ET.Element, rel: str) -> ET.Element:
    (found,) = [found for found in node.findall(f"{ATOM}link") if found.get("rel") == rel]
    return found
