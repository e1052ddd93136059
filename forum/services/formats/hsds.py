"""Entries as JSON of the Human Services Data Specification, version 3: a page of full services."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.services.checking import Problem, ServiceDraft
from forum.services.formats.records import Record, Row
from forum.services.languages import names

TAXONOMY = "Common Thread needs"
_NEED, _SAFE_CONTACT, _KNOWN_FROM = "need", "safe_contact", "known_from"
# What everything beside the service itself is named from, so that it has the same name each time.
_SPACE = uuid.UUID("8d1f8f2e-1c0f-5b0a-9f5e-0a0f6f2d7c11")
_DAYS = 10  # characters of an ISO date


def written(records: Iterable[Record], base_url: str) -> str:
    """One page of services; `base_url` is where this site is, without a slash at its end."""
    contents = [_service(record, base_url) for record in records]
    return json.dumps(
        {
            "total_items": len(contents),
            "total_pages": 1,
            "page_number": 1,
            "size": len(contents),
            "first_page": True,
            "last_page": True,
            "empty": not contents,
            "contents": contents,
        },
        ensure_ascii=False,
        indent=1,
    )


def _service(record: Record, base_url: str) -> dict[str, Any]:
    texts = record.texts
    organisation = texts["organisation"] or texts["name"]
    found: dict[str, Any] = {
        "id": record.id,
        "name": texts["name"],
        "description": texts["offers"],
        "status": "active",
        "url": texts["url"],
        "email": texts["email"],
        "eligibility_description": texts["eligibility"],
        "fees_description": texts["cost"],
        "assured_date": record.verified_at.date().isoformat() if record.verified_at else "",
        "last_modified": record.changed_at.isoformat(timespec="milliseconds"),
        "organization": {
            "id": _id("organization", organisation),
            "name": organisation,
            "description": organisation,
        },
        "phones": [
            {"id": _id("phone", record.id), "number": number, "type": "voice"}
            for number in (texts["phone"],)
            if number
        ],
        "schedules": [
            {"id": _id("schedule", record.id), "description": hours}
            for hours in (texts["hours"],)
            if hours
        ],
        "languages": [
            {
                "id": _id("language", record.id, code),
                "code": code,
                "name": names("en").get(code, code),
            }
            for code in record.languages
        ],
        "service_areas": [
            {
                "id": _id("area", record.id, place.slug),
                "service_id": record.id,
                "name": place.name,
                "uri": f"{base_url}/services?place={place.slug}",
            }
            for place in record.places
        ],
        "attributes": list(_attributes(record)),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _attributes(record: Record) -> Iterator[dict[str, Any]]:
    for need in record.needs:
        term = _id("term", need.slug)
        yield {
            "id": _id("attribute", record.id, need.slug),
            "link_id": record.id,
            "link_entity": "service",
            "link_type": _NEED,
            "taxonomy_term_id": term,
            "taxonomy_term": {
                "id": term,
                "code": need.slug,
                "name": need.name,
                "description": need.meaning or need.name,
                "taxonomy": TAXONOMY,
            },
        }
    for name in (_SAFE_CONTACT, _KNOWN_FROM):
        if record.texts[name]:
            yield {
                "id": _id(name, record.id),
                "link_id": record.id,
                "link_entity": "service",
                "link_type": name,
                "value": record.texts[name],
            }


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "\0".join(parts)))


# In


def read(text: str) -> list[Row]:
    """The services of a file: a page of them, a list, or a single one; Invalid for anything else.

    Their numbers count from 1.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(_("This is no JSON."), "file") from None
    services = content.get("contents", [content]) if isinstance(content, dict) else content
    if not isinstance(services, list):
        raise Invalid(_("There is no list of services in this file."), "file")
    return [_row(number, service) for number, service in enumerate(services, start=1)]


def _row(number: int, service: object) -> Row:
    if not isinstance(service, Mapping):
        problem = Problem("", _("This is no service, but something else."))
        return Row(number, ServiceDraft(""), problems=[problem])
    name = _text(service, "name")
    organisation = _text(_object(service, "organization"), "name")
    attributes = _objects(service, "attributes")
    row = Row(
        number,
        ServiceDraft(
            name=name,
            organisation="" if organisation == name else organisation,
            offers=_text(service, "description"),
            eligibility=_text(service, "eligibility_description"),
            cost=_text(service, "fees_description") or _text(service, "fees"),
            phone=_phone(service),
            email=_text(service, "email"),
            url=_text(service, "url"),
            hours="; ".join(filter(None, map(_hours, _objects(service, "schedules")))),
            safe_contact=_value(attributes, _SAFE_CONTACT),
            known_from=_value(attributes, _KNOWN_FROM),
            languages=tuple(
                _text(one, "code") or _text(one, "name") for one in _objects(service, "languages")
            ),
            needs=tuple(_needs(attributes)),
            places=tuple(_places(service)),
            external_id=_text(service, "id") or None,
        ),
        is_active=(_text(service, "status") or "active") == "active",
    )
    assured = _text(service, "assured_date")
    if assured:
        try:
            row.verified_on = date.fromisoformat(assured[:_DAYS])
        except ValueError:
            message = _("“%(day)s” is no day. Write it as 2026-03-31.", day=assured)
            row.problems.append(Problem("assured_date", message))
    return row


def _object(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _objects(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = values.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _text(values: Mapping[str, Any], name: str) -> str:
    found = values.get(name)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _phone(service: Mapping[str, Any]) -> str:
    """The first number: one is what an entry has."""
    for phone in _objects(service, "phones"):
        extension = _text(phone, "extension")
        return _text(phone, "number") + (f" ext. {extension}" if extension else "")
    return ""


def _hours(schedule: Mapping[str, Any]) -> str:
    described = _text(schedule, "description")
    if described:
        return described
    times = [_text(schedule, name)[:5] for name in ("opens_at", "closes_at")]
    return " ".join(filter(None, (_text(schedule, "byday"), "-".join(filter(None, times)))))


def _value(attributes: list[Mapping[str, Any]], link_type: str) -> str:
    values = (_text(one, "value") for one in attributes if _text(one, "link_type") == link_type)
    return next(values, "")


def _needs(attributes: list[Mapping[str, Any]]) -> Iterator[str]:
    """The terms of our own taxonomy; where a service has none of those, all of its terms."""
    terms = [_object(one, "taxonomy_term") for one in attributes]
    ours = [term for term in terms if _text(term, "taxonomy") == TAXONOMY]
    for term in ours or terms:
        word = _text(term, "code" if term in ours else "name")
        if word:
            yield word


def _places(service: Mapping[str, Any]) -> Iterator[str]:
    """Where it serves people; if it does not say so, the towns or countries of its locations."""
    areas = _objects(service, "service_areas")
    for area in areas:
        slugs = parse_qs(_query(_text(area, "uri"))).get("place", [])
        yield slugs[0] if slugs else _text(area, "name")
    if areas:
        return
    for place in _objects(service, "service_at_locations"):
        for address in _objects(_object(place, "location"), "addresses"):
            yield _text(address, "city") or _text(address, "country")


def _query(uri: str) -> str:
    try:
        return urlsplit(uri).query
    except ValueError:
        return ""
