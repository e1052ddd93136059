"""Pages of the directory, for readers and for those who keep it."""

import csv
import io
import json
from datetime import timedelta

import pytest
import time_machine

from forum.core import clock
from forum.core.links import service_path
from forum.services import actions
from forum.services.models import ServiceState
from tests import factories
from tests.services.acts import do, draft, get
from tests.support.pages import Browser, actor_of
from tests.support.queries import statements


def _text(response) -> str:
    return response.get_data(as_text=True)


@pytest.fixture
def service(app):
    romania = factories.country("RO")
    return factories.service(
        "Open Door", needs=["housing"], places=[romania], phone="+40 (21) 555-0100 ext. 7",
        email="hello@harbour.example", url="https://harbour.example/a?b=c",
        safe_contact="They do not ring back.", languages=["ro"],
    )  # fmt: skip


@pytest.fixture
def path(service):
    return f"/services/{service.id}-open-door"


def _typed(**values) -> dict:
    return {"name": "Open Door", "offers": "A room.", "needs": ["housing"], **values}


def test_a_visitor_reads_an_entry_with_all_ways_to_reach_it(browser, path):
    page = _text(browser.get(path))
    assert '<a href="tel:+40215550100" rel="noreferrer nofollow">' in page
    assert '<a href="mailto:hello@harbour.example" rel="noreferrer nofollow">' in page
    assert '<a href="https://harbour.example/a?b=c" rel="noreferrer nofollow">' in page
    assert "They do not ring back." in page
    assert 'href="/services?place=romania"' in page
    assert "Romanian" in page
    assert "May be out of date" not in page
    assert "Change" not in page.partition("<main")[2].partition("Changed")[0]


def test_an_address_with_other_words_leads_to_the_entry(browser, service, path):
    for other in (f"/services/{service.id}", f"/services/{service.id}-old-name"):
        response = browser.get(other)
        assert (response.status_code, response.location) == (301, path)
    assert browser.get("/services/99").status_code == 404


def test_an_address_of_letters_that_are_not_latin_leads_to_itself(browser):
    service = factories.service("Дом надежды")
    assert browser.get(f"/services/{service.id}-{service.slug}").status_code == 200


@pytest.mark.parametrize("verified_at", [None, clock.now().replace(year=2020)])
def test_what_nobody_made_sure_of_says_so(browser, verified_at):
    service = factories.service("Old", verified_at=verified_at)
    assert "May be out of date" in _text(browser.get(f"/services/{service.id}-old"))
    assert "May be out of date" in _text(browser.get("/services"))
    assert _text(browser.get("/services?fresh=yes")).count('class="row service"') == 0


def test_the_list_is_narrowed_by_its_filters(browser, service):
    factories.service("Other", eligibility="Men.", places=[factories.country("ES")])
    assert "2 services" in _text(browser.get("/services"))
    for query in (
        "need=housing", "place=romania", "language=ro", "q=door", "fresh=yes&q=open",
        "need=no-such&place=nowhere&language=xx&fresh=maybe&state=retired&q=door",
    ):  # fmt: skip
        page = _text(browser.get(f"/services?{query}"))
        assert "1 service." in page, query
        assert "Open Door" in page
    empty = _text(browser.get("/services?q=nothing-like-it"))
    assert "No service found" in empty
    assert "That does not mean that there is nothing." in empty


def test_an_empty_directory_says_what_to_do(browser):
    assert "No services yet" in _text(browser.get("/services"))
    assert "No places yet" in _text(browser.get("/places"))


def test_a_long_list_comes_in_pages_that_keep_the_filters(browser):
    for number in range(31):
        factories.service(f"House {number:02}", needs=["housing"])
    first = _text(browser.get("/services?need=housing"))
    assert first.count('class="row service"') == 30
    onward = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "need=housing" in onward
    second = _text(browser.get(onward))
    assert second.count('class="row service"') == 1
    assert "House 30" in second


@pytest.mark.parametrize("page", ["/services", "/services?place=romania", "/places"])
def test_visitors_get_the_same_bytes_until_something_changes(browser, service, page):
    first = browser.get(page)
    assert "Set-Cookie" not in first.headers
    assert browser.get(page).data == first.data
    do(actions.retire, actor_of(factories.moderator()), service.id, version=1, reason="Gone.")
    assert browser.get(page).data != first.data


def test_the_list_costs_as_many_statements_for_many_as_for_one(browser, service):
    browser.sign_in(factories.user())

    def cost() -> int:
        browser.get("/services")
        with statements() as seen:
            browser.get("/services")
        return len(seen)

    one = cost()
    for number in range(15):
        factories.service(f"H{number}", needs=["housing"], places=[factories.country("ES")])
    assert cost() == one


# Suggesting


