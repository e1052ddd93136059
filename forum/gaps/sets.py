"""Sets of rows as whole numbers: a bit for each row, so that a count of many together is cheap.

The map counts distinct services and proposals in every need and place, and in all that lies above
them: an AND and a count of bits for each cell. In SQL it would be a DISTINCT over every pair of
need and place for every level of both trees: several times the cost for the same figures.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from operator import setitem

_OUT, _IN = ord("0"), ord("1")
_KEPT = 6  # of what was worked out last: needs and places of the directory, before and now


def set_of(rows: str, order: str) -> int:
    """The set of rows among those of `order`; both are numbers with commas between them."""
    positions = _positions(order)
    digits = _nothing(positions)
    _scatter(repeat(digits), rows, positions)
    return _number(digits)


@lru_cache(maxsize=_KEPT)
def sets_by(keys: str, rows: str, order: str) -> dict[int, int]:
    """The set of rows of each key: `keys` and `rows` are two columns of one table, row by row.

    Kept for the texts that it was asked with, for the directory is asked more often than changed.
    """
    positions = _positions(order)
    found: defaultdict[str, bytearray] = defaultdict(lambda: _nothing(positions))
    _scatter(map(found.__getitem__, _split(keys)), rows, positions)
    return {int(key): _number(digits) for key, digits in found.items()}


@lru_cache(maxsize=2)
def _positions(order: str) -> dict[str, int]:
    return {row: position for position, row in enumerate(_split(order))}


def _scatter(sets: Iterable[bytearray], rows: str, positions: dict[str, int]) -> None:
    """Put each row into the set beside it; what has no position falls into the spare place."""
    at = map(positions.get, _split(rows), repeat(-1))
    deque(map(setitem, sets, at, repeat(_IN)), maxlen=0)


def _split(text: str) -> Sequence[str]:
    return text.split(",") if text else ()


def _nothing(positions: dict[str, int]) -> bytearray:
    """Digits of base two, that of the row at position 0 first, and a spare place at the end."""
    return bytearray([_OUT]) * (len(positions) + 1)


def _number(digits: bytearray) -> int:
    """The digits as a number in which the row at position 0 is the last bit."""
    return int(digits[-2::-1] or b"0", 2)


def union(sets: Iterable[int]) -> int:
    together = 0
    for one in sets:
        together |= one
    return together


class Weights:
    """A number for each row, to be summed over any set of rows."""

    def __init__(self, numbers: str) -> None:
        """`numbers` are the rows' own, in the order of the rows; none is negative."""
        values = [int(number) for number in _split(numbers)]
        most = max(values, default=0)
        self._bits = [
            (1 << place, int("".join(str(value >> place & 1) for value in reversed(values)), 2))
            for place in range(most.bit_length())
        ]

    def over(self, rows: int) -> int:
        total = 0
        for weight, bits in self._bits:
            total += weight * (rows & bits).bit_count()
        return total
