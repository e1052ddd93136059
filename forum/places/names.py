"""What places are called: the countries of ISO 3166 in every language, and names as compared."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from forum.core.i18n import DEFAULT
from forum.core.text import slug
from forum.index.words import folded

KEY_LENGTH = 160  # characters of a folded name
# Of two letters as countries are, and none: unions, islands of one, codes of tests. Kosovo (XK)
# has no code of its own in ISO 3166 and stays, because people live there who look for services.
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())  # noqa: SIM905


@cache
def countries(code: str = DEFAULT) -> Mapping[str, str]:
    """The name of each country in this language, by its code of two letters."""
    names = Locale.parse(code).territories
    return {
        country: str(names[country])
        for country in sorted(Locale.parse(DEFAULT).territories)
        if len(country) == len("XX") and country.isalpha() and country not in _NO_COUNTRIES
    }


def country_name(country: str, code: str) -> str:
    """A country's name in this language; its code, where Babel knows it no more."""
    return countries(code).get(country, country)


def key_of(name: str) -> str:
    """The form in which names are compared: no case, no accents, no hyphens; empty for none."""
    return " ".join(folded(name))[:KEY_LENGTH]


def slug_of(name: str) -> str:
    """The readable part of a place's address, in letters without accents where it can be."""
    return slug(key_of(name))
