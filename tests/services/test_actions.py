"""Suggesting entries, and what those who keep the directory do with them."""

import socket
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.core import clock
from forum.core import versions as page_versions
from forum.core.actor import VISITOR, Actor, Restraint, Restriction
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from forum.notifications.models import Notification
from forum.services import actions, queries
from forum.services.models import ServiceState
from forum.tags.queries import get_tag
from tests import factories
from tests.services.acts import do, draft, found_by, get, suggest, verbs, versions
from tests.support.pages import actor_of


@pytest.fixture
def keeper(app) -> Actor:
    return actor_of(factories.facilitator(factories.space()))


@pytest.fixture
def member(app) -> Actor:
    return actor_of(factories.user())


def _told() -> list[tuple[int, str]]:
    found = sa.select(Notification.user_id, Notification.kind).order_by(Notification.id)
    return [tuple(row) for row in db.session.execute(found)]


# Suggesting


def test_what_a_member_suggests_waits(member):
    service = suggest(member, name="  Open   Door ", places=("romania",), languages=("Spanish",))
    assert service.state is ServiceState.SUGGESTED
    assert (service.name, service.slug, service.languages) == ("Open Door", "open-door", ["es"])
    (version,) = versions(service)
    assert version.values["needs"] == ["housing"]
    assert version.values["places"] == ["romania"]
    assert version.changed_by_id == member.id
    assert found_by("door") == set()
    assert verbs(service) == []


def test_what_a_keeper_adds_is_listed_at_once(keeper):
    before = page_versions.current((page_versions.DIRECTORY,))
    service = suggest(keeper)
    assert service.state is ServiceState.LISTED
    assert service.verified_at is None
    assert found_by("door") == {service.id}
    assert verbs(service) == ["service.add"]
    assert page_versions.current((page_versions.DIRECTORY,)) != before


