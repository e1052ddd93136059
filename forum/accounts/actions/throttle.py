"""Counting of tries in the database, so that limits hold over restarts and all workers.

A try is counted in a transaction of its own, before it is known how it ends: a refusal that rolls
back must not take its count along, and two tries at once must both be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from forum.accounts import tokens
from forum.accounts.models import Attempt
from forum.accounts.rules import Rules
from forum.core import clock
from forum.core.db import db
from forum.core.errors import TooMany
from forum.core.i18n import ngettext

_KEPT_FOR = timedelta(days=1)
# The window in minutes, and how many within it.
_WINDOW = 15
_BY_PAIR = 10  # one name from one network: what somebody who mistypes needs
_BY_NETWORK = 50  # a school has one address
_BY_ACCOUNT = 200  # one name from everywhere: high, so that no stranger locks a person out
_REGISTRATIONS = 60  # an hour and network: a class registers together
_MAILS = 5  # an hour and name or address
_PASSWORD_TRIES = 10  # of somebody signed in who is asked for the password again


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of `subject` (an opaque name, best a digest) within `minutes`."""

    scope: str
    subject: str
    most: int
    minutes: int = _WINDOW


def count_attempt(scope: str, subject: str, *, limit: int, minutes: int) -> None:
    """Count one try; TooMany with the seconds to wait when it is one too many.

    Call it in a transaction of its own, before the one that does the work.
    """
    count_attempts([Limit(scope, subject, limit, minutes)])


def count_attempts(limits: Sequence[Limit]) -> tuple[int, ...]:
    """Count one try against several limits, all or none; returns the rows' ids to take back."""
    now = clock.now()
    db.session.execute(sa.delete(Attempt).where(Attempt.at < now - _KEPT_FOR))
    ordered = sorted(limits, key=lambda limit: (limit.scope, limit.subject))
    for limit in ordered:
        _lock(limit)
        _check(limit, now)
    rows = [Attempt(scope=limit.scope, subject=limit.subject, at=now) for limit in ordered]
    db.session.add_all(rows)
    db.session.flush()
    return tuple(row.id for row in rows)


def _lock(limit: Limit) -> None:
    """Count one after the other; SQLite has one writer anyway."""
    if db.session.connection().dialect.name == "postgresql":
        key = sa.func.hashtextextended(f"{limit.scope}:{limit.subject}", 0)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _check(limit: Limit, now: datetime) -> None:
    window = timedelta(minutes=limit.minutes)
    times = db.session.scalars(
        sa.select(Attempt.at)
        .where(
            Attempt.scope == limit.scope,
            Attempt.subject == limit.subject,
            Attempt.at > now - window,
        )
        .order_by(Attempt.at.desc())
        .limit(limit.most)
    ).all()
    if len(times) >= limit.most:
        seconds = max(int((times[-1] + window - now).total_seconds()) + 1, 1)
        raise TooMany(_words(seconds), retry_after=seconds)


def _words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "That was tried too often just now. Please wait a minute, then try again.",
        "That was tried too often just now. Please wait %(num)s minutes, then try again.",
        minutes,
    )


def take_back(attempt_ids: Sequence[int]) -> None:
    """Forget tries that turned out well."""
    db.session.execute(sa.delete(Attempt).where(Attempt.id.in_(attempt_ids)))


def forget(scope: str, subject: str) -> None:
    db.session.execute(sa.delete(Attempt).where(Attempt.scope == scope, Attempt.subject == subject))


def pair_subject(rules: Rules, name_key: str, network: str) -> str:
    return tokens.subject(rules.secret, "pair", name_key, network)


def count_sign_in(rules: Rules, name_key: str, network: str) -> tuple[int, ...]:
    """Count a try with a password or a recovery code, before it is known whether it is right.

    The narrow limit is on the pair of name and network: an attacker elsewhere cannot keep a
    person out, and loses little by it, as the network and the name have limits of their own.
    """
    return count_attempts(
        [
            Limit("sign-in", pair_subject(rules, name_key, network), _BY_PAIR),
            Limit("sign-in-network", tokens.subject(rules.secret, network), _BY_NETWORK),
            Limit("sign-in-account", tokens.subject(rules.secret, name_key), _BY_ACCOUNT),
        ]
    )


def count_registration(rules: Rules, network: str) -> None:
    count_attempt(
        "register", tokens.subject(rules.secret, network), limit=_REGISTRATIONS, minutes=60
    )


def count_reset(rules: Rules, name_key: str, network: str) -> None:
    """Count a wish for a link by mail, known name or not."""
    count_attempts(
        [
            Limit("reset", tokens.subject(rules.secret, name_key), _MAILS, 60),
            Limit("reset-network", tokens.subject(rules.secret, network), _BY_NETWORK, 60),
        ]
    )


def count_password_try(user_id: int) -> tuple[int, ...]:
    """Count a try of somebody signed in who is asked for the password again."""
    return count_attempts([Limit("password", f"member:{user_id}", _PASSWORD_TRIES)])


def count_address(user_id: int) -> None:
    """Count a mail that a member has sent to an address they name."""
    count_attempt("address", f"member:{user_id}", limit=_MAILS, minutes=60)
