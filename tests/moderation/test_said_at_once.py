"""A claim or an answer is decided about and changed at the same moment, on both databases."""

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.audit.queries import verify
from forum.cases.models import Case, ReportReason, SubjectKind
from forum.core.db import db
from forum.core.errors import DomainError
from forum.moderation import actions
from forum.moderation.actions import DecisionDraft
from forum.moderation.actions.reporting import Statement, Target, report
from forum.moderation.models import Outcome, Reason
from forum.moderation.policy import Rules
from forum.proposals import actions as proposals
from forum.proposals.actions import AnswerDraft, ClaimDraft, StateDraft
from forum.proposals.models import Answer, AnswerState, ProposalState, ServiceClaim
from tests import factories
from tests.support.at_once import at_once, errors_among
from tests.support.pages import actor_of
from tests.threads.acts import do

pytestmark = pytest.mark.usefixtures("here")
RULES = Rules(appeal_days=30, seal_days=None)


@pytest.mark.parametrize("kind", [SubjectKind.CLAIM, SubjectKind.ANSWER], ids=str)
def test_it_is_decided_answered_reported_and_taken_back_at_once(forum: Flask, kind):
    space, author = factories.space(), factories.user()
    member, moderator = factories.facilitator(space), actor_of(factories.moderator())
    thread_id, service_id = factories.proposal(space, author).id, factories.service().id
    mine, theirs = actor_of(member), actor_of(author)
    reporters = [actor_of(factories.user()) for _ in range(3)]
    do(proposals.claim_service, mine, thread_id, ClaimDraft(service_id, "Look."))
    words = AnswerDraft("Next year.", is_published=True)
    do(proposals.save_answer, mine, thread_id, words, is_practitioner=False)
    is_claim = kind is SubjectKind.CLAIM
    table = ServiceClaim if is_claim else Answer
    id_ = db.session.scalar(sa.select(sa.func.max(table.id)).where(table.thread_id == thread_id))
    target, statement = Target(kind, id_), Statement(ReportReason.SPAM)
    do(report, reporters[0], target, statement, per_day=20)
    reason = db.session.scalars(sa.select(Reason.id)).first()
    of_case = sa.select(Case).where(Case.subject_kind == kind, Case.subject_id == id_)
    case = db.session.scalars(of_case).one()
    case_id, version = case.id, case.version
    draft = DecisionDraft((Outcome.REMOVE,), reason_id=reason)
    exists = StateDraft(ProposalState.EXISTS, "It is there.", service_id)
    more = AnswerDraft("Or the year after.", 1, is_published=True)
    changes = (
        (
            lambda: do(proposals.refuse_claim, theirs, thread_id, id_, "Not for men."),
            lambda: do(proposals.change_state, theirs, thread_id, exists),
            lambda: do(proposals.withdraw_claim, mine, thread_id, id_),
        )
        if is_claim
        else (
            lambda: do(proposals.save_answer, mine, thread_id, more, is_practitioner=False),
            lambda: do(proposals.drop_answer, mine, thread_id),
        )
    )
    db.session.rollback()
    results = at_once(
        forum,
        lambda: do(actions.decide, moderator, case_id, version, draft, RULES),
        *changes,
        *(lambda one=one: do(report, one, target, statement, per_day=20) for one in reporters[1:]),
    )
    assert all(isinstance(error, DomainError) for error in errors_among(results)), results
    assert verify() is None
    row = db.session.get_one(table, id_, populate_existing=True)
    if isinstance(row, Answer):
        is_gone = row.state is AnswerState.WITHDRAWN
        assert is_gone is not bool(row.source)
        assert row.state is not AnswerState.STANDING or isinstance(results[0], DomainError)
