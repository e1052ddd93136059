"""One need: what exists for it, what is proposed, what is agreed on, and what is still asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.people import PersonName, person
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import comment_path, thread_path
from forum.core.markup import excerpt_of_html
from forum.places.models import Place
from forum.places.queries import PlaceChip, chips, covering, within
from forum.posts.models import Post, PostState
from forum.proposals.models import LEAST_SHOWN, LIVE, Proposal, ProposalState
from forum.services.models import Service, ServicePlace
from forum.services.queries import Filters, ServiceRow, conditions, rows_of
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.stances.models import Condition, ConditionState, Stance
from forum.stances.queries.conditions import in_sight
from forum.tags.queries import TagPage, get_tag
from forum.threads.models import Thread, ThreadTag

SERVICES_SHOWN = 12
PROPOSALS_SHOWN = 12
AGREED_SHOWN = 6
CONDITIONS_SHOWN = 12
QUESTIONS_SHOWN = 12
_EXCERPT = 200  # characters

_STANCES = (
    Proposal.agree_count
    + Proposal.agree_if_count
    + Proposal.unsure_count
    + Proposal.disagree_count
    + Proposal.concern_count
)


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A live proposal; `place` None is anywhere. The counts are of stances."""

    title: str
    path: str
    state: ProposalState
    place: PlaceChip | None
    stances: int
    agree: int
    agree_if: int


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """A condition that was taken into the text of a proposal."""

    text: str
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question that nobody answered; a content note stands for its words."""

    excerpt: str
    content_note: str
    by: PersonName
    at: datetime
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class NeedPage:
    tag: TagPage
    services: tuple[ServiceRow, ...]
    proposed: tuple[ProposalLine, ...]
    agreed: tuple[ProposalLine, ...]
    conditions: tuple[ConditionLine, ...]
    questions: tuple[QuestionLine, ...]


def get_need(word: str) -> tuple[TagPage, bool]:
    """The tag of a need, or of a part of one; NotFound for any other. Six statements at most.

    And whether it is a row of the map by itself, not a part of another.
    """
    tag = get_tag(word)
    is_part = tag.parent is not None and tag.parent.is_need
    if not (tag.is_need or is_part):
        raise NotFound
    return tag, not is_part


def need_page(viewer: Actor, tag: TagPage, place: str | None) -> NeedPage:
    """What there is for a need, that of `place` (a slug) first. Nine statements at most."""
    tag_ids = [tag.id, *(child.id for child in tag.children)]
    proposed = _proposals(viewer, tag_ids, PROPOSALS_SHOWN)
    agreed = _agreed(viewer, tag_ids)
    at = chips({row.place_id for row in (*proposed, *agreed) if row.place_id is not None})
    return NeedPage(
        tag=tag,
        services=_services(tag.slug, place),
        proposed=tuple(_line(row, at) for row in proposed),
        agreed=tuple(_line(row, at) for row in agreed),
        conditions=_conditions(viewer, tag_ids),
        questions=_questions(viewer, tag_ids),
    )


def _services(need: str, place: str | None) -> tuple[ServiceRow, ...]:
    """Made sure of last first; those for the place before those for anywhere and elsewhere."""
    statement = sa.select(Service.id).where(*conditions(Filters(need=need)))
    if place is not None:
        statement = statement.order_by(_distance(place))
    ids = statement.order_by(
        Service.verified_at.is_(None), Service.verified_at.desc(), Service.id.desc()
    ).limit(SERVICES_SHOWN)
    order = {id_: position for position, id_ in enumerate(db.session.scalars(ids))}
    found = db.session.scalars(sa.select(Service).where(Service.id.in_(order)))
    return rows_of(sorted(found, key=lambda service: order[service.id]))


def _distance(slug: str) -> sa.ColumnElement[int]:
    id_ = db.session.scalar(sa.select(Place.id).where(Place.slug == slug))
    if id_ is None:
        raise NotFound
    placed = sa.exists().where(ServicePlace.service_id == Service.id)
    is_there = placed.where(
        sa.or_(ServicePlace.place_id.in_(within(id_)), ServicePlace.place_id.in_(covering(id_)))
    )
    return sa.case((is_there.correlate(Service), 0), (placed.correlate(Service), 2), else_=1)


def _live(viewer: Actor, tag_ids: Sequence[int], *shown: Any) -> sa.Select[*tuple[Any, ...]]:
    """Of the live proposals for these needs that the viewer may see."""
    tagged = sa.exists().where(ThreadTag.thread_id == Thread.id, ThreadTag.tag_id.in_(tag_ids))
    return (
        sa.select(*shown)
        .select_from(Proposal)
        .join(Thread, Thread.id == Proposal.thread_id)
        .join(Space, Space.id == Thread.space_id)
        .where(
            Proposal.state.in_(LIVE),
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
            visible_to(viewer),
            tagged.correlate(Thread),
        )
    )


def _rows(viewer: Actor, tag_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    return _live(
        viewer, tag_ids, Thread.id, Thread.title, Thread.slug, Proposal.state, Proposal.place_id,
        _STANCES.label("stances"), Proposal.agree_count, Proposal.agree_if_count,
    )  # fmt: skip


def _proposals(
    viewer: Actor, tag_ids: Sequence[int], most: int
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """The newest."""
    order = (Thread.created_at.desc(), Thread.id.desc())
    return db.session.execute(_rows(viewer, tag_ids).order_by(*order).limit(most)).all()


def _agreed(viewer: Actor, tag_ids: Sequence[int]) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Those that most agree with, from five stances on, where the viewer may know how many."""
    statement = (
        _rows(viewer, tag_ids)
        .where(_STANCES >= LEAST_SHOWN, Proposal.agree_count > 0, _shows_stances(viewer))
        .order_by(Proposal.agree_count.desc(), Thread.id.desc())
    )
    return db.session.execute(statement.limit(AGREED_SHOWN)).all()


