"""The words that a brief shows, read anew each time: who took theirs back is not in it any more."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.people import person
from forum.badges.models import Badge, BadgeState
from forum.badges.words import badge_label
from forum.briefs.models import ConsentState, QuoteConsent
from forum.core.db import db
from forum.core.markup import quoted_numbers, redact_quotes
from forum.posts.models import Post, PostRevision, PostState
from forum.proposals.models import Proposal, ProposalState, ServiceClaim
from forum.proposals.parts import Parts, parse
from forum.proposals.queries import claim_stands
from forum.stances.models import Condition
from forum.stances.queries.conditions import in_sight
from forum.threads.models import Thread

ELSEWHERE = "\u2026"  # for what somebody else said: its author was not asked


@dataclass(frozen=True, slots=True)
class Opening:
    """A proposal as it read in the revision that the brief was published with."""

    title: str
    parts: Parts
    language: str
    content_note: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A comment whose author lets it be quoted; `by` with the badge that it was written with."""

    source: str
    language: str
    content_note: str
    by: str
    number: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class Words:
    """By id; what is out of sight, or was not agreed to, is missing."""

    openings: Mapping[int, Opening]  # by thread
    quotes: Mapping[int, Quoted]
    conditions: Mapping[int, tuple[str, str]]  # text, and why it was declined
    claims: Mapping[int, tuple[str, str]]  # note, and why that is not enough


def words_of(proposals: Iterable[Mapping[str, Any]], at: datetime) -> Words:
    """The words of a document's proposals, of which `at` is the date; five statements at most."""
    proposals = tuple(proposals)

    def ids(name: str) -> set[int]:
        return {row["id"] for proposal in proposals for row in proposal[name]}

    return Words(
        _openings({row["thread_id"]: row["revision"] for row in proposals}),
        _quotes(
            {row["id"]: row["revision"] for proposal in proposals for row in proposal["quotes"]},
            {row["thread_id"] for row in proposals},
            at,
        ),
        _conditions(ids("conditions")),
        _claims(ids("services")),
    )


def _openings(revisions: Mapping[int, int]) -> dict[int, Opening]:
    found = db.session.execute(
        sa.select(
            Thread.id.label("thread_id"),
            Thread.title,
            Post.id,
            Post.source,
            Post.language,
            Post.content_note,
            Post.revision,
        )
        .join(Post, sa.and_(Post.thread_id == Thread.id, Post.number == 0))
        .join(Proposal, Proposal.thread_id == Thread.id)
        .where(
            Thread.id.in_(revisions),
            Proposal.state != ProposalState.WITHDRAWN,
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
            Post.state == PostState.PUBLISHED,
        )
    ).all()
    changed = {row.id for row in found if row.revision != revisions[row.thread_id]}
    earlier = _earlier(changed)
    openings = {}
    for row in found:
        revision = revisions[row.thread_id]
        later = [one for one in earlier.get(row.id, ()) if one.number >= revision]
        # Where details were taken out, earlier versions are gone: then the text as it stands now.
        is_kept = bool(later) and later[0].number == revision
        openings[row.thread_id] = Opening(
            # A version says its title only where an edit changed that.
            title=next((one.title for one in later if one.title), row.title),
            parts=parse(own_words(later[0].source if is_kept else row.source)),
            language=row.language,
            content_note=row.content_note or (later[0].content_note if is_kept else ""),
        )
    return openings


def _earlier(post_ids: Collection[int]) -> dict[int, list[PostRevision]]:
    """The earlier versions of these posts, the oldest first."""
    by_post: dict[int, list[PostRevision]] = {}
    if post_ids:
        for row in db.session.scalars(
            sa.select(PostRevision)
            .where(PostRevision.post_id.in_(post_ids))
            .order_by(PostRevision.post_id, PostRevision.number)
        ):
            by_post.setdefault(row.post_id, []).append(row)
    return by_post


def own_words(source: str) -> str:
    """A text without what it quotes of comments: those are somebody else's words."""
    for number in quoted_numbers(source):
        source = redact_quotes(source, number, ELSEWHERE)
    return source


def _quotes(
    revisions: Mapping[int, int], thread_ids: Collection[int], at: datetime
) -> dict[int, Quoted]:
    if not revisions:
        return {}
    found = db.session.execute(
        sa.select(
            Post.id,
            Post.thread_id,
            Post.number,
            Post.source,
            Post.language,
            Post.content_note,
            Post.revision,
            User.username,
            User.display_name,
            User.state.label("user_state"),
            Badge.kind,
            Badge.organisation,
            Badge.state.label("badge_state"),
            Badge.expires_at,
        )
        .join(QuoteConsent, QuoteConsent.post_id == Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(User, User.id == Post.author_id)
        .outerjoin(Badge, Badge.id == Post.badge_id)
        .where(
            Post.id.in_(revisions),
            # A comment that moved is where other people read it, or nobody.
            Post.thread_id.in_(thread_ids),
            Post.state == PostState.PUBLISHED,
            Thread.deleted_at.is_(None),
            QuoteConsent.state == ConsentState.GIVEN,
            QuoteConsent.revision == Post.revision,
        )
    )
    return {
        row.id: Quoted(
            own_words(row.source),
            row.language,
            row.content_note,
            _by(row, at),
            row.number,
            row.thread_id,
        )
        for row in found
        if row.revision == revisions[row.id]
    }


def _by(row: sa.Row[*tuple[Any, ...]], at: datetime) -> str:
    """The author as the thread names them; whether a badge is past is as of the brief's date."""
    name = person(row.username, row.display_name, row.user_state).display_name
    if row.kind is None:
        return name
    is_past = (
        row.badge_state is not BadgeState.ACTIVE or row.expires_at is None or row.expires_at <= at
    )
    return f"{name}, {badge_label(row.kind, row.organisation, is_past=is_past)}"


def _conditions(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    if not ids:
        return {}
    found = db.session.execute(
        sa.select(Condition.id, Condition.text, Condition.answer)
        .outerjoin(Post, Post.id == Condition.post_id)
        .where(Condition.id.in_(ids), in_sight())
    )
    return {row[0]: (row[1], row[2]) for row in found}


def _claims(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    if not ids:
        return {}
    found = db.session.execute(
        sa.select(ServiceClaim.id, ServiceClaim.note, ServiceClaim.answer).where(
            ServiceClaim.id.in_(ids), claim_stands()
        )
    )
    return {row[0]: (row[1], row[2]) for row in found}
