"""Reporting, taking a report back, and what several reports do to a post by themselves.

Locks are taken in one order: the reporter's and the author's accounts, the post's thread, the
post, the case, the audit log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

import sqlalchemy as sa

from forum.accounts import policy as account_policy
from forum.accounts.models import User
from forum.accounts.queries import get_account_by_id
from forum.audit.actions import record
from forum.cases import actions as cases
from forum.cases import queries as case_queries
from forum.cases.actions import ReportDraft, Subject
from forum.cases.models import (
    NOTE_LENGTH,
    OPEN,
    Case,
    CaseState,
    Report,
    ReportReason,
    SubjectKind,
)
from forum.cases.policy import REPORT, lane_of
from forum.cases.words import decided_before
from forum.context_notes import policy as note_policy
from forum.context_notes import queries as note_queries
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound, TooMany
from forum.core.i18n import _, ngettext
from forum.core.links import comment_path
from forum.core.text import scrub
from forum.moderation.queries import subjects
from forum.moderation.queries.subjects import About
from forum.notifications.actions import notify
from forum.posts import policy as post_policy
from forum.posts.models import Post, PostState
from forum.posts.queries import has_answered
from forum.proposals import policy as proposal_policy
from forum.proposals.queries import facts_of_answer, facts_of_claim
from forum.services import policy as service_policy
from forum.services.queries import keeps
from forum.threads import policy as thread_policy
from forum.threads.actions import reviewing
from forum.threads.actions.reviewing import Standing
from forum.threads.models import Thread
from forum.threads.queries import get_head, post_facts

DAY = timedelta(days=1)  # of the limit on reports
NO_MOVE = timedelta(hours=1)  # whoever answered within it is told that a report is no move


@dataclass(frozen=True, slots=True)
class Target:
    """What is reported, such as a post or a member, by its id."""

    kind: SubjectKind
    id: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a reporter says."""

    reason: ReportReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is reported, locked if it is a post."""

    about: About
    thread: Thread | None = None
    post: Post | None = None


def report(actor: Actor, target: Target, statement: Statement, *, per_day: int) -> Report:
    """Report something; a post goes out of sight when the reports on it are enough.

    Conflict when the actor reported it already, or when it was decided before and neither the words
    nor the reason are new; TooMany after `per_day` reports within 24 hours.
    """
    note = _checked_note(statement)
    _hold_people(member_id(actor), subjects.author_of(target.kind, target.id))
    held = _held(actor, target)
    _check_pace(actor, per_day)
    about = held.about
    _check_decided(cases.find_locked(target.kind, target.id), about, statement.reason)
    case = cases.open_case(
        Subject(about.kind, about.id, about.revision, about.space_id, about.author_id),
        lane_of(statement.reason),
        cause="report",
        reason=statement.reason,
    )
    draft = ReportDraft(
        statement.reason,
        note,
        about.snapshot,
        replied_before=held.post is not None
        and has_answered(member_id(actor), held.post, clock.now() - NO_MOVE),
    )
    made = cases.add_report(case, member_id(actor), draft, revision=about.revision)
    db.session.flush()  # the weights below are read from the rows
    if held.thread is not None and held.post is not None:
        is_shown = held.post.state is PostState.PUBLISHED
        if is_shown and _is_enough(case, member_id(actor), statement.reason, about):
            _hide(case, held.thread, held.post, statement.reason)
    return made


def withdraw(actor: Actor, report_id: int) -> None:
    """Take one's own report back; with the last one, a post hidden by reports comes back."""
    found = db.session.execute(
        sa.select(Case.id, Case.subject_kind, Case.subject_id, Case.author_id)
        .join(Report, Report.case_id == Case.id)
        .where(Report.id == report_id, Report.reporter_id == member_id(actor))
    ).one_or_none()
    if found is None:
        raise NotFound
    case_id, kind, subject_id, author_id = found
    _hold_people(member_id(actor), author_id)
    thread, post = reviewing.hold_post(subject_id) if kind is SubjectKind.POST else (None, None)
    case = cases.get_locked(case_id)
    taken = db.session.get_one(Report, report_id, populate_existing=True)
    is_over = cases.withdraw_report(case, taken)
    if is_over and thread is not None and post is not None:
        _show_again(case, thread, post)


def _checked_note(statement: Statement) -> str:
    note = scrub(statement.note).strip()
    if len(note) > NOTE_LENGTH:
        raise Invalid(
            _("Please keep the note under %(limit)s characters.", limit=NOTE_LENGTH), "note"
        )
    if statement.reason is ReportReason.OTHER and not note:
        raise Invalid(_("Please say what it is, in a few words."), "note")
    return note


def _hold_people(reporter_id: int, author_id: int | None) -> None:
    """One report of a member at a time: the limit a day depends on it.

    The author's account is held too, lightly: they may be told something while the audit log is
    held, and whoever changes their account waits for the log.
    """
    own = sa.select(User.id).where(User.id == reporter_id).with_for_update(key_share=True)
    db.session.execute(own)
    if author_id is not None:
        theirs = sa.select(User.id).where(User.id == author_id)
        db.session.execute(theirs.with_for_update(read=True, key_share=True))


def _held(actor: Actor, target: Target) -> _Held:
    """What is reported, when the actor may report it; NotFound or Forbidden."""
    hold = _HOLDING.get(target.kind)
    if hold is None:
        raise NotFound
    return hold(actor, target.id)


def _member(actor: Actor, user_id: int) -> _Held:
    account = get_account_by_id(user_id)
    account_policy.may_report(actor, account.facts).enforce()
    return _Held(subjects.about_member(account))


