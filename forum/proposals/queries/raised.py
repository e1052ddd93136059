"""Which comments were raised as proposals."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from forum.core.actor import Actor, SiteRole
from forum.core.db import db
from forum.core.links import thread_path
from forum.proposals.models import Proposal
from forum.spaces.models import Space
from forum.spaces.queries import anyone_of, visible_to
from forum.threads.models import Thread

_p, _t, _s = Proposal.__table__.c, Thread.__table__.c, Space.__table__.c


@cache
def _statement(role: SiteRole | None) -> sa.Select[Any]:
    return (
        sa.select(_p.raised_from_id, _t.id, _t.title, _t.slug)
        .select_from(
            Proposal.__table__.join(Thread.__table__, _t.id == _p.thread_id).join(
                Space.__table__, _s.id == _t.space_id
            )
        )
        .where(
            _p.raised_from_id.in_(sa.bindparam("post_ids", expanding=True)),
            _t.deleted_at.is_(None),
            visible_to(anyone_of(role)),
        )
        .order_by(_t.id)
    )


def raised_from(viewer: Actor, post_ids: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Titles and paths of the visible proposals that these comments were raised as, by comment.

    One statement, none without comments. A visitor's page is kept and outlives the title of
    another thread: they get the address alone.
    """
    if not post_ids:
        return {}
    role = viewer.role if viewer.is_signed_in else None
    found = db.session.connection().execute(
        _statement(role), {"post_ids": list(post_ids), "viewer_id": viewer.id}
    )
    links: dict[int, list[tuple[str, str]]] = {}
    for post_id, thread_id, title, slug in found:
        link = (title, thread_path(thread_id, slug)) if role else ("", f"/t/{thread_id}")
        links.setdefault(post_id, []).append(link)
    return {post_id: tuple(rows) for post_id, rows in links.items()}
