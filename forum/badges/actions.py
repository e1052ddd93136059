"""Writes of badges: asking, deciding, ending, and what a member says of themselves alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.audit.actions import record
from forum.badges import policy
from forum.badges.models import (
    ORGANISATION_LENGTH,
    WORDS_LENGTH,
    WORK_LENGTH,
    Badge,
    BadgeKind,
    BadgeState,
    LivedExperience,
)
from forum.badges.policy import BadgeFacts
from forum.core import clock, versions
from forum.core.actor import Actor, SiteRole, member_id
from forum.core.db import db, insert, locked, transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.links import is_web_link
from forum.core.text import scrub, scrub_line
from forum.jobs.actions import enqueue
from forum.notifications.actions import notify
from forum.spaces.queries import facilitated, facilitating

JOB = "badges.look"
MOST_OPEN = 3  # requests of one member that wait at the same time
REMINDED = timedelta(days=30)  # before a badge expires
PROOF_KEPT = timedelta(days=30)  # proof and private comment, after the decision
_EVERY = timedelta(days=1)
_REASON_LENGTH = 500
_LINK_LENGTH = 500


@dataclass(frozen=True, slots=True)
class BadgeDraft:
    """A request; `proof_url` and `comment` are for moderators alone, one of them at least."""

    kind: BadgeKind
    organisation: str
    role: str = ""
    work: str = ""
    proof_url: str = ""
    comment: str = ""


def request_badge(actor: Actor, draft: BadgeDraft) -> int:
    """Ask for a badge; the same request sent twice is one. Returns its id."""
    policy.may_request(actor, draft.kind, facilitates=bool(facilitated(actor))).enforce()
    values = _checked(draft)
    _hold_account(member_id(actor))  # so that two forms at once count each other
    waiting = db.session.scalars(
        sa.select(Badge).where(Badge.user_id == actor.id, Badge.state == BadgeState.REQUESTED)
    ).all()
    for one in waiting:
        if all(getattr(one, name) == value for name, value in values.items()):
            return one.id
    if len(waiting) >= MOST_OPEN:
        raise Conflict(
            _(
                "%(number)s requests of yours wait for a decision. Please wait for one of them,"
                " or withdraw it.",
                number=len(waiting),
            )
        )
    badge = Badge(
        user_id=member_id(actor),
        state=BadgeState.REQUESTED,
        requested_at=clock.now(),
        **values,
    )
    db.session.add(badge)
    db.session.flush()
    record(
        actor.id, "badge.request", "badge", badge.id,
        after={"kind": badge.kind.value}, role="member",
    )  # fmt: skip
    return badge.id


def withdraw_request(actor: Actor, badge_id: int) -> None:
    """Take a request back before it was decided; nothing of it stays but the log's entry."""
    badge = _get(badge_id)
    policy.may_let_go(actor, _facts(badge)).enforce()
    _expect(badge, BadgeState.REQUESTED)
    db.session.delete(badge)
    record(
        actor.id, "badge.withdraw", "badge", badge_id,
        before={"kind": badge.kind.value}, role="member",
    )  # fmt: skip


def give_back(actor: Actor, badge_id: int) -> None:
    """End one's own badge; on what one wrote it stays, as past."""
    badge = _get(badge_id)
    policy.may_let_go(actor, _facts(badge)).enforce()
    _expect(badge, BadgeState.ACTIVE)
    _end(badge, "")
    record(actor.id, "badge.give_back", "badge", badge.id, role="member")
    versions.touch(versions.SITE)


def grant_badge(actor: Actor, badge_id: int, words: str, *, days: int) -> None:
    """Grant a request; it holds for so many days."""
    badge = _decided(actor, badge_id, words)
    badge.state = BadgeState.ACTIVE
    badge.expires_at = clock.now() + timedelta(days=days)
    notify(
        [badge.user_id], "badge.decided", "badge", badge.id, path="/badges",
        values=_values(badge, "granted", note=badge.decision_words, until=badge.expires_at),
    )  # fmt: skip
    record(
        actor.id, "badge.grant", "badge", badge.id,
        after={"kind": badge.kind.value, "expires_at": badge.expires_at.isoformat()},
        reason=badge.decision_words, role=actor.staff_role,
    )  # fmt: skip
    _look_again()
    versions.touch(versions.SITE)


