"""A file is looked at whole, then written whole or not at all."""

import io
import json

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core.actor import VISITOR
from forum.core.db import db
from forum.core.errors import Forbidden
from forum.services import actions
from forum.services.actions import Fate, Options
from forum.services.formats import hsds, read_text, spreadsheet
from forum.services.models import Service, ServiceState
from forum.services.queries import Filters
from forum.services.queries.records import records
from tests import factories
from tests.services.acts import do, found_by, get, versions
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements

HEAD = "id,name,organisation,offers,needs,places,languages,phone,verified\n"
GOOD = (
    "a1,Open Door,Harbour,A room.,housing,romania; ES,en; Spanish,+40 21 555 0100,2026-03-01\n"
    ",Night Bus,,Rides.,Legal status,,,,\n"
)
BAD = ",,Harbour,A room.,no such need,nowhere,,call us,\n"


@pytest.fixture
def keeper(app):
    return actor_of(factories.facilitator(factories.space()))


def _bring(actor, text, name="list.csv", **options):
    return do(actions.bring_in, actor, read_text(name, text), Options(name, **options))


def _fates(outcome) -> list[Fate]:
    return [one.fate for one in outcome.rows]


def _all() -> list[Service]:
    found = sa.select(Service).order_by(Service.name)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def test_rows_become_listed_entries(keeper):
    outcome = _bring(keeper, HEAD + GOOD)
    assert outcome.is_written
    night, door = _all()
    assert (door.name, door.external_id, door.languages) == ("Open Door", "a1", ["en", "es"])
    assert versions(door)[0].values["places"] == ["romania", "spain"]
    assert door.verified_at.date().isoformat() == "2026-03-01"
    assert door.verified_by_id is None
    assert night.state is ServiceState.LISTED
    assert versions(night)[0].values["needs"] == ["legal-status"]
    assert found_by("door") == {door.id}


def test_one_line_of_the_log_tells_of_the_whole_file(keeper):
    _bring(keeper, HEAD + GOOD)
    (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb.like("service.%")))
    assert (entry.verb, entry.after["added"], entry.after["file"]) == (
        "service.import",
        2,
        "list.csv",
    )


def test_looking_first_writes_nothing(keeper):
    outcome = _bring(keeper, HEAD + GOOD, is_dry=True)
    assert (_fates(outcome), outcome.is_written) == ([Fate.ADDED, Fate.ADDED], False)
    assert _all() == []


def test_nothing_is_written_when_a_row_fails(keeper):
    outcome = _bring(keeper, HEAD + GOOD + BAD)
    assert not outcome.is_written
    assert _all() == []
    told = {(number, problem.field) for number, _name, problem in outcome.problems}
    assert told == {(4, "name"), (4, "needs"), (4, "places"), (4, "phone")}


def test_good_rows_are_written_alone_if_that_is_wished(keeper):
    outcome = _bring(keeper, HEAD + GOOD + BAD, is_partial=True)
    assert _fates(outcome) == [Fate.ADDED, Fate.ADDED, Fate.FAILED]
    assert [one.name for one in _all()] == ["Night Bus", "Open Door"]


def test_bringing_a_file_in_twice_changes_nothing(keeper):
    _bring(keeper, HEAD + GOOD)
    outcome = _bring(keeper, HEAD + GOOD)
    assert _fates(outcome) == [Fate.SAME, Fate.SAME]
    assert [one.version for one in _all()] == [1, 1]


def test_a_row_changes_its_entry_and_says_from_where(keeper):
    _bring(keeper, HEAD + GOOD)
    outcome = _bring(keeper, HEAD + GOOD.replace("Rides.", "Rides at night."))
    assert _fates(outcome) == [Fate.SAME, Fate.CHANGED]
    night = _all()[0]
    assert (night.version, night.offers) == (2, "Rides at night.")
    assert versions(night)[1].reason == "From the file list.csv"


def test_an_older_check_does_not_take_the_place_of_a_newer_one(keeper):
    _bring(keeper, HEAD + GOOD)
    door = _all()[1]
    do(actions.verify, keeper, door.id)
    assert _fates(_bring(keeper, HEAD + GOOD))[0] is Fate.SAME
    assert get(door).verified_by_id == keeper.id


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        pytest.param(GOOD + GOOD.partition("\n")[0] + "\n", "id", id="same id"),
        pytest.param(",A,,b,housing,,,,\n,a,,b,housing,,,,\n", "name", id="same name"),
        pytest.param(",A,,b,housing,,,,9999-01-01\n", "verified", id="day to come"),
        pytest.param(",A,,b,housing,,,,,more\n", "", id="too many cells"),
    ],
)
def test_rows_that_make_no_sense_fail(keeper, rows, field):
    outcome = _bring(keeper, HEAD + rows)
    assert [problem.field for _number, _name, problem in outcome.problems] == [field]


def test_services_that_are_not_active_are_left_out(keeper):
    service = {"name": "A", "description": "b", "status": "defunct"}
    term = {"taxonomy_term": {"name": "Housing"}}
    content = json.dumps([{**service, "attributes": [term]}])
    assert _fates(_bring(keeper, content, "a.json")) == [Fate.LEFT_OUT]
    assert _all() == []


