"""The tree of places, choices of them, and what lies within what."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.core import clock
from forum.core.actor import VISITOR, Restraint, Restriction
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import force_locale
from forum.places import queries
from forum.places.models import PlaceKind
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements


@pytest.fixture
def line(app):
    """A country, a region and a town, each in the one before."""
    spain = factories.country("ES")
    region = factories.place("catalonia", parent=spain, kind=PlaceKind.REGION)
    town = factories.place("girona", parent=region)
    return spain, region, town


def ids(of, place_id):
    return set(db.session.scalars(of(place_id)))


def test_what_lies_within_and_what_covers_a_place(line):
    country, region, town = (place.id for place in line)
    factories.place("madrid", parent=line[0])
    factories.place("lisbon", parent=factories.country("PT"))
    with statements() as seen:
        assert ids(queries.within, region) == {region, town}
        assert ids(queries.covering, region) == {country, region}
    assert len(seen) == 2
    assert ids(queries.covering, town) == {country, region, town}
    assert {country, region, town} < ids(queries.within, country)


def test_a_place_is_found_by_its_slug(line):
    assert queries.get_place("girona").id == line[2].id
    assert queries.find_place("nowhere") is None
    with pytest.raises(NotFound):
        queries.get_place("nowhere")


def test_countries_have_their_name_in_the_readers_language(line):
    spain, _region, town = line
    with force_locale("es"):
        assert queries.chip(spain).name == "España"
        assert queries.chip(town).name == "Girona"
    chip = queries.chips([spain.id, town.id])[spain.id]
    assert (chip.name, chip.slug, chip.path) == ("Spain", "spain", "/services?place=spain")


def test_ancestors_come_from_the_country_down(line):
    assert [one.slug for one in queries.ancestors(line[2].id)] == ["spain", "catalonia"]
    assert queries.ancestors(line[0].id) == ()


def test_the_tree_is_sorted_by_names_as_they_are_read(line):
    with statements() as seen:
        nodes = queries.tree()
    assert len(seen) == 1
    names = [node.name for node in nodes]
    assert names.index("Åland Islands") < names.index("Albania") < names.index("Spain")
    spain = next(node for node in nodes if node.slug == "spain")
    assert [(node.slug, node.children[0].slug) for node in spain.children] == [
        ("catalonia", "girona")
    ]


def test_places_in_use_come_first_then_countries_with_regions_then_the_rest(line):
    factories.place("lisbon", parent=factories.country("PT"))
    options = queries.place_options({factories.country("RO").id, line[2].id})
    groups = list(dict.fromkeys(option.group for option in options))
    assert groups == ["Romania", "Spain", "Portugal", "Other countries"]
    spain = [(o.slug, o.label, o.full_name) for o in options if o.group == "Spain"]
    assert spain == [
        ("spain", "All of Spain", "Spain"),
        ("catalonia", "Catalonia", "Catalonia, Spain"),
        ("girona", "Catalonia: Girona", "Girona, Catalonia, Spain"),
    ]
    assert len({option.slug for option in options}) == len(options)


def test_without_places_in_use_all_are_countries(app):
    assert {option.group for option in queries.place_options()} == {"Countries"}


def _badge(member, **values) -> None:
    now = clock.now()
    db.session.add(
        Badge(
            user_id=member.id,
            organisation="Harbour",
            requested_at=now,
            **{
                "kind": BadgeKind.PRACTITIONER,
                "state": BadgeState.ACTIVE,
                "expires_at": now + timedelta(days=1),
                **values,
            },
        )
    )
    db.session.commit()


def test_staff_and_practitioners_keep_the_directory(app):
    practitioner = factories.user()
    _badge(practitioner)
    for member in (
        factories.moderator(),
        factories.administrator(),
        factories.facilitator(factories.space()),
        practitioner,
    ):
        assert queries.keeps(actor_of(member))


def test_who_is_kept_out_of_the_only_space_they_run_keeps_nothing(app):
    space = factories.space()
    runs = actor_of(factories.facilitator(space))
    out = Restriction(Restraint.SUSPEND, space.id, clock.now() + timedelta(days=1), "")
    assert not queries.keeps(replace(runs, restrictions=(out,)))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"state": BadgeState.REQUESTED}, id="asked for"),
        pytest.param({"state": BadgeState.ENDED}, id="ended"),
        pytest.param({"expires_at": clock.now() - timedelta(days=1)}, id="expired"),
        pytest.param({"kind": BadgeKind.MODERATOR}, id="of another kind"),
    ],
)
def test_a_badge_that_is_no_practitioners_keeps_nothing(app, values):
    member = factories.user()
    _badge(member, **values)
    assert not queries.keeps(actor_of(member))


def test_members_and_visitors_keep_nothing(app):
    space = factories.space()
    member = factories.user()
    factories.membership(space, member)
    assert not queries.keeps(actor_of(member))
    with statements() as seen:
        assert not queries.keeps(VISITOR)
    assert not seen


def test_a_statement_of_what_lies_within_goes_into_another(line):
    found = sa.select(sa.func.count()).select_from(queries.within(line[0].id).subquery())
    assert db.session.scalar(found) == 3
