"""The one test of visibility: what SQL lets through is what the policy allows."""

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core.actor import VISITOR, SiteRole
from forum.core.db import db
from forum.spaces import queries
from forum.spaces.models import Circle, Space, SpaceRole, Visibility
from forum.spaces.policy import SpaceAccess, may_see
from tests import factories
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of

_SPACES = st.lists(
    st.tuples(
        st.sampled_from(Visibility),
        st.sampled_from(Circle),
        st.sampled_from(Circle),
        # The role in the space of each of three people, None for who has not joined.
        st.tuples(*[st.none() | st.sampled_from(SpaceRole)] * 3),
    ),
    max_size=5,
)
_SITE_ROLES = st.tuples(*[st.sampled_from(SiteRole)] * 3)


@wide
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spaces=_SPACES, site_roles=_SITE_ROLES)
def test_sql_and_policy_agree_on_who_sees_which_space(app, spaces, site_roles):
    people = [factories.user(role=role) for role in site_roles]
    rows = []
    for visibility, who_starts, who_comments, roles in spaces:
        space = factories.space(
            visibility=visibility, who_starts=who_starts, who_comments=who_comments
        )
        rows.append((space, roles))
        for person, role in zip(people, roles, strict=True):
            if role is not None:
                factories.membership(space, person, role)

    for index, viewer in enumerate([*(actor_of(person) for person in people), VISITOR]):
        allowed = set()
        for space, roles in rows:
            role = roles[index] if index < len(roles) else None
            access = SpaceAccess(
                space.id, space.visibility, space.who_starts, space.who_comments, role
            )
            if may_see(viewer, access):
                allowed.add(space.id)
                assert queries.get_access(viewer, space.id) == access
                assert queries.get_space(viewer, space.slug).access == access
        condition = sa.and_(
            queries.visible_to(viewer), Space.id.in_([space.id for space, _ in rows])
        )
        assert set(db.session.scalars(sa.select(Space.id).where(condition))) == allowed
        assert {row.id for row in queries.spaces_for(viewer)} >= allowed
