"""What tests of decisions share: a space with its cast, a reported comment, and what is told."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.cases import actions as cases
from forum.cases.models import Case, CaseEvent, Lane, Report, ReportReason, SubjectKind
from forum.core.actor import Actor
from forum.core.db import db, transaction
from forum.moderation import actions
from forum.moderation.actions import DecisionDraft
from forum.moderation.models import Decision, Outcome, Reason
from forum.moderation.policy import Rules
from forum.notifications.models import Notification
from forum.posts.models import Post, PostState
from forum.threads.actions import reviewing
from forum.threads.models import Thread
from tests import factories
from tests.support.cast import Cast, cast
from tests.threads.acts import do, get_thread

RULES = Rules(appeal_days=30, seal_days=None)
SEALING = Rules(appeal_days=30, seal_days=30)
WORDS = "She lives in Springvale and works at the corner bakery."
TITLE = "Housing away from the old place"


@dataclass
class Desk:
    """A comment by "author" in a thread by "member", a case about it, and the cast."""

    people: Cast
    thread_id: int
    number: int
    post_id: int
    case_id: int

    def actor(self, name: str) -> Actor:
        return self.people[name]

    @property
    def case(self) -> Case:
        return db.session.get_one(Case, self.case_id, populate_existing=True)

    @property
    def post(self) -> Post:
        return db.session.get_one(Post, self.post_id, populate_existing=True)

    @property
    def thread(self) -> Thread:
        return get_thread(self.thread_id)

    @property
    def version(self) -> int:
        return self.case.version

    def decide(self, *outcomes: Outcome, by: str = "moderator", rules=RULES, **values) -> int:
        """Decide the case as it is now; a reason is given when one is needed."""
        return do(
            actions.decide,
            self.actor(by),
            self.case_id,
            self.version,
            draft(*outcomes, **values),
            rules,
        )

    def undo(self, decision_id: int, by: str = "moderator", note: str = "A mistake.") -> None:
        do(actions.undo, self.actor(by), self.case_id, self.version, decision_id, note)

    def reports(self) -> list[Report]:
        return list(
            db.session.scalars(
                sa.select(Report)
                .where(Report.case_id == self.case_id)
                .order_by(Report.id)
                .execution_options(populate_existing=True)
            )
        )

    def events(self) -> list[str]:
        return list(
            db.session.scalars(
                sa.select(CaseEvent.verb)
                .where(CaseEvent.case_id == self.case_id)
                .order_by(CaseEvent.id)
            )
        )

    def logged(self) -> list[str]:
        """The verbs of what the log says about this case."""
        return [entry.verb for entry in self.entries()]

    def entries(self) -> list[AuditEntry]:
        return list(
            db.session.scalars(
                sa.select(AuditEntry)
                .where(AuditEntry.subject_kind == "case", AuditEntry.subject_id == self.case_id)
                .order_by(AuditEntry.id)
            )
        )

    def told(self, name: str) -> list[tuple[str, str | None]]:
        """Kinds and variants of what somebody was told."""
        return [(row.kind, row.values.get("variant")) for row in notifications(self.actor(name).id)]

    def decision(self, decision_id: int) -> Decision:
        return db.session.get_one(Decision, decision_id, populate_existing=True)


def notifications(user_id: int | None) -> list[Notification]:
    return list(
        db.session.scalars(
            sa.select(Notification)
            .where(Notification.user_id == user_id)
            .order_by(Notification.id)
            .execution_options(populate_existing=True)
        )
    )


def reason_id() -> int:
    found = db.session.scalar(sa.select(Reason.id).order_by(Reason.position).limit(1))
    assert found is not None
    return found


def draft(*outcomes: Outcome, **values: Any) -> DecisionDraft:
    given = DecisionDraft(outcomes, reason_id=reason_id(), note="A line of my own.")
    return replace(given, **values)


def desk(
    *reporters: str,
    reason: ReportReason = ReportReason.HARASSES,
    is_hidden: bool = False,
    text: str = WORDS,
    **cast_values: Any,
) -> Desk:
    """A comment that these of the cast reported ("member" when nobody is named)."""
    people = cast(**cast_values)
    thread = factories.thread(people.space, people.user("member"), title=TITLE)
    post = factories.comment(thread, people.user("author"), text)
    made = Desk(people, thread.id, post.number, post.id, 0)
    made.case_id = report(made, *(reporters or ("member",)), reason=reason, is_hidden=is_hidden)
    return made


def report(
    made: Desk,
    *reporters: str,
    reason: ReportReason = ReportReason.HARASSES,
    is_hidden: bool = False,
) -> int:
    """Report the comment of a desk; hidden as the forum hides what is reported."""
    with transaction():
        thread, post = reviewing.hold_post(made.post_id)
        case = cases.open_case(subject_of(made), Lane.RULES, cause="reports")
        for name in reporters:
            actor = made.actor(name)
            assert actor.id is not None
            given = cases.ReportDraft(reason, "Please look.", post.source)
            cases.add_report(case, actor.id, given, revision=post.revision)
        if is_hidden:
            now = reviewing.standing(thread, post)
            reviewing.stand(thread, post, replace(now, state=PostState.WAITING, reason="reported"))
        return case.id


def subject_of(made: Desk) -> cases.Subject:
    post = made.post
    return cases.Subject(
        SubjectKind.POST, post.id, post.revision, made.people.space.id, post.author_id
    )


def case_about_member(people: Cast, name: str = "author") -> int:
    """A case about somebody's profile, reported by "member"."""
    user = people.user(name)
    with transaction():
        subject = cases.Subject(SubjectKind.MEMBER, user.id, 0, None, user.id)
        case = cases.open_case(subject, Lane.RULES, cause="reports")
        given = cases.ReportDraft(ReportReason.OTHER, "The name.", user.display_name)
        cases.add_report(case, people.user("member").id, given, revision=0)
        return case.id
