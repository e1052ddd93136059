"""The demo's proposals: threads like all others, and the debate that hangs on them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from forum.context_notes.models import ContextNote
from forum.core.db import db
from forum.core.markup import render
from forum.demo.actions.threads import add_thread
from forum.demo.proposals import DemoAnswer, DemoClaim, DemoCondition, DemoProposal, DemoTurn
from forum.posts.models import Post
from forum.posts.queries import get_post
from forum.proposals.models import (
    Answer,
    ClaimState,
    Coauthor,
    CoauthorState,
    Proposal,
    ProposalEvent,
    ProposalState,
    ServiceClaim,
)
from forum.stances.models import (
    AdoptedPoint,
    Condition,
    ConditionBacker,
    ConditionState,
    Stance,
)
from forum.stances.queries.counts import COUNTERS
from forum.threads.models import Thread

_DECIDED_AFTER = timedelta(hours=20)  # a condition or a claim, once it was stated

_Ids = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already, by name: people, spaces, places, services, badges in force, threads.

    Proposals join `threads` as they are added.
    """

    people: _Ids
    spaces: _Ids
    places: _Ids
    services: _Ids
    badges: _Ids
    threads: dict[str, int] = field(default_factory=dict)


def add_proposal(demo: DemoProposal, now: datetime, known: Known) -> int:
    """Add one with everything said about it; what it was merged into comes before it."""
    thread_id = add_thread(demo.thread, now, known.spaces, known.people)
    opened = now - demo.thread.opened_ago
    posts = _posts_of(thread_id)
    counts = Counter(COUNTERS[stance.choice].key for stance in demo.stances)
    proposal = Proposal(
        thread_id=thread_id, state_at=opened, place_id=known.places[demo.place], **counts
    )
    if demo.raised_from is not None:
        source = get_post(known.threads[demo.raised_from.thread], demo.raised_from.number)
        proposal.raised_from_id = source.id
    db.session.add(proposal)
    db.session.flush()  # everything below names it
    _add_people(demo, thread_id, opened, known)
    _mark(demo, opened, posts, known)
    for number, condition in enumerate(demo.conditions, start=1):
        _add_condition(condition, number, opened, posts, known)
    for claim in demo.claims:
        _add_claim(claim, thread_id, opened, known)
    if demo.answer is not None:
        _add_answer(demo.answer, thread_id, opened, known)
    if demo.turn is not None:
        _turn(demo.turn, proposal, opened, known)
    db.session.flush()
    return thread_id


def _posts_of(thread_id: int) -> dict[int, Post]:
    found = db.session.scalars(sa.select(Post).where(Post.thread_id == thread_id))
    return {post.number: post for post in found}


def _add_people(demo: DemoProposal, thread_id: int, opened: datetime, known: Known) -> None:
    db.session.add_all(
        Coauthor(
            thread_id=thread_id,
            user_id=known.people[username],
            state=CoauthorState.ACCEPTED,
            invited_by_id=known.people[demo.thread.author],
            at=opened + _DECIDED_AFTER,
        )
        for username in demo.coauthors
    )


def _mark(demo: DemoProposal, opened: datetime, posts: Mapping[int, Post], known: Known) -> None:
    """Bearings, worn badges, adopted points, stances and context notes."""
    for number, bearing in demo.bearings.items():
        posts[number].bearing = bearing
    for comment in demo.thread.comments:
        posts[comment.number].badge_id = known.badges.get(comment.author)
        db.session.add_all(
            AdoptedPoint(
                post_id=posts[comment.number].id,
                user_id=known.people[username],
                at=opened + comment.after,
            )
            for username in demo.adopted.get(comment.number, ())
        )
    for stance in demo.stances:
        db.session.add(
            Stance(
                thread_id=posts[0].thread_id,
                user_id=known.people[stance.member],
                choice=stance.choice,
                post_id=posts[stance.number].id if stance.number else None,
                revision=posts[0].revision,
                created_at=opened + stance.after,
            )
        )
    for note in demo.context:
        db.session.add(
            ContextNote(
                post_id=posts[note.number].id,
                author_id=known.people[note.author],
                badge_id=known.badges[note.author],
                text=note.text,
                sources=[list(source) for source in note.sources],
                created_at=opened + _DECIDED_AFTER,
            )
        )


def _add_condition(
    demo: DemoCondition, number: int, opened: datetime, posts: Mapping[int, Post], known: Known
) -> None:
    at = opened + demo.after
    opening = posts[0]
    condition = Condition(
        thread_id=opening.thread_id,
        number=number,
        text=demo.text,
        author_id=known.people[demo.author],
        post_id=posts[demo.number].id,
        state=demo.state,
        answer=demo.answer,
        adopted_revision=opening.revision if demo.state is ConditionState.ADOPTED else None,
        created_at=at,
        decided_at=None if demo.state is ConditionState.OPEN else at + _DECIDED_AFTER,
    )
    db.session.add(condition)
    db.session.flush()  # who asks for it names it
    backers = {demo.author: demo.after, **dict(demo.joined)}
    db.session.add_all(
        ConditionBacker(
            condition_id=condition.id, user_id=known.people[username], at=opened + after
        )
        for username, after in backers.items()
    )


def _add_claim(demo: DemoClaim, thread_id: int, opened: datetime, known: Known) -> None:
    at = opened + demo.after
    db.session.add(
        ServiceClaim(
            thread_id=thread_id,
            service_id=known.services[demo.service],
            claimed_by_id=known.people[demo.by],
            note=demo.note,
            state=demo.state,
            answer=demo.answer,
            claimed_at=at,
            answered_at=None if demo.state is ClaimState.OPEN else at + _DECIDED_AFTER,
        )
    )


def _add_answer(demo: DemoAnswer, thread_id: int, opened: datetime, known: Known) -> None:
    rendered = render(demo.text)
    db.session.add(
        Answer(
            thread_id=thread_id,
            author_id=known.people[demo.author],
            badge_id=known.badges.get(demo.author),
            source=demo.text,
            html=str(rendered.html),
            render_version=rendered.version,
            written_at=opened + demo.after,
            published_at=opened + demo.after,
        )
    )


def _turn(turn: DemoTurn, proposal: Proposal, opened: datetime, known: Known) -> None:
    proposal.state = turn.state
    proposal.state_reason = turn.reason
    proposal.state_at = opened + turn.after
    values: dict[str, object] = {"from": ProposalState.OPEN.value, "to": turn.state.value}
    if turn.service:
        values["service"] = proposal.service_id = known.services[turn.service]
    if turn.merged_into:
        values["into"] = proposal.merged_into_id = known.threads[turn.merged_into]
    _add_event(
        proposal.thread_id, proposal.state_at, known.people[turn.by], "state", turn.reason, values
    )


def _add_event(
    thread_id: int,
    at: datetime,
    actor_id: int,
    verb: str,
    reason: str = "",
    values: Mapping[str, object] | None = None,
) -> None:
    last = db.session.scalars(sa.select(Thread.last_number).where(Thread.id == thread_id)).one()
    db.session.add(
        ProposalEvent(
            thread_id=thread_id,
            at=at,
            actor_id=actor_id,
            verb=verb,
            reason=reason,
            values=dict(values or {}),
            after_number=last,
        )
    )
