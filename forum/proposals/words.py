"""What the states of proposals and what happens to them are called on a page."""

from collections.abc import Mapping
from typing import Any

from forum.core.i18n import _, lazy
from forum.proposals.models import ProposalState

STATES = {
    ProposalState.OPEN: lazy("Open"),
    ProposalState.GATHERING: lazy("Gathering evidence"),
    ProposalState.REFINING: lazy("Being refined"),
    ProposalState.ADOPTED: lazy("Adopted in a brief"),
    ProposalState.EXISTS: lazy("Exists already"),
    ProposalState.MERGED: lazy("Merged into another proposal"),
    ProposalState.WITHDRAWN: lazy("Withdrawn"),
}

# Of parts.TEXTS, in their order.
PARTS = {
    "missing": lazy("What is missing"),
    "serves": lazy("Who it serves"),
    "exists": lazy("What exists already, and why it is not enough"),
    "how": lazy("How it could work"),
    "who": lazy("Who could run it"),
    "risks": lazy("What might go wrong"),
}

# By verb, around the values of the event. What follows a colon is a variant, named by the value
# `to` of the event; a verb of a later version reads as NEUTRAL.
NEUTRAL = lazy("Something changed")
VERBS = {
    "state": lazy("Its state changed"),
    "state:open": lazy("Opened again"),
    "state:gathering": lazy("Evidence is being gathered"),
    "state:refining": lazy("It is being refined"),
    "state:adopted": lazy("Adopted in a brief"),
    "state:exists": lazy("It exists already"),
    "state:merged": lazy("Merged into another proposal"),
    "state:withdrawn": lazy("Withdrawn by its authors"),
    "brief": lazy("It stands in brief %(brief)s"),
    "needs": lazy("Its needs changed from %(before)s to %(after)s"),
    "place": lazy("Its place changed"),
    "coauthor.joined": lazy("A co-author joined"),
    "coauthor.left": lazy("A co-author left"),
    "claim.made": lazy("Somebody showed a service that may be this"),
    "claim.accepted": lazy("The authors agreed that this exists"),
    "claim.not_enough": lazy("The authors said why this is not enough"),
    "claim.withdrawn": lazy("It is not said any more that this exists"),
    "answer.published": lazy("It was answered"),
    "answer.withdrawn": lazy("An answer was taken back"),
    "condition.stated": lazy("Condition %(number)s was stated"),
    "condition.adopted": lazy("Condition %(number)s was taken into the text"),
    "condition.declined": lazy("Condition %(number)s was not taken into the text"),
}


def state_told(state: ProposalState) -> str:
    return str(STATES[state])


def told(verb: str, values: Mapping[str, Any]) -> str:
    """What happened, in the language of the moment."""
    words = str(VERBS.get(f"{verb}:{values.get('to')}") or VERBS.get(verb, NEUTRAL))
    try:
        return words % {name: _shown(value) for name, value in values.items()}
    except KeyError:  # an event of another version, without a value that these words need
        return str(NEUTRAL)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or _("none")
    return "" if value is None else str(value)
