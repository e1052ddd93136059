"""What is watched for, and whether a text has it: phrases and patterns, both in linear time.

A phrase is whole words in a row, as the search compares them: without case and accents. A star at
the end of a word stands for any ending. A pattern is a regular expression of a kind that cannot
run away: literals, classes and dots, each at most repeated a bounded number of times. There are no
groups and no * or +, so a place in a text is left after at most MOST_STEPS steps, whatever stands
there; the cost grows with the text and with nothing else.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.index.words import folded

LENGTH = 200  # characters of a phrase or a pattern
SHORTEST_START = 3  # letters before a star: with fewer, nearly every text would have it
LONGEST_MATCH = 40  # characters that a pattern may stand for
MOST_WAYS = 12  # in which a pattern may share out what it stands for
MOST_STEPS = LONGEST_MATCH * MOST_WAYS
_KEPT = 4096  # finished expressions in memory

_ESCAPES = frozenset("dDwWsSbB")
_NO_WIDTH = frozenset("bB")
_SPECIAL = frozenset("()*+^$")
_REPEAT = re.compile(r"\{([0-9]{1,2})(?:,([0-9]{1,2}))?\}")


@dataclass(frozen=True)
class Text:
    """A text that is looked through, prepared once for all that is watched."""

    raw: str

    @cached_property
    def words(self) -> str:
        """Its words, folded, with a space before and after each."""
        return f" {' '.join(folded(self.raw))} "


@dataclass(frozen=True, slots=True)
class Matcher:
    """A phrase or a pattern, ready to look for."""

    expression: re.Pattern[str]
    is_pattern: bool

    def is_in(self, text: Text) -> bool:
        return self.expression.search(text.raw if self.is_pattern else text.words) is not None


@lru_cache(_KEPT)
def matcher(phrase: str, *, is_pattern: bool) -> Matcher:
    """The phrase or pattern ready to look for; Invalid, in words for who wrote it."""
    return Matcher(_pattern(phrase) if is_pattern else _phrase(phrase), is_pattern)


# -- Phrases -----------------------------------------------------------------------------------


def _phrase(phrase: str) -> re.Pattern[str]:
    parts: list[str] = []
    for word in phrase.split():
        inner = folded(word)
        if not inner or "*" in word.rstrip("*"):
            raise Invalid(
                _("A star stands at the end of a word, and every part needs letters or digits."),
                "phrase",
            )
        parts += map(re.escape, inner)
        if word.endswith("*"):
            if len(inner[-1]) < SHORTEST_START:
                raise Invalid(
                    _("Please write at least %(most)s letters before a star.", most=SHORTEST_START),
                    "phrase",
                )
            parts[-1] += r"\S*"
    if not parts:
        raise Invalid(_("Please say what to look for."), "phrase")
    # Begins with a space and goes from space to space: one try for each word of the text.
    return re.compile(f" {' '.join(parts)} ")


# -- Patterns ----------------------------------------------------------------------------------


def _pattern(pattern: str) -> re.Pattern[str]:
    shortest, longest, ways = _Reader(pattern).measures()
    if shortest == 0:
        raise Invalid(_("This pattern would be found in every text."), "phrase")
    if longest > LONGEST_MATCH or ways > MOST_WAYS:
        raise Invalid(
            _(
                "This pattern leaves too much open. It may stand for %(longest)s characters, and"
                " ? and {2,5} may come to %(ways)s ways in all.",
                longest=LONGEST_MATCH,
                ways=MOST_WAYS,
            ),
            "phrase",
        )
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        raise _unreadable() from None


def _unreadable() -> Invalid:
    return Invalid(
        _(
            "This pattern cannot be read. It may hold letters, digits and signs, . for any one"
            " character, classes such as [0-9] or \\d, ? and counts such as {2,5}, and | between"
            " alternatives; a sign that means itself has a \\ before it."
        ),
        "phrase",
    )


class _Reader:
    """Reads a pattern from left to right and measures it; Invalid for all that is not allowed."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def measures(self) -> tuple[int, int, int]:
        """The shortest and longest text that it stands for, and in how many ways."""
        every = [self._alternative()]
        while self._next() == "|":
            self._at += 1
            every.append(self._alternative())
        return (
            min(shortest for shortest, _, _ in every),
            max(longest for _, longest, _ in every),
            sum(ways for _, _, ways in every),
        )

    def _alternative(self) -> tuple[int, int, int]:
        shortest, longest, ways = 0, 0, 1
        while self._next() not in ("", "|"):
            width = self._atom()
            least, most = self._count() if width else (1, 1)
            shortest += width * least
            longest += width * most
            ways *= most - least + 1
        return shortest, longest, ways

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._next()
        self._at += 1
        return character

    def _atom(self) -> int:
        """Read one literal, dot, escape or class; 0 when it stands for no character."""
        character = self._take()
        if character in _SPECIAL or character in "?{}]":
            raise _unreadable()
        if character == "\\":
            return 0 if self._escaped() in _NO_WIDTH else 1
        if character == "[":
            self._class()
        return 1

    def _escaped(self) -> str:
        character = self._take()
        if not character or (character.isalnum() and character not in _ESCAPES):
            raise _unreadable()
        return character

    def _class(self) -> None:
        if self._next() == "^":
            self._at += 1
        before = ""
        count = 0
        while (character := self._take()) != "]":
            # Doubled signs mean something else to a later version of the engine.
            if character in ("", "[") or (character == before and character in "&|~-"):
                raise _unreadable()
            if character == "\\" and self._escaped() in _NO_WIDTH:
                raise _unreadable()
            before = character
            count += 1
        if not count:
            raise _unreadable()

    def _count(self) -> tuple[int, int]:
        """How often what was just read may stand: once, unless ? or {...} says otherwise."""
        if self._next() == "?":
            self._at += 1
            return 0, 1
        if self._next() != "{":
            return 1, 1
        found = _REPEAT.match(self._pattern, self._at)
        if found is None:
            raise _unreadable()
        self._at = found.end()
        least = int(found[1])
        most = int(found[2] or found[1])
        if most < max(least, 1):
            raise _unreadable()
        return least, most
