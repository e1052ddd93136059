"""Reports, withdrawals and edits at the same moment, in real threads, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.audit.queries import verify
from forum.cases.models import Case, CaseEvent, CaseState, Report, ReportReason, ReportState
from forum.cases.models import SubjectKind as Kind
from forum.core.db import db
from forum.core.errors import Conflict, DomainError
from forum.moderation.actions.reporting import Statement, Target, report, withdraw
from forum.notifications.models import Notification
from forum.posts.models import PostState
from forum.threads import actions
from forum.threads.actions import CommentDraft
from tests import factories
from tests.support.at_once import MOST, at_once, errors_among
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, assert_counters_are_exact, do, get

REPORTERS = MOST


def _people(count: int) -> list[Any]:
    return [actor_of(factories.user()) for _ in range(count)]


def _reporting(actor, post_id, reason=ReportReason.SPAM):
    return lambda: do(report, actor, Target(Kind.POST, post_id), Statement(reason), per_day=20).id


def _withdrawing(actor, report_id):
    return lambda: do(withdraw, actor, report_id)


def _case(post_id: int) -> Case:
    return db.session.scalars(
        sa.select(Case)
        .where(Case.subject_kind == Kind.POST, Case.subject_id == post_id)
        .execution_options(populate_existing=True)
    ).one()


def _count(table: Any, *where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def _hidings(post_id: int) -> tuple[int, int, int, int]:
    """Audit entries, lines of the timeline, notices to authors; and when they were shown again."""
    of_case = CaseEvent.case_id == _case(post_id).id
    told = sa.and_(Notification.subject_kind == "post", Notification.subject_id == post_id)
    return (
        _count(AuditEntry, AuditEntry.verb == "post.hide", AuditEntry.subject_id == post_id),
        _count(CaseEvent, of_case, CaseEvent.verb == "hidden"),
        _count(Notification, told, Notification.kind == "post.hidden"),
        _count(CaseEvent, of_case, CaseEvent.verb == "shown"),
    )


def _assert_counts_are_exact(post_id: int) -> None:
    case = _case(post_id)
    open_ones = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Report.weight), 0)).where(
            Report.case_id == case.id, Report.state == ReportState.OPEN
        )
    ).one()
    assert (case.report_count, case.weight) == tuple(open_ones)
    assert_counters_are_exact()
    assert verify() is None


@pytest.mark.parametrize("number", [0, 1], ids=["opening", "comment"])
def test_20_reports_at_once_hide_a_post_exactly_once(forum, here, number):
    thread = factories.thread()
    factories.comment(thread)
    post_id = get(thread.id, number).id
    thread_id, people = thread.id, _people(REPORTERS)
    db.session.rollback()

    results = at_once(forum, *(_reporting(actor, post_id) for actor in people))

    assert errors_among(results) == []
    assert get(thread_id, number).state is PostState.WAITING
    assert _hidings(post_id) == (1, 1, 1, 0)
    case = _case(post_id)
    assert (case.report_count, case.state) == (REPORTERS, CaseState.NEW)
    assert _count(AuditEntry, AuditEntry.verb == "case.open", AuditEntry.subject_id == case.id) == 1
    _assert_counts_are_exact(post_id)


def test_20_reports_of_what_identifies_someone_hide_it_once(forum, here):
    post_id = factories.comment(factories.thread()).id
    people = _people(REPORTERS)
    db.session.rollback()

    results = at_once(
        forum, *(_reporting(actor, post_id, ReportReason.IDENTIFIES) for actor in people)
    )

    assert errors_among(results) == []
    assert _hidings(post_id) == (1, 1, 1, 0)
    _assert_counts_are_exact(post_id)


def test_one_member_who_presses_twice_reports_once(forum, here):
    post_id = factories.comment(factories.thread()).id
    (actor,) = _people(1)
    db.session.rollback()

    results = at_once(forum, *[_reporting(actor, post_id)] * 4)

    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 3 + ["int"]
    assert _case(post_id).report_count == 1


def test_one_member_keeps_to_the_limit_of_a_day_alsoat_once(forum, here):
    thread = factories.thread()
    posts = [factories.comment(thread).id for _ in range(8)]
    (actor,) = _people(1)
    db.session.rollback()

    def reporting(post_id):
        return lambda: do(
            report, actor, Target(Kind.POST, post_id), Statement(ReportReason.SPAM), per_day=3
        )

    results = at_once(forum, *(reporting(post_id) for post_id in posts))

    assert len(errors_among(results)) == 5
    assert {type(error).__name__ for error in errors_among(results)} == {"TooMany"}


def test_reports_racing_with_withdrawals_leave_the_post_as_the_reports_that_stay(forum, here):
    thread = factories.thread()
    thread_id = thread.id
    for _ in range(3):
        post = factories.comment(thread)
        post_id, number = post.id, post.number
        first, later = _people(6), _people(6)
        made = [_reporting(actor, post_id)() for actor in first]
        db.session.rollback()

        results = at_once(
            forum,
            *(_withdrawing(actor, id_) for actor, id_ in zip(first, made, strict=True)),
            *(_reporting(actor, post_id) for actor in later),
        )

        # Where the last one was taken back between, the post came back, and was hidden anew.
        assert errors_among(results) == []
        assert _case(post_id).report_count == 6
        assert get(thread_id, number).state is PostState.WAITING
        hides, lines, notices, shows = _hidings(post_id)
        assert hides == lines == shows + 1
        assert notices == 1
        _assert_counts_are_exact(post_id)


def test_when_all_take_their_reports_back_at_once_the_post_comes_back_once(forum, here):
    thread = factories.thread()
    thread_id, post_id = thread.id, factories.comment(thread).id
    people = _people(8)
    made = [_reporting(actor, post_id)() for actor in people]
    assert get(thread_id, 1).state is PostState.WAITING
    db.session.rollback()

    results = at_once(
        forum, *(_withdrawing(actor, id_) for actor, id_ in zip(people, made, strict=True))
    )

    assert errors_among(results) == []
    assert get(thread_id, 1).state is PostState.PUBLISHED
    assert _hidings(post_id) == (1, 1, 1, 1)
    assert (_case(post_id).state, _case(post_id).report_count) == (CaseState.WITHDRAWN, 0)
    _assert_counts_are_exact(post_id)


def test_an_edit_amid_reports_is_kept_and_every_report_keeps_what_it_saw(forum, here):
    thread, author = factories.thread(), factories.user()
    thread_id, writer = thread.id, actor_of(author)
    for _ in range(3):
        post = factories.comment(thread, author, "Old words.")
        post_id, number = post.id, post.number
        people = _people(6)
        db.session.rollback()

        def edit(number=number):
            draft = CommentDraft("New words.")
            do(actions.edit_comment, writer, thread_id, number, draft, revision=1, limits=LIMITS)

        results = at_once(forum, edit, *(_reporting(actor, post_id) for actor in people))

        assert errors_among(results) == []
        now = get(thread_id, number)
        assert (now.source, now.revision, now.state) == ("New words.", 2, PostState.WAITING)
        words = {1: "Old words.", 2: "New words."}
        rows = db.session.execute(
            sa.select(Report.revision, Report.snapshot).where(Report.case_id == _case(post_id).id)
        ).all()
        assert all(words[revision] == snapshot for revision, snapshot in rows)
        assert _hidings(post_id) == (1, 1, 1, 0)
        _assert_counts_are_exact(post_id)


def test_words_taken_back_amid_reports_are_gone(forum, here):
    thread, author = factories.thread(), factories.user()
    thread_id, writer = thread.id, actor_of(author)
    for _ in range(3):
        number = factories.comment(thread, author).number
        post_id = get(thread_id, number).id
        people = _people(6)
        db.session.rollback()

        def take_back(number=number):
            do(actions.take_back, writer, thread_id, number)

        taken, *results = at_once(
            forum, take_back, *(_reporting(actor, post_id) for actor in people)
        )

        assert taken is None
        assert all(isinstance(error, DomainError) for error in errors_among(results))
        assert get(thread_id, number).state is PostState.WITHDRAWN
        assert_counters_are_exact()


def test_two_who_report_each_other_at_once_do_not_wait_for_each_other(forum, here):
    thread = factories.thread()
    users = [factories.user() for _ in range(2)]
    actors = [actor_of(user) for user in users]
    for _ in range(5):
        posts = [factories.comment(thread, user).id for user in users]
        db.session.rollback()

        results = at_once(
            forum,
            _reporting(actors[0], posts[1], ReportReason.IDENTIFIES),
            _reporting(actors[1], posts[0], ReportReason.IDENTIFIES),
        )

        assert errors_among(results) == []
        assert not isinstance(results[0], Conflict)
