"""Passwords: how they are hashed, how strong they must be, and how many at once.

Hashing takes some 50 ms and 46 MiB on purpose, so callers do it before they open a transaction.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type
from zxcvbn import zxcvbn

from forum.core.errors import Invalid, TooMany
from forum.core.i18n import _, lazy

SHORTEST = 8
LONGEST = 256
GOOD_SCORE = 3  # of 4: safely unguessable, some 10^8 guesses and more
JUDGED = 72  # characters that zxcvbn looks at; it takes seconds over very long ones
SECONDS_TO_WAIT = 5
_RETRY_SECONDS = 5
_EASY = lazy("This password is easy to guess. Four or more unrelated words are a good one.")
# What zxcvbn says about it, in our words.
_COMMON = lazy(
    "This password is easy to guess: many people use it, or one much like it."
    " Four or more unrelated words are a good one."
)
_NAMES = lazy(
    "This password is easy to guess: names are. Four or more unrelated words are a good one."
)
_PATTERN = lazy(
    "This password is easy to guess: rows of keys, repeats and sequences are."
    " Four or more unrelated words are a good one."
)
_DATE = lazy(
    "This password is easy to guess: years and dates are."
    " Four or more unrelated words are a good one."
)
_WORD = lazy(
    "This password is easy to guess: a word by itself is."
    " Four or more unrelated words are a good one."
)
_EASY_BECAUSE = {
    "This is a top-10 common password.": _COMMON,
    "This is a top-100 common password.": _COMMON,
    "This is a very common password.": _COMMON,
    "This is similar to a commonly used password.": _COMMON,
    "A word by itself is easy to guess.": _WORD,
    "Names and surnames by themselves are easy to guess.": _NAMES,
    "Common names and surnames are easy to guess.": _NAMES,
    "Straight rows of keys are easy to guess.": _PATTERN,
    "Short keyboard patterns are easy to guess.": _PATTERN,
    'Repeats like "aaa" are easy to guess.': _PATTERN,
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': _PATTERN,
    'Sequences like "abc" or "6543" are easy to guess.': _PATTERN,
    "Recent years are easy to guess.": _DATE,
    "Dates are often easy to guess.": _DATE,
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Parameters of argon2id: passes, KiB of memory, lanes."""

    passes: int
    memory: int
    lanes: int


# OWASP's figures for argon2id (46 MiB, one pass, one lane).
COST = Cost(passes=1, memory=47_104, lanes=1)


class Hashing:
    """How hashes are made in this process; the one place to change the parameters."""

    def __init__(self, cost: Cost = COST, *, at_once: int = 2) -> None:
        self.cost = cost
        self._slots = threading.BoundedSemaphore(at_once)

    def limit(self, at_once: int) -> None:
        """Let so many hashes be computed at once, and at least one."""
        self._slots = threading.BoundedSemaphore(max(at_once, 1))

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a turn; TooMany when none comes in a few seconds."""
        slots = self._slots
        if not slots.acquire(timeout=SECONDS_TO_WAIT):
            raise TooMany(
                _("Many people are signing in just now. Please try again in a moment."),
                retry_after=_RETRY_SECONDS,
            )
        try:
            yield
        finally:
            slots.release()


HASHING = Hashing()


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, type=Type.ID
    )


@lru_cache(maxsize=4)
def _dummy(cost: Cost) -> str:
    return _hasher(cost).hash("nobody's password")


def protect(password: str, context: Iterable[str], *, field: str = "password") -> str:
    """The hash of a new password; Invalid (about `field`) when it is too short, long or weak.

    context: what is known about the person (names, address, the site), which makes guesses easy.
    """
    check(password, context, field=field)
    return hash_password(password)


def check(password: str, context: Iterable[str], *, field: str = "password") -> None:
    """Raise Invalid, with what to do instead, unless a password is good enough."""
    if len(password) < SHORTEST:
        raise Invalid(
            _(
                "Please use at least %(shortest)s characters; twelve or more are better.",
                shortest=SHORTEST,
            ),
            field,
        )
    if len(password) > LONGEST:
        raise Invalid(_("Please use at most %(longest)s characters.", longest=LONGEST), field)
    words = [part for text in context for part in _parts(text)]
    judged = zxcvbn(password[:JUDGED], user_inputs=words)
    if judged["score"] < GOOD_SCORE:
        warning = judged["feedback"]["warning"]
        raise Invalid(
            _EASY_BECAUSE.get(warning) or _EASY,
            field,
        )


def _parts(text: str) -> set[str]:
    """A text as a whole and its words: an address gives its name and its host too."""
    whole = text.casefold()
    for mark in "@._-":
        text = text.replace(mark, " ")
    words = text.casefold().split()
    return {part for part in [whole, "".join(words), *words] if len(part) > 2}  # noqa: PLR2004 - not "of"


def hash_password(password: str) -> str:
    with HASHING.slot():
        return _hasher(HASHING.cost).hash(_encoded(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when nothing is stored."""
    with HASHING.slot():
        try:
            _hasher(HASHING.cost).verify(stored or _dummy(HASHING.cost), _encoded(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def spend_time() -> None:
    """Take as long as a verification, so that an answer's time tells nothing."""
    verify(None, "nobody's guess")


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher(HASHING.cost).check_needs_rehash(stored)


def _encoded(password: str) -> bytes:
    """Lone surrogates come from broken clients; they are kept apart rather than refused."""
    return password.encode("utf-8", "surrogatepass")
