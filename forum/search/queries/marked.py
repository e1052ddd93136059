"""Texts cut to where they hold what was asked for, with those words marked."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from forum.index.words import fold, places, stem_english, stem_spanish
from forum.search.asked import Asked

SNIPPET = 240  # characters
_BEFORE = 60  # characters of it that stand before the first word that was asked for
_MOST_HITS = 40  # looked at in one text


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of plain text; `is_hit` where it was asked for."""

    text: str
    is_hit: bool = False


class Wanted(dict[str, str]):
    """The words to mark: by their stems, or by how they begin.

    Each word of a text, as it was typed, leads to itself folded where it is one of those, else to
    nothing. Filled while texts are read: those of one page share most of their words.
    """

    def __init__(self, stems: frozenset[str], start: str = "") -> None:
        super().__init__()
        self.stems = stems
        self.start = start

    def __missing__(self, typed: str) -> str:
        word = fold(typed)
        found = self[typed] = word if word and self._holds(word) else ""
        return found

    def _holds(self, word: str) -> bool:
        return (
            stem_english(word) in self.stems
            or stem_spanish(word) in self.stems
            or (bool(self.start) and word.startswith(self.start))
        )


def wanted(asked: Asked, *, with_start: bool) -> Wanted:
    stems = {stem for term in asked.terms for stems in term.alternatives for stem in stems if stem}
    return Wanted(frozenset(stems), asked.last if with_start else "")


def marked(text: str, words: Wanted) -> tuple[Span, ...]:
    """The whole text with the words marked."""
    return tuple(_spans(text, [(start, end) for start, end, _ in _hits(text, words)]))


def snippet(text: str, words: Wanted) -> tuple[Span, ...]:
    """The part of a text in which most of the words stand together, or its beginning."""
    text = " ".join(text.split())
    hits = list(_hits(text, words))
    first = _best(hits)
    start = _word_start(text, max(0, first - _BEFORE)) if len(text) > SNIPPET else 0
    end = min(len(text), start + SNIPPET)
    if end < len(text):
        end = max(text.rfind(" ", start, end), min(first + _BEFORE, end))
    inside = [(at - start, to - start) for at, to, _ in hits if start <= at and to <= end]
    spans = list(_spans(text[start:end], inside))
    if start > 0:
        spans.insert(0, Span("\u2026 "))
    if end < len(text):
        spans.append(Span(" \u2026"))
    return tuple(spans)


def _hits(text: str, words: Wanted) -> Iterator[tuple[int, int, str]]:
    if not words.stems:
        return
    count = 0
    for place in places(text):
        word = words[place[0]]
        if word:
            yield place.start(), place.end(), word
            count += 1
            if count == _MOST_HITS:
                return


def _best(hits: list[tuple[int, int, str]]) -> int:
    """Where the stretch begins that holds the most different words; 0 without any."""
    ends = [end for _, end, _ in hits]
    best, most = 0, 0
    for number, (start, _, _) in enumerate(hits):
        inside = hits[number : bisect_left(ends, start + SNIPPET - _BEFORE)]
        count = len({word for _, _, word in inside})
        if count > most:
            best, most = start, count
    return best


def _word_start(text: str, position: int) -> int:
    """The beginning of the word at a position, or of the next one."""
    if position == 0:
        return 0
    space = text.find(" ", position - 1)
    return position if space < 0 or space - position > _BEFORE else space + 1


def _spans(text: str, hits: list[tuple[int, int]]) -> Iterator[Span]:
    position = 0
    for start, end in hits:
        if start > position:
            yield Span(text[position:start])
        yield Span(text[start:end], is_hit=True)
        position = end
    if position < len(text):
        yield Span(text[position:])
