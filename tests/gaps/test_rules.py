"""The rule of the gap map as a table."""

import itertools

import pytest

from forum.gaps.rules import MEANINGS, WORDS, State, state_of


@pytest.mark.parametrize(
    ("is_covered", "services", "proposals", "state"),
    [
        pytest.param(True, 1, 0, State.MET, id="a fresh service covers it"),
        pytest.param(True, 9, 0, State.MET, id="many do"),
        pytest.param(True, 1, 1, State.PARTLY, id="covered, but a proposal says more is missing"),
        pytest.param(False, 1, 0, State.PARTLY, id="a stale service, or one for a part of it"),
        pytest.param(False, 1, 3, State.PARTLY, id="such a service, and proposals"),
        pytest.param(False, 0, 1, State.MISSING, id="only proposals"),
        pytest.param(False, 0, 0, State.UNKNOWN, id="nothing at all"),
    ],
)
def test_the_state_of_a_cell(is_covered, services, proposals, state):
    assert state_of(is_covered=is_covered, services=services, proposals=proposals) is state


def test_what_is_unknown_is_never_called_missing():
    for services, proposals in itertools.product(range(3), range(3)):
        state = state_of(is_covered=False, services=services, proposals=proposals)
        assert (state is State.UNKNOWN) == (services == proposals == 0)
        assert state is not State.MISSING or proposals


def test_every_state_has_a_word_and_a_meaning():
    assert set(WORDS) == set(MEANINGS) == set(State)
    assert len({str(word) for word in WORDS.values()}) == len(State)
