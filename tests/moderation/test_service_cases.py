"""A report that an entry of the directory is wrong opens a case, and the case is decided."""

import pytest
import sqlalchemy as sa

from forum.cases.models import Case, CaseState, Lane, Report, ReportReason, SubjectKind
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.moderation import actions
from forum.moderation.actions import DecisionDraft
from forum.moderation.actions.reporting import Statement, Target, report
from forum.moderation.models import Outcome, Reason
from forum.moderation.policy import Rules
from forum.notifications.models import Notification
from forum.services.models import Service, ServiceState
from tests import factories
from tests.support.pages import Browser, actor_of

RULES = Rules(appeal_days=30, seal_days=None)


@pytest.fixture
def service(app):
    return factories.service("Open Door", needs=["housing"])


def _say(actor, service, reason=ReportReason.OTHER, note="The number is gone.") -> None:
    with transaction():
        report(actor, Target(SubjectKind.SERVICE, service.id), Statement(reason, note), per_day=20)


def _case() -> Case:
    return db.session.scalars(sa.select(Case).execution_options(populate_existing=True)).one()


def _state(service) -> ServiceState:
    return db.session.scalars(sa.select(Service.state).where(Service.id == service.id)).one()


def _decide(actor, *outcomes) -> int:
    reason = db.session.scalars(sa.select(Reason.id)).first()
    draft = DecisionDraft(outcomes, reason_id=reason if Outcome.REMOVE in outcomes else None)
    with transaction():
        return actions.decide(actor, _case().id, _case().version, draft, RULES)


def test_a_report_opens_a_case_of_nobodys_words(service):
    member = actor_of(factories.user())
    _say(member, service)
    case = _case()
    assert (case.subject_kind, case.subject_id) == (SubjectKind.SERVICE, service.id)
    assert (case.author_id, case.space_id, case.lane) == (None, None, Lane.RULES)
    assert db.session.scalars(sa.select(Report.snapshot)).one().startswith("Open Door")
    assert _state(service) is ServiceState.LISTED


def test_an_entry_that_puts_people_at_risk_is_urgent(service):
    _say(actor_of(factories.user()), service, ReportReason.IDENTIFIES, "")
    assert _case().lane is Lane.PRIVACY


def test_what_is_not_listed_is_reported_by_nobody(app):
    suggester = factories.user()
    waiting = factories.service(state=ServiceState.SUGGESTED, suggested_by_id=suggester.id)
    with pytest.raises(NotFound):
        _say(actor_of(factories.user()), waiting)
    with pytest.raises(Forbidden):
        _say(actor_of(suggester), waiting)


@pytest.mark.parametrize("kind", [SubjectKind.SERVICE, SubjectKind.CONTEXT_NOTE])
def test_what_is_not_there_is_not_found(app, kind):
    with pytest.raises(NotFound), transaction():
        report(
            actor_of(factories.user()), Target(kind, 99),
            Statement(ReportReason.SPAM), per_day=20,
        )  # fmt: skip


def test_no_action_leaves_the_entry_and_tells_the_reporter(service):
    member = factories.user()
    _say(actor_of(member), service)
    _decide(actor_of(factories.moderator()), Outcome.NO_ACTION)
    assert _case().state is CaseState.NO_ACTION
    assert _state(service) is ServiceState.LISTED
    told = sa.select(Notification.user_id, Notification.kind)
    assert db.session.execute(told).all() == [(member.id, "report.closed")]


def test_a_removed_entry_is_retired_and_undoing_brings_it_back(service):
    moderator = actor_of(factories.moderator())
    _say(actor_of(factories.user()), service)
    decision = _decide(moderator, Outcome.REMOVE)
    assert _state(service) is ServiceState.RETIRED
    with transaction():
        actions.undo(moderator, _case().id, _case().version, decision, "")
    assert _state(service) is ServiceState.LISTED
    assert _case().is_open


def test_a_decision_about_an_entry_does_nothing_else(service):
    _say(actor_of(factories.user()), service)
    with pytest.raises(Conflict):
        _decide(actor_of(factories.moderator()), Outcome.SANCTION)


def test_the_whole_way_through_the_pages(browser, service):
    member = factories.user()
    browser.sign_in(member)
    path = f"/services/{service.id}-open-door"
    assert f'href="{path}/report"' in browser.get(path).get_data(as_text=True)
    page = browser.get(f"{path}/report").get_data(as_text=True)
    assert page.index("wrong or out of date") < page.index("It is advertising")
    assert "worried" not in page
    assert browser.post(f"{path}/report", {"reason": "other"}).status_code == 422
    sent = browser.post(f"{path}/report", {"reason": "other", "note": "The number is gone."})
    assert sent.location == path
    assert "The entry “<bdi>Open Door</bdi>”" in browser.get("/reports").get_data(as_text=True)

    staff = Browser(browser.app).sign_in(factories.moderator())
    assert "The entry “Open Door” of the directory" in staff.get("/moderation").get_data(
        as_text=True
    )
    case = f"/moderation/cases/{_case().id}"
    shown = staff.post(f"{case}/text").get_data(as_text=True)
    assert "A room for some weeks." not in staff.get(case).get_data(as_text=True)
    assert "Harbour Association" in shown
    assert "What follows for the author" not in shown
    reason = db.session.scalars(sa.select(Reason.id)).first()
    done = staff.post(
        f"{case}/decide", {"version": _case().version, "outcome": "remove", "reason": reason}
    )
    assert done.status_code == 303
    assert Browser(browser.app).get(path).status_code == 404
    assert "An entry of the directory" in browser.get("/reports").get_data(as_text=True)


def test_pages_of_an_entry_that_is_hidden_are_not_there(browser):
    waiting = factories.service(state=ServiceState.SUGGESTED)
    browser.sign_in(factories.user())
    assert browser.get(f"/services/{waiting.id}-x/report").status_code == 404
    assert browser.get("/services/99/report").status_code == 404
