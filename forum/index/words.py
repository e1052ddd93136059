"""From text to the words of the index: folded, without the most frequent ones, and stemmed.

The same code makes the words at write and at query, so SQLite and PostgreSQL, which both get
finished words, find the same. A text is stemmed in the language that its own little words speak
for; what is looked for is stemmed in both.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.spanish_stemmer import SpanishStemmer

# Before a word as it was typed, where that is not its own stem: what begins so is found while a
# word is still being written. No word holds this character, and FTS5 counts it as a letter.
FORM = "\u00b7"
LONGEST = 40  # characters of a word; what is longer was not typed as one
SHORTEST_START = 3  # letters from which on a beginning finds words
_REMEMBERED = 2**16  # words whose stems are kept: stemming one takes some 50 microseconds

_ENGLISH = frozenset(
    (  # noqa: SIM905 - a list of words reads as words
        "the and of to in is are was were be been being it its that this these those for with as"
        " by at from or an but not which they their them there have had will would could should"
        " can do does did what when who how you your we our us i my she her his him if so than"
        " then about into out up very just also any some"
    ).split()
)
_SPANISH = frozenset(
    (  # noqa: SIM905
        "de la que el en y los las del se por un una unos unas con para su sus al lo como es pero"
        " le les ha han muy este esta estos estas ese esa eso esto o si ya porque cuando donde"
        " quien desde hasta hay fue ser tambien mas nos mi tu yo ella ellos ellas nosotros e"
    ).split()
)
# What stands in nearly every text leads nowhere. Words that mean something in the other language
# ("son", "sin", "no") are in neither list.
_FREQUENT = _ENGLISH | _SPANISH | {"a"}

# Letters and digits, with what stands between or on them: an apostrophe, and any sign beyond Latin
# that is no general punctuation, for many scripts write vowels as marks. fold() drops the rest.
_WORD = re.compile(
    "[0-9A-Za-z\u00c0-\u1fff\u2c00-\u2fff\u3040-\ufeff\uff10-\U0010ffff]"
    "(?:[0-9A-Za-z\u00c0-\u1fff\u2c00-\u2fff\u3040-\ufeff\uff10-\U0010ffff]"
    "|['\u2019](?=[0-9A-Za-z\u00c0-\u1fff]))*"
)

_english, _spanish = EnglishStemmer(), SpanishStemmer()
_stemming = threading.Lock()  # a stemmer keeps the word at hand in itself


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text for the index: its stems in order, and the words that are not their own stem."""

    stems: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """Something that has to be in a text: any of the alternatives, each stems in a row.

    `start` is what a word of the text may begin with instead; empty: whole words alone.
    """

    alternatives: tuple[tuple[str, ...], ...]
    start: str = ""


def places(text: str) -> Iterator[re.Match[str]]:
    """Each word of a text as it was typed, with where it begins and ends."""
    return _WORD.finditer(text)


def folded(text: str) -> tuple[str, ...]:
    """The words of a text, all of them, without case and accents."""
    return tuple(filter(None, map(fold, _WORD.findall(text))))


@lru_cache(_REMEMBERED)
def fold(word: str) -> str:
    """A word as it is compared: no case, no accents, no possessive; empty for none."""
    if word.isascii():
        bare = word.lower()
    else:
        bare = unicodedata.normalize("NFKD", word.replace("\u2019", "'")).casefold()
        bare = "".join(one for one in bare if one.isalnum() or one == "'")
    return bare.removesuffix("'s").replace("'", "")[:LONGEST]


def analyse(*texts: str) -> tuple[Analysed, ...]:
    """Texts that belong together, such as a title and what stands below it, in one language."""
    every = [folded(text) for text in texts]
    stem = stem_spanish if _is_spanish(word for words in every for word in words) else stem_english
    return tuple(_analysed(words, stem) for words in every)


def _analysed(words: Iterable[str], stem: Callable[[str], str]) -> Analysed:
    kept = [word for word in words if word not in _FREQUENT]
    stems = tuple(stem(word) for word in kept)
    forms = {word for word, root in zip(kept, stems, strict=True) if word != root}
    return Analysed(stems, tuple(sorted(forms)))


def _is_spanish(words: Iterable[str]) -> bool:
    spanish = english = 0
    for word in words:
        spanish += word in _SPANISH
        english += word in _ENGLISH
    return spanish > english


@lru_cache(_REMEMBERED)
def stem_english(word: str) -> str:
    with _stemming:
        return str(_english.stemWord(word)) or word


@lru_cache(_REMEMBERED)
def stem_spanish(word: str) -> str:
    # Folded before it is stemmed, so that an accent left out makes no other word.
    with _stemming:
        return str(_spanish.stemWord(word)) or word


def term(text: str) -> Term | None:
    """What a word or a phrase looks for; None when nothing of it is in the index."""
    words = [word for word in folded(text) if word not in _FREQUENT]
    if not words:
        return None
    both = (tuple(map(stem_english, words)), tuple(map(stem_spanish, words)))
    return Term(tuple(dict.fromkeys(both)))


def beginning(text: str) -> str:
    """What the last word of a text has to begin with while it is being typed; empty: too short."""
    words = folded(text)
    return words[-1] if words and len(words[-1]) >= SHORTEST_START else ""
