"""How urgent a case is, and how much a report weighs; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.cases.models import Lane, ReportReason

REPORT = 100  # the weight of one report; weights are whole hundredths of it
RECORD_OF = timedelta(days=30)  # how far back a reporter's record goes
TOO_MANY_UNFOUNDED = 3  # within RECORD_OF
_RELIABLE = 5  # reports upheld within RECORD_OF, and none unfounded

# How long a case of one report may wait. The queue is sorted by when a case is due, so that age
# counts by itself, and a case of a calmer lane comes to the top before it is forgotten.
PATIENCE = {
    Lane.PRIVACY: timedelta(hours=1),
    Lane.WELLBEING: timedelta(hours=2),
    Lane.WAITING: timedelta(hours=12),
    Lane.RULES: timedelta(hours=24),
    Lane.APPEALS: timedelta(hours=48),
}
_LANES = {
    ReportReason.IDENTIFIES: Lane.PRIVACY,
    ReportReason.WORRIED: Lane.WELLBEING,
}
_ORDER = tuple(PATIENCE)


@dataclass(frozen=True, slots=True)
class Record:
    """How the reports that a member made within RECORD_OF came out."""

    upheld: int
    unfounded: int

    @property
    def is_good(self) -> bool:
        """Whether their word alone can hide what identifies somebody."""
        return self.unfounded < TOO_MANY_UNFOUNDED

    @property
    def weight(self) -> int:
        """What a report of theirs weighs, in hundredths."""
        if not self.is_good:
            return REPORT // 2
        is_reliable = self.upheld >= _RELIABLE and not self.unfounded
        return REPORT * 3 // 2 if is_reliable else REPORT


def lane_of(reason: ReportReason) -> Lane:
    return _LANES.get(reason, Lane.RULES)


def more_urgent(one: Lane, other: Lane) -> Lane:
    return min(one, other, key=_ORDER.index)


def due_at(lane: Lane, opened_at: datetime, weight: int) -> datetime:
    """When somebody should have looked: two reports halve the patience of a lane, and so on."""
    return opened_at + PATIENCE[lane] * REPORT / max(REPORT, weight)