def _suggestion(actor: Actor, suggestion_id: int) -> _Held:
    head, suggestion = subjects.get_suggestion(actor, suggestion_id)
    thread_policy.may_report_suggestion(
        actor, head.facts, suggested_by_id=suggestion.suggested_by_id
    ).enforce()
    return _Held(subjects.about_suggestion(head, suggestion))


def _note(actor: Actor, note_id: int) -> _Held:
    head, post, note = subjects.get_note(actor, note_id)
    note_policy.may_report(actor, note_queries.facts_of(head, post, note)).enforce()
    return _Held(subjects.about_note(head, post, note))


def _claim(actor: Actor, claim_id: int) -> _Held:
    head, claim, service_name = subjects.get_claim(actor, claim_id)
    proposal_policy.may_report(actor, head, facts_of_claim(claim)).enforce()
    return _Held(subjects.about_claim(head, claim, service_name))


def _answer(actor: Actor, answer_id: int) -> _Held:
    head, answer = subjects.get_answer(actor, answer_id)
    proposal_policy.may_report(actor, head, facts_of_answer(answer)).enforce()
    return _Held(subjects.about_answer(head, answer))


def _service(actor: Actor, service_id: int) -> _Held:
    service = subjects.get_service(service_id)
    service_policy.may_report(actor, service.facts, keeps=keeps(actor)).enforce()
    return _Held(subjects.about_service(service))


def _post(actor: Actor, post_id: int) -> _Held:
    thread, post = reviewing.hold_post(post_id)
    head = get_head(actor, thread.id)
    facts = post_facts(head, post)
    if post.state is PostState.WAITING and _is_reported(post):
        # They read it a moment ago, before others' reports took it out of sight.
        facts = replace(
            facts, state=PostState.PUBLISHED, is_deleted=facts.is_deleted and post.number > 0
        )
    post_policy.may_report(actor, facts).enforce()
    return _Held(subjects.about_post(head, post), thread, post)


_HOLDING: Mapping[SubjectKind, Callable[[Actor, int], _Held]] = {
    SubjectKind.POST: _post,
    SubjectKind.MEMBER: _member,
    SubjectKind.SUGGESTION: _suggestion,
    SubjectKind.SERVICE: _service,
    SubjectKind.CONTEXT_NOTE: _note,
    SubjectKind.CLAIM: _claim,
    SubjectKind.ANSWER: _answer,
}


def _is_reported(post: Post) -> bool:
    case = case_queries.find_case(SubjectKind.POST, post.id)
    return case is not None and case.report_count > 0


def _check_pace(actor: Actor, per_day: int) -> None:
    if actor.is_moderator:
        return
    now = clock.now()
    times = case_queries.times_of_reports(member_id(actor), now - DAY, per_day)
    if len(times) < per_day:
        return
    wait = ceil((times[-1] + DAY - now).total_seconds())
    message = ngettext(
        "You have made %(num)s report in the last 24 hours, which is the most for one person.",
        "You have made %(num)s reports in the last 24 hours, which is the most for one person.",
        per_day,
    )
    more = _("If something cannot wait, please write to a moderator. What you wrote stays here.")
    raise TooMany(f"{message} {more}", retry_after=wait)


def _check_decided(case: Case | None, about: About, reason: ReportReason) -> None:
    if case is None or case.state in OPEN or case.state is CaseState.WITHDRAWN:
        return
    is_same = case.subject_revision == about.revision
    if is_same and reason in case_queries.reasons_given(case.id):
        raise Conflict(decided_before(case.state))


def _is_enough(case: Case, reporter_id: int, reason: ReportReason, about: About) -> bool:
    """Whether a post goes out of sight before anybody has looked at it."""
    if reason is ReportReason.WORRIED or about.space_id is None:
        return False
    if reason is ReportReason.IDENTIFIES and cases.record_of(reporter_id).is_good:
        return True
    return case_queries.hiding_weight(case.id) >= subjects.hide_at(about.space_id) * REPORT


def _hide(case: Case, thread: Thread, post: Post, reason: ReportReason) -> None:
    before = reviewing.standing(thread, post)
    cases.add_event(case, None, "hidden", values={"reason": reason.value, "before": before.plain()})
    _tell_author(post, "post.hidden", {"why": reason.value})
    record(
        None, "post.hide", "post", post.id,
        before={"state": post.state.value}, after={"state": PostState.WAITING.value},
        reason=reason.value, space_id=case.space_id, case_id=case.id,
    )  # fmt: skip
    reviewing.stand(thread, post, replace(before, state=PostState.WAITING, reason=reason.value))


def _show_again(case: Case, thread: Thread, post: Post) -> None:
    """Nobody reports it any more: as it was before, if it was reports that hid it."""
    hidden = case_queries.latest_event(case.id, "hidden")
    if hidden is None or post.state is not PostState.WAITING:
        return
    if post.state_reason != hidden.values["reason"]:
        return  # somebody decided about it since
    before = Standing.of(hidden.values["before"])
    now = reviewing.standing(thread, post)
    cases.add_event(case, None, "shown")
    _tell_author(post, "post.published", {"variant": "withdrawn"})
    record(
        None, "post.show", "post", post.id,
        before={"state": post.state.value}, after={"state": before.state.value},
        space_id=case.space_id, case_id=case.id,
    )  # fmt: skip
    reviewing.stand(
        thread, post,
        replace(now, state=before.state, reason=before.reason, answers=before.answers),
    )  # fmt: skip


def _tell_author(post: Post, kind: str, values: dict[str, str]) -> None:
    if post.author_id is not None:
        path = comment_path(post.thread_id, post.number)
        notify([post.author_id], kind, "post", post.id, path=path, values=values)
