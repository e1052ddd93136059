"""Blogger exports: an Atom feed in which posts, comments, settings and templates stand in a row."""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO
from xml.etree.ElementTree import Element

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.imports import compose, convert
from forum.imports.compose import Finding, Findings, RawComment, RawPost
from forum.imports.parsed import ParsedAuthor, ParsedFile
from forum.imports.safexml import read_tree

FORMAT = "blogger"

_ATOM = "{http://www.w3.org/2005/Atom}"
_REPLY = "{http://purl.org/syndication/thread/1.0}in-reply-to"
_DRAFTS = (  # the draft of the standard, which Blogger wrote first, and the standard itself
    "{http://purl.org/atom/app#}control/{http://purl.org/atom/app#}draft",
    "{http://www.w3.org/2007/app}control/{http://www.w3.org/2007/app}draft",
)
_KIND = "http://schemas.google.com/g/2005#kind"
_LABEL = "http://www.blogger.com/atom/ns#"
_NUMBER = re.compile(r"(\d+)/?(?:[?#].*)?\Z", re.ASCII)


def parse_blogger(stream: BinaryIO) -> ParsedFile:
    """Read a Blogger export; Invalid with a plain sentence when the file is none.

    Costs 1 to 5 ms for each text, and memory of about four times the file.
    """
    feed = read_tree(stream)
    _check_format(feed)
    findings = Findings()
    drafts: set[str] = set()
    posts: list[RawPost] = []
    comments: list[RawComment] = []
    for entry in feed.iterfind(f"{_ATOM}entry"):
        kind = _kind(entry)
        if kind in {"post", "page"}:
            if _is_draft(entry):
                findings.add(Finding.DRAFT)
                drafts.add(_key(entry))
            else:
                posts.append(_post(entry))
        elif kind == "comment":
            if _is_draft(entry):
                findings.add(Finding.HELD_BACK)
            else:
                comments.append(_comment(entry))
    kept = [comment for comment in comments if comment.post_key not in drafts]
    return compose.compose(FORMAT, posts, kept, findings)


def _check_format(feed: Element) -> None:
    if feed.tag == "rss":
        if any(e.tag.startswith("{http://wordpress.org/export/") for e in feed.iter()):
            raise Invalid(_("This is a WordPress file; use forum import wordpress."))
        raise Invalid(
            _(
                "This is an RSS feed, which holds no comments. Export the blog in Blogger's"
                " settings and choose that file."
            )
        )
    entries = feed.findall(f"{_ATOM}entry")
    if feed.tag != f"{_ATOM}feed" or (entries and not any(_kind(entry) for entry in entries)):
        raise Invalid(
            _(
                "This is not a Blogger export. In Blogger, open the settings, choose to back up the"
                " content, and take the .xml file that you get."
            )
        )


def _kind(entry: Element) -> str:
    """post, page, comment, settings, template, or "" when the entry does not say."""
    for category in entry.iterfind(f"{_ATOM}category"):
        if category.get("scheme") == _KIND:
            return category.get("term", "").rpartition("#")[2]
    if entry.find(_REPLY) is not None:
        return "comment"
    return "post" if ".post-" in _text(entry, "id") else ""


def _is_draft(entry: Element) -> bool:
    return any((entry.findtext(path) or "").strip().lower() == "yes" for path in _DRAFTS)


def _post(entry: Element) -> RawPost:
    title = _text(entry, "title")
    return RawPost(
        key=_key(entry),
        title=title if _type(entry, "title") == "text" else convert.to_plain(title),
        author=_author(entry),
        created_at=_date(entry),
        html=_content(entry),
        labels=compose.labels(_labels(entry)),
        url=compose.web_address(_link(entry, "alternate")),
    )


def _comment(entry: Element) -> RawComment:
    key = _key(entry)
    reply = entry.find(_REPLY)
    return RawComment(
        key=key,
        post_key=compose.short_key(reply.get("ref", "")) if reply is not None else "",
        parent_key=_parent_key(key, _link(entry, "related")),
        author=_author(entry),
        created_at=_date(entry),
        html=_content(entry),
    )


def _parent_key(key: str, related: str) -> str | None:
    """The link ends in the number of the parent, with which its id ends too."""
    number = _NUMBER.search(related)
    return compose.short_key(f"{key.rpartition('-')[0]}-{number[1]}") if number else None


def _key(entry: Element) -> str:
    return compose.short_key(
        _text(entry, "id") or f"{_text(entry, 'published')} {_text(entry, 'content')}"
    )


def _author(entry: Element) -> ParsedAuthor:
    name = entry.findtext(f"{_ATOM}author/{_ATOM}name") or ""
    profile = compose.web_address(entry.findtext(f"{_ATOM}author/{_ATOM}uri"))
    # Without a profile the same name in the same blog is taken for the same person.
    blog = _text(entry, "id").partition(".post-")[0]
    return compose.known_author(profile or f"{blog}/author/{compose.name_in_key(name)}", name)


def _date(entry: Element) -> datetime | None:
    for name in ("published", "updated"):
        try:
            moment = compose.plausible(datetime.fromisoformat(_text(entry, name)))
        except ValueError:
            continue
        if moment is not None:
            return moment
    return None


def _content(entry: Element) -> str:
    content = _text(entry, "content") or _text(entry, "summary")
    if _type(entry, "content") == "text":
        return html.escape(content).replace("\n", "<br>")
    return content


def _text(entry: Element, name: str) -> str:
    element = entry.find(_ATOM + name)
    return "" if element is None else "".join(element.itertext()).strip()


def _type(entry: Element, name: str) -> str:
    element = entry.find(_ATOM + name)
    return "text" if element is None else element.get("type", "text")


def _link(entry: Element, relation: str) -> str:
    for link in entry.iterfind(f"{_ATOM}link"):
        if link.get("rel") == relation:
            return link.get("href", "")
    return ""


def _labels(entry: Element) -> Iterator[str]:
    for category in entry.iterfind(f"{_ATOM}category"):
        if category.get("scheme") == _LABEL:
            yield category.get("term", "")
