"""Where a thread stands: what most agree with, and which questions are open."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import person
from forum.core.db import at_most, db
from forum.posts.models import Post, PostState
from forum.threads.queries.tree import is_comment
from forum.threads.rows import Head, Standing, comment_ref

_ROWS = 3

_posts = Post.__table__
_user = User.__table__
# Word for word as the index of open questions says it: SQLite knows it by nothing else, and would
# read the whole thread for a thread without questions.
_is_open_question = sa.text("post.is_question AND post.answer_id IS NULL")


def standing(head: Head) -> Standing:
    """What most agree with and which questions wait, in one statement."""
    found = db.session.connection().execute(_standing(), {"thread_id": head.id})
    agreed, questions = [], []
    for number, count, username, display_name, state in found:
        name = person(username, display_name, state).display_name
        reference = comment_ref(head.id, number, name)
        if count is None:
            questions.append(reference)
        else:
            agreed.append((reference, count))
    agreed.sort(key=lambda pair: (-pair[1], pair[0].number))
    questions.sort(key=lambda question: question.number)
    return Standing(tuple(agreed), tuple(questions))


@cache
def _standing() -> sa.Select[Any]:
    of_thread = sa.and_(
        _posts.c.thread_id == sa.bindparam("thread_id"),
        _posts.c.state == PostState.PUBLISHED,
    )
    agreed = (
        sa.select(_posts.c.number, _posts.c.agreement_count.label("agreed"), _posts.c.author_id)
        .where(of_thread, is_comment, _posts.c.agreement_count > 1)
        .order_by(_posts.c.agreement_count.desc(), _posts.c.number.desc())
        .limit(at_most(_ROWS))
        .subquery("agreed")
    )
    asked = (
        # Without a type PostgreSQL takes the NULL for text, which no UNION joins with a number.
        sa.select(
            _posts.c.number, sa.cast(sa.null(), sa.Integer).label("agreed"), _posts.c.author_id
        )
        .where(of_thread, _is_open_question)
        .order_by(_posts.c.number)
        .limit(at_most(_ROWS))
        .subquery("asked_rows")
    )
    both = sa.union_all(sa.select(agreed), sa.select(asked)).subquery("both")
    return sa.select(
        both.c.number, both.c.agreed, _user.c.username, _user.c.display_name, _user.c.state
    ).outerjoin_from(both, _user, _user.c.id == both.c.author_id)
