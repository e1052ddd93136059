"""People who press the same button at the same moment, on connections of their own."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.core import clock
from forum.core.db import db
from forum.core.errors import DomainError
from forum.spaces import actions, queries
from forum.spaces.models import JoinCode, Membership, SpaceRole, Visibility
from tests import factories
from tests.support.at_once import at_once, errors_among
from tests.support.pages import actor_of
from tests.threads.acts import do

pytestmark = pytest.mark.usefixtures("here")


def _refused(results) -> int:
    """How many were refused; nothing else may have gone wrong."""
    errors = errors_among(results)
    assert all(isinstance(error, DomainError) for error in errors), errors
    return len(errors)


def _code(space, code: str, uses_left: int) -> None:
    db.session.add(
        JoinCode(space_id=space.id, code=code, created_at=clock.now(), uses_left=uses_left)
    )
    db.session.commit()


def _state(space_id: int) -> tuple[int, int]:
    """How many are in the space, and how many uses its code has left."""
    return (
        db.session.scalar(sa.select(sa.func.count()).where(Membership.space_id == space_id)),
        db.session.scalar(sa.select(JoinCode.uses_left).where(JoinCode.space_id == space_id)),
    )


def test_of_five_who_race_for_two_places_two_get_in(forum: Flask):
    space = factories.space(visibility=Visibility.PRIVATE)
    space_id, actors = space.id, [actor_of(factories.user()) for _ in range(5)]
    _code(space, "RACE2345", 2)
    results = at_once(
        forum,
        *(lambda actor=actor: do(actions.redeem_code, actor, "RACE2345") for actor in actors),
    )
    assert _refused(results) == 3
    assert _state(space_id) == (2, 0)


def test_a_double_click_uses_a_code_once(forum: Flask):
    space = factories.space(visibility=Visibility.PRIVATE)
    space_id, actor = space.id, actor_of(factories.user())
    _code(space, "RACE6789", 5)
    results = at_once(forum, *[lambda: do(actions.redeem_code, actor, "RACE6789")] * 4)
    assert _refused(results) == 0
    assert _state(space_id) == (1, 4)


def test_two_last_facilitators_cannot_leave_a_private_space_together(forum: Flask):
    space = factories.space(visibility=Visibility.PRIVATE)
    space_id, people = space.id, [factories.user() for _ in range(2)]
    for person in people:
        factories.membership(space, person, SpaceRole.FACILITATOR)
    ids, actors = [person.id for person in people], [actor_of(person) for person in people]
    results = at_once(
        forum, *(lambda actor=actor: do(actions.leave_space, actor, space_id) for actor in actors)
    )
    assert _refused(results) == 1
    assert sum(queries.is_last_facilitator(space_id, id_) for id_ in ids) == 1
