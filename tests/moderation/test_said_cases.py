"""A claim or an answer on a proposal that is reported opens a case: decided, undone, or over."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from forum.cases.models import Case, CaseState, Report, ReportReason, SubjectKind
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.moderation import actions
from forum.moderation.actions import AnswerDraft as AppealAnswer
from forum.moderation.actions import DecisionDraft
from forum.moderation.actions.reporting import Statement, Target, report
from forum.moderation.models import Outcome, Reason, Verdict
from forum.moderation.policy import Rules
from forum.notifications.models import Notification
from forum.proposals import actions as proposals
from forum.proposals.actions import AnswerDraft, ClaimDraft, StateDraft
from forum.proposals.models import (
    Answer,
    AnswerState,
    ClaimState,
    Proposal,
    ProposalState,
    ServiceClaim,
)
from forum.proposals.queries import claimed, export, find_own_answer
from forum.services.models import Service
from forum.spaces.models import Space, Visibility
from forum.threads.actions import move_thread
from forum.threads.models import Thread
from tests import factories
from tests.support.pages import Browser, actor_of
from tests.threads.acts import do

RULES = Rules(appeal_days=30, seal_days=None)
WORDS = "Ask for Ana at 5 Mill Lane."
REPLY = "She is never at 5 Mill Lane."
BOTH = pytest.mark.parametrize("kind", [SubjectKind.CLAIM, SubjectKind.ANSWER], ids=str)


@dataclass
class Said:
    """A proposal, and beside it what `member` says: a claim, or an answer that is published."""

    kind: SubjectKind
    space: Space
    proposal: Thread
    author: object
    member: object
    service: Service

    @property
    def row(self) -> ServiceClaim | Answer:
        db.session.commit()
        table = ServiceClaim if self.kind is SubjectKind.CLAIM else Answer
        found = sa.select(table).order_by(table.id).execution_options(populate_existing=True)
        return db.session.scalars(found).first()

    @property
    def is_removed(self) -> bool:
        row = self.row
        if isinstance(row, Answer):
            return row.state is AnswerState.REMOVED
        return row.removed_at is not None

    @property
    def path(self) -> str:
        part = "exists" if self.kind is SubjectKind.CLAIM else "answer"
        return f"/t/{self.proposal.id}/{part}/{self.row.id}/report"

    def page(self, browser: Browser) -> str:
        return browser.get(browser.get(f"/t/{self.proposal.id}").location).text

    def say(self, words: str = WORDS, member=None) -> None:
        actor = actor_of(member or self.member)
        if self.kind is SubjectKind.CLAIM:
            draft = ClaimDraft(self.service.id, words)
            do(proposals.claim_service, actor, self.proposal.id, draft)
        else:
            own = find_own_answer(actor, self.proposal.id)
            answer = AnswerDraft(words, own.revision if own else 0, is_published=True)
            do(proposals.save_answer, actor, self.proposal.id, answer, is_practitioner=True)

    def take_back(self) -> None:
        actor = actor_of(self.member)
        if self.kind is SubjectKind.CLAIM:
            do(proposals.withdraw_claim, actor, self.proposal.id, self.row.id)
        else:
            do(proposals.drop_answer, actor, self.proposal.id)


def said(kind: SubjectKind, space: Space | None = None, words: str = WORDS) -> Said:
    author, member = factories.user("author1"), factories.user("member1")
    space = space or factories.space()
    factories.membership(space, member)
    proposal = factories.proposal(space, author)
    made = Said(kind, space, proposal, author, member, factories.service("Night desk"))
    made.say(words)
    return made


def tell(actor, made: Said, reason: ReportReason = ReportReason.IDENTIFIES) -> None:
    do(report, actor, Target(made.kind, made.row.id), Statement(reason), per_day=20)


def case() -> Case:
    db.session.commit()
    return db.session.scalars(sa.select(Case).execution_options(populate_existing=True)).one()


def decide(actor, outcome: Outcome = Outcome.REMOVE) -> int:
    reason = db.session.scalars(sa.select(Reason.id)).first()
    draft = DecisionDraft((outcome,), reason_id=reason if outcome is Outcome.REMOVE else None)
    return do(actions.decide, actor, case().id, case().version, draft, RULES)


def told(user) -> list[str]:
    db.session.commit()
    found = sa.select(Notification.kind).where(
        Notification.user_id == user.id, ~Notification.kind.startswith("proposal.")
    )
    return sorted(db.session.scalars(found))


@BOTH
def test_a_report_opens_a_case_of_its_author_in_its_space(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    found = case()
    assert (found.subject_kind, found.subject_id) == (kind, made.row.id)
    assert (found.author_id, found.space_id) == (made.member.id, made.space.id)
    assert WORDS in db.session.scalars(sa.select(Report.snapshot)).one()
    assert not made.is_removed


@BOTH
def test_nobody_reports_their_own_words_nor_some_that_they_may_not_see(app, kind):
    made = said(kind, factories.space(visibility=Visibility.PRIVATE))
    with pytest.raises(Forbidden):
        tell(actor_of(made.member), made)
    with pytest.raises(NotFound):
        tell(actor_of(factories.user()), made)
    with pytest.raises(NotFound):
        do(
            report, actor_of(factories.moderator()), Target(kind, 99_999),
            Statement(ReportReason.SPAM), per_day=20,
        )  # fmt: skip


@BOTH
def test_what_is_taken_back_or_removed_is_reported_by_nobody(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    decide(actor_of(factories.moderator()))
    with pytest.raises(NotFound):
        tell(actor_of(factories.user()), made)
    other = Said(kind, made.space, factories.proposal(made.space), None, made.member, made.service)
    other.say()
    table = type(made.row)
    last = sa.select(sa.func.max(table.id)).scalar_subquery()
    number = db.session.scalar(sa.select(table.id).where(table.id == last))
    if kind is SubjectKind.CLAIM:
        do(proposals.withdraw_claim, actor_of(made.member), other.proposal.id, number)
    else:
        other.take_back()
    with pytest.raises(NotFound):
        do(
            report, actor_of(factories.user()), Target(kind, number),
            Statement(ReportReason.SPAM), per_day=20,
        )  # fmt: skip


def test_an_answer_that_is_not_published_is_reported_by_nobody(app):
    made = said(SubjectKind.ANSWER)
    writer = factories.facilitator(made.space)
    do(
        proposals.save_answer, actor_of(writer), made.proposal.id, AnswerDraft("Not yet."),
        is_practitioner=False,
    )  # fmt: skip
    number = db.session.scalar(sa.select(Answer.id).where(Answer.author_id == writer.id))
    with pytest.raises(NotFound):
        do(
            report, actor_of(factories.moderator()), Target(SubjectKind.ANSWER, number),
            Statement(ReportReason.SPAM), per_day=20,
        )  # fmt: skip


@BOTH
def test_what_is_removed_is_out_of_sight_for_everybody_and_undoing_brings_it_back(browser, kind):
    made, reporter = said(kind), factories.user()
    tell(actor_of(reporter), made)
    moderator = factories.moderator()
    readers = [
        browser,  # a visitor, whose page was kept
        *(Browser(browser.app).sign_in(user) for user in (reporter, made.member, moderator)),
    ]
    assert all(WORDS in made.page(reader) for reader in readers)

    decision = decide(actor_of(moderator))

    assert made.is_removed
    assert [WORDS in made.page(reader) for reader in readers] == [False] * 4
    assert claimed(made.proposal.id) == ()
    assert find_own_answer(actor_of(made.member), made.proposal.id) is None
    assert told(made.member) == ["decision.made"]
    assert told(reporter) == ["report.closed"]
    do(actions.undo, actor_of(moderator), case().id, case().version, decision, "")
    assert not made.is_removed
    assert all(WORDS in made.page(reader) for reader in readers)


@BOTH
def test_no_action_leaves_it(browser, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    decide(actor_of(factories.moderator()), Outcome.NO_ACTION)
    assert case().state is CaseState.NO_ACTION
    assert WORDS in made.page(browser)


@BOTH
@pytest.mark.parametrize("outcome", [Outcome.HIDE, Outcome.REDACT, Outcome.NOTE, Outcome.CLOSE])
def test_a_decision_does_what_it_does_to_a_context_note_and_nothing_else(app, kind, outcome):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    with pytest.raises(Conflict):
        decide(actor_of(factories.moderator()), outcome)


@BOTH
def test_the_space_s_facilitator_decides_and_not_about_their_own_words(app, kind):
    space = factories.space()
    made = said(kind, space)
    tell(actor_of(factories.user()), made)
    for nobody in (made.member, made.author, factories.facilitator(factories.space())):
        with pytest.raises(NotFound):
            decide(actor_of(nobody))
    decide(actor_of(factories.facilitator(space)))
    assert made.is_removed


@BOTH
def test_an_appeal_that_is_upheld_by_somebody_else_brings_it_back(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    decision = decide(actor_of(factories.moderator()))
    do(actions.appeal, actor_of(made.member), decision, "That is the desk's own address.", RULES)
    assert case().is_open
    answer = AppealAnswer(Verdict.REVERSED, "It is the desk's own.", None)
    other = actor_of(factories.moderator())
    do(actions.answer, other, case().id, case().version, answer, RULES)
    assert not made.is_removed


@BOTH
def test_what_is_taken_back_can_still_be_decided_about(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    made.take_back()
    assert case().is_open
    decide(actor_of(factories.moderator()))
    assert not made.is_removed
    assert made.row.state.value == "withdrawn"


@BOTH
def test_a_case_that_nobody_reports_any_more_is_over_when_it_is_taken_back(app, kind):
    made, reporter = said(kind), actor_of(factories.user())
    tell(reporter, made)
    db.session.execute(sa.update(Case).values(report_count=0))
    db.session.commit()
    made.take_back()
    assert case().state is CaseState.WITHDRAWN


@BOTH
def test_words_of_an_account_that_leaves_stay_gone_when_a_decision_is_undone(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    moderator = actor_of(factories.moderator())
    decision = decide(moderator)
    do(proposals.forget_member, made.member.id, takes_words=True)
    do(actions.undo, moderator, case().id, case().version, decision, "")
    row = made.row
    if isinstance(row, Answer):
        assert (row.state, row.source, row.html) == (AnswerState.WITHDRAWN, "", "")
    else:
        assert (row.note, row.claimed_by_id) == ("", None)


@BOTH
def test_whoever_leaves_with_their_words_ends_the_case_about_them(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    db.session.execute(sa.update(Case).values(report_count=0))
    db.session.commit()
    do(proposals.forget_member, made.member.id, takes_words=True)
    assert case().state is CaseState.WITHDRAWN


@BOTH
def test_what_is_removed_is_in_nobodys_way_and_does_not_come_back_beside_what_came_after(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    moderator = actor_of(factories.moderator())
    decision = decide(moderator)
    made.say("It is open at night.", factories.user() if kind is SubjectKind.CLAIM else None)
    do(actions.undo, moderator, case().id, case().version, decision, "")
    assert made.is_removed
    assert db.session.scalar(sa.select(sa.func.count()).select_from(type(made.row))) == 2


@BOTH
def test_what_is_said_after_it_was_taken_back_is_in_no_case(browser, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    made.take_back()
    made.say("It is open at night.", factories.user() if kind is SubjectKind.CLAIM else None)
    decide(actor_of(factories.moderator()))
    table = type(made.row)
    states = db.session.scalars(sa.select(table.state).order_by(table.id)).all()
    assert [state.value for state in states] == [
        "withdrawn",
        "open" if kind is SubjectKind.CLAIM else "standing",
    ]
    assert "It is open at night." in made.page(browser)


@BOTH
def test_one_s_own_data_says_what_was_removed(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    decide(actor_of(factories.moderator()))
    found = dict(export(made.member.id))
    if kind is SubjectKind.ANSWER:
        assert (found["answer"]["text"], found["answer"]["state"]) == (WORDS, "removed")
    else:
        assert found["exists_already"]["note"] == WORDS
        assert found["exists_already"]["removed_at"] is not None


def test_what_the_authors_answered_goes_with_the_claim_from_the_history_too(browser):
    made = said(SubjectKind.CLAIM)
    do(proposals.refuse_claim, actor_of(made.author), made.proposal.id, made.row.id, REPLY)
    assert made.page(browser).count(REPLY) == 2
    tell(actor_of(factories.user()), made)
    moderator = actor_of(factories.moderator())
    decision = decide(moderator)
    assert REPLY not in made.page(browser)
    assert "said why this is not enough" in made.page(browser)
    do(actions.undo, moderator, case().id, case().version, decision, "")
    assert made.page(browser).count(REPLY) == 2


def test_what_the_authors_answer_after_a_decision_can_be_reported_anew(app):
    made, reporter = said(SubjectKind.CLAIM), actor_of(factories.user())
    tell(reporter, made)
    decide(actor_of(factories.moderator()), Outcome.NO_ACTION)
    with pytest.raises(Conflict):
        tell(reporter, made)
    do(proposals.refuse_claim, actor_of(made.author), made.proposal.id, made.row.id, REPLY)
    tell(reporter, made)
    assert case().is_open


@BOTH
def test_a_change_while_a_case_is_open_is_seen_by_whoever_decides(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    seen = case().version
    if kind is SubjectKind.CLAIM:
        do(proposals.refuse_claim, actor_of(made.author), made.proposal.id, made.row.id, REPLY)
    else:
        made.say("It is open at night.")
    assert case().version > seen


def test_a_claim_that_is_removed_is_answered_and_taken_back_by_nobody(browser):
    made = said(SubjectKind.CLAIM)
    tell(actor_of(factories.user()), made)
    decide(actor_of(factories.moderator()))
    where = (made.proposal.id, made.row.id)
    for act, who in (
        (proposals.accept_claim, made.author),
        (proposals.withdraw_claim, made.member),
    ):
        with pytest.raises(NotFound):
            do(act, actor_of(who), *where)
    author = Browser(browser.app).sign_in(made.author)
    assert author.get(f"/t/{where[0]}/exists/{where[1]}").status_code == 404


def test_a_proposal_that_exists_already_stays_so_and_its_claim_comes_back_as_it_is_by_then(app):
    made = said(SubjectKind.CLAIM)
    author, moderator = actor_of(made.author), actor_of(factories.moderator())
    do(proposals.accept_claim, author, made.proposal.id, made.row.id)
    tell(actor_of(factories.user()), made)
    decision = decide(moderator)
    proposal = db.session.get_one(Proposal, made.proposal.id, populate_existing=True)
    assert (proposal.state, proposal.service_id) == (ProposalState.EXISTS, made.service.id)
    reopen = StateDraft(ProposalState.OPEN, "It has closed.")
    do(proposals.change_state, author, made.proposal.id, reopen)
    do(actions.undo, moderator, case().id, case().version, decision, "")
    assert (made.row.state, made.row.answer) == (ClaimState.NOT_ENOUGH, "It has closed.")


@BOTH
def test_the_whole_way_through_the_pages(browser, kind):
    made = said(kind)
    link = f'href="{made.path}"'
    assert link in made.page(browser)
    assert "/sign-in?next=" in browser.get(made.path).location
    assert link not in made.page(Browser(browser.app).sign_in(made.member))
    member = Browser(browser.app).sign_in(factories.user())
    assert link in made.page(member)
    form = member.get(made.path).text
    assert "It identifies someone" in form
    assert "worried" not in form
    elsewhere = made.path.replace(f"/t/{made.proposal.id}/", f"/t/{factories.proposal().id}/")
    assert member.get(elsewhere).status_code == 404
    assert member.post(made.path, {"reason": "identifies"}).status_code == 303
    name = {
        SubjectKind.CLAIM: "What somebody said of a service in “",
        SubjectKind.ANSWER: "An answer to “",
    }[kind]
    anchor = f"#{kind.value}-{made.row.id}"
    listed = member.get("/reports").text
    assert name in listed
    assert anchor in listed

    staff = Browser(browser.app).sign_in(factories.moderator())
    assert f"{name}Beds for one night”" in staff.get("/moderation").text
    at = f"/moderation/cases/{case().id}"
    covered = staff.get(at).text
    assert WORDS not in covered
    assert anchor in covered
    opened = staff.post(f"{at}/text").text
    assert WORDS in opened
    assert made.member.username in opened
    assert ("Night desk" in opened) is (kind is SubjectKind.CLAIM)
    reason = db.session.scalars(sa.select(Reason.id)).first()
    sent = {"version": case().version, "outcome": "remove", "reason": reason}
    assert staff.post(f"{at}/decide", sent).status_code == 303
    assert member.get(made.path).status_code == 404
    assert WORDS not in made.page(member)
    own = Browser(browser.app).sign_in(made.member)
    assert "removed" in own.get("/notifications").text
    assert name.replace("“", "") in own.get(told_path(made.member)).text.replace("“", "")


def told_path(user) -> str:
    found = sa.select(Notification.path).where(
        Notification.user_id == user.id, Notification.kind == "decision.made"
    )
    return db.session.scalars(found).one()


def test_a_moderator_reads_the_note_and_what_was_answered_apart(browser):
    made = said(SubjectKind.CLAIM)
    do(proposals.refuse_claim, actor_of(made.author), made.proposal.id, made.row.id, REPLY)
    tell(actor_of(factories.user()), made)
    staff = Browser(browser.app).sign_in(factories.moderator())
    opened = staff.post(f"/moderation/cases/{case().id}/text").text
    assert WORDS in opened
    assert f"The authors of the proposal answer:</b> <bdi>{REPLY}" in opened
    assert "What changed since the newest report" not in opened


@BOTH
def test_a_case_moves_with_its_thread_to_those_who_answer_for_it(app, kind):
    made = said(kind)
    tell(actor_of(factories.user()), made)
    elsewhere, moderator = factories.space(), actor_of(factories.moderator())

    do(move_thread, moderator, made.proposal.id, elsewhere.id, "It fits there.")

    assert case().space_id == elsewhere.id
