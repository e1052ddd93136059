"""How heated a branch is: what is reported above a reply, and when its author wrote last."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from forum.cases.models import SubjectKind
from forum.cases.queries import count_open_reports
from forum.core.db import db
from forum.posts import paths
from forum.posts.models import PATH_STEP, Post


@dataclass(frozen=True, slots=True)
class Heat:
    """Open reports on a comment and all that it hangs under; `own` are the replier's."""

    reports: int
    own: int


def heat_above(parent: Post, replier_id: int) -> Heat:
    """How heated it is where somebody would reply to this comment, in one statement."""
    ancestors = [parent.path[: PATH_STEP * level] for level in range(1, paths.depth(parent.path))]
    chain = sa.select(Post.id).where(
        Post.thread_id == parent.thread_id, Post.path.in_([*ancestors, parent.path])
    )
    return Heat(*count_open_reports(SubjectKind.POST, chain, replier_id))


def latest_here(author_id: int, thread_id: int, since: datetime) -> datetime | None:
    """When somebody wrote last in a thread, if that was after `since`."""
    return db.session.scalar(
        sa.select(sa.func.max(Post.created_at)).where(
            Post.author_id == author_id,
            Post.thread_id == thread_id,
            Post.created_at > since,
            Post.is_imported.is_(False),
        )
    )
