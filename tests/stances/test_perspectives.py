"""Stances by group: whatever is added to or taken from what, nobody is singled out."""

import itertools
import random

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.badges.models import Badge, LivedExperience
from forum.core import clock
from forum.core.db import db
from forum.jobs.models import Job
from forum.proposals.models import LEAST_SHOWN
from forum.spaces.models import SpaceRole
from forum.stances import actions, perspectives
from forum.stances.models import Perspectives, StanceChoice
from forum.stances.perspectives import Book, Group, Person
from tests import factories
from tests.stances.acts import CHOICES, debate, member, take
from tests.support.breadth import examples, wide
from tests.support.pages import actor_of
from tests.threads.acts import do

AGREE, UNSURE = StanceChoice.AGREE, StanceChoice.UNSURE
KEYS = [b"key"]
IN_GROUP = {
    Group.STUDENT: lambda one: not one.is_practitioner and not one.facilitates,
    Group.PRACTITIONER: lambda one: one.is_practitioner,
    Group.LIVED: lambda one: one.has_lived_it,
}


def people(count, choice=AGREE, prefix="p", **groups):
    groups = {"is_practitioner": False, "facilitates": False, "has_lived_it": False, **groups}
    return [Person(f"{prefix}{number}", choice, **groups) for number in range(count)]


def totals(everybody):
    return {choice: sum(one.choice is choice for one in everybody) for choice in CHOICES}


def shown(*groups):
    everybody = list(itertools.chain(*groups))
    book = perspectives.count(Book(), everybody)
    return perspectives.shown(book, totals(everybody))


# -- By example --------------------------------------------------------------------------------


def test_five_in_a_group_and_five_outside_are_shown():
    figures = shown(people(5, prefix="l", has_lived_it=True), people(6))

    assert figures[Group.LIVED] == {AGREE: 5}


@pytest.mark.parametrize(("inside", "outside"), [(4, 9), (9, 4), (9, 0), (0, 9)])
def test_fewer_than_five_on_either_side_are_not(inside, outside):
    figures = shown(people(inside, prefix="l", has_lived_it=True), people(outside))

    assert figures[Group.LIVED] == {}


def test_facilitators_without_a_badge_are_in_no_group_of_work():
    figures = shown(
        people(5, prefix="w", is_practitioner=True),
        people(5, prefix="s"),
        people(9, prefix="f", facilitates=True),
    )

    assert figures[Group.STUDENT] == {AGREE: 5}
    assert figures[Group.PRACTITIONER] == {AGREE: 5}


def test_whoever_comes_later_waits_for_enough_of_both_kinds():
    first = people(5, prefix="l", has_lived_it=True) + people(5)
    book = perspectives.count(Book(), first)
    for lived, others in ((1, 0), (5, 0), (5, 4), (4, 9)):
        more = people(lived, prefix="x", has_lived_it=True) + people(others, prefix="y")
        assert perspectives.figures(perspectives.count(book, first + more))[Group.LIVED] == {
            AGREE: 5
        }
    more = people(5, prefix="x", has_lived_it=True) + people(5, prefix="y")
    assert perspectives.figures(perspectives.count(book, first + more))[Group.LIVED] == {AGREE: 10}


def test_whoever_changes_their_mind_is_moved_with_enough_others_alone():
    lived, others = people(11, prefix="l", has_lived_it=True), people(11)
    book = perspectives.count(Book(), lived + others)

    def moved(inside, outside):
        now = [
            *(_with(one, UNSURE) if n < inside else one for n, one in enumerate(lived)),
            *(_with(one, UNSURE) if n < outside else one for n, one in enumerate(others)),
        ]
        return perspectives.figures(perspectives.count(book, now))[Group.LIVED]

    assert moved(1, 0) == moved(4, 9) == moved(5, 4) == moved(7, 5) == {AGREE: 11}
    assert moved(5, 6) == {AGREE: 6, UNSURE: 5}
    assert moved(11, 11) == {UNSURE: 11}


def test_whoever_leaves_stays_counted_until_enough_have_left():
    everybody = people(10, prefix="l", has_lived_it=True) + people(10)
    book = perspectives.count(Book(), everybody)

    assert perspectives.count(book, everybody[1:]) == book
    assert perspectives.figures(perspectives.count(book, everybody[5:15]))[Group.LIVED] == {
        AGREE: 5
    }


def test_a_figure_that_has_come_too_near_to_its_total_is_left_out():
    everybody = people(5, prefix="l", has_lived_it=True) + people(5)
    book = perspectives.count(Book(), everybody)

    assert perspectives.shown(book, totals(everybody))[Group.LIVED] == {AGREE: 5}
    assert perspectives.shown(book, totals(everybody[1:]))[Group.LIVED] == {}


def test_saying_it_later_changes_no_figure():
    lived, others = people(5, prefix="l", has_lived_it=True), people(9)
    book = perspectives.count(Book(), lived + others)
    said = [Person(one.key, one.choice, False, False, True) for one in others]

    assert perspectives.count(book, lived + said) == book


