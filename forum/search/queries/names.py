"""Tags, people and services by their names, and what the search box suggests."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.accounts.models import User, UserState
from forum.accounts.people import PersonName, person
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.i18n import _
from forum.index.models import Named
from forum.index.queries import named
from forum.posts.models import Post, PostState
from forum.search.asked import Asked, Kind, read
from forum.search.queries.titles import threads_beginning
from forum.services.models import Service, ServiceState
from forum.services.queries import ServiceRow, rows_of
from forum.spaces.models import Space
from forum.spaces.queries import visible_to
from forum.tags.models import Tag
from forum.tags.queries import TagChip, chip_of
from forum.threads.models import Thread

MOST_NAMES = 6  # of tags, of people and of services, beside a page of posts
_SUGGESTED = 3  # of each kind in the search box


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go to: `kind` says what it is, in a word."""

    label: str
    kind: str
    path: str


def tags_named(asked: Asked, limit: int = MOST_NAMES) -> tuple[TagChip, ...]:
    """Tags by any word that leads to them; none beside filters that are about posts."""
    found = named(Named.TAG, asked.plain) if _is_about_names(asked, Kind.TAG) else None
    if found is None:
        return ()
    tags = db.session.scalars(
        sa.select(Tag)
        .where(Tag.id.in_(found), Tag.merged_into_id.is_(None))
        .order_by(Tag.is_need.desc(), Tag.name, Tag.id)
        .limit(limit)
    )
    return tuple(map(chip_of, tags))


def people_named(viewer: Actor, asked: Asked, limit: int = MOST_NAMES) -> tuple[PersonName, ...]:
    """People by their names: for members everybody, for visitors those whom they can read."""
    found = named(Named.PERSON, asked.plain) if _is_about_names(asked, Kind.PERSON) else None
    if found is None:
        return ()
    statement = (
        sa.select(User.username, User.display_name, User.state)
        .where(User.id.in_(found), User.state == UserState.ACTIVE)
        .order_by(User.username_key)
        .limit(limit)
    )
    if not viewer.is_signed_in:
        statement = statement.where(_can_be_read(viewer))
    return tuple(person(*row) for row in db.session.execute(statement))


def services_named(asked: Asked, limit: int = MOST_NAMES) -> tuple[ServiceRow, ...]:
    """Listed services by the words of their entries; three statements."""
    found = named(Named.SERVICE, asked.plain) if _is_about_names(asked, Kind.SERVICE) else None
    if found is None:
        return ()
    services = db.session.scalars(
        sa.select(Service)
        .where(Service.id.in_(found), Service.state == ServiceState.LISTED)
        .order_by(Service.name, Service.id)
        .limit(limit)
    )
    return rows_of(services.all())


def _can_be_read(viewer: Actor) -> sa.ColumnElement[bool]:
    """As policy.may_see_profile has it: who wrote something that this viewer may see."""
    return (
        sa.exists()
        .where(
            Post.author_id == User.id,
            Post.state == PostState.PUBLISHED,
            Thread.id == Post.thread_id,
            Thread.deleted_at.is_(None),
            Space.id == Thread.space_id,
            visible_to(viewer),
        )
        .correlate(User)
    )


def _is_about_names(asked: Asked, kind: Kind) -> bool:
    if asked.kinds:
        return kind in asked.kinds
    return not asked.has_filters and not asked.excluded


def suggestions(viewer: Actor, text: str) -> tuple[Suggestion, ...]:
    """Tags, threads and people that this may be the beginning of. Three statements."""
    asked = read(text)
    if not asked.plain:
        return ()
    tags = [Suggestion(tag.name, _("Tag"), tag.path) for tag in tags_named(asked, _SUGGESTED)]
    threads = [
        Suggestion(thread.title, _("Thread"), thread.path)
        for thread in threads_beginning(viewer, asked.plain, _SUGGESTED)
    ]
    people = [
        Suggestion(one.display_name, f"@{one.username}", one.path)
        for one in people_named(viewer, asked, _SUGGESTED)
        if one.path is not None
    ]
    return (*tags, *threads, *people)
