"""What filters find is what the database holds, whatever the filters."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from forum.core import clock
from forum.core.actor import VISITOR
from forum.core.db import db
from forum.core.errors import NotFound
from forum.places.models import PlaceKind
from forum.places.queries import ANYWHERE
from forum.services import queries
from forum.services.models import Service, ServiceState
from forum.services.queries import Filters
from tests import factories
from tests.support.pages import actor_of
from tests.support.rollback import Stage

FRESH, STALE = timedelta(days=181), timedelta(days=183)
NEEDS = ("housing", "counselling", "legal-status", "mental-health")
PLACES = ("spain", "catalonia", "girona", "madrid", "romania")
LANGUAGES = ("en", "en-GB", "es")
WITHIN = {
    "spain": {"spain", "catalonia", "girona", "madrid"},
    "catalonia": {"catalonia", "girona"},
    "girona": {"girona"},
    "madrid": {"madrid"},
    "romania": {"romania"},
}


def _build() -> list[dict]:
    """Services of all kinds, with what they are, to be counted by hand."""
    spain = factories.country("ES")
    region = factories.place("catalonia", parent=spain, kind=PlaceKind.REGION)
    places = {
        "spain": spain,
        "catalonia": region,
        "girona": factories.place("girona", parent=region),
        "madrid": factories.place("madrid", parent=spain),
        "romania": factories.country("RO"),
    }
    now = clock.now()
    known = []
    for number in range(60):
        one = {
            "needs": {NEEDS[number % 4], NEEDS[(number // 4) % 4]},
            "places": {PLACES[number % 5], PLACES[(number // 7) % 5]} if number % 6 else set(),
            "language": (*LANGUAGES, None)[number % 4],
            "verified_at": (now - FRESH, now - STALE, None)[number % 3],
            "state": list(ServiceState)[0 if number % 11 == 5 else 2 if number % 13 == 3 else 1],
            "word": ("women", "men", "everybody")[number % 3],
        }
        service = factories.service(
            f"House {number:02}",
            needs=sorted(one["needs"]),
            places=[places[slug] for slug in one["places"]],
            languages=[one["language"]] if one["language"] else [],
            verified_at=one["verified_at"],
            state=one["state"],
            eligibility=f"For {one['word']}.",
        )
        known.append({**one, "id": service.id})
    return known


@pytest.fixture(scope="module")
def stage(site):
    stage = Stage(site, _build)
    yield stage
    stage.clear()


@pytest.fixture
def services(stage):
    with stage.played_on():
        yield stage.built


def _is_found(one: dict, filters: Filters) -> bool:
    """The filters once more, in plain words."""
    needs = {"mental-health": {"mental-health", "counselling"}}
    serves = not one["places"] or any(
        slug in WITHIN.get(filters.place, ()) or filters.place in WITHIN[slug]
        for slug in one["places"]
    )
    speaks = one["language"] == filters.language or (one["language"] or "").startswith(
        f"{filters.language}-"
    )
    is_fresh = one["verified_at"] is not None and one["verified_at"] > clock.now() - STALE
    return (
        one["state"] == filters.state
        and (not filters.need or bool(one["needs"] & needs.get(filters.need, {filters.need})))
        and (not filters.place or (not one["places"] if filters.place == ANYWHERE else serves))
        and (not filters.language or speaks)
        and (not filters.fresh or is_fresh == (filters.fresh == "yes"))
        and (not filters.q or filters.q == one["word"])
    )


_FILTERS = st.builds(
    Filters,
    need=st.sampled_from(["", *NEEDS]),
    place=st.sampled_from(["", ANYWHERE, *PLACES]),
    language=st.sampled_from(["", *LANGUAGES]),
    q=st.sampled_from(["", "women", "everybody"]),
    fresh=st.sampled_from(["", "yes", "no"]),
    state=st.sampled_from([state.value for state in ServiceState]),
)


def test_every_filter_counts_what_is_there(services):
    @given(_FILTERS)
    def check(filters):
        wanted = {one["id"] for one in services if _is_found(one, filters)}
        assert queries.count_services(filters) == len(wanted)
        found: list[int] = []
        cursor = None
        while True:
            page = queries.find_services(filters, cursor, size=7)
            found += [row.id for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
        assert len(found) == len(set(found))
        assert set(found) == wanted

    check()


def test_rows_come_by_name_with_all_that_they_show(services):
    page = queries.find_services(Filters(), size=100)
    names = [row.name for row in page.rows]
    assert names == sorted(names)
    assert page.next is None
    row = next(row for row in page.rows if row.places)
    assert row.needs
    assert row.path == f"/services/{row.id}-{row.slug}"


def test_policy_and_sql_agree_about_who_sees_what(services):
    suggester = factories.user()
    db.session.execute(sa.update(Service).values(suggested_by_id=suggester.id))
    db.session.commit()
    everybody = {
        VISITOR: False,
        actor_of(suggester): False,
        actor_of(factories.user()): False,
        actor_of(factories.moderator()): True,
    }
    for actor, keeps in everybody.items():
        seen = sa.select(Service.id).where(queries.visible_to(actor, keeps=keeps))
        by_sql = set(db.session.scalars(seen))
        for one in services:
            try:
                queries.get_service(actor, one["id"])
            except NotFound:
                assert one["id"] not in by_sql
            else:
                assert one["id"] in by_sql
