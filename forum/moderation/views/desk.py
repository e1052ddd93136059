"""What the pages of whoever moderates share: who they are, and the way between the lanes."""

from dataclasses import dataclass

from flask import current_app, url_for

from forum.cases.models import Lane
from forum.core.actor import Actor
from forum.core.i18n import _
from forum.moderation import policy
from forum.moderation.policy import Rules
from forum.moderation.queries.queue import MOST_COUNTED, lane_counts
from forum.moderation.words import LANES
from forum.spaces.queries import facilitated
from forum.web.login import current_actor


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who handles cases, and the spaces that they run (moderators: not needed)."""

    actor: Actor
    space_ids: tuple[int, ...]

    def lanes(self, current: Lane | None, *, is_queue: bool = True) -> list[tuple[str, str, bool]]:
        """Words, addresses and which is here: all that waits, each lane with its count."""
        counts = lane_counts(self.actor, self.space_ids)
        return [
            (_("All lanes"), url_for("moderation.queue"), is_queue and current is None),
            *(
                (
                    f"{LANES[lane]} {_shown(counts[lane])}",
                    url_for("moderation.queue", lane=lane.value),
                    is_queue and current is lane,
                )
                for lane in Lane
            ),
        ]


def _shown(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def desk() -> Desk:
    """Whoever asks, when they handle anything at all; NotFound for everybody else."""
    actor = current_actor()
    space_ids = () if actor.is_moderator else facilitated(actor)
    policy.may_see_queue(actor, facilitates=bool(space_ids)).enforce()
    return Desk(actor, space_ids)


def rules() -> Rules:
    """What the site has settled about appeals and seals."""
    config = current_app.config
    seal_days = config["SEAL_DAYS"] if config["SEAL_ORIGINALS"] else None
    return Rules(appeal_days=config["APPEAL_DAYS"], seal_days=seal_days)
