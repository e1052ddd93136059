"""What kinds, states and badges are called."""

from forum.badges.models import BadgeKind, BadgeState
from forum.core.i18n import _, lazy

KINDS = {
    BadgeKind.PRACTITIONER: lazy("Practitioner"),
    BadgeKind.FACILITATOR: lazy("Facilitator"),
    BadgeKind.MODERATOR: lazy("Moderator"),
}
STATES = {
    BadgeState.REQUESTED: lazy("Waits for a decision"),
    BadgeState.REFUSED: lazy("Refused"),
    BadgeState.ACTIVE: lazy("In force"),
    BadgeState.ENDED: lazy("Ended"),
}


def badge_label(kind: BadgeKind, organisation: str, *, is_past: bool = False) -> str:
    """A badge in one line: "Practitioner · Harbour Legal Aid", and "(past)" where it ended."""
    label = f"{KINDS[kind]} · {organisation}" if organisation else str(KINDS[kind])
    return _("%(badge)s (past)", badge=label) if is_past else label