def test_sending_a_suggestion_twice_makes_one(member):
    assert suggest(member).id == suggest(member).id
    assert suggest(member, name="Another").id != suggest(member).id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"name": " "}, "name", id="no name"),
        pytest.param({"name": "x" * 121}, "name", id="long name"),
        pytest.param({"offers": ""}, "offers", id="offers nothing"),
        pytest.param({"needs": ()}, "needs", id="no need"),
        pytest.param({"needs": ("no such need",)}, "needs", id="unknown need"),
        pytest.param({"places": ("nowhere",)}, "places", id="unknown place"),
        pytest.param({"languages": ("Klingonese",)}, "languages", id="unknown language"),
        pytest.param({"phone": "call us"}, "phone", id="no number"),
        pytest.param({"phone": "12"}, "phone", id="short number"),
        pytest.param({"email": "a@"}, "email", id="no address"),
        pytest.param({"url": "javascript:alert(1)"}, "url", id="script"),
        pytest.param({"url": "ftp://a.example/"}, "url", id="ftp"),
        pytest.param({"url": "https://a.example/ b"}, "url", id="space"),
        pytest.param({"url": "https://user:word@a.example/"}, "url", id="password"),
        pytest.param({"url": "https://"}, "url", id="no host"),
        pytest.param({"eligibility": "x" * 2001}, "eligibility", id="long text"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(member, values, field):
    with pytest.raises(Invalid) as refusal:
        suggest(member, **values)
    assert refusal.value.field == field


def test_all_that_an_entry_can_hold_is_kept(keeper):
    values = {
        "organisation": "Harbour",
        "eligibility": "Women.\nAlso children.",
        "cost": "Free",
        "phone": "+40 (21) 555-0100 ext. 7",
        "email": "hello@harbour.example",
        "url": "https://harbour.example/a?b=c#d",
        "hours": "9 to 17",
        "safe_contact": "They do not ring back.",
        "known_from": "A leaflet.",
    }
    service = get(suggest(keeper, **values, languages=("en", "pt-BR")))
    assert {name: getattr(service, name) for name in values} == values
    assert service.languages == ["en", "pt-BR"]


def test_needs_are_named_by_any_word_and_lie_beneath_needs_as_well(keeper):
    tag = factories.tag("night-shelter", "beds", parent_id=_tag("housing"))
    service = suggest(keeper, needs=("beds", "Housing", "housing"))
    assert set(versions(service)[0].values["needs"]) == {tag.slug, "housing"}
    with pytest.raises(Invalid):
        suggest(keeper, needs=(factories.tag("no-need").slug,))


def _tag(slug: str) -> int:
    return get_tag(slug).id


def test_visitors_suggest_nothing_and_the_muted_neither(member):
    with pytest.raises(Forbidden):
        suggest(VISITOR)
    mute = Restriction(Restraint.MUTE, None, None, "")
    with pytest.raises(Forbidden):
        suggest(Actor(id=member.id, restrictions=(mute,)))


def test_a_member_suggests_ten_services_a_day(member):
    for number in range(10):
        suggest(member, name=f"House {number}")
    with pytest.raises(TooMany) as refusal:
        suggest(member, name="House 11")
    assert 0 < refusal.value.retry_after <= 24 * 3600
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        suggest(member, name="House 11")


# Keeping


def test_a_suggestion_is_listed_and_its_author_told(keeper, member):
    service = suggest(member)
    do(actions.list_suggested, keeper, service.id, version=1)
    do(actions.list_suggested, keeper, service.id, version=2)
    assert get(service).state is ServiceState.LISTED
    assert found_by("door") == {service.id}
    assert _told() == [(member.id, "service.listed")]
    assert verbs(service) == ["service.list"]
    assert [one.values["state"] for one in versions(service)] == ["suggested", "listed"]


def test_a_suggestion_is_declined_with_words(keeper, member):
    service = suggest(member)
    with pytest.raises(Invalid):
        do(actions.retire, keeper, service.id, version=1, reason=" ")
    do(actions.retire, keeper, service.id, version=1, reason="It is there already.")
    assert _told() == [(member.id, "service.declined")]
    assert get(service).state is ServiceState.RETIRED


def test_a_listed_service_is_retired_and_comes_back(keeper):
    service = suggest(keeper)
    do(actions.retire, keeper, service.id, version=1, reason="Closed.")
    do(actions.retire, keeper, service.id, version=2, reason="Closed.")
    assert found_by("door") == set()
    do(actions.list_suggested, keeper, service.id, version=2)
    assert found_by("door") == {service.id}
    assert verbs(service) == ["service.add", "service.retire", "service.list"]
    assert [one.reason for one in versions(service)] == ["", "Closed.", ""]
    assert not _told()


def test_an_edit_is_a_version_with_who_when_and_why(keeper):
    service = suggest(keeper, places=("romania",))
    other = actor_of(factories.moderator())
    do(
        actions.edit, other, service.id,
        draft(name="New Door", needs=("legal-status",), places=("spain",)),
        version=1, reason="They moved.",
    )  # fmt: skip
    first, second = versions(service)
    assert (first.values["name"], first.values["places"]) == ("Open Door", ["romania"])
    assert (second.values["name"], second.values["places"]) == ("New Door", ["spain"])
    assert (second.changed_by_id, second.reason) == (other.id, "They moved.")
    assert (get(service).version, get(service).slug) == (2, "new-door")
    assert found_by("new") == {service.id}
    assert found_by("open") == set()


def test_an_edit_that_changes_nothing_is_no_version(keeper):
    service = suggest(keeper)
    do(actions.edit, keeper, service.id, draft(), version=1)
    assert len(versions(service)) == 1
    assert verbs(service) == ["service.add"]


def test_two_edits_of_one_version_are_a_conflict(keeper):
    service = suggest(keeper)
    do(actions.edit, keeper, service.id, draft(cost="Free"), version=1)
    with pytest.raises(Conflict):
        do(actions.edit, keeper, service.id, draft(cost="5"), version=1)
    assert get(service).cost == "Free"


def test_an_earlier_version_comes_back_whole(keeper):
    service = suggest(keeper, places=("romania",), languages=("en",))
    do(actions.edit, keeper, service.id, draft(name="Spam", needs=("employment",)), version=1)
    do(actions.revert, keeper, service.id, 1, version=2)
    first, _spam, third = versions(service)
    assert third.values == first.values
    assert third.reason == "Back to version 1"
    assert found_by("open") == {service.id}
    with pytest.raises(Conflict):
        do(actions.revert, keeper, service.id, 1, version=3)
    with pytest.raises(NotFound):
        do(actions.revert, keeper, service.id, 9, version=3)


def test_making_sure_of_an_entry_is_noted_with_who_and_when(keeper):
    service = factories.service(verified_at=None, asked_at=clock.now())
    do(actions.verify, keeper, service.id)
    kept = get(service)
    assert kept.verified_by_id == keeper.id
    assert not queries.is_stale(kept.verified_at)
    assert (kept.asked_at, kept.version) == (None, 1)
    assert verbs(service) == ["service.verify"]


def test_only_what_is_listed_is_made_sure_of(keeper, member):
    with pytest.raises(Conflict):
        do(actions.verify, keeper, suggest(member).id)


def _acts(service_id: int):
    return {
        "edit": lambda actor: actions.edit(actor, service_id, draft(), version=1),
        "list": lambda actor: actions.list_suggested(actor, service_id, version=1),
        "retire": lambda actor: actions.retire(actor, service_id, version=1, reason="No."),
        "revert": lambda actor: actions.revert(actor, service_id, 1, version=1),
        "verify": lambda actor: actions.verify(actor, service_id),
    }


@pytest.mark.parametrize("act", ["edit", "list", "retire", "revert", "verify"])
def test_nobody_else_keeps_the_directory(member, keeper, act):
    service = suggest(member)
    muted = Actor(id=keeper.id, restrictions=(Restriction(Restraint.MUTE, None, None, ""),))
    for actor in (VISITOR, member, actor_of(factories.user()), muted):
        with pytest.raises(Forbidden):
            do(_acts(service.id)[act], actor)
    assert len(versions(service)) == 1


@pytest.mark.parametrize("act", ["edit", "list", "retire", "verify"])
def test_what_is_not_there_is_not_found(keeper, act):
    with pytest.raises(NotFound):
        do(_acts(99)[act], keeper)


# What else happens


def test_no_socket_is_opened_for_an_address(keeper, monkeypatch):
    def refuse(*_args, **_values):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("urllib.request.urlopen", refuse)
        if db.engine.dialect.name == "sqlite":  # PostgreSQL is reached through one
            patch.setattr(socket, "socket", refuse)
        suggest(keeper, url="http://169.254.169.254/latest", email="a@internal.example")


def test_a_member_who_leaves_is_forgotten_and_the_entry_stays(browser, keeper):
    member = factories.user()
    service = suggest(actor_of(member))
    do(actions.list_suggested, keeper, service.id, version=1)
    assert [kind for kind, _ in queries.export(member.id)] == [
        "suggested_services",
        "service_changes",
    ]
    do(actions.forget_member, member.id)
    kept = get(service)
    assert (kept.suggested_by_id, kept.state) == (None, ServiceState.LISTED)
    assert list(queries.export(member.id)) == []
    assert [one.changed_by_id for one in versions(service)] == [None, keeper.id]


def test_entries_go_along_when_their_need_is_merged_into_another(browser, keeper):
    old = factories.tag("old-need", is_need=True)
    both = suggest(keeper, name="Both", needs=("old-need", "housing"))
    one = suggest(keeper, name="One", needs=("old-need",))
    browser.sign_in(factories.moderator())
    merged = browser.post("/tags/old-need/merge", {"into": str(_tag("housing"))})
    assert (old.slug, merged.status_code) == ("old-need", 303)
    for service in (both, one):
        (row,) = queries.rows_of([get(service)])
        assert [need.name for need in row.needs] == ["Housing"]
