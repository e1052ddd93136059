"""Words in the reader's language: the catalogues, and what every layer wraps its words with.

English is what stands in the code. Flask-Babel knows the language of the moment: that of the
request's reader (web/language.py), or the one that `force_locale` names, for mail.
"""

import io
from collections.abc import Mapping
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any, cast

from babel import Locale
from babel.dates import format_timedelta, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask_babel import Domain, force_locale, get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape
from typing_extensions import override

from forum import paths

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "WRITTEN",
    "Catalogues",
    "_",
    "ago",
    "catalogue",
    "direction",
    "force_locale",
    "gettext",
    "language",
    "lazy",
    "month_names",
    "ngettext",
    "number",
]

DEFAULT = "en"
# Languages of the interface, as they call themselves. A new one needs a folder in translations/.
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
# Languages that people write in here, whatever the pages speak: what a post can be marked with.
WRITTEN: Mapping[str, str] = {
    **LANGUAGES,
    "ar": "العربية",
    "fa": "فارسی",
    "fr": "Français",
    "hi": "हिन्दी",
    "ht": "Kreyòl ayisyen",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "tl": "Filipino",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
_SMALL = 1_000  # below, every locale writes numbers alike
_MOST = {"days": 6, "hours": 23, "minutes": 59}  # of each unit, before the next larger one is used


def gettext(text: str, **values: object) -> str:
    """A text in the reader's language, with these values in its places.

    Straight from the catalogue: Flask-Babel's own way there takes three times as long, and a page
    has dozens of texts.
    """
    found = catalogue(language()).gettext(text)
    return found % values if values else found


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """A text for one or for many; the number itself is `%(num)s` in it."""
    found = catalogue(language()).ngettext(one, many, number)
    return found % {"num": number, **values}


_ = gettext


class _Lazy(LazyString):
    """Translated each time it is shown; escaped like any text, for its values may be typed."""

    def __html__(self) -> Markup:
        return escape(str(self))


def lazy(text: str, **variables: Any) -> str:
    """A text of a module or class, whose reader is not known yet; `str()` of it translates.

    Typed as the text it stands for, as forms and templates take it.
    """
    return cast("str", _Lazy(gettext, text, **variables))


def language() -> str:
    """The language of the moment, one of LANGUAGES."""
    locale = get_locale()
    return DEFAULT if locale is None else str(locale)


@cache
def catalogue(code: str) -> NullTranslations:
    """What a language calls things; read once a process from the text that translators edit.

    No compiled file can then be missing or older than its source. Reading takes some 30 ms.
    """
    file = paths.TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as source:
        catalog = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)  # leaves out what is marked as fuzzy
    compiled.seek(0)
    return Translations(fp=compiled)


class Catalogues(Domain):
    """Flask-Babel's way to our catalogues."""

    @override
    def get_translations(self) -> NullTranslations:
        return catalogue(language())


@cache
def direction(code: str) -> str:
    """How a language is written: "ltr" or "rtl"."""
    return str(Locale.parse(code).text_direction)


@cache
def month_names(code: str) -> tuple[str, ...]:
    """The twelve months in short, January first."""
    names = get_month_names("abbreviated", locale=code)
    return tuple(names[month] for month in range(1, 13))


@cache
def ago(code: str) -> Mapping[str, Mapping[str, str]]:
    """How long ago something was, by unit and by CLDR's category of its number, which is `{n}`.

    Of "days", "hours" and "minutes": {"days": {"one": "{n} day ago", "other": "{n} days ago"}}.
    """
    locale = Locale.parse(code)
    words: dict[str, dict[str, str]] = {}
    for unit, most in _MOST.items():
        for count in range(1, most + 1):
            past = -timedelta(**{unit: count})
            told = format_timedelta(past, threshold=1, add_direction=True, locale=locale)
            form = told.replace(str(count), "{n}")
            words.setdefault(unit, {}).setdefault(locale.plural_form(count), form)
    return words


@lru_cache(maxsize=2_000)
def number(value: int, code: str) -> str:
    """A whole number as the language writes it: "12,345", "12.345"."""
    return str(value) if -_SMALL < value < _SMALL else str(format_decimal(value, locale=code))
