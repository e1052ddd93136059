"""Rows for tests, with sensible values for everything that a test does not name."""

import hashlib
import itertools
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from forum.accounts.models import User, UserSession, UserState
from forum.badges.models import Badge, BadgeKind, BadgeState
from forum.core import clock
from forum.core.actor import Actor, SiteRole
from forum.core.db import db, transaction
from forum.core.markup import spoken
from forum.core.text import slug as text_slug
from forum.index.actions import put_comments, put_threads
from forum.index.models import Named, NameWord
from forum.index.rows import of_names
from forum.places.models import Place, PlaceKind
from forum.places.names import key_of
from forum.posts import actions as posts
from forum.posts import paths
from forum.posts.models import Post
from forum.posts.queries import get_post
from forum.proposals.models import Proposal, ProposalState
from forum.proposals.parts import Parts, compose
from forum.services.actions.writing import index as index_service
from forum.services.actions.writing import keep_version
from forum.services.models import Service, ServiceNeed, ServicePlace, ServiceState
from forum.spaces.models import Circle, Membership, Space, SpaceRole, Visibility
from forum.tags.effects import index_tags
from forum.tags.models import Tag, TagSynonym
from forum.tags.queries import word_key
from forum.threads.actions.tagging import put_tags
from forum.threads.models import Thread, ThreadKind, ThreadTag

_numbers = itertools.count(1)
_NAMING = sa.insert(NameWord.__table__)


