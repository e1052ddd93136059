"""Languages that a service speaks: by code in the database, by name on pages and in files."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

from forum.core.i18n import DEFAULT, LANGUAGES, language
from forum.index.words import folded

# Offered as boxes to tick; every other language of CLDR is typed.
COMMON = (
    *("en", "es", "ar", "bg", "bn", "de", "fa", "fr", "hi", "ht", "hu", "it", "nl", "pl", "pt"),
    *("ro", "ru", "so", "sq", "th", "ti", "tl", "tr", "uk", "ur", "vi", "yo", "zh"),
)
_CODE = re.compile(r"([a-z]{2,3})(?:-[A-Za-z0-9]{2,8})*")


@cache
def names(code: str) -> Mapping[str, str]:
    """What languages are called in one of them."""
    return {str(key): str(name) for key, name in Locale.parse(code).languages.items()}


def name_of(code: str) -> str:
    """A language in the reader's language; its code, where CLDR does not know it."""
    known = names(language())
    return known.get(code.replace("-", "_")) or known.get(code.partition("-")[0], code)


def find_language(text: str) -> str | None:
    """The code of a language that is given by code or by name, in whatever language of ours."""
    text = text.strip()
    found = _CODE.fullmatch(text.replace("_", "-"))
    if found is not None and found[1] in names(DEFAULT):
        return found[0]
    return _by_name().get(" ".join(folded(text)))


@cache
def _by_name() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code in names(DEFAULT):
        for spoken in (_own_name(code), *(names(one).get(code, "") for one in LANGUAGES)):
            key = " ".join(folded(spoken))
            if key and "_" not in code:
                found.setdefault(key, code)
    return found


@cache
def _own_name(code: str) -> str:
    try:
        return str(Locale.parse(code).language_name or "")
    except (UnknownLocaleError, ValueError):
        return ""


def split(text: str) -> tuple[str, ...]:
    """The parts of a list of names, between commas, semicolons or lines."""
    return tuple(part.strip() for part in re.split(r"[,;\n]", text) if part.strip())


def choices() -> list[tuple[str, str]]:
    """The common languages as (code, name), by name."""
    found = [(code, name_of(code)) for code in COMMON]
    return sorted(found, key=lambda one: folded(one[1]))


def others(codes: Iterable[str]) -> tuple[str, ...]:
    """Of these, the codes that no box stands for."""
    return tuple(code for code in codes if code not in COMMON)
