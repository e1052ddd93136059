"""What a file of another system holds once it is read: plain values, the same for every format."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ParsedAuthor:
    """Who wrote a text. key: the same for the same person in every reading of the file.

    An unknown author has no name (None) and no key (""): two of them need not be one person.
    """

    key: str
    name: str | None


@dataclass(frozen=True, slots=True)
class ParsedComment:
    """One comment. parent_key: source_key of an earlier comment of the same thread, or None."""

    source_key: str
    parent_key: str | None
    author: ParsedAuthor
    created_at: datetime
    markdown: str


@dataclass(frozen=True, slots=True)
class ParsedThread:
    """One post of a blog with its comments, each after the comment that it answers.

    markdown: the background, without the question; may be empty when the question is all.
    question: plain text on one line, at most 500 characters; None makes it a discussion.
    url: where the post stood, if it says so with http or https.
    """

    source_key: str
    title: str
    is_untitled: bool
    author: ParsedAuthor
    created_at: datetime
    markdown: str
    question: str | None
    labels: tuple[str, ...]
    comments: tuple[ParsedComment, ...]
    url: str | None


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """Threads in time order; warnings: sentences that say what was left out or changed."""

    format: str
    threads: tuple[ParsedThread, ...]
    warnings: tuple[str, ...]
