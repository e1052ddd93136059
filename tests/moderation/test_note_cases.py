"""A context note that is reported opens a case, which is decided, undone, or over."""

import pytest
import sqlalchemy as sa

from forum.cases.models import Case, CaseState, ReportReason, SubjectKind
from forum.context_notes import actions as notes
from forum.context_notes.actions import NoteDraft
from forum.context_notes.models import ContextNote, ContextNoteState
from forum.core.db import db, transaction
from forum.core.errors import Forbidden, NotFound
from forum.moderation import actions
from forum.moderation.actions import DecisionDraft
from forum.moderation.actions.reporting import Statement, Target, report
from forum.moderation.models import Outcome, Reason
from forum.moderation.policy import Rules
from forum.notifications.models import Notification
from forum.spaces.models import Visibility
from forum.threads.actions import move_thread
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.threads.acts import do

RULES = Rules(appeal_days=30, seal_days=None)
TEXT = "It leads to residence first."


@pytest.fixture
def holder(app):
    return factories.user("amina")


@pytest.fixture
def post(app):
    return factories.comment(factories.thread())


def add(holder, post) -> int:
    badge = factories.badge(holder)
    with transaction():
        draft = NoteDraft(TEXT, (("Law", "https://law.example"),), badge.id)
        return notes.add_note(actor_of(holder), post.thread_id, post.number, draft)


def say(actor, note_id) -> None:
    with transaction():
        target = Target(SubjectKind.CONTEXT_NOTE, note_id)
        report(actor, target, Statement(ReportReason.OTHER, "It is wrong."), per_day=20)


def case() -> Case:
    db.session.commit()
    return db.session.scalars(sa.select(Case).execution_options(populate_existing=True)).one()


def state(note_id) -> ContextNoteState:
    db.session.commit()
    return db.session.scalars(sa.select(ContextNote.state).where(ContextNote.id == note_id)).one()


def decide(actor, outcome) -> int:
    reason = db.session.scalars(sa.select(Reason.id)).first()
    draft = DecisionDraft((outcome,), reason_id=reason if outcome is Outcome.REMOVE else None)
    with transaction():
        return actions.decide(actor, case().id, case().version, draft, RULES)


def told(user) -> list[str]:
    db.session.commit()
    found = sa.select(Notification.kind).where(Notification.user_id == user.id)
    return sorted(db.session.scalars(found))


def test_a_report_opens_a_case_of_its_author_in_its_space(holder, post):
    note_id = add(holder, post)
    say(actor_of(factories.user()), note_id)
    found = case()
    assert (found.subject_kind, found.subject_id) == (SubjectKind.CONTEXT_NOTE, note_id)
    assert found.author_id == holder.id
    assert found.space_id is not None
    assert state(note_id) is ContextNoteState.PUBLISHED


def test_nobody_reports_their_own_note_nor_one_that_they_may_not_see(holder, post):
    note_id = add(holder, post)
    with pytest.raises(Forbidden):
        say(actor_of(holder), note_id)
    circle = factories.space(visibility=Visibility.PRIVATE)
    member = factories.user()
    factories.membership(circle, member)
    hidden = add(member, factories.comment(factories.thread(circle)))
    for missing in (hidden, 99_999):
        with pytest.raises(NotFound):
            say(actor_of(factories.user()), missing)


def test_a_removed_note_is_out_of_sight_and_undoing_brings_it_back(holder, post):
    note_id, reporter = add(holder, post), factories.user()
    say(actor_of(reporter), note_id)
    moderator = actor_of(factories.moderator())
    decision = decide(moderator, Outcome.REMOVE)
    assert state(note_id) is ContextNoteState.REMOVED
    assert told(holder) == ["decision.made"]
    assert told(reporter) == ["report.closed"]
    with transaction():
        actions.undo(moderator, case().id, case().version, decision, "")
    assert state(note_id) is ContextNoteState.PUBLISHED


def test_no_action_leaves_it(holder, post):
    note_id = add(holder, post)
    say(actor_of(factories.user()), note_id)
    decide(actor_of(factories.moderator()), Outcome.NO_ACTION)
    assert state(note_id) is ContextNoteState.PUBLISHED
    assert case().state is CaseState.NO_ACTION


def test_a_note_that_is_taken_back_can_still_be_decided_about(holder, post):
    note_id = add(holder, post)
    say(actor_of(factories.user()), note_id)
    with transaction():
        notes.withdraw_note(actor_of(holder), post.thread_id, post.number, note_id)
    assert case().is_open
    decide(actor_of(factories.moderator()), Outcome.REMOVE)
    assert state(note_id) is ContextNoteState.WITHDRAWN


def test_what_was_taken_back_stays_gone_when_a_decision_is_undone(holder, post):
    note_id = add(holder, post)
    say(actor_of(factories.user()), note_id)
    moderator = actor_of(factories.moderator())
    decision = decide(moderator, Outcome.REMOVE)
    with transaction():
        notes.forget_member(holder.id, takes_words=True)
    with transaction():
        actions.undo(moderator, case().id, case().version, decision, "")
    assert state(note_id) is ContextNoteState.WITHDRAWN


def test_the_whole_way_through_the_pages(browser, holder, post):
    note_id = add(holder, post)
    path = f"/t/{post.thread_id}/c/{post.number}/context/{note_id}"
    browser.sign_in(factories.user())
    assert f'href="{path}/report"' in browser.get(path).text
    assert "Report a context note" in browser.get(f"{path}/report").text
    assert browser.get(f"/t/{post.thread_id}/c/9/context/{note_id}/report").status_code == 404
    sent = browser.post(f"{path}/report", {"reason": "other", "note": "It is wrong."})
    assert sent.status_code == 303
    assert "A context note in" in browser.get("/reports").text

    staff = Browser(browser.app).sign_in(factories.moderator())
    assert "A context note in" in staff.get("/moderation").text
    at = f"/moderation/cases/{case().id}"
    assert TEXT not in staff.get(at).text
    assert TEXT in staff.post(f"{at}/text").text
    reason = db.session.scalars(sa.select(Reason.id)).first()
    sent = {"version": case().version, "outcome": "remove", "reason": reason}
    assert staff.post(f"{at}/decide", sent).status_code == 303
    assert browser.get(path).status_code == 404
    own = Browser(browser.app).sign_in(holder)
    found = own.get("/notifications").text
    assert "removed" in found


def test_a_case_moves_with_its_thread_to_those_who_answer_for_it(holder, post):
    say(actor_of(factories.user()), add(holder, post))
    elsewhere, moderator = factories.space(), actor_of(factories.moderator())

    do(move_thread, moderator, post.thread_id, elsewhere.id, "It fits there.")

    assert case().space_id == elsewhere.id
