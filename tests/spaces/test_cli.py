"""The commands that operators have for spaces."""

import pytest

from forum.core.actor import VISITOR
from forum.spaces import queries
from forum.spaces.models import SpaceRole, Visibility
from tests import factories
from tests.support.pages import actor_of


def _add(app, slug="evening-course", *, visibility="private", facilitator="teacher"):
    return app.test_cli_runner().invoke(
        args=[
            *("space", "add", slug),
            *("--name", "Evening course"),
            *("--visibility", visibility),
            *("--facilitator", facilitator),
        ]
    )


def test_a_space_is_added_with_its_facilitator(app):
    teacher = factories.user("teacher")
    result = _add(app)
    assert result.exit_code == 0, result.output
    assert "/s/evening-course" in result.output
    space = queries.get_space(actor_of(teacher), "evening-course")
    assert (space.name, space.visibility) == ("Evening course", Visibility.PRIVATE)
    assert space.member_role is SpaceRole.FACILITATOR


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"facilitator": "nobody"}, "no member with this user name", id="nobody"),
        pytest.param({"slug": "commons"}, "Another space has this address", id="taken"),
        pytest.param({"slug": "No Address"}, "small letters", id="no address"),
        pytest.param({"visibility": "secret"}, "'secret' is not one of", id="visibility"),
    ],
)
def test_a_refused_space_is_not_added(app, values, message):
    factories.user("teacher")
    before = queries.spaces_for(VISITOR)
    result = _add(app, **values)
    assert result.exit_code != 0
    assert message in result.output
    assert queries.spaces_for(VISITOR) == before
