"""From the entries of a blog, as one format or another lists them, to threads in their order."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from forum.core import clock
from forum.core.text import cut, scrub, scrub_line
from forum.imports import convert
from forum.imports.parsed import ParsedAuthor, ParsedComment, ParsedFile, ParsedThread

KEY_LENGTH = 200  # characters; longer ones are shortened to a hash
NAME_LENGTH = 80
LABEL_LENGTH = 60
MAX_LABELS = 20
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no blog is older; systems write zeros for "no date"

UNKNOWN = ParsedAuthor("", None)
_UNKNOWN_NAMES = frozenset({
    "", "unknown", "unknown author", "anonymous", "noreply", "desconocido", "desconocida",
    "autor desconocido", "autora desconocida", "anonimo", "anonima",
})  # fmt: skip


class Finding(Enum):
    """What a person is told about a reading, for one and for several; in the order of telling."""

    DRAFT = (
        "1 draft or private post was left out.",
        "{count:,} drafts or private posts were left out.",
    )
    HELD_BACK = (
        "1 comment that was not approved, or is no comment, was left out.",
        "{count:,} comments that were not approved, or are no comments, were left out.",
    )
    NO_POST = (
        "1 comment belongs to a post that is not imported; it was left out.",
        "{count:,} comments belong to posts that are not imported; they were left out.",
    )
    TWICE = (
        "1 entry is in the file twice; the first one counts.",
        "{count:,} entries are in the file more than once; the first of each counts.",
    )
    EMPTY = (
        "1 comment without any text was left out.",
        "{count:,} comments without any text were left out.",
    )
    NO_PARENT = (
        "1 reply answers a comment that is not in the file; it stands below the post.",
        "{count:,} replies answer comments that are not in the file; they stand below the post.",
    )
    CIRCLE = (
        "1 comment answers itself; it stands below the post.",
        "{count:,} comments answer each other in a circle; they stand below the post.",
    )
    NO_DATE = (
        "1 entry has no date that can be right; it got that of the nearest one.",
        "{count:,} entries have no date that can be right; they got that of the nearest one.",
    )
    CUT = (
        "1 text was longer than a post can be; its end is missing, as a line there says.",
        "{count:,} texts were longer than a post can be; the ends are missing, as lines there say.",
    )
    PLAIN = (
        "1 text lost some of its formatting; its words are all there.",
        "{count:,} texts lost some of their formatting; their words are all there.",
    )
    NOTHING = ("There is no published post in this file.", "")


class Findings:
    """Counts what a person is to be told."""

    def __init__(self) -> None:
        self._counts: Counter[Finding] = Counter()

    def add(self, finding: Finding, count: int = 1) -> None:
        self._counts[finding] += count

    def sentences(self) -> tuple[str, ...]:
        return tuple(
            finding.value[0] if count == 1 else finding.value[1].format(count=count)
            for finding in Finding
            if (count := self._counts[finding])
        )


@dataclass(frozen=True, slots=True)
class RawPost:
    """A published post as its file has it. title: plain text; html: the source as it stands."""

    key: str
    title: str
    author: ParsedAuthor
    created_at: datetime | None
    html: str
    labels: tuple[str, ...]
    url: str | None
    has_line_breaks: bool = False


@dataclass(frozen=True, slots=True)
class RawComment:
    """An approved comment as its file has it, with the keys of its post and of what it answers."""

    key: str
    post_key: str
    parent_key: str | None
    author: ParsedAuthor
    created_at: datetime | None
    html: str
    has_line_breaks: bool = False


Entry = TypeVar("Entry", RawPost, RawComment)


def compose(
    format_name: str,
    posts: Sequence[RawPost],
    comments: Sequence[RawComment],
    findings: Findings,
) -> ParsedFile:
    """The threads of a file, oldest first, with their comments and what is to be said of them."""
    by_key = _first_of_each(posts, findings)
    of_post: dict[str, list[RawComment]] = {key: [] for key in by_key}
    for comment in _first_of_each(comments, findings).values():
        if comment.post_key in of_post:
            of_post[comment.post_key].append(comment)
        else:
            findings.add(Finding.NO_POST)
    threads = [_thread(post, of_post[key], findings) for key, post in by_key.items()]
    if not threads:
        findings.add(Finding.NOTHING)
    return ParsedFile(
        format=format_name,
        threads=tuple(sorted(threads, key=lambda thread: thread.created_at)),
        warnings=findings.sentences(),
    )


def known_author(key: str, name: str | None) -> ParsedAuthor:
    """An author by name, UNKNOWN when the name is none; an e-mail address shows no domain."""
    shown = scrub_line(name or "")
    shown = shown.partition("@")[0] if "@" in shown[1:] and " " not in shown else shown
    if _folded(shown) in _UNKNOWN_NAMES:
        return UNKNOWN
    return ParsedAuthor(short_key(key), cut(shown, NAME_LENGTH))


def name_in_key(name: str) -> str:
    """The form in which authors without any other mark are told apart."""
    return unicodedata.normalize("NFKC", scrub_line(name)).casefold()


def short_key(key: str) -> str:
    key = scrub_line(key)
    if len(key) <= KEY_LENGTH:
        return key
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def web_address(address: str | None) -> str | None:
    """An http or https address of reasonable length, or None."""
    found = scrub(address or "").strip()
    is_web = found.lower().startswith(("http://", "https://")) and len(found) <= 2000  # noqa: PLR2004
    return found if is_web and not any(c.isspace() for c in found) else None


def labels(found: Iterable[str]) -> tuple[str, ...]:
    """Labels on one line each, without repetition (in whatever case), at most twenty."""
    unique: dict[str, str] = {}
    for label in found:
        shown = cut(scrub_line(label), LABEL_LENGTH)
        if shown:
            unique.setdefault(shown.casefold(), shown)
    return tuple(unique.values())[:MAX_LABELS]


def plausible(moment: datetime | None) -> datetime | None:
    """The moment in UTC; None for zeros and the like. What is to come is now."""
    if moment is None:
        return None
    try:
        in_utc = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    return min(in_utc, clock.now()) if in_utc >= EARLIEST else None


def _folded(name: str) -> str:
    """Without case and accents: how the words for nobody are compared."""
    decomposed = unicodedata.normalize("NFKD", name_in_key(name))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip(" .()")


def _first_of_each(entries: Iterable[Entry], findings: Findings) -> dict[str, Entry]:
    by_key: dict[str, Entry] = {}
    for entry in entries:
        if entry.key in by_key:
            findings.add(Finding.TWICE)
        else:
            by_key[entry.key] = entry
    return by_key


def _thread(post: RawPost, comments: Sequence[RawComment], findings: Findings) -> ParsedThread:
    text = _converted(post, findings, has_question=True)
    title, is_untitled = convert.name_thread(post.title, text.question, text.markdown)
    created_at = post.created_at
    if created_at is None:
        findings.add(Finding.NO_DATE)
        dates = [comment.created_at for comment in comments if comment.created_at]
        created_at = min(dates, default=clock.now())
    return ParsedThread(
        source_key=post.key,
        title=title,
        is_untitled=is_untitled,
        author=post.author,
        created_at=created_at,
        markdown=text.markdown,
        question=text.question,
        labels=post.labels,
        comments=_in_order(_comments(comments, created_at, findings), findings),
        url=post.url,
    )


def _comments(
    comments: Sequence[RawComment], posted_at: datetime, findings: Findings
) -> Iterator[ParsedComment]:
    for comment in comments:
        markdown = _converted(comment, findings).markdown
        if not markdown:
            findings.add(Finding.EMPTY)
            continue
        if comment.created_at is None:
            findings.add(Finding.NO_DATE)
        yield ParsedComment(
            source_key=comment.key,
            parent_key=comment.parent_key,
            author=comment.author,
            created_at=comment.created_at or posted_at,
            markdown=markdown,
        )


def _converted(
    entry: RawPost | RawComment, findings: Findings, *, has_question: bool = False
) -> convert.Converted:
    text = convert.to_markdown(
        entry.html, line_breaks=entry.has_line_breaks, has_question=has_question
    )
    findings.add(Finding.CUT, int(text.is_cut))
    findings.add(Finding.PLAIN, int(text.is_plain and not text.is_cut))
    return text


def _in_order(comments: Iterable[ParsedComment], findings: Findings) -> tuple[ParsedComment, ...]:
    """In time order, but none before the comment that it answers."""
    by_key = {comment.source_key: comment for comment in comments}
    missing = [key for key, c in by_key.items() if c.parent_key and c.parent_key not in by_key]
    _cut_off(by_key, missing, Finding.NO_PARENT, findings)
    _cut_off(by_key, _circular(by_key), Finding.CIRCLE, findings)
    placed: dict[str, ParsedComment] = {}
    for comment in sorted(by_key.values(), key=lambda comment: comment.created_at):
        waiting: list[ParsedComment] = []
        next_one: ParsedComment | None = comment
        while next_one is not None and next_one.source_key not in placed:
            waiting.append(next_one)
            next_one = by_key[next_one.parent_key] if next_one.parent_key else None
        placed.update((earlier.source_key, earlier) for earlier in reversed(waiting))
    return tuple(placed.values())


def _cut_off(
    by_key: dict[str, ParsedComment],
    keys: Collection[str],
    finding: Finding,
    findings: Findings,
) -> None:
    findings.add(finding, len(keys))
    for key in keys:
        by_key[key] = replace(by_key[key], parent_key=None)


def _circular(by_key: Mapping[str, ParsedComment]) -> set[str]:
    """Keys of the comments that answer themselves, over however many others. Linear."""
    found: set[str] = set()
    seen: set[str] = set()
    for start in by_key:
        path: list[str] = []
        key: str | None = start
        while key and key not in seen:
            seen.add(key)
            path.append(key)
            key = by_key[key].parent_key
        if key in path:
            found.update(path[path.index(key) :])
    return found
