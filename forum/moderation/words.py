"""What moderation calls things in plain words, on pages for those who do it and for authors."""

from forum.cases.models import CaseState, Lane
from forum.core.actor import Restraint
from forum.core.i18n import lazy
from forum.moderation.models import Outcome, Verdict

LANES = {
    Lane.PRIVACY: lazy("Privacy"),
    Lane.WELLBEING: lazy("Wellbeing"),
    Lane.RULES: lazy("Rules"),
    Lane.WAITING: lazy("Waiting"),
    Lane.APPEALS: lazy("Appeals"),
}
STATES = {
    CaseState.NEW: lazy("new"),
    CaseState.IN_REVIEW: lazy("in review"),
    CaseState.WAITING_FOR_AUTHOR: lazy("waiting for the author"),
    CaseState.ESCALATED: lazy("a second person is asked for"),
    CaseState.ACTIONED: lazy("something was done"),
    CaseState.NO_ACTION: lazy("nothing had to be done"),
    CaseState.WITHDRAWN: lazy("taken back"),
}
# As choices of whoever decides.
OUTCOMES = {
    Outcome.NO_ACTION: lazy("No action: it stays, or comes back, as it is"),
    Outcome.MENDED: lazy("Accept the author's edit: it comes back"),
    Outcome.PUBLISH: lazy("Let it through as it is"),
    Outcome.NOTE: lazy("Keep it, with a content note"),
    Outcome.REDACT: lazy("Edit out identifying details"),
    Outcome.HIDE: lazy("Hide it until its author has changed it"),
    Outcome.REMOVE: lazy("Remove it"),
    Outcome.CLOSE: lazy("Leave the words as they are"),
    Outcome.SANCTION: lazy("Leave the words as they are"),
}
# As what was decided, for its author and in histories.
DECIDED = {
    Outcome.NO_ACTION: lazy("nothing had to change"),
    Outcome.MENDED: lazy("the author's edit was accepted"),
    Outcome.PUBLISH: lazy("it was let through"),
    Outcome.NOTE: lazy("it was given a content note"),
    Outcome.REDACT: lazy("identifying details were taken out"),
    Outcome.HIDE: lazy("it was hidden until it is changed"),
    Outcome.REMOVE: lazy("it was removed"),
    Outcome.CLOSE: lazy("its thread was closed"),
    Outcome.SANCTION: lazy("its author was asked to take care, or kept from something"),
}
VERDICTS = {
    Verdict.UPHELD: lazy("The decision stays"),
    Verdict.CHANGED: lazy("Another decision takes its place"),
    Verdict.REVERSED: lazy("The decision is taken back"),
}
RESTRAINTS = {
    Restraint.NOTICE: lazy("A notice"),
    Restraint.SLOW: lazy("One post every 30 minutes"),
    Restraint.HOLD: lazy("Posts are held for a review"),
    Restraint.MUTE: lazy("No writing"),
    Restraint.SUSPEND: lazy("No taking part, until a day"),
    Restraint.EXCLUDE: lazy("No taking part any more"),
}
EVENTS = {
    "opened": lazy("The case was opened"),
    "reopened": lazy("The case was opened again"),
    "reported": lazy("Somebody reported it"),
    "withdrawn": lazy("A report was taken back"),
    "edited": lazy("The words were changed"),
    "taken_back": lazy("The author took the words back"),
    "hidden": lazy("It was hidden"),
    "take": lazy("The case was taken"),
    "release": lazy("The case was let go"),
    "hand_over": lazy("The case was handed over"),
    "escalate": lazy("A second person was asked for"),
    "wait": lazy("The author was asked to change it"),
    "note": lazy("Note"),
    "decided": lazy("Decided"),
    "undone": lazy("The decision was undone"),
    "appealed": lazy("The author appealed"),
    "appeal_decided": lazy("The appeal was answered"),
    "seal_asked": lazy("Somebody asked to open what was taken out"),
    "seal_opened": lazy("What was taken out was opened by two"),
}


def event(verb: str) -> str:
    """What happened; of a later version, the verb as it is kept."""
    return str(EVENTS.get(verb, verb.replace("_", " ")))
