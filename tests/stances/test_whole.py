"""A proposal with the debate about it, as its page reads both."""

import itertools

import pytest

from forum.core.actor import VISITOR
from forum.core.db import db
from forum.posts.models import Bearing, Post
from forum.proposals import actions as proposals
from forum.proposals.actions import ClaimDraft
from forum.stances.models import StanceChoice
from forum.stances.queries import find_debate, find_proposal, points_of
from forum.threads.queries import get_head
from tests import factories
from tests.stances.acts import member, take
from tests.support.pages import actor_of
from tests.support.queries import statements
from tests.threads.acts import do

_numbers = itertools.count(1)
# Each adds something else, and what the page reads of it.
MORE = {
    "a service": lambda made: do(
        proposals.claim_service, member(), made.id, ClaimDraft(factories.service().id, "It is.")
    ),
    "a condition": lambda made: take(
        member(), made.id, StanceChoice.AGREE_IF, condition=f"there are {next(_numbers)} beds"
    ),
    "a point": lambda made: _bear(factories.comment(made, factories.user())),
}


def _bear(comment: Post) -> None:
    comment.bearing = Bearing.SUPPORTS
    db.session.commit()


@pytest.fixture
def made(app):
    return factories.proposal()


def test_a_proposal_to_which_nothing_was_added_costs_one_statement(made):
    head, other = get_head(VISITOR, made.id), get_head(VISITOR, factories.thread().id)
    with statements() as sent:
        found = find_proposal(VISITOR, head)
    assert len(sent) == 1
    assert (found.view.claims, found.view.events, found.debate.conditions) == ((), (), ())
    assert found.points == points_of(VISITOR, head)

    with statements() as sent:
        assert find_proposal(VISITOR, other) is None
    assert len(sent) == 0


def test_what_was_added_costs_a_statement_each_however_much_there_is(made):
    for _ in range(3):
        for add in MORE.values():
            add(made)
    head = get_head(VISITOR, made.id)
    with statements() as sent:
        found = find_proposal(VISITOR, head)

    assert len(sent) == 4
    assert len(found.view.claims) == len(found.debate.conditions) == 3
    # An "agree if" says why in a comment that qualifies.
    assert (found.points.supports.total, found.points.against.total) == (3, 3)


@pytest.mark.parametrize("added", MORE, ids=list(MORE))
def test_each_of_them_is_found_without_the_others(made, added):
    MORE[added](made)
    found = find_proposal(VISITOR, get_head(VISITOR, made.id))

    assert bool(found.view.claims) is (added == "a service")
    assert bool(found.debate.conditions) is (added == "a condition")
    assert bool(found.points.total) is (added != "a service")


def test_both_rows_together_say_what_they_say_apart(made):
    reader = factories.user()
    for add in MORE.values():
        add(made)
    take(actor_of(reader), made.id, StanceChoice.CONCERN)
    for viewer in (VISITOR, actor_of(reader), member()):
        head = get_head(viewer, made.id)
        assert find_proposal(viewer, head).debate == find_debate(viewer, head)