def _shows_stances(viewer: Actor) -> sa.ColumnElement[bool]:
    """Some spaces show how stances are spread only to those who have taken their own."""
    if not viewer.is_signed_in:
        return Space.hides_stances.is_(False)
    own = sa.exists().where(
        Stance.thread_id == Thread.id, Stance.user_id == viewer.id, Stance.is_current
    )
    return sa.or_(Space.hides_stances.is_(False), own.correlate(Thread))


def _line(row: sa.Row[*tuple[Any, ...]], places: Mapping[int, PlaceChip]) -> ProposalLine:
    id_, title, slug, state, place_id, stances, agree, agree_if = row
    path = thread_path(id_, slug)
    return ProposalLine(title, path, state, places.get(place_id), stances, agree, agree_if)


def _conditions(viewer: Actor, tag_ids: Sequence[int]) -> tuple[ConditionLine, ...]:
    """Taken into a text, the latest first."""
    statement = (
        _live(viewer, tag_ids, Condition.text, Thread.title, Thread.id, Thread.slug)
        .join(Condition, Condition.thread_id == Proposal.thread_id)
        .outerjoin(Post, Post.id == Condition.post_id)
        .where(Condition.state == ConditionState.ADOPTED, in_sight())
        .order_by(Condition.decided_at.desc(), Condition.id.desc())
        .limit(CONDITIONS_SHOWN)
    )
    return tuple(
        ConditionLine(text, title, thread_path(id_, slug))
        for text, title, id_, slug in db.session.execute(statement)
    )


def _questions(viewer: Actor, tag_ids: Sequence[int]) -> tuple[QuestionLine, ...]:
    """The latest of each thread about the need, those of the threads that were busy last."""
    tagged = sa.select(ThreadTag.thread_id).where(ThreadTag.tag_id.in_(tag_ids))
    asked = aliased(Post)
    # Asked for thread by thread, and so of the index of open questions.
    latest = (
        sa.select(sa.func.max(asked.number))
        .where(
            asked.thread_id == Thread.id,
            asked.is_question,
            asked.answer_id.is_(None),
            asked.state == PostState.PUBLISHED,
            asked.number > 0,
        )
        .correlate(Thread)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            Post.html, Post.content_note, User.username, User.display_name, User.state,
            Post.created_at, Thread.title, Thread.id, Post.number,
        )
        .select_from(Thread)
        .join(Space, Space.id == Thread.space_id)
        .join(Post, sa.and_(Post.thread_id == Thread.id, Post.number == latest))
        .outerjoin(User, User.id == Post.author_id)
        .where(
            Thread.id.in_(tagged),
            Thread.open_question_count > 0,
            Thread.deleted_at.is_(None),
            Thread.merged_into_id.is_(None),
            visible_to(viewer),
        )
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        .limit(QUESTIONS_SHOWN)
    )  # fmt: skip
    return tuple(
        QuestionLine(
            excerpt="" if note else excerpt_of_html(html, _EXCERPT),
            content_note=note,
            by=person(username, display_name, state),
            at=at,
            title=title,
            path=comment_path(id_, number),
        )
        for html, note, username, display_name, state, at, title, id_, number in (
            db.session.execute(statement)
        )
    )
