"""Writes of sanctions: giving and lifting them, each told to the member and put into the log.

Roles, memberships and accounts are above this package: who may is asked, and what follows for them
is done, in spaces/actions.py, which everybody else calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, Restraint, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.notifications.actions import notify
from forum.notifications.models import INBOX
from forum.sanctions.models import Sanction
from forum.sanctions.policy import why_not_until

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """Where the member is led, and what else they are told: "space" and "appeal_until"."""

    path: str = INBOX
    values: Mapping[str, Any] = field(default_factory=dict)


NOTICE = Notice()


def give(  # noqa: PLR0913 - the parts of one sentence: whom, what, where, until when and why
    actor: Actor,
    user_id: int,
    *,
    kind: Restraint,
    space_id: int | None,
    until: datetime | None,
    reason: str,
    decision_id: int | None = None,
    notice: Notice = NOTICE,
) -> int:
    """Give a member a sanction; returns its id. It holds from their next request on.

    `space_id` None is everywhere. Invalid for an end that does not fit, or without a reason.
    """
    now = clock.now()
    reason = checked_reason(reason)
    wrong = why_not_until(kind, until, now)
    if wrong:
        raise Invalid(wrong, "until")
    sanction = Sanction(
        user_id=user_id,
        space_id=space_id,
        kind=kind,
        decision_id=decision_id,
        given_by_id=member_id(actor),
        reason=reason,
        starts_at=now,
        # A notice was said, and is over: no page of theirs needs to ask for it again.
        ends_at=now if kind is Restraint.NOTICE else until,
    )
    db.session.add(sanction)
    db.session.flush()
    notify(
        [user_id],
        "sanction.given",
        "sanction",
        sanction.id,
        path=notice.path,
        values={**notice.values, "variant": kind.value, "why": reason, "until": until},
    )
    record(
        actor.id, "sanction.give", "account", user_id, after=_logged(sanction), reason=reason,
        role=actor.staff_role, space_id=sanction.space_id,
    )  # fmt: skip
    return sanction.id


def lift(actor: Actor, sanction_id: int, reason: str, *, notice: Notice = NOTICE) -> None:
    """End a sanction before its time; Conflict when it is over or lifted already."""
    reason = checked_reason(reason)
    sanction = db.session.scalar(
        sa.select(Sanction).where(Sanction.id == sanction_id).with_for_update()
    )
    if sanction is None:
        raise NotFound
    now = clock.now()
    if sanction.lifted_at is not None or (sanction.ends_at is not None and sanction.ends_at <= now):
        raise Conflict(_("This has ended already."))
    sanction.lifted_at = now
    sanction.lifted_by_id = member_id(actor)
    db.session.flush()
    notify(
        [sanction.user_id],
        "sanction.lifted",
        "sanction",
        sanction.id,
        path=notice.path,
        values={**notice.values, "why": reason},
    )
    record(
        actor.id,
        "sanction.lift",
        "account",
        sanction.user_id,
        before=_logged(sanction),
        reason=reason,
        role=actor.staff_role,
        space_id=sanction.space_id,
    )


def checked_reason(reason: str) -> str:
    """A reason on one line; Invalid when it is missing or too long."""
    reason = scrub_line(reason)
    if not reason:
        raise Invalid(_("Please give a reason; the member will read it."), "reason")
    fit(reason, REASON_LENGTH, "reason")
    return reason


def _logged(sanction: Sanction) -> dict[str, Any]:
    return {
        "sanction_id": sanction.id,
        "kind": sanction.kind.value,
        "space_id": sanction.space_id,
        "until": sanction.ends_at.isoformat() if sanction.ends_at else None,
        "decision_id": sanction.decision_id,
    }


def forget_member(user_id: int) -> None:
    """Take what was held against somebody out with their account; the log keeps what was done."""
    db.session.execute(sa.delete(Sanction).where(Sanction.user_id == user_id))