def test_a_member_suggests_a_service_and_sees_that_it_waits(browser):
    browser.sign_in(factories.user())
    page = browser.get("/services/new?need=housing&place=romania")
    assert 'value="housing" id="needs-housing" checked' in _text(page)
    assert 'value="romania" id="places-romania" checked' in _text(page)
    assert 'name="languages" type="checkbox" value="ro"' in _text(page)
    sent = browser.post("/services/new", _typed(places=["romania", "", "spain"], languages=["ro"]))
    assert sent.status_code == 303
    page = _text(browser.get(sent.location))
    assert "Somebody who keeps the directory looks at it first." in page
    assert "not in the directory yet" in page
    assert Browser(browser.app).get(sent.location).status_code == 404


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"name": ""}, "Please give the name", id="no name"),
        pytest.param({"needs": []}, "at least one need", id="no need"),
        pytest.param({"needs": ["nonsense"]}, "no need that is known", id="unknown need"),
        pytest.param({"places": ["nowhere"]}, "not a valid choice", id="unknown place"),
        pytest.param({"url": "javascript:alert(1)"}, "A link begins with", id="script"),
        pytest.param({"phone": "soon"}, "Please give one number", id="phone"),
        pytest.param({"email": "x"}, "no e-mail address", id="mail"),
        pytest.param({"more_languages": "Klingonese"}, "no language that is known", id="language"),
    ],
)
def test_a_refused_suggestion_keeps_what_was_typed(browser, values, message):
    browser.sign_in(factories.user())
    page = browser.post("/services/new", _typed(eligibility="Kept words", **values))
    assert page.status_code == 422
    assert message in _text(page)
    assert "Kept words" in _text(page)


def test_too_many_suggestions_are_told_when_to_come_back(browser):
    browser.sign_in(factories.user())
    for number in range(10):
        browser.post("/services/new", _typed(name=f"House {number}"))
    page = browser.post("/services/new", _typed(name="One more"))
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "One more" in _text(page)


# Keeping


@pytest.fixture
def keeper(browser) -> Browser:
    return browser.sign_in(factories.facilitator(factories.space()))


def test_a_keeper_lists_what_was_suggested(keeper):
    waiting = factories.service("Night Bus", state=ServiceState.SUGGESTED, needs=["housing"])
    path = f"/services/{waiting.id}-night-bus"
    assert 'Suggested services</a> <b class="new">1</b>' in _text(keeper.get("/services"))
    assert path in _text(keeper.get("/services/suggested"))
    assert f'href="{path}/list"' in _text(keeper.get(path))
    assert keeper.post(f"{path}/list", {"version": "1"}).location == path
    assert get(waiting).state is ServiceState.LISTED
    assert "Nothing waits" in _text(keeper.get("/services/suggested"))


def test_a_keeper_declines_with_a_reason(keeper):
    waiting = factories.service("Night Bus", state=ServiceState.SUGGESTED)
    path = f"/services/{waiting.id}-night-bus/retire"
    assert "Decline Night Bus" in _text(keeper.get(path))
    refused = keeper.post(path, {"version": "1", "reason": ""})
    assert (refused.status_code, "Please say why" in _text(refused)) == (422, True)
    assert keeper.post(path, {"version": "1", "reason": "No."}).status_code == 303
    shown = _text(keeper.get("/services?state=retired"))
    assert "Night Bus" in shown


def test_a_keeper_changes_an_entry_and_its_history_shows_the_words(keeper, path):
    assert 'value="Open Door"' in _text(keeper.get(f"{path}/edit"))
    sent = keeper.post(
        f"{path}/edit",
        _typed(name="New Door", offers="A room for a year.", version="1", reason="They said so."),
    )
    new = path.replace("open", "new")
    assert sent.location == new
    history = _text(keeper.get(f"{new}/history"))
    assert "<ins>New</ins>" in history.replace(' class=""', "")
    assert "They said so." in history
    assert "Romania" in history
    keeper.post(f"{new}/history/1/revert", {"version": "2"})
    assert "They do not ring back." in _text(keeper.get(path))


def test_an_edit_that_lost_shows_both_and_keeps_the_text(keeper, service, path):
    other = actor_of(factories.moderator())
    do(actions.edit, other, service.id, draft(offers="A bed for a night."), version=1)
    page = keeper.post(f"{path}/edit", _typed(offers="A flat for a year.", version="1"))
    text = _text(page)
    assert page.status_code == 409
    assert "What it says now, and what you wrote" in text
    assert "<del>" in text
    assert "A flat for a year.</textarea>" in text
    found = text[text.index('name="version"') - 60 :][:140]
    assert 'value="2"' in found, found
    assert get(service).offers == "A bed for a night."
    assert keeper.post(f"{path}/edit", _typed(offers="A flat.", version="2")).status_code == 303