def _with(one, choice):
    return Person(one.key, choice, one.is_practitioner, one.facilitates, one.has_lived_it)


# -- By all subtractions -----------------------------------------------------------------------

_ACTS = st.lists(
    st.tuples(
        st.integers(0, 2**32 - 1),  # what chance does on this day
        st.sampled_from((0.0, 0.02, 0.1, 0.5, 1.0)),  # how many change their stance
        st.sampled_from((0.0, 0.02, 0.2, 0.5)),  # how many leave
        st.integers(0, 30),  # how many come
        st.sampled_from((0.0, 0.05, 0.5)),  # how many change a group
    ),
    min_size=1,
    max_size=8,
)


def _days(seed, shares, acts):
    """Days of a debate: who has which stance, and what is published at the end of each day."""
    chance = random.Random(seed)  # noqa: S311 - hypothesis gives the seed
    alive, numbers, book = {}, itertools.count(), Book()
    favourite = chance.choices(CHOICES, k=2)
    for day_seed, moving, leaving, coming, turning in acts:
        chance = random.Random(day_seed)  # noqa: S311
        for key in list(alive):
            if chance.random() < leaving:
                del alive[key]
            elif chance.random() < moving:
                alive[key] = _with(alive[key], chance.choice(favourite))
            elif chance.random() < turning:
                old = alive[key]
                alive[key] = Person(
                    key, old.choice, chance.random() < shares[0],
                    chance.random() < shares[1], chance.random() < shares[2],
                )  # fmt: skip
        for _ in range(coming):
            key = f"p{next(numbers)}"
            alive[key] = Person(
                key, chance.choice(favourite), *(chance.random() < s for s in shares)
            )
        book = perspectives.count(book, alive.values())
        yield dict(alive), book


def _sets(book):
    """Who is in each figure of a day, and who was counted and is not: its complement."""
    found = {}
    for group in Group:
        batches = book.lived if group is Group.LIVED else book.work
        for choice in CHOICES:
            there = [batch for batch in batches if batch.choice is choice]
            inside = frozenset().union(*(batch.inside for batch in there))
            outside = frozenset().union(*(batch.outside for batch in there))
            if group is Group.STUDENT:
                inside, outside = outside, inside
            found[group, choice] = (inside, outside)
    return found


@wide
@settings(max_examples=examples(60))
@given(
    seed=st.integers(0, 2**32 - 1),
    shares=st.tuples(*[st.sampled_from((0.0, 0.1, 0.3, 0.5, 0.9))] * 3),
    acts=_ACTS,
)
def test_no_sum_or_difference_of_what_is_ever_shown_is_of_fewer_than_five(seed, shares, acts):
    """Every sum and difference, of all days, groups and stances, complements and group totals.

    A combination is a number for each figure, and so for each person: the sum over the figures they
    are in. Those who are in the same figures get the same number, whatever the combination; so when
    each such circle has five people, every combination speaks of nobody or of five at least. That
    is asked here of each group with its complement (of "students" and "practitioners" together,
    who are told apart by the same batches), which are all that its group could be told from.
    """
    work, lived = {}, {}
    for day, (alive, book) in enumerate(_days(seed, shares, acts)):
        figures = perspectives.shown(book, totals(alive.values()))
        for (group, choice), (inside, outside) in _sets(book).items():
            number = figures[group].get(choice)
            if number is None:
                continue
            assert number == len(inside) >= LEAST_SHOWN
            assert len(outside) >= LEAST_SHOWN
            assert totals(alive.values())[choice] - number >= LEAST_SHOWN
            seen = lived if group is Group.LIVED else work
            for part, name in ((inside, "in"), (outside, "out")):
                for key in part:
                    seen.setdefault(key, set()).add((day, group, choice, name))
    for seen in (work, lived):
        circles = {}
        for key, where in seen.items():
            circles.setdefault(frozenset(where), set()).add(key)
        assert all(len(circle) >= LEAST_SHOWN for circle in circles.values())


