"""Adding to the audit log, in the transaction of the act itself."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from forum.audit.chain import START, digest, plain
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.text import cut, scrub

_REASON_LENGTH = 500
_LOCK = 4_021_607_135  # any fixed number: whoever holds it adds the next entry (PostgreSQL)


def record(  # noqa: PLR0913 - the parts of one sentence: who did what to which, and why
    actor_id: int | None,
    verb: str,
    subject_kind: str,
    subject_id: int | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    role: str = "",
    space_id: int | None = None,
    case_id: int | None = None,
) -> None:
    """Add one entry; `verb` reads "thread.close", `actor_id` is None when the forum itself acts.

    `role` is the one in which the actor acted: "facilitator", "moderator", "administrator",
    "member" or, for the forum itself, "forum"; `space_id` where it was; `case_id` of which case.

    Entries form a chain, so on PostgreSQL the transaction holds the chain's lock from here to its
    commit: record last, just before pages are made stale. The reason is cut to 500 characters.
    """
    values = {
        "at": clock.now(),
        "actor_id": actor_id,
        "verb": verb,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "before": None if before is None else plain(before),
        "after": None if after is None else plain(after),
        "reason": cut(scrub(reason), _REASON_LENGTH),
        "role": role or ("forum" if actor_id is None else ""),
        "space_id": space_id,
        "case_id": case_id,
    }
    previous = _head()
    db.session.execute(
        sa.insert(AuditEntry).values(
            **values, previous_hash=previous, hash=digest(values, previous)
        )
    )


def _head() -> str:
    """The newest hash, nobody else adding until the commit; a write of SQLite is alone anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    newest = sa.select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    return db.session.scalar(newest) or START
