"""What the directory calls things in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forum.core.i18n import _, lazy
from forum.services.languages import name_of
from forum.services.models import ServiceState

# The values of an entry, in the order of its page.
FIELDS = {
    "name": lazy("Name"),
    "organisation": lazy("Organisation"),
    "needs": lazy("Needs"),
    "offers": lazy("What it offers"),
    "eligibility": lazy("Who can use it"),
    "places": lazy("Where"),
    "languages": lazy("Languages"),
    "cost": lazy("Cost"),
    "phone": lazy("Telephone"),
    "email": lazy("E-mail"),
    "url": lazy("Link"),
    "hours": lazy("Hours"),
    "safe_contact": lazy("How to contact it safely"),
    "known_from": lazy("Where this is known from"),
    "state": lazy("State"),
}
STATES = {
    ServiceState.SUGGESTED: lazy("suggested"),
    ServiceState.LISTED: lazy("in the directory"),
    ServiceState.RETIRED: lazy("retired"),
}


# What becomes of the rows of a file, by actions.Fate.
FATES = {
    "added": lazy("new entries"),
    "changed": lazy("changed entries"),
    "same": lazy("entries that say this already"),
    "left out": lazy("services that are not active, left out"),
    "failed": lazy("rows with something wrong"),
}
_LISTS = ("needs", "places", "languages")


def said(values: Mapping[str, Any]) -> str:
    """Everything but its name that an entry says, a line each, the same in every language."""
    texts = [
        ", ".join(values.get(name, ())) if name in _LISTS else str(values.get(name, ""))
        for name in FIELDS
        if name not in ("name", "state")
    ]
    return "\n".join(text for text in texts if text)


@dataclass(frozen=True, slots=True)
class Names:
    """What needs and places are called, by their slugs."""

    needs: Mapping[str, str]
    places: Mapping[str, str]


def told(values: Mapping[str, Any], names: Names) -> dict[str, str]:
    """The values of a version as texts to read and to compare, by field."""
    texts = {name: str(values.get(name, "")) for name in FIELDS}
    texts["needs"] = ", ".join(names.needs.get(slug, slug) for slug in values.get("needs", ()))
    places = [names.places.get(slug, slug) for slug in values.get("places", ())]
    texts["places"] = ", ".join(places) if "places" not in values or places else _("Anywhere")
    texts["languages"] = ", ".join(map(name_of, values.get("languages", ())))
    if values.get("state"):
        texts["state"] = str(STATES[ServiceState(values["state"])])
    return texts