def refuse_badge(actor: Actor, badge_id: int, words: str) -> None:
    """Refuse a request; the words say why, and what would help."""
    if not scrub(words).strip():
        raise Invalid(_("Please say why, and what would help."), "words")
    badge = _decided(actor, badge_id, words)
    badge.state = BadgeState.REFUSED
    notify(
        [badge.user_id], "badge.decided", "badge", badge.id, path="/badges",
        values=_values(badge, "refused", note=badge.decision_words),
    )  # fmt: skip
    record(
        actor.id, "badge.refuse", "badge", badge.id,
        after={"kind": badge.kind.value}, reason=badge.decision_words, role=actor.staff_role,
    )  # fmt: skip
    _look_again()


def end_badge(actor: Actor, badge_id: int, reason: str) -> None:
    """End somebody's badge before its time, with a reason that they read."""
    badge = _get(badge_id)
    policy.may_decide(actor, _facts(badge)).enforce()
    _expect(badge, BadgeState.ACTIVE)
    reason = _text(reason, _REASON_LENGTH, "reason")
    if not reason:
        raise Invalid(_("Please say why."), "reason")
    _end(badge, reason)
    notify(
        [badge.user_id], "badge.ended", "badge", badge.id, path="/badges",
        values=_values(badge, "", why=reason),
    )  # fmt: skip
    record(
        actor.id, "badge.end", "badge", badge.id, reason=reason, role=actor.staff_role,
    )  # fmt: skip
    versions.touch(versions.SITE)


def declare_experience(actor: Actor, *, is_declared: bool) -> None:
    """Say of oneself that one has lived it, or take that back.

    Nothing else is written: no log and no notice names it.
    """
    policy.may_declare(actor).enforce()
    if not is_declared:
        _forget_experience(member_id(actor))
        return
    db.session.execute(
        insert(LivedExperience)
        .values(user_id=member_id(actor), declared_at=clock.now())
        .on_conflict_do_nothing()
    )


