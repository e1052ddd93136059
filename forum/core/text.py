"""Plain text as it comes from people: cleaning, slugs, cuts at a word, the question in a text."""

import re
import unicodedata

from slugify import slugify

SLUG_LENGTH = 60
QUESTION_LENGTH = 150
# UAX #15 (stream-safe text) allows 30 marks on one letter. Normalising is quadratic in the length
# of such a run: 20,000 marks took 0.3 s, a megabyte would hold a worker for minutes.
MAX_MARKS = 30

_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # NUL, C0 but for tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks reorder what readers see
    "\ufeff\ud800-\udfff"  # byte order mark; a lone surrogate fits no database
    "\ufdd0-\ufdef"
    + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
    + "]"
)
_MARK_RUN = re.compile(rf"[^\w\x00-\x7f]{{{MAX_MARKS + 1},}}")
_SPACE = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"\n\s*\n")
_CLOSING = "\"')]\u2019\u201d\u00bb"
_ENDINGS = (".", "!", "?", "\u2026")


def scrub(text: str) -> str:
    """Text fit to store and show: one kind of newline, no invisible tricks, composed (NFC).

    Joiners (U+200C, U+200D) stay: scripts and emoji need them. Scrubbing twice changes nothing.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWANTED.sub("", text)
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARK_RUN.sub(_without_heaps, text))


def _without_heaps(run: re.Match[str]) -> str:
    kept = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def scrub_line(text: str) -> str:
    """The same for what stands on one line (titles, names): any white space is one space."""
    return _SPACE.sub(" ", scrub(text)).strip()


def slug(title: str) -> str:
    """The readable part of an address: at most 60 characters, "thread" when nothing is left."""
    line = scrub_line(title)
    # `modern` keeps the vowel signs of Indic and Arabic scripts inside their words.
    found = slugify(
        line,
        max_length=SLUG_LENGTH,
        word_boundary=True,
        save_order=True,
        allow_unicode=True,
        entities=False,
        decimal=False,
        hexadecimal=False,
        algorithm="modern",
    )
    return found or "thread"


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, cut after a whole word and ended with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    if not (head[-1:].isspace() or text[len(head)].isspace()):
        whole = head.rsplit(maxsplit=1)
        head = whole[0] if len(whole) > 1 else head
    return head.rstrip().rstrip(",;:-\u2013\u2014") + "\u2026"


def first_question(text: str) -> str | None:
    """The question that a plain text ends with, as a title of at most 150 characters.

    A background usually comes before the question itself, so the last sentence that ends in a
    question mark is taken; None when there is none.
    """
    question: str | None = None
    for paragraph in _BLANK_LINE.split(text):
        sentence: list[str] = []
        for word in paragraph.split():
            sentence.append(word)
            bare = word.rstrip(_CLOSING)
            if bare.endswith("?"):
                question = " ".join(sentence)
            if bare.endswith(_ENDINGS):
                sentence = []
    return None if question is None else cut(question, QUESTION_LENGTH)
