"""Sets of rows as whole numbers, beside Python's own sets."""

from hypothesis import given
from hypothesis import strategies as st

from forum.gaps.sets import Weights, set_of, sets_by, union

rows = st.integers(0, 40).map(str)
positions = st.lists(rows, unique=True).map(lambda ids: {id_: at for at, id_ in enumerate(ids)})


def _as_rows(bits: int, positions: dict[str, int]) -> set[str]:
    assert bits >> len(positions) == 0
    return {row for row, at in positions.items() if bits >> at & 1}


@given(st.lists(rows), positions)
def test_a_set_holds_the_rows_that_have_a_position(given, positions):
    assert _as_rows(set_of(given, positions), positions) == set(given) & positions.keys()


@given(st.lists(st.tuples(st.sampled_from("abc"), rows)), positions)
def test_each_key_has_the_set_of_its_rows(pairs, positions):
    found = sets_by([key for key, _ in pairs], [row for _, row in pairs], positions)
    expected = {}
    for key, row in pairs:
        if row in positions:
            expected.setdefault(key, set()).add(row)
    assert {key: _as_rows(bits, positions) for key, bits in found.items()} == expected


@given(st.lists(st.integers(0, 300)), st.data())
def test_weights_are_summed_over_any_set(numbers, data):
    chosen = data.draw(st.sets(st.integers(0, max(0, len(numbers) - 1))))
    bits = union(1 << at for at in chosen)
    assert Weights(numbers).over(bits) == sum(numbers[at] for at in chosen if at < len(numbers))
