"""WordPress exports (WXR 1.0 to 1.2): RSS whose items carry posts with their comments inside."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import BinaryIO
from xml.etree.ElementTree import Element

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.imports import compose, convert
from forum.imports.compose import UNKNOWN, Finding, Findings, RawComment, RawPost
from forum.imports.parsed import ParsedAuthor, ParsedFile
from forum.imports.safexml import read_tree

FORMAT = "wordpress"

_WXR = re.compile(r"(\{http://wordpress\.org/export/1\.[0-2]/\})")
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_YEAR = re.compile(r" \d{4} ", re.ASCII)
_NO_CATEGORY = frozenset({"uncategorized", "sin categor\u00eda", "sin clasificar"})


@dataclass(slots=True)
class _Blog:
    """The blog of a file: its address (part of every key) and who its writers are.

    mailboxes: for each commenter's name, the e-mail addresses seen with it, which tell people of
    the same name apart while the file is read; nothing of them is kept.
    """

    prefix: str
    address: str
    names: dict[str, str]
    logins: dict[str, str]
    mailboxes: dict[str, list[str]] = field(default_factory=dict)

    def text(self, element: Element, name: str) -> str:
        return (element.findtext(self.prefix + name) or "").strip()

    def key(self, kind: str, number: str) -> str:
        return compose.short_key(f"{self.address}#{kind}-{number}")

    def writer(self, login: str) -> ParsedAuthor:
        return compose.known_author(
            f"{self.address}#author-{login}", self.names.get(login) or login
        )

    def commenter(self, comment: Element) -> ParsedAuthor:
        login = self.logins.get(self.text(comment, "comment_user_id"))
        if login is not None:
            return self.writer(login)
        name = convert.to_plain(self.text(comment, "comment_author"))
        folded = compose.name_in_key(name)
        known = self.mailboxes.setdefault(folded, [])
        mailbox = self.text(comment, "comment_author_email").casefold()
        if mailbox not in known:
            known.append(mailbox)
        number = known.index(mailbox) + 1
        suffix = f"-{number}" if number > 1 else ""
        return compose.known_author(f"{self.address}#commenter-{folded}{suffix}", name)


def parse_wordpress(stream: BinaryIO) -> ParsedFile:
    """Read a WordPress export; Invalid with a plain sentence when the file is none.

    Costs 1 to 5 ms for each text, and memory of about four times the file.
    """
    channel, prefix = _channel(read_tree(stream))
    blog = _blog(channel, prefix)
    findings = Findings()
    posts: list[RawPost] = []
    comments: list[RawComment] = []
    for item in channel.iterfind("item"):
        if blog.text(item, "post_type") not in {"post", "page"}:
            continue
        if blog.text(item, "status") != "publish" or blog.text(item, "post_password"):
            findings.add(Finding.DRAFT)
            continue
        post = _post(item, blog)
        posts.append(post)
        comments.extend(_comments(item, post.key, blog, findings))
    return compose.compose(FORMAT, posts, comments, findings)


def _channel(root: Element) -> tuple[Element, str]:
    """The channel and the namespace of its WordPress elements."""
    if root.tag == "{http://www.w3.org/2005/Atom}feed":
        raise Invalid(_("This looks like a Blogger file; use forum import blogger."))
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise Invalid(
            _(
                "This is not a WordPress export. In WordPress, open Tools, then Export, and take"
                " the .xml file that you get."
            )
        )
    for element in channel.iter():
        found = _WXR.match(element.tag)
        if found is not None:
            return channel, found[1]
    raise Invalid(
        _(
            "This is an RSS feed without WordPress's own entries (WXR 1.0 to 1.2), and so without"
            " comments. In WordPress, open Tools, then Export, and take the .xml file that you get."
        )
    )


def _blog(channel: Element, prefix: str) -> _Blog:
    names: dict[str, str] = {}
    logins: dict[str, str] = {}
    for author in channel.iterfind(f"{prefix}author"):
        login = (author.findtext(f"{prefix}author_login") or "").strip()
        number = (author.findtext(f"{prefix}author_id") or "").strip()
        names[login] = convert.to_plain(author.findtext(f"{prefix}author_display_name") or "")
        if login and number not in {"", "0"}:
            logins[number] = login
    address = channel.findtext(f"{prefix}base_blog_url") or channel.findtext("link") or ""
    return _Blog(prefix=prefix, address=address.strip().rstrip("/"), names=names, logins=logins)


def _post(item: Element, blog: _Blog) -> RawPost:
    login = (item.findtext(_CREATOR) or "").strip()
    source = item.findtext(_CONTENT) or ""
    return RawPost(
        key=blog.key("post", blog.text(item, "post_id")),
        title=convert.to_plain(item.findtext("title") or ""),
        author=blog.writer(login) if login else UNKNOWN,
        created_at=_date(item, blog, "post_date"),
        html=source,
        labels=compose.labels(_labels(item)),
        url=compose.web_address(item.findtext("link")),
        has_line_breaks=_has_line_breaks(source),
    )


def _comments(
    item: Element, post_key: str, blog: _Blog, findings: Findings
) -> Iterator[RawComment]:
    for comment in item.iterfind(f"{blog.prefix}comment"):
        is_approved = blog.text(comment, "comment_approved") == "1"
        if not is_approved or blog.text(comment, "comment_type") not in {"", "comment"}:
            findings.add(Finding.HELD_BACK)
            continue
        parent = blog.text(comment, "comment_parent")
        source = blog.text(comment, "comment_content")
        yield RawComment(
            key=blog.key("comment", blog.text(comment, "comment_id")),
            post_key=post_key,
            parent_key=None if parent in {"", "0"} else blog.key("comment", parent),
            author=blog.commenter(comment),
            created_at=_date(comment, blog, "comment_date"),
            html=source,
            has_line_breaks=_has_line_breaks(source),
        )


def _date(element: Element, blog: _Blog, name: str) -> datetime | None:
    """The date in UTC, else the one of the feed, else the blog's own clock taken for UTC."""
    texts = (
        blog.text(element, f"{name}_gmt"),
        element.findtext("pubDate"),
        blog.text(element, name),
    )
    for text, read in zip(texts, (_sql_date, _mail_date, _sql_date), strict=True):
        moment = compose.plausible(read(text or ""))
        if moment is not None:
            return moment
    return None


def _sql_date(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return None


def _mail_date(text: str) -> datetime | None:
    if _YEAR.search(text) is None:  # "-0001" of a missing date would be read as 2000
        return None
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(text)
    return None


def _labels(item: Element) -> Iterator[str]:
    for category in item.iterfind("category"):
        label = convert.to_plain(category.text or "")
        is_label = category.get("domain") in {None, "category", "tag", "post_tag"}
        if is_label and label.casefold() not in _NO_CATEGORY:
            yield label


def _has_line_breaks(source: str) -> bool:
    """In the block editor's texts newlines only lay out the source; elsewhere they break lines."""
    return "<!-- wp:" not in source
