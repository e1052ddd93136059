"""Paths of comments: their order is the order of the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.posts import paths
from forum.posts.models import PATH_LENGTH

_numbers = st.integers(0, paths.LARGEST_NUMBER)


@given(_numbers, _numbers)
def test_steps_sort_as_their_numbers_do(one, other):
    assert (paths.step(one) < paths.step(other)) == (one < other)


@given(st.lists(_numbers, min_size=1, max_size=paths.DEEPEST), _numbers)
def test_a_branch_holds_what_is_below_it_and_nothing_else(numbers, other):
    path = ""
    for number in numbers:
        path = paths.below(path, number)

    assert paths.depth(path) == len(numbers)
    assert paths.branch(path) == paths.step(numbers[0])
    assert len(paths.below(path, other)) <= PATH_LENGTH
    assert path < paths.below(path, other) < path + paths.AFTER_ALL
    if other != numbers[-1]:
        beside = paths.below(path[: -len(paths.step(0))], other)
        assert not path <= beside < path + paths.AFTER_ALL


@pytest.mark.parametrize("number", [-1, paths.LARGEST_NUMBER + 1])
def test_a_number_that_has_no_step_is_refused(number):
    with pytest.raises(ValueError, match=str(number)):
        paths.step(number)


def test_the_deepest_reply_is_answered_beside_it():
    deepest = paths.step(1) * paths.DEEPEST

    assert paths.shallow(deepest) == paths.step(1) * (paths.DEEPEST - 1)
    assert paths.shallow(paths.step(1)) == paths.step(1)