def forget_member(user_id: int) -> None:
    """Somebody leaves: requests go, and a badge on old posts says its kind and nothing more."""
    db.session.execute(
        sa.delete(Badge)
        .where(
            Badge.user_id == user_id,
            Badge.state.in_((BadgeState.REQUESTED, BadgeState.REFUSED)),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        sa.update(Badge)
        .where(Badge.user_id == user_id)
        .values(
            state=BadgeState.ENDED,
            ended_at=sa.func.coalesce(Badge.ended_at, clock.now()),
            organisation="",
            role="",
            work="",
            proof_url="",
            comment="",
            decision_words="",
            end_reason="",
        )
        .execution_options(synchronize_session=False)
    )
    _forget_experience(user_id)


def look_daily(_payload: Mapping[str, Any]) -> None:
    """End what has expired, remind of what soon will, and let go of proofs; comes back tomorrow."""
    with transaction():
        now = clock.now()
        ended = [*_expired(), *_without_role()]
        for badge in ended:
            _end(badge, "")
            notify(
                [badge.user_id], "badge.ended", "badge", badge.id, path="/badges",
                values=_values(badge, "expired"),
            )  # fmt: skip
        for badge in _soon_expiring():
            notify(
                [badge.user_id], "badge.expires", "badge", badge.id, path="/badges",
                values=_values(badge, "", until=badge.expires_at),
            )  # fmt: skip
            badge.reminded_at = now
        _empty_proofs()
        db.session.flush()
        for badge in ended:
            record(None, "badge.expire", "badge", badge.id)
        if _has_more_to_do():
            _look_again()
        if ended:
            versions.touch(versions.SITE)


def _expired() -> list[Badge]:
    return list(
        db.session.scalars(
            sa.select(Badge)
            .where(Badge.state == BadgeState.ACTIVE, Badge.expires_at <= clock.now())
            .order_by(Badge.id)
            .with_for_update()
        )
    )


def _without_role() -> list[Badge]:
    """Badges of facilitators and moderators who are none any more."""
    facilitates = facilitating(Badge.user_id)
    moderates = sa.exists().where(User.id == Badge.user_id, User.role != SiteRole.MEMBER)
    return list(
        db.session.scalars(
            sa.select(Badge)
            .where(
                Badge.state == BadgeState.ACTIVE,
                Badge.expires_at > clock.now(),
                sa.or_(
                    sa.and_(Badge.kind == BadgeKind.FACILITATOR, ~facilitates),
                    sa.and_(Badge.kind == BadgeKind.MODERATOR, ~moderates),
                ),
            )
            .order_by(Badge.id)
            .with_for_update(of=Badge)
        )
    )


def _soon_expiring() -> list[Badge]:
    """Badges whose holders have not been reminded yet."""
    now = clock.now()
    return list(
        db.session.scalars(
            sa.select(Badge)
            .where(
                Badge.state == BadgeState.ACTIVE,
                Badge.expires_at > now,
                Badge.expires_at <= now + REMINDED,
                Badge.reminded_at.is_(None),
            )
            .order_by(Badge.id)
            .with_for_update()
        )
    )


def _has_proof() -> sa.ColumnElement[bool]:
    return sa.and_(
        Badge.decided_at.is_not(None), sa.or_(Badge.proof_url != "", Badge.comment != "")
    )


def _empty_proofs() -> None:
    db.session.execute(
        sa.update(Badge)
        .where(_has_proof(), Badge.decided_at <= clock.now() - PROOF_KEPT)
        .values(proof_url="", comment="")
        .execution_options(synchronize_session=False)
    )


def _has_more_to_do() -> bool:
    left = sa.select(sa.exists().where(sa.or_(Badge.state == BadgeState.ACTIVE, _has_proof())))
    return bool(db.session.scalar(left))


def _look_again() -> None:
    """Look once a day, whoever asks for it and how often."""
    at = clock.now() + _EVERY
    enqueue(JOB, {}, dedupe=f"{JOB}:{at.date().isoformat()}", run_at=at)


def _decided(actor: Actor, badge_id: int, words: str) -> Badge:
    """A request that the actor may decide about, with who decided, when and in which words."""
    badge = _get(badge_id)
    policy.may_decide(actor, _facts(badge)).enforce()
    _expect(badge, BadgeState.REQUESTED)
    badge.decision_words = _text(words, WORDS_LENGTH, "words")
    badge.decided_at = clock.now()
    badge.decided_by_id = actor.id
    return badge


def _end(badge: Badge, reason: str) -> None:
    badge.state = BadgeState.ENDED
    badge.ended_at = clock.now()
    badge.end_reason = reason


def _expect(badge: Badge, state: BadgeState) -> None:
    if badge.state is not state:
        raise Conflict(_("Something else happened to this badge in the meantime."))


def _get(badge_id: int) -> Badge:
    """The badge, locked, and before it the account that it belongs to."""
    owner = db.session.scalar(sa.select(Badge.user_id).where(Badge.id == badge_id))
    if owner is None:
        raise NotFound
    _hold_account(owner)
    return locked(Badge, badge_id)


def _hold_account(user_id: int) -> None:
    db.session.execute(sa.select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _facts(badge: Badge) -> BadgeFacts:
    return BadgeFacts(badge.user_id, badge.state)


def _values(badge: Badge, variant: str, **more: object) -> dict[str, object]:
    return {"variant": variant, "organisation": badge.organisation, **more}


def _forget_experience(user_id: int) -> None:
    db.session.execute(
        sa.delete(LivedExperience)
        .where(LivedExperience.user_id == user_id)
        .execution_options(synchronize_session=False)
    )


def _checked(draft: BadgeDraft) -> dict[str, Any]:
    organisation = _line(draft.organisation, ORGANISATION_LENGTH, "organisation")
    if not organisation:
        raise Invalid(_("Please name the organisation."), "organisation")
    work = _line(draft.work, WORK_LENGTH, "work")
    if not work:
        raise Invalid(_("Please say what kind of work it is."), "work")
    proof = _line(draft.proof_url, _LINK_LENGTH, "proof_url")
    if proof and not is_web_link(proof):
        raise Invalid(_("Please give a whole address, such as https://example.org."), "proof_url")
    comment = _text(draft.comment, WORDS_LENGTH, "comment")
    if not proof and not comment:
        raise Invalid(
            _("Please give a link, or say in the comment how this can be confirmed."), "proof_url"
        )
    return {
        "kind": draft.kind,
        "organisation": organisation,
        "role": _line(draft.role, ORGANISATION_LENGTH, "role"),
        "work": work,
        "proof_url": proof,
        "comment": comment,
    }


def _line(text: str, most: int, field: str) -> str:
    return fit(scrub_line(text), most, field)


def _text(text: str, most: int, field: str) -> str:
    return fit(scrub(text).strip(), most, field)


HANDLERS: Mapping[str, Callable[[dict[str, Any]], None]] = {JOB: look_daily}
