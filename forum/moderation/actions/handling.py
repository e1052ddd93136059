"""Working on a case: looking, taking, handing over, asking, and keeping a person's strength."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from forum.accounts.models import UserState
from forum.accounts.queries import find_account
from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases.models import NOTE_LENGTH, OPEN, Case, CaseState, SubjectKind
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, insert
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.links import comment_path
from forum.core.text import scrub
from forum.moderation import effects, policy
from forum.moderation.models import Exposure
from forum.moderation.queries.cases import facts_of
from forum.posts.models import Post


def look(actor: Actor, case_id: int) -> None:
    """Note that a person has looked at an open case, once each time that it opens."""
    first = db.session.scalar(
        sa.update(Case)
        .where(Case.id == case_id, Case.first_human_at.is_(None), Case.state.in_(OPEN))
        .values(first_human_at=clock.now())
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if first is not None:
        case = cases.get_locked(case_id)
        policy.may_handle(actor, facts_of(actor, case)).enforce()
        note_first_look(actor, case)


def note_first_look(actor: Actor, case: Case) -> None:
    record(
        actor.id,
        "case.first_look",
        "case",
        case.id,
        after={"lane": case.lane.value, "opened_at": case.opened_at.isoformat()},
        role=actor.staff_role,
        space_id=case.space_id,
        case_id=case.id,
    )


def count_opened_text(actor: Actor, case_id: int) -> int:
    """One more covered text that this person opened; returns how many today, in their zone."""
    _hold(actor, case_id)
    count: int = db.session.execute(
        insert(Exposure)
        .values(user_id=member_id(actor), day=today(actor), count=1)
        .on_conflict_do_update(
            index_elements=["user_id", "day"], set_={"count": Exposure.count + 1}
        )
        .returning(Exposure.count)
    ).scalar_one()
    return count


def today(actor: Actor) -> str:
    """The day, as ISO writes it, where this person is."""
    return _in_zone(clock.now(), actor.timezone).date().isoformat()


def _in_zone(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return at.astimezone(UTC)


def take(actor: Actor, case_id: int, version: int) -> None:
    """Have a case in one's own hands, also out of somebody else's."""
    case = _hold(actor, case_id, version)
    policy.may_take(actor, facts_of(actor, case)).enforce()
    if case.assignee_id == actor.id and case.state is not CaseState.ESCALATED:
        return
    before = {"assignee_id": case.assignee_id, "state": case.state.value}
    case.assignee_id = actor.id
    if case.state is not CaseState.WAITING_FOR_AUTHOR:
        case.state = CaseState.IN_REVIEW
    _done(actor, case, "case.take", before=before)


def release(actor: Actor, case_id: int, version: int) -> None:
    """Let go of a case, so that others take it."""
    case = _hold(actor, case_id, version)
    if case.assignee_id != actor.id:
        raise Conflict(_("This case is not in your hands."))
    case.assignee_id = None
    if case.state is CaseState.IN_REVIEW:
        case.state = CaseState.NEW
    _done(actor, case, "case.release", before={"assignee_id": actor.id})


def hand_over(actor: Actor, case_id: int, version: int, username: str, note: str) -> None:
    """Give a case to somebody else who can decide about it; they are told."""
    note = _checked_note(note)
    account = find_account(username.strip().removeprefix("@"))
    if account is None or account.state is not UserState.ACTIVE:
        raise Invalid(_("There is no such member."), "username")
    case = _hold(actor, case_id, version)
    policy.may_take(actor, facts_of(actor, case)).enforce()
    colleague = Actor(id=account.id, username=account.username, role=account.role)
    given = policy.may_be_given(colleague, facts_of(colleague, case))
    if not given:
        raise Invalid(str(given.reason), "username")
    before = {"assignee_id": case.assignee_id}
    case.assignee_id = account.id
    if case.state is not CaseState.WAITING_FOR_AUTHOR:
        case.state = CaseState.IN_REVIEW
    if account.id != actor.id:
        effects.tell_handed_over(account.id, case, note)
    _done(actor, case, "case.hand_over", before=before, note=note, to=account.id)


def add_note(actor: Actor, case_id: int, note: str) -> None:
    """Share a note with whoever handles this case. It stops nobody's decision."""
    note = _checked_note(note, is_needed=True)
    case = _hold(actor, case_id)
    cases.add_event(case, actor.id, "note", note=note)


def escalate(actor: Actor, case_id: int, version: int, note: str) -> None:
    """Ask for a second person; from a facilitator, for a moderator."""
    note = _checked_note(note, is_needed=True)
    case = _hold(actor, case_id, version)
    policy.may_take(actor, facts_of(actor, case)).enforce()
    before = {"assignee_id": case.assignee_id, "state": case.state.value}
    case.assignee_id = None
    case.state = CaseState.ESCALATED
    _done(actor, case, "case.escalate", before=before, note=note)


def wait_for_author(actor: Actor, case_id: int, version: int, note: str) -> None:
    """Ask the author to change their post; an edit brings the case back."""
    note = _checked_note(note, is_needed=True)
    case = _hold(actor, case_id, version)
    policy.may_decide(actor, facts_of(actor, case)).enforce()
    if case.subject_kind is not SubjectKind.POST or case.author_id is None:
        raise Conflict(_("Nobody can be asked to change this."))
    place = db.session.execute(
        sa.select(Post.thread_id, Post.number).where(Post.id == case.subject_id)
    ).one_or_none()
    if place is None:
        raise NotFound
    before = {"state": case.state.value}
    case.state = CaseState.WAITING_FOR_AUTHOR
    effects.tell_to_mend(case.author_id, case, comment_path(*place), note)
    _done(actor, case, "case.wait", before=before, note=note)


def _hold(actor: Actor, case_id: int, version: int | None = None) -> Case:
    """A case, locked, that this person handles; as it was shown, when a version is given."""
    case = cases.get_locked(case_id)
    policy.may_handle(actor, facts_of(actor, case)).enforce()
    if version is not None and case.version != version:
        raise Conflict(_("Somebody else did something with this case in the meantime."))
    return case


def _done(
    actor: Actor,
    case: Case,
    verb: str,
    *,
    before: Mapping[str, object],
    note: str = "",
    to: int | None = None,
) -> None:
    """Into the timeline and the log; whoever shows the case as it was is refused from now on."""
    cases.add_event(
        case, actor.id, verb.partition(".")[2], note=note, values={} if to is None else {"to": to}
    )
    cases.step(case)
    is_first = case.first_human_at is None
    if is_first:
        case.first_human_at = clock.now()
        note_first_look(actor, case)
    after = {"assignee_id": case.assignee_id, "state": case.state.value}
    record(
        actor.id, verb, "case", case.id, before=before, after=after, reason=note,
        role=actor.staff_role, space_id=case.space_id, case_id=case.id,
    )  # fmt: skip


def _checked_note(note: str, *, is_needed: bool = False) -> str:
    note = scrub(note).strip()
    if is_needed and not note:
        raise Invalid(_("Please write a few words."), "note")
    fit(note, NOTE_LENGTH, "note")
    return note