def test_only_those_who_keep_the_directory_bring_files_in(app):
    for actor in (VISITOR, actor_of(factories.user())):
        with pytest.raises(Forbidden):
            _bring(actor, HEAD + GOOD)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_export_comes_back_with_nothing_to_change(keeper, kind):
    romania = factories.country("RO")
    factories.service(
        "=Open Door", needs=["housing"], places=[romania], phone="+40 21 555 0100",
        safe_contact="Write.\nDo not call.", hours="-9 to 17", languages=["ro", "en"],
    )  # fmt: skip
    factories.service("Never checked", needs=["employment"], verified_at=None, languages=[])
    found = records(Filters())
    text = "".join(spreadsheet.written(found)) if kind == "csv" else hsds.written(found, "http://x")
    outcome = _bring(keeper, text, f"services.{kind}")
    assert _fates(outcome) == [Fate.SAME, Fate.SAME]


def test_an_export_fills_an_empty_directory(keeper):
    _bring(keeper, HEAD + GOOD)
    before = "".join(spreadsheet.written(records(Filters())))
    for service in _all():
        db.session.delete(service)
    db.session.commit()
    _bring(keeper, before)
    assert "".join(spreadsheet.written(records(Filters()))) == before


def test_many_rows_cost_no_statement_each_to_look_at(keeper):
    def cost(count: int) -> int:
        rows = "".join(f",House {n},,b,housing,,,,\n" for n in range(count))
        with statements() as seen:
            _bring(keeper, HEAD + rows, is_dry=True)
        return len(seen)

    assert cost(2) == cost(30)


# The page


def _upload(browser, text, name="list.csv", **values):
    return browser.post(
        "/services/import",
        {"do": "look", "file": (io.BytesIO(text.encode()), name), **values},
        content_type="multipart/form-data",
    )


@pytest.fixture
def staff(browser) -> Browser:
    return browser.sign_in(factories.moderator())


def test_a_file_is_looked_at_then_brought_in_without_choosing_it_again(staff):
    page = _upload(staff, HEAD + GOOD)
    assert page.status_code == 200
    assert "new entries: 2" in page.get_data(as_text=True)
    assert _all() == []
    sent = staff.post(
        "/services/import", {"do": "write", "text": HEAD + GOOD, "filename": "list.csv"}
    )
    assert sent.location == "/services"
    assert len(_all()) == 2


def test_what_is_wrong_stands_in_a_table_by_row_and_column(staff):
    page = _upload(staff, HEAD + GOOD + BAD).get_data(as_text=True)
    assert '<th scope="row">4</th>' in page
    assert "<td>needs</td>" in page
    refused = staff.post(
        "/services/import", {"do": "write", "text": HEAD + GOOD + BAD, "filename": "list.csv"}
    )
    assert refused.status_code == 422
    assert "Nothing was written" in refused.get_data(as_text=True)
    assert _all() == []
    staff.post(
        "/services/import",
        {"do": "write", "text": HEAD + GOOD + BAD, "filename": "a.csv", "is_partial": "y"},
    )
    assert len(_all()) == 2


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        pytest.param("", "a.csv", "Please choose a file.", id="empty"),
        pytest.param("a", "a.txt", "ends in .csv or .json", id="other file"),
        pytest.param(HEAD + ",a,,b,housing,,,,\n" * 1001, "a.csv", "at most 1000", id="long"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field(staff, text, name, message):
    page = _upload(staff, text, name)
    assert page.status_code == 422
    assert message in page.get_data(as_text=True)


def test_no_file_at_all_is_refused(staff):
    assert staff.post("/services/import", {"do": "look"}).status_code == 422


def test_members_have_no_such_page(browser):
    browser.sign_in(factories.user())
    assert browser.get("/services/import").status_code == 403
    assert _upload(browser, HEAD + GOOD).status_code == 403


# The command


def test_the_command_brings_in_and_writes_out(app, tmp_path):
    runner = app.test_cli_runner()
    file = tmp_path / "list.csv"
    file.write_text(HEAD + GOOD, encoding="utf-8")
    dry = runner.invoke(args=["services", "import", str(file), "--dry-run"])
    assert dry.output.startswith("Would be: 2 added")
    assert _all() == []
    assert runner.invoke(args=["services", "import", str(file)]).output.startswith("2 added")
    out = runner.invoke(args=["services", "export"]).output
    assert "Open Door" in out
    assert "Night Bus" not in runner.invoke(args=["services", "export", "--need", "housing"]).output
    content = json.loads(runner.invoke(args=["services", "export", "--format", "json"]).output)
    assert content["total_items"] == 2


def test_the_command_says_what_is_wrong_and_writes_nothing(app, tmp_path):
    runner = app.test_cli_runner()
    file = tmp_path / "list.csv"
    file.write_text(HEAD + GOOD + BAD, encoding="utf-8")
    result = runner.invoke(args=["services", "import", str(file)])
    assert result.exit_code == 1
    assert "Row 4, needs" in result.output
    assert _all() == []
    assert runner.invoke(args=["services", "import", str(file), "--partial"]).exit_code == 0
    assert len(_all()) == 2
    file.write_bytes(b"\xff")
    broken = runner.invoke(args=["services", "import", str(file)])
    assert (broken.exit_code, "Nothing was written" in broken.output) == (1, True)
