"""Stances by group, counted in batches: no sum or difference of what is shown singles few out.

People are counted in batches. A batch is of people who took the same stance, at least LEAST_SHOWN
of them in a group and at least LEAST_SHOWN outside it; it is counted as a whole, moves to another
stance as a whole, and is only ever parted into batches of that kind. Whoever makes no such batch
waits. So every figure of every day is a sum over whole batches, and so is every combination of
figures: what it speaks of is nobody, or at least LEAST_SHOWN people in the group and as many
outside of it.

Whether somebody is in a group is looked at once, when they are counted. Pure; ADR 23 says why.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forum.proposals.models import LEAST_SHOWN
from forum.stances.models import StanceChoice


class Group(StrEnum):
    STUDENT = "student"  # no practitioner, and facilitates nothing here
    PRACTITIONER = "practitioner"  # with a badge in force
    LIVED = "lived"  # said so of themselves; only ever counted


@dataclass(frozen=True, slots=True)
class Person:
    """One who has a stance now; `key` is all that is kept of who it is."""

    key: str
    choice: StanceChoice
    is_practitioner: bool
    facilitates: bool
    has_lived_it: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """People counted together; `choice` None: they have no stance any more."""

    choice: StanceChoice | None
    inside: frozenset[str]
    outside: frozenset[str]

    @property
    def people(self) -> frozenset[str]:
        return self.inside | self.outside

    @property
    def is_mixed(self) -> bool:
        return len(self.inside) >= LEAST_SHOWN and len(self.outside) >= LEAST_SHOWN

    def of(self, people: frozenset[str], choice: StanceChoice | None) -> "Batch":
        """Those of these people who are in this batch, with another choice."""
        return Batch(choice, self.inside & people, self.outside & people)


Batches = tuple[Batch, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Who was counted so far: by their work, students and practitioners; and by what they lived."""

    work: Batches = ()
    lived: Batches = ()


Shown = Mapping[Group, Mapping[StanceChoice, int]]


def count(book: Book, people: Iterable[Person]) -> Book:
    """The book with everybody counted who can be counted by now."""
    everybody = tuple(people)
    working = [one for one in everybody if one.is_practitioner or not one.facilitates]
    return Book(
        _advance(book.work, working, lambda one: one.is_practitioner),
        _advance(book.lived, everybody, lambda one: one.has_lived_it),
    )


def _advance(
    batches: Batches, people: Iterable[Person], is_inside: Callable[[Person], bool]
) -> Batches:
    now = {one.key: one for one in people}
    parted = [part for batch in batches for part in _part(batch, now)]
    counted = frozenset[str]().union(*(batch.people for batch in batches))
    new = [one for key, one in now.items() if key not in counted]
    for choice in StanceChoice:
        waiting = [one for one in new if one.choice is choice]
        inside = frozenset(one.key for one in waiting if is_inside(one))
        batch = Batch(choice, inside, frozenset(one.key for one in waiting) - inside)
        if batch.is_mixed:
            parted.append(batch)
    return tuple(parted)


def _part(batch: Batch, now: Mapping[str, Person]) -> list[Batch]:
    """What becomes of a batch: the parts that move, and what stays, each mixed enough."""
    moved: list[Batch] = []
    staying = batch.people
    for choice in (*StanceChoice, None):
        if choice is batch.choice:
            continue
        gone = frozenset(key for key in batch.people if _choice_of(key, now) is choice)
        part, rest = batch.of(gone, choice), batch.of(staying - gone, batch.choice)
        if part.is_mixed and (rest.is_mixed or not rest.people):
            moved.append(part)
            staying -= gone
    return [*moved, batch.of(staying, batch.choice)] if staying else moved


def _choice_of(key: str, now: Mapping[str, Person]) -> StanceChoice | None:
    return now[key].choice if key in now else None


def figures(book: Book) -> Shown:
    """All that could be shown of a book: how many of each group have been counted in a stance."""
    return {
        Group.STUDENT: _sums(book.work, lambda batch: batch.outside),
        Group.PRACTITIONER: _sums(book.work, lambda batch: batch.inside),
        Group.LIVED: _sums(book.lived, lambda batch: batch.inside),
    }


def _sums(batches: Batches, part: Callable[[Batch], frozenset[str]]) -> Mapping[StanceChoice, int]:
    sums: dict[StanceChoice, int] = {}
    for batch in batches:
        if batch.choice is not None:
            sums[batch.choice] = sums.get(batch.choice, 0) + len(part(batch))
    return sums


def shown(book: Book, totals: Mapping[StanceChoice, int]) -> Shown:
    """The figures of a book that stand beside these totals: each leaves LEAST_SHOWN people over.

    A figure that has come too near to its total, because people took their stances back, is left
    out until the book has caught up.
    """
    return {
        group: {
            choice: number
            for choice, number in by_choice.items()
            if totals.get(choice, 0) - number >= LEAST_SHOWN
        }
        for group, by_choice in figures(book).items()
    }


def to_json(book: Book) -> dict[str, Any]:
    return {"work": _rows(book.work), "lived": _rows(book.lived)}


def _rows(batches: Batches) -> list[Any]:
    return [[batch.choice, sorted(batch.inside), sorted(batch.outside)] for batch in batches]


def from_json(values: Mapping[str, Any]) -> Book:
    return Book(_batches(values.get("work", ())), _batches(values.get("lived", ())))


def _batches(rows: Iterable[Any]) -> Batches:
    return tuple(
        Batch(StanceChoice(choice) if choice else None, frozenset(inside), frozenset(outside))
        for choice, inside, outside in rows
    )
