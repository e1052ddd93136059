"""What people hear of a decision: its author, and whoever reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from forum.cases.models import Case, Report, ReportState
from forum.moderation.models import Decision, Outcome, Verdict
from forum.moderation.policy import main_of
from forum.notifications.actions import notify

_REPORTS = "/reports"  # a member's own


@dataclass(frozen=True, slots=True)
class Told:
    """What the person reads about whom a decision is: why, what else, and until when to appeal."""

    why: str
    note: str
    appeal_until: datetime | None


def decision_path(decision_id: int) -> str:
    """Where somebody reads what was decided about them, and appeals."""
    return f"/decisions/{decision_id}"


def case_path(case_id: int) -> str:
    return f"/moderation/cases/{case_id}"


def tell_reporters(case: Case, reports: Iterable[Report]) -> None:
    """Each hears whether something was done, and nothing about the other person."""
    by_state: dict[ReportState, list[int]] = {}
    for report in reports:
        if report.reporter_id is not None:
            by_state.setdefault(report.state, []).append(report.reporter_id)
    for state, reporter_ids in by_state.items():
        notify(
            reporter_ids,
            "report.closed",
            "case",
            case.id,
            path=_REPORTS,
            values={"variant": state.value},
        )


def tell_author(author_id: int, decision: Decision, told: Told) -> None:
    """What was decided, why, and what they can do about it."""
    notify(
        [author_id],
        "decision.made",
        "decision",
        decision.id,
        path=decision_path(decision.id),
        values={
            "variant": main_of([Outcome(outcome) for outcome in decision.outcomes]).value,
            "why": told.why,
            "note": told.note,
            "appeal_until": told.appeal_until,
        },
    )


def tell_undone(author_id: int, decision: Decision, note: str) -> None:
    notify(
        [author_id],
        "decision.undone",
        "decision",
        decision.id,
        path=decision_path(decision.id),
        values={"note": note},
    )


def tell_appealed(author_id: int, decision: Decision) -> None:
    """The appeal has arrived."""
    path = decision_path(decision.id)
    notify([author_id], "appeal.received", "decision", decision.id, path=path, values={})


def tell_verdict(author_id: int, decision: Decision, verdict: Verdict, answer: str) -> None:
    """What came of an appeal, and why."""
    notify(
        [author_id],
        "appeal.decided",
        "decision",
        decision.id,
        path=decision_path(decision.id),
        values={"variant": verdict.value, "note": answer},
    )


def tell_handed_over(user_id: int, case: Case, note: str) -> None:
    """A colleague has a case now; the note is for them."""
    path = case_path(case.id)
    notify([user_id], "case.handed_over", "case", case.id, path=path, values={"note": note})


def tell_to_mend(author_id: int, case: Case, path: str, note: str) -> None:
    """They are asked to change a post of theirs; the note says what."""
    notify([author_id], "post.mend", "case", case.id, path=path, values={"why": note})
