"""What an entry may hold: the shape of every value, before anything is looked up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from email_validator import EmailNotValidError, validate_email

from forum.core.i18n import _
from forum.core.links import is_web_link
from forum.core.text import scrub, scrub_line
from forum.services.languages import find_language
from forum.services.models import LINE_LENGTH, NAME_LENGTH, TEXT_LENGTH

# The longest value of each text, in characters; those of PARAGRAPHS have lines.
LENGTHS = {
    "name": NAME_LENGTH,
    "organisation": NAME_LENGTH,
    "offers": TEXT_LENGTH,
    "eligibility": TEXT_LENGTH,
    "cost": LINE_LENGTH,
    "phone": 60,
    "email": 254,
    "url": 500,
    "hours": LINE_LENGTH,
    "safe_contact": 500,
    "known_from": 500,
}
PARAGRAPHS = frozenset({"offers", "eligibility", "safe_contact", "known_from"})
_MOST = {"languages": 40, "needs": 20, "places": 40}
EXTERNAL_ID_LENGTH = 100
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*(?: ?(?:x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """An entry as somebody gives it: needs by slug or name, places by slug, code or name.

    Without places it serves people anywhere. `external_id` names it in files.
    """

    name: str
    organisation: str = ""
    offers: str = ""
    eligibility: str = ""
    cost: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    hours: str = ""
    safe_contact: str = ""
    known_from: str = ""
    languages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one value of an entry."""

    field: str
    message: str


def cleaned(draft: ServiceDraft) -> ServiceDraft:
    """The draft as it would be kept: texts scrubbed, languages by code, nothing twice."""
    texts: dict[str, Any] = {
        name: scrub(getattr(draft, name)).strip()
        if name in PARAGRAPHS
        else scrub_line(getattr(draft, name))
        for name in LENGTHS
    }
    if texts["organisation"].casefold() == texts["name"].casefold():
        texts["organisation"] = ""
    languages = (find_language(one) or one for one in draft.languages)
    return replace(
        draft,
        **texts,
        languages=tuple(dict.fromkeys(languages)),
        external_id=scrub_line(draft.external_id or "") or None,
    )


def plain(draft: ServiceDraft) -> dict[str, Any]:
    """The values of a cleaned draft, as a version keeps them."""
    return {
        **{name: getattr(draft, name) for name in LENGTHS},
        "languages": list(draft.languages),
        "needs": sorted(draft.needs),
        "places": sorted(draft.places),
    }


def problems_of(draft: ServiceDraft) -> Iterator[Problem]:
    """What is wrong with the values of a cleaned draft."""
    if not draft.name:
        yield Problem("name", _("Please give the name of the service."))
    if not draft.offers:
        yield Problem("offers", _("Please say in a sentence what it offers."))
    if not draft.needs:
        yield Problem("needs", _("Please choose at least one need that it answers."))
    yield from _too_long(draft)
    yield from _unreachable(draft)
    for language in draft.languages:
        if find_language(language) is None:
            yield Problem(
                "languages", _("“%(word)s” is no language that is known here.", word=language)
            )


def _too_long(draft: ServiceDraft) -> Iterator[Problem]:
    for name, most in {**LENGTHS, "external_id": EXTERNAL_ID_LENGTH}.items():
        if len(getattr(draft, name) or "") > most:
            yield Problem(name, _("Please use at most %(most)s characters.", most=most))
    for name, most in _MOST.items():
        if len(getattr(draft, name)) > most:
            yield Problem(name, _("Please choose at most %(most)s.", most=most))


def _unreachable(draft: ServiceDraft) -> Iterator[Problem]:
    if draft.phone and not _is_phone(draft.phone):
        yield Problem(
            "phone", _("Please give one number, such as +40 21 555 0100; other words go below.")
        )
    if draft.email and not _is_email(draft.email):
        yield Problem("email", _("This is no e-mail address."))
    if draft.url and not is_web_link(draft.url):
        yield Problem("url", _("A link begins with https:// or http:// and has no spaces."))


def _is_phone(text: str) -> bool:
    digits = sum(one.isdigit() for one in text)
    return _PHONE.fullmatch(text) is not None and digits >= _FEWEST_DIGITS


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)  # which would ask a name server
    except EmailNotValidError:
        return False
    return True
