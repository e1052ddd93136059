"""Sets of rows as whole numbers, beside Python's own sets."""

from hypothesis import given
from hypothesis import strategies as st

from forum.gaps.sets import Weights, set_of, sets_by, union

rows = st.integers(0, 40).map(str)
orders = st.lists(rows, unique=True)


def _as_rows(bits: int, order: list[str]) -> set[str]:
    assert bits >> len(order) == 0
    return {row for position, row in enumerate(order) if bits >> position & 1}


@given(st.lists(rows), orders)
def test_a_set_holds_the_rows_that_are_in_order(given, order):
    bits = set_of(",".join(given), ",".join(order))
    assert _as_rows(bits, order) == set(given) & set(order)


@given(st.lists(st.tuples(st.integers(1, 3), rows)), orders)
def test_each_key_has_the_set_of_its_rows(pairs, order):
    keys = ",".join(str(key) for key, _ in pairs)
    found = sets_by(keys, ",".join(row for _, row in pairs), ",".join(order))
    expected = {key: set() for key, _ in pairs}
    for key, row in pairs:
        expected[key] |= {row} & set(order)
    assert {key: _as_rows(bits, order) for key, bits in found.items()} == expected


@given(st.lists(st.integers(0, 300)), st.data())
def test_weights_are_summed_over_any_set(numbers, data):
    chosen = data.draw(st.sets(st.integers(0, max(0, len(numbers) - 1))))
    bits = union(1 << at for at in chosen)
    expected = sum(numbers[at] for at in chosen if at < len(numbers))
    assert Weights(",".join(map(str, numbers))).over(bits) == expected
