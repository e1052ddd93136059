"""What cases are called in plain words: reasons to report, and why a post waits for a review."""

from forum.cases.models import CaseState, ReportReason, ReportState
from forum.core.i18n import _, lazy
from forum.notifications.words import WHY

# What each reason means, in a line beside its button.
REASONS = {
    ReportReason.IDENTIFIES: lazy(
        "It identifies someone: a name, a town, an employer, a number, a picture."
    ),
    ReportReason.WORRIED: lazy("I am worried about its author: they may be in danger or despair."),
    ReportReason.BLAMES: lazy("It blames survivors, or doubts what they say."),
    ReportReason.RECRUITS: lazy("It recruits people, or asks for contact outside of this place."),
    ReportReason.GRAPHIC: lazy("It shows violence or abuse without a content note."),
    ReportReason.HARASSES: lazy("It harasses, threatens or hates somebody."),
    ReportReason.SPAM: lazy("It is advertising or repeated over and over."),
    ReportReason.OFF_TOPIC: lazy("It belongs somewhere else."),
    ReportReason.OTHER: lazy("Something else; please say what."),
}
# The same in a word or three, for lists and the queue.
SHORT_REASONS = {
    ReportReason.IDENTIFIES: lazy("identifies someone"),
    ReportReason.WORRIED: lazy("worried about the author"),
    ReportReason.BLAMES: lazy("blames or doubts survivors"),
    ReportReason.RECRUITS: lazy("recruitment or request for contact"),
    ReportReason.GRAPHIC: lazy("graphic without a note"),
    ReportReason.HARASSES: lazy("harassment or hate"),
    ReportReason.SPAM: lazy("spam"),
    ReportReason.OFF_TOPIC: lazy("off-topic"),
    ReportReason.OTHER: lazy("something else"),
}
# What became of a report, as its reporter reads it: nothing about the other person.
REPORT_STATES = {
    ReportState.OPEN: lazy("Waits for somebody to look at it."),
    ReportState.UPHELD: lazy("Looked at: something was done about it."),
    ReportState.NOT_UPHELD: lazy("Looked at: nothing had to be done. It was right to ask."),
    ReportState.UNFOUNDED: lazy("Looked at: there was no ground for it."),
    ReportState.WITHDRAWN: lazy("You took it back."),
}
_DECIDED = {
    CaseState.ACTIONED: lazy("This was looked at before, and something was done about it."),
    CaseState.NO_ACTION: lazy("This was looked at before, and nothing had to be done."),
}


def waiting_for(reason: str) -> str:
    """Why a post waits, for its author; `reason` is its state's: one of WHY, or words of staff."""
    return str(WHY.get(reason) or reason or _("Somebody asked that it is looked at."))


def decided_before(state: CaseState) -> str:
    """For somebody who reports what was decided: that, and how."""
    told = _DECIDED.get(state, _DECIDED[CaseState.NO_ACTION])
    return f"{told} " + _(
        "It has not changed since. If you see something new in it, please report that."
    )
