"""What tests of acts share: one transaction each, and what an act leaves behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core import versions
from forum.core.db import Base, db, transaction
from forum.posts.actions import Limits
from forum.posts.models import Agreement, Post, PostState
from forum.threads.models import Thread

LIMITS = Limits(posts=20, posts_of_newcomer=5, grace=timedelta(minutes=10))


def do(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call an action in a transaction of its own, as a view does."""
    with transaction():
        return action(*args, **kwargs)


def entries(subject_kind: str, subject_id: int) -> list[tuple[str, str]]:
    """Verbs and reasons of what the audit log says about a subject."""
    found = db.session.execute(
        sa.select(AuditEntry.verb, AuditEntry.reason)
        .where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id)
    )
    return [(verb, reason) for verb, reason in found]


def version(thread_id: int) -> int:
    """Changes when a visitor's finished page of this thread has become stale."""
    return dict(versions.current((versions.thread_scope(thread_id),))).get(
        versions.thread_scope(thread_id), 0
    )


def lists_version() -> int:
    return dict(versions.current((versions.LISTS,))).get(versions.LISTS, 0)


def get(thread_id: int, number: int = 0) -> Post:
    """A post as the database has it now."""
    return db.session.scalars(
        sa.select(Post)
        .where(Post.thread_id == thread_id, Post.number == number)
        .execution_options(populate_existing=True)
    ).one()


def get_thread(thread_id: int) -> Thread:
    return db.session.get_one(Thread, thread_id, populate_existing=True)


def assert_counters_are_exact() -> None:
    """Every counter of every thread and post is what counting the rows gives."""
    published = sa.and_(Post.thread_id == Thread.id, Post.state == PostState.PUBLISHED)
    comments = sa.select(sa.func.count()).where(published, Post.number > 0).scalar_subquery()
    questions = (
        sa.select(sa.func.count())
        .where(published, Post.number > 0, Post.is_question, Post.answer_id.is_(None))
        .scalar_subquery()
    )
    highest = (
        sa.select(sa.func.coalesce(sa.func.max(Post.number), 0))
        .where(Post.thread_id == Thread.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Thread.id, Thread.comment_count, comments, Thread.open_question_count, questions,
            Thread.last_number, highest,
        )
    ).all()  # fmt: skip
    for thread_id, comment_count, counted, question_count, asked, last, top in rows:
        assert comment_count == counted, f"comments of thread {thread_id}"
        assert question_count == asked, f"questions of thread {thread_id}"
        assert last >= top, f"numbers of thread {thread_id}"
    agreed = sa.select(sa.func.count()).where(Agreement.post_id == Post.id).scalar_subquery()
    wrong = db.session.execute(sa.select(Post.id).where(Post.agreement_count != agreed)).all()
    assert not wrong, f"agreements of posts {wrong}"


def rows_with(words: str) -> list[str]:
    """The tables and columns of the whole database in which these words stand."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            text = sa.cast(column, sa.Text)
            if db.session.scalar(
                sa.select(sa.func.count()).select_from(table).where(text.contains(words))
            ):
                found.append(f"{table.name}.{column.name}")
    return found