@wide
@settings(max_examples=examples(40))
@given(
    seed=st.integers(0, 2**32 - 1),
    shares=st.tuples(*[st.sampled_from((0.1, 0.3, 0.5))] * 3),
    acts=_ACTS,
)
def test_no_subtraction_tells_the_group_of_fewer_than_ten_whose_stances_are_known(
    seed, shares, acts
):
    """Somebody who knows everybody's stance on every day, and so every total, subtracts figures.

    Totals do not depend on who is in a group. So what a combination tells about groups, it tells
    about those whom its figures count in different measure: five in the group and five outside.
    """
    published = []
    for _alive, book in _days(seed, shares, acts):
        for group, batches in ((Group.PRACTITIONER, book.work), (Group.LIVED, book.lived)):
            for choice in CHOICES:
                counted = [batch for batch in batches if batch.choice is choice]
                if counted:
                    published.append(
                        (
                            group,
                            frozenset().union(*(batch.inside for batch in counted)),
                            frozenset().union(*(batch.outside for batch in counted)),
                        )
                    )
    chance = random.Random(seed)  # noqa: S311
    few = chance.sample(published, min(len(published), 9))
    for group in (Group.PRACTITIONER, Group.LIVED):
        figures = [(inside, outside) for of, inside, outside in few if of is group]
        for signs in itertools.product((-1, 0, 1), repeat=len(figures)):
            weights = {}
            for sign, (inside, outside) in zip(signs, figures, strict=True):
                for key in inside | outside:
                    weights[key] = weights.get(key, 0) + sign
            spoken_of = {key for key, weight in weights.items() if weight}
            in_group = {
                key for key in spoken_of if any(key in inside for inside, _outside in figures)
            }
            if spoken_of:
                assert len(in_group) >= LEAST_SHOWN
                assert len(spoken_of - in_group) >= LEAST_SHOWN


@wide
@settings(max_examples=examples(30))
@given(seed=st.integers(0, 2**32 - 1), acts=_ACTS)
def test_a_book_is_the_same_after_it_was_kept(seed, acts):
    for _alive, book in _days(seed, (0.3, 0.1, 0.5), acts):
        assert perspectives.from_json(perspectives.to_json(book)) == book


# -- In the database ---------------------------------------------------------------------------


@pytest.fixture
def scene(app):
    """A proposal with which five who have lived it agree, and five practitioners."""
    space = factories.space()
    thread_id = factories.proposal(space).id
    users = [factories.user() for _ in range(10)]
    for user in users[:5]:
        db.session.add(LivedExperience(user_id=user.id, declared_at=clock.now()))
    for user in users[5:]:
        factories.badge(user)
    db.session.commit()
    for user in users:
        take(actor_of(user), thread_id)
    return space, thread_id, users


def _count(thread_id, keys=KEYS):
    do(actions.count_groups, thread_id, keys)
    return db.session.get(Perspectives, thread_id, populate_existing=True)


def test_the_groups_are_counted_and_shown(scene, browser):
    _space, thread_id, _users = scene

    row = _count(thread_id)

    assert row.shown == {
        "student": {"agree": 5}, "practitioner": {"agree": 5}, "lived": {"agree": 5},
    }  # fmt: skip
    html = browser.get(f"/t/{thread_id}", follow_redirects=True).text
    assert "Stances by group" in html
    assert [view.counts[0] for view in debate(member(), thread_id).views.rows] == [5, 5, 5]


def test_they_are_hidden_with_the_spread(scene):
    space, thread_id, users = scene
    _count(thread_id)
    space.hides_stances = True
    db.session.commit()

    assert debate(member(), thread_id).views is None
    assert debate(actor_of(users[0]), thread_id).views is not None


def test_nobody_can_be_told_from_what_is_kept_without_the_key(scene):
    _space, thread_id, users = scene
    row = _count(thread_id)

    kept = str(row.values)
    for user in users:
        assert f"'{user.id}'" not in kept
        assert user.username not in kept
    other = factories.proposal().id
    for user in users:
        take(actor_of(user), other)
    theirs = {key for batch in _count(other).values["lived"] for part in batch[1:] for key in part}
    assert not theirs & {key for batch in row.values["lived"] for part in batch[1:] for key in part}


def test_a_badge_that_is_over_and_a_facilitator_count_otherwise(scene):
    space, thread_id, users = scene
    badge = db.session.scalars(sa.select(Badge).where(Badge.user_id == users[5].id)).one()
    badge.expires_at = clock.now()
    db.session.commit()
    factories.membership(space, users[0], SpaceRole.FACILITATOR)

    assert _count(thread_id).shown["practitioner"] == {}


def test_another_key_changes_nothing_and_the_old_one_counts_on(scene):
    _space, thread_id, users = scene
    before = _count(thread_id).values
    for user in users[:5]:
        take(actor_of(user), thread_id, UNSURE)
    for user in users[5:]:
        take(actor_of(user), thread_id, UNSURE)

    assert _count(thread_id, [b"another"]).values == before
    assert _count(thread_id, [b"another", *KEYS]).shown["lived"] == {"unsure": 5}


def test_the_worker_counts_in_the_night(scene, app):
    _space, thread_id, _users = scene
    db.session.execute(sa.update(Job).values(run_at=clock.now()))
    db.session.commit()

    assert "stances.count_groups" in app.extensions["job_handlers"]
    app.extensions["job_handlers"]["stances.count_groups"]({"thread": thread_id})
    assert db.session.get(Perspectives, thread_id, populate_existing=True).shown["lived"]


def test_a_thread_that_is_gone_is_counted_by_nobody(app):
    do(actions.count_groups, 999_999, KEYS)
