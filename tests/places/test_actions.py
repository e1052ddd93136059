"""Countries are planted; those who keep the directory add and rename what lies in them."""

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.places import actions, queries
from forum.places.actions import PlaceDraft
from forum.places.models import Place, PlaceKind
from forum.places.names import countries
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements


@pytest.fixture
def keeper(app):
    return actor_of(factories.facilitator(factories.space()))


def _add(actor, name="Brașov", kind=PlaceKind.REGION, parent="romania") -> Place:
    with transaction():
        return actions.add_place(actor, PlaceDraft(name, kind, parent))


def _verbs() -> list[str]:
    found = sa.select(AuditEntry.verb).where(AuditEntry.subject_kind == "place")
    return list(db.session.scalars(found.order_by(AuditEntry.id)))


def test_every_country_is_there_once(app):
    codes = list(db.session.scalars(sa.select(Place.country_code)))
    assert len(codes) == len(set(codes)) == len(countries()) == 250


def test_planting_twice_is_planting_once_in_one_statement(app):
    before = db.session.scalar(sa.select(sa.func.count(Place.id)))
    with transaction(), statements() as seen:
        actions.plant_countries()
    assert db.session.scalar(sa.select(sa.func.count(Place.id))) == before
    assert len(seen) == 1


def test_planting_brings_back_what_is_missing_alone(app):
    with transaction():
        db.session.delete(factories.country("FJ"))
    with transaction(), statements() as seen:
        actions.plant_countries()
    assert factories.country("FJ").slug == "fiji"
    assert len(seen) <= 4


def test_a_country_whose_slug_is_taken_gets_a_longer_one(app):
    with transaction():
        db.session.delete(factories.country("GE"))
    _add(actor_of(factories.moderator()), "Georgia", PlaceKind.REGION, "united-states")
    with transaction():
        actions.plant_countries()
    assert factories.country("GE").slug == "georgia-ge"


def test_a_keeper_adds_a_region_and_a_town_in_it(keeper):
    region = _add(keeper, "  Brașov  County ")
    town = _add(keeper, "Brașov", PlaceKind.TOWN, region.slug)
    assert (region.name, region.slug, region.country_code) == (
        "Brașov County",
        "brasov-county",
        "RO",
    )
    assert town.parent_id == region.id
    assert _verbs() == ["place.add", "place.add"]


def test_a_town_can_lie_in_a_country_that_has_no_regions_here(keeper):
    assert _add(keeper, "Suva", PlaceKind.TOWN, "fiji").parent_id == factories.country("FJ").id


def test_places_of_one_name_in_different_countries_have_different_slugs(keeper):
    first, second = (_add(keeper, "Paris", PlaceKind.TOWN, slug) for slug in ("france", "canada"))
    assert (first.slug, second.slug) == ("paris", "paris-canada")


@pytest.mark.parametrize(
    ("name", "kind", "parent", "field"),
    [
        pytest.param(" ", PlaceKind.TOWN, "fiji", "name", id="no name"),
        pytest.param("--", PlaceKind.TOWN, "fiji", "name", id="no letters"),
        pytest.param("x" * 81, PlaceKind.TOWN, "fiji", "name", id="long name"),
        pytest.param("Suva", PlaceKind.TOWN, "nowhere", "parent", id="unknown parent"),
        pytest.param("Suva", PlaceKind.COUNTRY, "fiji", "parent", id="a country"),
        pytest.param("BRASOV", PlaceKind.TOWN, "romania", "name", id="there already"),
        pytest.param("North", PlaceKind.REGION, "brasov", "parent", id="region in a region"),
    ],
)
def test_what_is_no_place_is_refused_beside_its_field(keeper, name, kind, parent, field):
    _add(keeper)
    with pytest.raises(Invalid) as refusal:
        _add(keeper, name, kind, parent)
    assert refusal.value.field == field


def test_nothing_lies_in_a_town(keeper):
    _add(keeper, "Suva", PlaceKind.TOWN, "fiji")
    with pytest.raises(Invalid):
        _add(keeper, "Centre", PlaceKind.TOWN, "suva")


def test_a_place_is_renamed_and_keeps_its_address(keeper):
    place = _add(keeper)
    with transaction():
        actions.rename_place(keeper, place.slug, "Kronstadt")
        actions.rename_place(keeper, place.slug, "Kronstadt")
    kept = queries.get_place("brasov")
    assert (kept.name, kept.name_key) == ("Kronstadt", "kronstadt")
    assert _verbs() == ["place.add", "place.rename"]


def test_the_spelling_of_a_name_can_be_mended(keeper):
    place = _add(keeper, "Brasov")
    with transaction():
        actions.rename_place(keeper, place.slug, "Brașov")
    assert queries.get_place("brasov").name == "Brașov"


def test_a_place_cannot_take_the_name_of_another_in_the_same_country(keeper):
    _add(keeper, "Cluj")
    _add(keeper)
    with pytest.raises(Invalid), transaction():
        actions.rename_place(keeper, "brasov", "CLUJ")


def test_countries_are_not_renamed(keeper):
    with pytest.raises(Invalid), transaction():
        actions.rename_place(keeper, "romania", "Elsewhere")
    with pytest.raises(NotFound), transaction():
        actions.rename_place(keeper, "nowhere", "Elsewhere")


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_nobody_else_changes_the_list(keeper, who):
    _add(keeper)
    actor = VISITOR if who == "visitor" else actor_of(factories.user())
    with pytest.raises(Forbidden):
        _add(actor, "Cluj")
    with pytest.raises(Forbidden), transaction():
        actions.rename_place(actor, "brasov", "Cluj")
