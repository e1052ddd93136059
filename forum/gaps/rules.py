"""The stated rule of the gap map: what a cell's figures mean, and the words for it.

A cell is one need in one place. Looked at in this order:

1. *met*: a fresh service covers the whole place, and no live proposal says that more is missing.
2. *partly met*: some service is there, fresh or stale, for the whole place or for a part of it.
3. *missing*: no service is known there, and at least one live proposal says what is missing.
4. *unknown*: neither is known. That is no finding: perhaps nobody has looked yet.

A service is fresh while somebody made sure of it less than so many days ago (SERVICE_STALE_DAYS).
It covers a place when it serves it, something that the place lies in, or people anywhere. A
proposal is live while it takes stances; it counts where it is meant for, and in all that lies
around it.
"""

from collections.abc import Mapping
from enum import StrEnum

from forum.core.i18n import lazy


class State(StrEnum):
    MET = "met"
    PARTLY = "partly-met"
    MISSING = "missing"
    UNKNOWN = "unknown"


WORDS: Mapping[State, str] = {
    State.MET: lazy("Met"),
    State.PARTLY: lazy("Partly met"),
    State.MISSING: lazy("Missing"),
    State.UNKNOWN: lazy("Unknown"),
}
MEANINGS: Mapping[State, str] = {
    State.MET: lazy(
        "A service that somebody made sure of lately is there for the whole place, and no proposal "
        "says that more is missing."
    ),
    State.PARTLY: lazy(
        "There is a service, but it is not for the whole place, nobody made sure of it lately, or "
        "a proposal says that more is missing."
    ),
    State.MISSING: lazy("No service is known here, and a proposal says what is missing."),
    State.UNKNOWN: lazy(
        "Neither a service nor a proposal is known here. That does not mean that nothing is "
        "missing, or that nothing exists."
    ),
}


def state_of(*, is_covered: bool, services: int, proposals: int) -> State:
    """The state of a cell with so many listed services and live proposals.

    `is_covered`: one of the services is fresh and covers the whole place.
    """
    if is_covered and not proposals:
        return State.MET
    if services:
        return State.PARTLY
    return State.MISSING if proposals else State.UNKNOWN
