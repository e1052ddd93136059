"""What a person asks for: words, phrases and filters, from one line of text or from a form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from forum.core.text import scrub_line
from forum.index.words import Term, beginning, term

MOST_TERMS = 12  # words and phrases of one search; what comes after is left out
MOST_FILTERS = 8  # of one search, likewise
LONGEST = 300  # characters of one line

E = TypeVar("E", bound=StrEnum)

# `-`, an operator, then a phrase or whatever has no space in it. An operator that is none of these
# stays a part of the word.
_PART = re.compile(
    r"(?P<not>-)?(?:(?P<name>tag|in|by|kind|is|before|after):)?"
    r'(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)


class Kind(StrEnum):
    THREAD = "thread"
    COMMENT = "comment"
    PROMPT = "prompt"
    DISCUSSION = "discussion"
    PROPOSAL = "proposal"
    TAG = "tag"
    PERSON = "person"
    SERVICE = "service"


class Mark(StrEnum):
    QUESTION = "question"
    UNANSWERED = "unanswered"  # a question without a marked answer
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Asked:
    """One search. Filters that are named several times all have to hold."""

    line: str = ""  # as typed, without the form's filters
    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    plain: str = ""  # the words alone: for names
    last: str = ""  # what the last word begins with; empty where whole words are asked for
    tags: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    marks: tuple[Mark, ...] = ()
    before: date | None = None
    after: date | None = None
    too_frequent: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.plain or self.narrows)

    @property
    def narrows(self) -> bool:
        """Whether anything says which posts are meant; the most frequent words do not."""
        return bool(self.terms or self.excluded or self.has_filters)

    @property
    def has_filters(self) -> bool:
        return bool(
            self.tags
            or self.spaces
            or self.people
            or self.kinds
            or self.marks
            or self.before
            or self.after
        )


def read(line: str, form: Mapping[str, str] | None = None) -> Asked:
    """What a line asks for, with the fields of the form beside it. Any text is a search.

    What is no filter after all (a date that is none, a kind that there is not) is a word.
    """
    line = scrub_line(line)[:LONGEST].strip()
    reader = _Reader()
    for part in _PART.finditer(line):
        name, phrase = (part["name"] or "").casefold(), part["phrase"]
        value = phrase if phrase is not None else part["word"]
        if part["not"] or not name or not reader.take_filter(name, value):
            reader.take_words(f"{name} {value}", is_excluded=bool(part["not"]), text=part[0])
    for name, value in (form or {}).items():
        cleaned = scrub_line(value)[:LONGEST].strip()
        if cleaned:
            reader.take_filter(name, cleaned)
    return replace(reader.asked, line=line)


def with_start(asked: Asked) -> tuple[Term, ...]:
    """What is asked for, where the last word may be the beginning of one."""
    if not asked.last:
        return asked.terms
    return (*asked.terms[:-1], replace(asked.terms[-1], start=asked.last))


def as_line(asked: Asked, form: Mapping[str, str]) -> str:
    """The whole search on one line, the form's filters as operators: how it is kept."""
    parts = [asked.line]
    for name, value in form.items():
        cleaned = scrub_line(value).replace('"', "")
        if cleaned and _Reader().take_filter(name, cleaned):
            parts.append(f'{name}:"{cleaned}"' if " " in cleaned else f"{name}:{cleaned}")
    return " ".join(filter(None, parts))


class _Reader:
    """Collects the parts of a search."""

    def __init__(self) -> None:
        self.asked = Asked()
        self._filters = 0

    def take_filter(self, name: str, value: str) -> bool:
        """Add a filter; False where this is none."""
        asked, value = self.asked, value.strip().removeprefix("@" if name == "by" else "")
        if not value:
            return False
        self._filters += 1
        if self._filters > MOST_FILTERS:
            return True
        if name == "tag":
            self.asked = replace(asked, tags=(*asked.tags, value))
        elif name == "in":
            self.asked = replace(asked, spaces=(*asked.spaces, value.casefold()))
        elif name == "by":
            self.asked = replace(asked, people=(*asked.people, value))
        elif name == "kind" and (kind := _choice(Kind, value)) is not None:
            self.asked = replace(asked, kinds=(*asked.kinds, kind))
        elif name == "is" and (mark := _choice(Mark, value)) is not None:
            self.asked = replace(asked, marks=(*asked.marks, mark))
        elif name in {"before", "after"} and (day := _day(value)) is not None:
            self._take_day(name, day)
        else:
            return False
        return True

    def _take_day(self, name: str, day: date) -> None:
        """Of several days the narrowest counts."""
        asked = self.asked
        if name == "before":
            self.asked = replace(asked, before=min(day, asked.before or day))
        else:
            self.asked = replace(asked, after=max(day, asked.after or day))

    def take_words(self, words: str, *, is_excluded: bool, text: str) -> None:
        asked, found = self.asked, term(words)
        if len(asked.terms) + len(asked.excluded) >= MOST_TERMS:
            return
        if is_excluded:
            if found is not None:
                self.asked = replace(asked, excluded=(*asked.excluded, found))
            return
        plain = f"{asked.plain} {words.strip()}".strip()
        if found is None:
            frequent = (*asked.too_frequent, text) if words.strip() else asked.too_frequent
            self.asked = replace(asked, plain=plain, last="", too_frequent=frequent)
            return
        is_word = '"' not in text and all(len(stems) == 1 for stems in found.alternatives)
        last = beginning(words) if is_word else ""
        self.asked = replace(asked, terms=(*asked.terms, found), plain=plain, last=last)


def _choice(kind: type[E], value: str) -> E | None:
    try:
        return kind(value.casefold())
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    # The first and the last day of all have no midnight in every time zone.
    return day if date.min < day < date.max and len(value) == len("2026-11-24") else None
