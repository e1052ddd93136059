"""What goes out as CSV or HSDS comes back as it was."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.errors import Invalid
from forum.services.checking import LENGTHS, PARAGRAPHS, ServiceDraft, cleaned
from forum.services.formats import hsds, read_file, read_text, spreadsheet
from forum.services.formats.records import Named, Record

pytestmark = pytest.mark.usefixtures("app")  # what is refused is said in the reader's language
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
_TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
_SLUGS = st.lists(st.sampled_from(["housing", "legal-status", "a1", "łódź"]), unique=True)


@st.composite
def _records(draw) -> Record:
    draft = cleaned(ServiceDraft(**{name: draw(_TEXTS) for name in LENGTHS}))
    return Record(
        id=str(draw(st.uuids())),
        texts={name: getattr(draft, name) for name in LENGTHS},
        languages=tuple(draw(st.lists(st.sampled_from(["en", "es", "pt-BR"]), unique=True))),
        needs=tuple(Named(slug, slug.title(), "Words.") for slug in draw(_SLUGS)),
        places=tuple(Named(slug, slug.title()) for slug in draw(_SLUGS)),
        changed_at=AT,
        verified_at=draw(st.sampled_from([None, AT])),
    )


def _draft(record: Record) -> ServiceDraft:
    return ServiceDraft(
        **record.texts,
        languages=record.languages,
        needs=tuple(need.slug for need in record.needs),
        places=tuple(place.slug for place in record.places),
        external_id=record.id,
    )


@given(st.lists(_records(), max_size=4))
def test_csv_comes_back_as_it_went_out(records):
    text = "".join(spreadsheet.written(records))
    rows = spreadsheet.read(text)
    assert [cleaned(row.draft) for row in rows] == [_draft(record) for record in records]
    assert [row.verified_at for row in rows] == [record.verified_at for record in records]
    assert not any(row.problems for row in rows)
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@given(st.lists(_records(), max_size=4))
def test_hsds_comes_back_as_it_went_out(records):
    text = hsds.written(records, "https://forum.example")
    rows = hsds.read(text)
    assert [cleaned(row.draft) for row in rows] == [_draft(record) for record in records]
    assert [row.verified_at for row in rows] == [record.verified_at for record in records]


def _record(**texts: str) -> Record:
    values = dict.fromkeys(LENGTHS, "") | {"name": "Open Door", "offers": "A room."} | texts
    return Record(
        id=str(uuid.uuid4()),
        texts=values,
        languages=("en",),
        needs=(Named("housing", "Housing", "A place to live."),),
        places=(Named("romania", "Romania"),),
        changed_at=AT,
        verified_at=AT,
    )


def test_hsds_has_what_the_standard_asks_for():
    """Version 3: what each object requires, and identifiers that are UUIDs and never change."""
    record = _record(phone="+40 21 555 0100", hours="9 to 17", safe_contact="Write first.")
    page = json.loads(hsds.written([record], "https://forum.example"))
    assert (page["total_items"], page["last_page"], page["empty"]) == (1, True, False)
    (service,) = page["contents"]
    assert service["status"] == "active"
    assert service["assured_date"] == "2026-03-31"
    assert service["last_modified"] == "2026-03-31T12:00:00.000+00:00"
    needed = {
        "organization": ("id", "name", "description"),
        "phones": ("id", "number"),
        "schedules": ("id",),
        "languages": ("id", "code"),
        "service_areas": ("id", "name"),
        "attributes": ("id", "link_id", "link_entity"),
    }
    for name, fields in needed.items():
        many = service[name] if isinstance(service[name], list) else [service[name]]
        for one in many:
            assert all(one[field] for field in fields)
            assert uuid.UUID(one["id"])
    term = service["attributes"][0]["taxonomy_term"]
    assert {name: term[name] for name in ("code", "name", "description", "taxonomy")} == {
        "code": "housing",
        "name": "Housing",
        "description": "A place to live.",
        "taxonomy": "Common Thread needs",
    }
    assert hsds.written([record], "https://forum.example") == hsds.written(
        [record], "https://forum.example"
    )


def test_hsds_of_others_is_understood():
    service = {
        "id": "ac148810-d857-441c-9679-408f346de14b",
        "name": "Community Counselling",
        "description": "Counselling.",
        "status": "temporarily closed",
        "organization": {"id": "x", "name": "Example Org", "description": "y"},
        "fees": "None",
        "phones": [{"number": "+44 1234 234567", "extension": 100}, {"number": "1"}],
        "schedules": [{"byday": "MO,TU", "opens_at": "10:00:00", "closes_at": "18:00:00"}],
        "languages": [{"name": "Polish"}],
        "attributes": [{"taxonomy_term": {"name": "Mental health", "taxonomy": "Other"}}, None],
        "service_at_locations": [{"location": {"addresses": [{"city": "York", "country": "GB"}]}}],
        "assured_date": "2005-01-01",
    }
    (row,) = read_text("x.json", json.dumps([service]))
    draft = cleaned(row.draft)
    assert (draft.organisation, draft.phone) == ("Example Org", "+44 1234 234567 ext. 100")
    assert (draft.hours, draft.cost) == ("MO,TU 10:00-18:00", "None")
    assert (draft.languages, draft.needs, draft.places) == (
        ("pl",),
        ("Mental health",),
        ("York",),
    )
    assert not row.is_active
    single = read_text("x.json", json.dumps(service))
    assert single == read_text("x.json", json.dumps({"contents": [service]}))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.csv", b"", id="empty"),
        pytest.param("a.csv", b"name,needs\nA,housing\n", id="columns missing"),
        pytest.param("a.csv", b'name,offers,needs\n"A', id="broken quotes"),
        pytest.param("a.csv", b"name,offers,needs\n", id="no rows"),
        pytest.param("a.csv", "name,offers,needs\né".encode("latin-1"), id="other letters"),
        pytest.param("a.xlsx", b"name,offers,needs\nA,b,c", id="other file"),
        pytest.param("a.json", b"{", id="broken json"),
        pytest.param("a.json", b"[" * 100_000, id="deep json"),
        pytest.param("a.json", b'{"contents": 7}', id="no list"),
        pytest.param("a.json", b"[]", id="empty list"),
    ],
)
def test_files_that_cannot_be_read_are_refused(name, data):
    with pytest.raises(Invalid) as refusal:
        read_file(name, data)
    assert refusal.value.field == "file"


def test_rows_are_numbered_as_the_spreadsheet_numbers_them():
    text = "Name;offers;NEEDS;verified\nA;b;housing;\n;;;\nB;b;housing;soon\n"
    rows = read_text("a.csv", text)
    assert [(row.number, row.draft.name) for row in rows] == [(2, "A"), (4, "B")]
    assert [problem.field for problem in rows[1].problems] == ["verified"]


def test_what_is_no_service_fails_alone():
    rows = read_text("a.json", '[7, {"name": "A", "assured_date": "soon", "phones": 5}]')
    assert [[problem.field for problem in row.problems] for row in rows] == [
        [""],
        ["assured_date"],
    ]


def test_lines_stay_in_texts_that_have_lines():
    texts = dict.fromkeys(PARAGRAPHS, "One.\nTwo.")
    (row,) = spreadsheet.read("".join(spreadsheet.written([_record(**texts)])))
    assert all(getattr(row.draft, name) == "One.\nTwo." for name in PARAGRAPHS)
