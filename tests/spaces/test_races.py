"""People who press the same button at the same moment, on connections of their own."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.accounts.models import User
from forum.app import create_app
from forum.core import clock
from forum.core.db import Base, db, transaction
from forum.core.errors import DomainError
from forum.spaces import actions, queries
from forum.spaces.models import JoinCode, Membership, Space, SpaceRole, Visibility
from tests import factories
from tests.conftest import SETTINGS
from tests.support.pages import actor_of

CODE = "RACE2345"


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request, tmp_path) -> Iterator[Flask]:
    """An application whose commits are real; what the test made is deleted afterwards."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'race.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_url")
    app = create_app({**SETTINGS, "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)})
    with app.app_context():
        Base.metadata.create_all(db.engine)
        before = {table: _ids(table) for table in (Space, User)}
        try:
            yield app
        finally:
            with transaction():
                for table, ids in before.items():
                    db.session.execute(sa.delete(table).where(table.id.not_in(ids)))
            db.session.remove()
            db.engine.dispose()


def _ids(table) -> list[int]:
    return list(db.session.scalars(sa.select(table.id)))


def _at_once(app, acts) -> list[str]:
    """Do all acts at the same moment; how each ended, in order."""
    barrier = threading.Barrier(len(acts))
    ends = [""] * len(acts)

    def run(index, act) -> None:
        with app.app_context():
            barrier.wait(timeout=10)
            try:
                with transaction():
                    act()
                ends[index] = "done"
            except DomainError:
                ends[index] = "refused"

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    db.session.rollback()
    return ends


def _code(space, uses_left) -> None:
    db.session.add(
        JoinCode(space_id=space.id, code=CODE, created_at=clock.now(), uses_left=uses_left)
    )
    db.session.commit()


def _state(space) -> tuple[int, int]:
    """How many are in the space, and how many uses its code has left."""
    return (
        db.session.scalar(sa.select(sa.func.count()).where(Membership.space_id == space.id)),
        db.session.scalar(sa.select(JoinCode.uses_left).where(JoinCode.space_id == space.id)),
    )


def test_of_five_who_race_for_two_places_two_get_in(shared):
    space = factories.space("race", visibility=Visibility.PRIVATE)
    actors = [actor_of(factories.user(f"racer{number}")) for number in range(5)]
    _code(space, 2)
    ends = _at_once(
        shared, [lambda actor=actor: actions.redeem_code(actor, CODE) for actor in actors]
    )
    assert sorted(ends) == ["done", "done", "refused", "refused", "refused"]
    assert _state(space) == (2, 0)


def test_a_double_click_uses_a_code_once(shared):
    space = factories.space("race", visibility=Visibility.PRIVATE)
    actor = actor_of(factories.user("racer"))
    _code(space, 5)
    assert _at_once(shared, [lambda: actions.redeem_code(actor, CODE)] * 4) == ["done"] * 4
    assert _state(space) == (1, 4)


def test_two_last_facilitators_cannot_leave_a_private_space_together(shared):
    space = factories.space("race", visibility=Visibility.PRIVATE)
    people = [factories.user(f"racer{number}") for number in range(2)]
    for person in people:
        factories.membership(space, person, SpaceRole.FACILITATOR)
    actors = [actor_of(person) for person in people]
    ends = _at_once(
        shared, [lambda actor=actor: actions.leave_space(actor, space.id) for actor in actors]
    )
    assert sorted(ends) == ["done", "refused"]
    assert sum(queries.is_last_facilitator(space.id, person.id) for person in people) == 1