def _save(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def user(username: str | None = None, **values: Any) -> User:
    """A member of some standing (a month old), without a password."""
    return users({**values, "username": username} if username else values)[0]


def users(*people: Mapping[str, Any]) -> list[User]:
    """Several members, each with what is named of them, in a few statements for all."""
    made = []
    for values in people:
        username = values.get("username") or f"member{next(_numbers)}"
        made.append(
            User(
                **{
                    "username": username,
                    "username_key": username.casefold(),
                    "username_skeleton": username.casefold(),
                    "display_name": username.title(),
                    "role": SiteRole.MEMBER,
                    "state": UserState.ACTIVE,
                    "created_at": clock.now() - timedelta(days=30),
                    **values,
                }
            )
        )
    db.session.add_all(made)
    db.session.flush()
    # As `index_person` does, of whom there is nothing to take out of the index first.
    found_by = [
        {"kind": Named.PERSON, "word": word, "subject_id": member.id}
        for member in made
        if member.state is UserState.ACTIVE
        for word in sorted(of_names((member.username, member.display_name)))
    ]
    if found_by:
        db.session.connection().execute(_NAMING, found_by)
    db.session.commit()
    return made


def moderator(username: str | None = None, **values: Any) -> User:
    return user(username, role=SiteRole.MODERATOR, **values)


def administrator(username: str | None = None, **values: Any) -> User:
    return user(username, role=SiteRole.ADMINISTRATOR, **values)


def session_token(member: User, *, authenticated_at: datetime | None = None) -> str:
    """A signed-in session of this member; the token is what the cookie holds."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    _save(
        UserSession(
            user_id=member.id,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            created_at=now,
            last_seen_at=now,
            authenticated_at=authenticated_at or now,
            device="Firefox on Linux",
        )
    )
    return token


def space(slug: str | None = None, **values: Any) -> Space:
    slug = slug or f"space-{next(_numbers)}"
    values = {
        "slug": slug,
        "name": slug.replace("-", " ").title(),
        "visibility": Visibility.PUBLIC,
        "who_starts": Circle.EVERYONE,
        "who_comments": Circle.EVERYONE,
        "created_at": clock.now(),
        **values,
    }
    return _save(Space(**values))


def membership(in_space: Space, member: User, role: SpaceRole = SpaceRole.MEMBER) -> Membership:
    return _save(
        Membership(space_id=in_space.id, user_id=member.id, role=role, joined_at=clock.now())
    )


def memberships(in_space: Space, roles: Mapping[int, SpaceRole]) -> None:
    """Let several members, by their ids, join a space."""
    space_id, now = in_space.id, clock.now()
    db.session.add_all(
        Membership(space_id=space_id, user_id=user_id, role=role, joined_at=now)
        for user_id, role in roles.items()
    )
    db.session.commit()


def facilitator(in_space: Space, username: str | None = None) -> User:
    member = user(username)
    membership(in_space, member, SpaceRole.FACILITATOR)
    return member


def tag(slug: str | None = None, *synonyms: str, **values: Any) -> Tag:
    slug = slug or f"tag-{next(_numbers)}"
    values = {"slug": slug, "name": slug.replace("-", " "), "created_at": clock.now(), **values}
    made = _save(Tag(**values))
    for word in {made.name, *synonyms}:
        _save(TagSynonym(tag_id=made.id, word=word, word_key=word_key(word)))
    index_tags(made.id)
    db.session.commit()
    return made


def thread(
    in_space: Space | None = None,
    author: User | None = None,
    *,
    title: str = "Housing away from the old place",
    kind: ThreadKind = ThreadKind.DISCUSSION,
    source: str = "Where could somebody move to who has to leave at once?",
    tags: tuple[str, ...] = ("housing",),
    question: str = "",
    at: datetime | None = None,
    is_anonymous: bool = False,
    **values: Any,
) -> Thread:
    """A thread with its opening, as the real actions write it, at any time and by anybody."""
    in_space = in_space or space()
    author_id = None if is_anonymous else (author or user()).id
    at = at or clock.now()
    space_id = in_space.id
    with transaction():
        made = Thread(
            space_id=space_id,
            kind=kind,
            title=title,
            slug=text_slug(title),
            author_id=author_id,
            created_at=at,
            last_activity_at=at,
            last_author_id=author_id,
            **values,
        )
        db.session.add(made)
        db.session.flush()
        _put_tags(made.id, tags)
        opening = posts.write(
            posts.Place(made.id, 0, "", 0),
            posts.Origin(author_id, at),
            posts.Text(source, question),
        )
        text = f"{spoken(opening.html)}\n{question}" if question else spoken(opening.html)
        put_threads([(made.id, title, text)])
    return made


def proposal(
    in_space: Space | None = None,
    author: User | None = None,
    *,
    title: str = "Beds for one night",
    parts: Parts | None = None,
    needs: tuple[str, ...] = ("housing",),
    place: Place | None = None,
    state: ProposalState = ProposalState.OPEN,
    at: datetime | None = None,
    of_proposal: Mapping[str, Any] | None = None,
    **values: Any,
) -> Thread:
    """A thread of kind "proposal" with its row; `of_proposal` are values of that, as counts."""
    at = at or clock.now()
    place_id = None if place is None else place.id
    source = compose(parts or Parts("A bed for the first night after leaving."), "en")
    kind = ThreadKind.PROPOSAL
    made = thread(
        in_space, author, title=title, kind=kind, source=source, tags=needs, at=at, **values
    )
    given = {"state_at": at, **(of_proposal or {})}
    _save(Proposal(thread_id=made.id, state=state, place_id=place_id, **given))
    return made


def _put_tags(thread_id: int, tags: Sequence[str]) -> None:
    """The real action, but in two statements where all tags are named by their slugs."""
    tag = Tag.__table__.c
    named = sa.select(tag.slug, tag.id).where(tag.slug.in_(tags), tag.merged_into_id.is_(None))
    connection = db.session.connection()
    ids = {row.slug: row.id for row in connection.execute(named)}
    if not tags or ids.keys() != set(tags):
        put_tags(thread_id, tags)
        return
    rows = [
        {"thread_id": thread_id, "tag_id": ids[slug], "position": position}
        for position, slug in enumerate(dict.fromkeys(tags))
    ]
    connection.execute(sa.insert(ThreadTag.__table__), rows)


def comment(
    in_thread: Thread,
    author: User | None = None,
    text: str = "A room is not enough without somebody to talk to.",
    *,
    reply_to: int = 0,
    at: datetime | None = None,
    is_question: bool = False,
    is_anonymous: bool = False,
) -> Post:
    """A comment below comment `reply_to`; no limit on pace or depth is asked."""
    author_id = None if is_anonymous else (author or user()).id
    at = at or clock.now()
    thread_id = in_thread.id
    with transaction():
        parent = get_post(thread_id, reply_to) if reply_to else None
        # In one statement; it also brings what the test holds of the thread up to date.
        row = db.session.scalars(
            sa.update(Thread)
            .where(Thread.id == thread_id)
            .values(
                last_number=Thread.last_number + 1,
                comment_count=Thread.comment_count + 1,
                open_question_count=Thread.open_question_count + int(is_question),
                last_activity_at=at,
                last_author_id=author_id,
            )
            .returning(Thread)
            .execution_options(populate_existing=True, synchronize_session=False)
        ).one()
        number = row.last_number
        path = paths.below(parent.path if parent else "", number)
        made = posts.write(
            posts.Place(thread_id, number, path, paths.depth(path), parent.id if parent else None),
            posts.Origin(author_id, at),
            posts.Text(text, "", is_question),
        )
        put_comments([(made.id, spoken(made.html))])
    return made


def agree(with_post: Post, *members: User) -> None:
    """Let these members agree with a comment."""
    actors = [Actor(id=member.id) for member in members]
    post_id = with_post.id
    with transaction():
        for actor in actors:
            posts.agree(actor, db.session.get_one(Post, post_id))


def badge(
    member: User,
    *,
    kind: BadgeKind = BadgeKind.PRACTITIONER,
    organisation: str = "Harbour Legal Aid",
    state: BadgeState = BadgeState.ACTIVE,
    **values: Any,
) -> Badge:
    """A badge of a member, granted a month ago for a year, or in another state."""
    now = clock.now()
    decided = now - timedelta(days=30)
    if state is not BadgeState.REQUESTED:
        values = {"decided_at": decided, **values}
    if state in {BadgeState.ACTIVE, BadgeState.ENDED}:
        values = {"expires_at": decided + timedelta(days=365), **values}
    if state is BadgeState.ENDED:
        values = {"ended_at": now - timedelta(days=1), **values}
    values = {"requested_at": now - timedelta(days=31), "work": "Legal advice", **values}
    return _save(
        Badge(user_id=member.id, kind=kind, organisation=organisation, state=state, **values)
    )


def place(slug: str | None = None, *, parent: Place | None = None, **values: Any) -> Place:
    """A town, in a country of its own (code XX) unless `parent` says in what."""
    slug = slug or f"place-{next(_numbers)}"
    name = values.pop("name", slug.replace("-", " ").title())
    is_country = values.get("kind") is PlaceKind.COUNTRY
    if parent is None and not is_country:
        parent = place(f"country-of-{slug}", kind=PlaceKind.COUNTRY)
    values = {
        "slug": slug,
        "kind": PlaceKind.TOWN,
        "country_code": parent.country_code if parent else "XX",
        "name": name,
        "name_key": key_of(name),
        "parent_id": parent.id if parent else None,
        "created_at": clock.now(),
        **values,
    }
    return _save(Place(**values))


def country(code: str) -> Place:
    """A country that every forum has, by its code: "RO"."""
    return db.session.scalars(
        sa.select(Place).where(Place.country_code == code, Place.parent_id.is_(None))
    ).one()


def service(
    name: str | None = None,
    *,
    needs: Sequence[Tag | str] = (),
    places: Sequence[Place] = (),
    **values: Any,
) -> Service:
    """A listed entry of the directory that somebody made sure of today; no place is anywhere."""
    name = name or f"House {next(_numbers)}"
    now = clock.now()
    values = {
        "slug": text_slug(name),
        "name": name,
        "organisation": "Harbour Association",
        "offers": "A room for some weeks.",
        "languages": ["en"],
        "state": ServiceState.LISTED,
        "created_at": now,
        "changed_at": now,
        "verified_at": now,
        **values,
    }
    made = Service(**values)
    db.session.add(made)
    db.session.flush()
    slugs = [need if isinstance(need, str) else need.slug for need in needs]
    ids = set(db.session.scalars(sa.select(Tag.id).where(Tag.slug.in_(slugs))))
    db.session.add_all(ServiceNeed(service_id=made.id, tag_id=id_) for id_ in ids)
    db.session.add_all(ServicePlace(service_id=made.id, place_id=one.id) for one in places)
    keep_version(made, None, "", needs=slugs, places=[one.slug for one in places])
    index_service(made)
    db.session.commit()
    return made
