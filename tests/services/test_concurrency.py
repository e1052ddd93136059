"""Two people at the same entry: one change is kept, the other is told so."""

from functools import partial

import pytest
import sqlalchemy as sa

from forum.core.actor import Actor, SiteRole
from forum.core.db import db, transaction
from forum.core.errors import Conflict
from forum.places.actions import PlaceDraft, add_place
from forum.places.models import Place, PlaceKind
from forum.services import actions
from forum.services.actions import Options
from forum.services.formats import read_text
from forum.services.models import Service
from tests import factories
from tests.services.acts import draft, versions
from tests.support.at_once import at_once, errors_among

pytestmark = pytest.mark.usefixtures("here")


def _moderators(count: int) -> list[Actor]:
    return [Actor(id=factories.moderator().id, role=SiteRole.MODERATOR) for _number in range(count)]


def _do(act, *args, **values):
    with transaction():
        return act(*args, **values)


def test_of_edits_at_once_one_is_kept(forum):
    people = _moderators(6)
    service = factories.service("Open Door", needs=["housing"])
    results = at_once(
        forum,
        *(
            partial(_do, actions.edit, actor, service.id, draft(cost=f"{n}"), version=1)
            for n, actor in enumerate(people)
        ),
    )
    errors = errors_among(results)
    assert len(errors) == 5
    assert all(isinstance(error, Conflict) for error in errors)
    assert [one.number for one in versions(service)] == [1, 2]


def test_different_acts_at_once_leave_one_whole_history(forum):
    people = _moderators(6)
    service = factories.service("Night Bus", needs=["housing"])
    results = at_once(
        forum,
        partial(_do, actions.edit, people[0], service.id, draft(cost="1"), version=1),
        partial(_do, actions.retire, people[1], service.id, version=1, reason="Gone."),
        partial(_do, actions.verify, people[2], service.id),
        partial(_do, actions.verify, people[3], service.id),
        partial(_do, actions.edit, people[4], service.id, draft(cost="2"), version=1),
        partial(actions.ask_about_stale, {}),
    )
    assert all(isinstance(error, Conflict) for error in errors_among(results))
    numbers = [one.number for one in versions(service)]
    kept = db.session.scalar(sa.select(Service.version).where(Service.id == service.id))
    assert numbers == [1, 2]
    assert kept == 2


def test_one_place_is_added_by_whoever_comes_first(forum):
    people = _moderators(5)
    results = at_once(
        forum,
        *(
            partial(_do, add_place, actor, PlaceDraft("Suva", PlaceKind.TOWN, "fiji"))
            for actor in people
        ),
    )
    assert len(errors_among(results)) == 4
    count = sa.select(sa.func.count()).select_from(Place).where(Place.name == "Suva")
    assert db.session.scalar(count) == 1


def test_one_file_brought_in_by_several_makes_each_entry_once(forum):
    people = _moderators(4)
    rows = "".join(f"id{n},House {n},b,housing\n" for n in range(5))
    text = f"id,name,offers,needs\n{rows}"
    results = at_once(
        forum,
        *(
            partial(_do, actions.bring_in, actor, read_text("a.csv", text), Options("a.csv"))
            for actor in people
        ),
    )
    assert not errors_among(results)
    names = db.session.scalars(sa.select(Service.name).where(Service.external_id.like("id%")))
    assert sorted(names) == [f"House {n}" for n in range(5)]
