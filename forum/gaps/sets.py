"""Sets of rows as whole numbers: a bit for each row, so that a count of many together is cheap.

The map counts distinct services and proposals in every need and place, and in all that lies above
them: an AND and a count of bits for each cell. In SQL it would be a DISTINCT over every pair of
need and place for every level of both trees: several times the cost for the same figures.
"""

from collections.abc import Iterable, Mapping, Sequence

_OUT, _IN = ord("0"), ord("1")


def set_of(rows: Iterable[str], positions: Mapping[str, int]) -> int:
    """The set of these rows; those without a position are left out."""
    bits = _nothing(positions)
    for row in rows:
        position = positions.get(row)
        if position is not None:
            bits[~position] = _IN
    return int(bits, 2)


def sets_by(
    keys: Iterable[str], rows: Iterable[str], positions: Mapping[str, int]
) -> dict[str, int]:
    """The set of rows of each key, from two columns of one table, read together."""
    found: dict[str, bytearray] = {}
    for key, row in zip(keys, rows, strict=True):
        position = positions.get(row)
        if position is None:
            continue
        bits = found.get(key)
        if bits is None:
            bits = found[key] = _nothing(positions)
        bits[~position] = _IN
    return {key: int(bits, 2) for key, bits in found.items()}


def _nothing(positions: Mapping[str, int]) -> bytearray:
    """Digits of base two, the row of position 0 last; it holds one more than there are rows."""
    return bytearray([_OUT]) * (len(positions) + 1)


def union(sets: Iterable[int]) -> int:
    together = 0
    for one in sets:
        together |= one
    return together


class Weights:
    """A number for each row, to be summed over any set of rows."""

    def __init__(self, numbers: Sequence[int]) -> None:
        """`numbers` are the rows' own, in the order of their positions; none is negative."""
        most = max(numbers, default=0)
        self._bits = tuple(
            (1 << place, sum(1 << at for at, number in enumerate(numbers) if number >> place & 1))
            for place in range(most.bit_length())
        )

    def over(self, rows: int) -> int:
        return sum(weight * (rows & bits).bit_count() for weight, bits in self._bits)
