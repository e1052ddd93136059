"""The difference between two texts, word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_WORDS = 4_000  # of both texts together; beyond that a text is compared by its lines

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    TAKEN_OUT = "taken out"


@dataclass(frozen=True, slots=True)
class Span:
    change: Change
    text: str


def word_diff(before: str, after: str) -> tuple[Span, ...]:
    """Spans in reading order; where words were replaced, the old ones come first."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        old, new = _LINES.findall(before), _LINES.findall(after)
    return tuple(_spans(old, new))


def _spans(old: list[str], new: list[str]) -> Iterator[Span]:
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        if kind == "equal":
            yield Span(Change.SAME, "".join(old[i1:i2]))
            continue
        if i1 < i2:
            yield Span(Change.TAKEN_OUT, "".join(old[i1:i2]))
        if j1 < j2:
            yield Span(Change.ADDED, "".join(new[j1:j2]))
