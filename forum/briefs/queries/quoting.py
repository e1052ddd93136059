"""Comments that a brief could quote, what their authors say to it, and what one is asked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User, UserState
from forum.accounts.people import PersonName, person
from forum.briefs.models import ConsentState, QuoteConsent
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import comment_path
from forum.core.markup import excerpt_of_html
from forum.posts.models import Bearing, Post, PostState
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.threads.models import Thread

EXCERPT = 240  # characters
MOST_CANDIDATES = 200  # of one brief
_ASKS = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comment that could be quoted. `consent` is None where the author has to be asked anew."""

    post_id: int
    thread_id: int
    number: int
    path: str
    author: PersonName
    excerpt: str
    content_note: str
    bearing: Bearing | None
    agreement_count: int
    consent: ConsentState | None
    is_own: bool


def candidates(viewer: Actor, thread_ids: Collection[int]) -> dict[int, tuple[Candidate, ...]]:
    """The published comments of these threads whose authors can be asked, by thread.

    Those that most agree with come first. The words behind a content note are left out.
    """
    if not thread_ids:
        return {}
    found = db.session.execute(
        _posts()
        .add_columns(
            Post.bearing,
            Post.agreement_count,
            QuoteConsent.state.label("consent"),
            QuoteConsent.revision.label("consent_revision"),
        )
        .outerjoin(QuoteConsent, QuoteConsent.post_id == Post.id)
        .where(
            Post.thread_id.in_(thread_ids),
            visible_to(viewer),
            # Nobody can ask who has no account, or has left it.
            User.state.in_((UserState.ACTIVE, UserState.SUSPENDED)),
        )
        .order_by(Post.agreement_count.desc(), Post.thread_id, Post.number)
        .limit(MOST_CANDIDATES)
    )
    by_thread: dict[int, list[Candidate]] = {}
    for row in found:
        candidate = Candidate(
            row.id,
            row.thread_id,
            row.number,
            comment_path(row.thread_id, row.number),
            person(row.username, row.display_name, row.user_state),
            "" if row.content_note else excerpt_of_html(row.html, EXCERPT),
            row.content_note,
            row.bearing,
            row.agreement_count,
            row.consent if row.consent_revision == row.revision else None,
            row.author_id == viewer.id,
        )
        by_thread.setdefault(row.thread_id, []).append(candidate)
    return {thread_id: tuple(rows) for thread_id, rows in by_thread.items()}


def _posts() -> sa.Select[*tuple[Any, ...]]:
    """Published comments in threads that stand, with their authors."""
    return (
        sa.select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.html,
            Post.language,
            Post.content_note,
            Post.revision,
            Post.author_id,
            Thread.title,
            User.username,
            User.display_name,
            User.state.label("user_state"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .join(User, User.id == Post.author_id)
        .where(
            Post.state == PostState.PUBLISHED,
            Post.number > 0,
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class Ask:
    """One's own comment that somebody wants to quote. `is_outdated`: it was changed since."""

    post_id: int
    number: int
    path: str
    thread_title: str
    html: str
    language: str
    content_note: str
    revision: int
    state: ConsentState
    is_outdated: bool
    asked_by: PersonName
    asked_at: datetime


def asks_for(viewer: Actor) -> tuple[Ask, ...]:
    """What a member is asked, and has answered; the last asked first."""
    asker = aliased(User)
    found = db.session.execute(
        _posts()
        .add_columns(
            QuoteConsent.state.label("consent"),
            QuoteConsent.revision.label("consent_revision"),
            QuoteConsent.asked_at,
            asker.username.label("asker_name"),
            asker.display_name.label("asker_shown"),
            asker.state.label("asker_state"),
        )
        .join(QuoteConsent, QuoteConsent.post_id == Post.id)
        .outerjoin(asker, asker.id == QuoteConsent.asked_by_id)
        .where(Post.author_id == member_id(viewer), visible_to(viewer))
        .order_by(QuoteConsent.asked_at.desc(), Post.id.desc())
        .limit(_ASKS)
    )
    return tuple(
        Ask(
            row.id,
            row.number,
            comment_path(row.thread_id, row.number),
            row.title,
            row.html,
            row.language,
            row.content_note,
            row.revision,
            row.consent,
            row.consent_revision != row.revision,
            person(row.asker_name, row.asker_shown, row.asker_state),
            row.asked_at,
        )
        for row in found
    )


def get_quotable(viewer: Actor, post_id: int) -> Post:
    """A comment that can be quoted, locked; NotFound when it cannot, or may not be seen."""
    post = db.session.scalar(
        sa.select(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(
            Post.id == post_id,
            Post.number > 0,
            Post.state == PostState.PUBLISHED,
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
            visible_to(viewer),
        )
        .with_for_update(of=Post)
        .execution_options(populate_existing=True)
    )
    if post is None:
        raise NotFound
    return post


def with_consent(post_ids: Collection[int]) -> dict[int, int]:
    """Those of these posts that may be quoted as they stand now, with their revision."""
    if not post_ids:
        return {}
    rows = db.session.execute(
        sa.select(Post.id, Post.revision)
        .join(QuoteConsent, QuoteConsent.post_id == Post.id)
        .where(
            Post.id.in_(post_ids),
            Post.state == PostState.PUBLISHED,
            QuoteConsent.state == ConsentState.GIVEN,
            QuoteConsent.revision == Post.revision,
        )
    )
    return dict(rows.all())


def export(user_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a member was asked and answered, for the download of one's own data."""
    found = db.session.execute(
        sa.select(Post.thread_id, Post.number, QuoteConsent.state, QuoteConsent.asked_at)
        .join(Post, Post.id == QuoteConsent.post_id)
        .where(Post.author_id == user_id)
        .order_by(QuoteConsent.post_id)
    )
    for thread_id, number, state, asked_at in found:
        yield (
            "quotes",
            {
                "thread": thread_id,
                "number": number,
                "answer": state.value,
                "asked_at": asked_at.isoformat(),
            },
        )