def test_a_keeper_makes_sure_of_an_entry(keeper):
    service = factories.service("Old", verified_at=None)
    path = f"/services/{service.id}-old"
    assert f'formaction="{path}/verify"' in _text(keeper.get(path))
    assert keeper.post(f"{path}/verify").location == path
    assert "May be out of date" not in _text(keeper.get(path))


@pytest.mark.parametrize("act", ["edit", "retire", "list"])
def test_members_reach_no_page_that_changes_an_entry(browser, path, act):
    assert browser.get(f"{path}/{act}").status_code == 303
    member = Browser(browser.app).sign_in(factories.user())
    assert member.get(f"{path}/{act}").status_code == 403
    assert member.post(f"{path}/{act}", {"version": "1"}).status_code == 403
    assert member.post(f"{path}/verify").status_code == 403
    assert member.post(f"{path}/history/1/revert", {"version": "1"}).status_code == 403
    assert member.get("/services/suggested").status_code == 403


def test_pages_of_what_may_not_be_seen_are_not_there(browser):
    waiting = factories.service(state=ServiceState.SUGGESTED)
    member = browser.sign_in(factories.user())
    for act in ("", "/history", "/edit", "/retire", "/list", "/report"):
        assert member.get(f"/services/{waiting.id}-x{act}").status_code == 404
    assert member.post(f"/services/{waiting.id}-x/verify").status_code == 404


# Files


def test_the_table_holds_what_the_filters_show(browser, service):
    factories.service("=Sum", eligibility="Men.")
    response = browser.get("/services.csv?q=door")
    assert response.headers["Content-Disposition"] == 'attachment; filename="services.csv"'
    rows = list(csv.DictReader(io.StringIO(_text(response).removeprefix("\ufeff"), newline="")))
    assert [(row["name"], row["places"], row["needs"]) for row in rows] == [
        ("Open Door", "romania", "housing")
    ]
    assert rows[0]["phone"].startswith("'+40")
    assert "'=Sum" in _text(browser.get("/services.csv"))
    assert 'href="/services.csv?q=door"' in _text(browser.get("/services?q=door"))


def test_the_json_holds_the_same(browser, service):
    response = browser.get("/services.json?place=romania")
    page = json.loads(response.data)
    assert [one["name"] for one in page["contents"]] == ["Open Door"]
    assert json.loads(browser.get("/services.json?q=nothing").data)["empty"] is True


def test_files_hold_only_what_is_listed(browser):
    factories.service("Waiting", state=ServiceState.SUGGESTED)
    assert "Waiting" not in _text(browser.get("/services.csv?state=suggested"))
    browser.sign_in(factories.moderator())
    assert "Waiting" in _text(browser.get("/services.csv?state=suggested"))


# Places


def test_the_list_of_places_shows_what_is_in_use(browser, service):
    page = _text(browser.get("/places"))
    assert 'href="/services?place=romania"' in page
    assert "named by 1 service" in page
    assert "Fiji" not in page
    assert "Rename" not in page


def test_a_keeper_adds_and_renames_a_town(keeper):
    sent = keeper.post("/places/new", {"name": "Suva", "kind": "town", "parent": "fiji"})
    assert sent.location == "/places"
    assert "Suva" in _text(keeper.get("/places"))
    twice = keeper.post("/places/new", {"name": "suva", "kind": "town", "parent": "fiji"})
    assert (twice.status_code, "already" in _text(twice)) == (422, True)
    assert keeper.post("/places/suva/rename", {"name": "Suva City"}).status_code == 303
    assert "Suva City" in _text(keeper.get("/places"))
    assert keeper.get("/places/nowhere/rename").status_code == 404


def test_members_change_no_places(browser):
    browser.sign_in(factories.user())
    for path in ("/places/new", "/places/romania/rename"):
        assert browser.get(path).status_code == 403
        assert browser.post(path).status_code == 403


def test_a_version_that_is_not_there_is_not_found(keeper, path):
    for number in (0, 2, 2**31 - 1):
        answer = keeper.post(f"{path}/history/{number}/revert", {"version": "1"})
        assert answer.status_code == 404


@pytest.mark.parametrize("address", ["/services?fresh=yes", "the entry"])
def test_a_kept_page_goes_when_an_entry_turns_stale(browser, address):
    days = timedelta(days=browser.app.config["SERVICE_STALE_DAYS"])
    almost = clock.now() - days + timedelta(hours=1)
    service = factories.service("Harbour House", verified_at=almost)
    path = service_path(service.id, service.slug) if address == "the entry" else address
    before = browser.get(path).text

    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        after = browser.get(path).text

    assert "may be out of date" not in before.casefold()
    if address == "the entry":
        assert "may be out of date" in after.casefold()
    else:
        assert "Harbour House" in before
        assert "Harbour House" not in after
