"""What can be reported, as a case keeps it: who wrote it, where it is, how its words stand now."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from forum.accounts.models import User
from forum.accounts.queries import Account
from forum.cases.models import SubjectKind
from forum.context_notes.models import ContextNote
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import answer_path, claim_path, comment_path, member_path
from forum.posts.models import Post
from forum.proposals.models import Answer, ServiceClaim
from forum.services.models import Service
from forum.services.queries import Said, find_said
from forum.spaces.models import Space
from forum.threads.models import TagSuggestion
from forum.threads.queries import get_head
from forum.threads.rows import Head

_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class About:
    """A subject as its reporter meets it; `number` is a comment's, `name` a person's or a title."""

    kind: SubjectKind
    id: int
    revision: int
    space_id: int | None
    author_id: int | None
    snapshot: str
    path: str  # where it stands
    name: str
    number: int = 0


def about_post(head: Head, post: Post) -> About:
    parts = [head.stored_title if post.number == 0 else "", post.content_note]
    return About(
        kind=SubjectKind.POST,
        id=post.id,
        revision=post.revision,
        space_id=head.space_id,
        author_id=post.author_id,
        snapshot="\n\n".join(part for part in (*parts, post.source, post.question) if part),
        path=comment_path(head.id, post.number) if post.number else head.path,
        name=head.title,
        number=post.number,
    )


def about_member(account: Account) -> About:
    return About(
        kind=SubjectKind.MEMBER,
        id=account.id,
        revision=profile_revision(account.display_name, account.about_source),
        space_id=None,
        author_id=account.id,
        snapshot=f"{account.display_name}\n\n{account.about_source}".strip(),
        path=member_path(account.username),
        name=account.display_name,
    )


def about_suggestion(head: Head, suggestion: TagSuggestion) -> About:
    words = ", ".join([*suggestion.tag_slugs, *suggestion.new_words])
    return About(
        kind=SubjectKind.SUGGESTION,
        id=suggestion.id,
        revision=0,
        space_id=head.space_id,
        author_id=suggestion.suggested_by_id,
        snapshot=f"{words}\n\n{suggestion.note}".strip(),
        path=f"{head.base}/tags",
        name=head.title,
    )


def about_service(service: Said) -> About:
    return About(
        kind=SubjectKind.SERVICE,
        id=service.id,
        revision=service.version,
        space_id=None,
        author_id=None,
        snapshot=f"{service.name}\n\n{service.text}".strip(),
        path=service.path,
        name=service.name,
    )


def about_note(head: Head, post: Post, note: ContextNote) -> About:
    sources = "\n".join(" ".join(source) for source in note.sources)
    return About(
        kind=SubjectKind.CONTEXT_NOTE,
        id=note.id,
        revision=0,  # nobody edits one
        space_id=head.space_id,
        author_id=note.author_id,
        snapshot=f"{note.text}\n\n{sources}".strip(),
        path=comment_path(head.id, post.number),
        name=head.title,
        number=post.number,
    )


def about_claim(head: Head, claim: ServiceClaim, service_name: str) -> About:
    """What is said of a service, with what the authors of the proposal answer."""
    parts = (service_name, claim.note, claim.answer)
    return About(
        kind=SubjectKind.CLAIM,
        id=claim.id,
        revision=claim_revision(claim),
        space_id=head.space_id,
        author_id=claim.claimed_by_id,
        snapshot="\n\n".join(part for part in parts if part),
        path=claim_path(head.id, claim.id),
        name=head.title,
    )


def about_answer(head: Head, answer: Answer) -> About:
    return About(
        kind=SubjectKind.ANSWER,
        id=answer.id,
        revision=answer.revision,
        space_id=head.space_id,
        author_id=answer.author_id,
        snapshot=answer.source,
        path=answer_path(head.id, answer.id),
        name=head.title,
    )


def get_claim(actor: Actor, claim_id: int) -> tuple[Head, ServiceClaim, str]:
    """A claim with its proposal and the name of its service; NotFound as for the thread."""
    row = db.session.execute(
        sa.select(ServiceClaim, Service.name)
        .join(Service, Service.id == ServiceClaim.service_id)
        .where(ServiceClaim.id == claim_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    claim, name = row
    return get_head(actor, claim.thread_id), claim, name


def get_answer(actor: Actor, answer_id: int) -> tuple[Head, Answer]:
    """An answer and its proposal; NotFound as for the thread."""
    answer = db.session.get(Answer, answer_id, populate_existing=True)
    if answer is None:
        raise NotFound
    return get_head(actor, answer.thread_id), answer


def get_note(actor: Actor, note_id: int) -> tuple[Head, Post, ContextNote]:
    """A context note and the post beneath which it stands; NotFound as for the thread."""
    row = db.session.execute(
        sa.select(ContextNote, Post)
        .join(Post, Post.id == ContextNote.post_id)
        .where(ContextNote.id == note_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    note, post = row
    return get_head(actor, post.thread_id), post, note


def get_service(service_id: int) -> Said:
    """An entry of the directory, whoever may see it; NotFound."""
    service = find_said(service_id)
    if service is None:
        raise NotFound
    return service


def profile_revision(display_name: str, about_source: str) -> int:
    """A number that changes with what a profile says; profiles count no edits."""
    return _number_of(display_name, about_source)


def claim_revision(claim: ServiceClaim) -> int:
    """The same for what is said of a service, and what is answered to that."""
    return _number_of(claim.note, claim.answer)


def _number_of(*texts: str) -> int:
    return zlib.crc32("\0".join(texts).encode()) & _LARGEST


def get_suggestion(actor: Actor, suggestion_id: int) -> tuple[Head, TagSuggestion]:
    """A suggestion of tags and its thread; NotFound when the thread may not be seen."""
    suggestion = db.session.get(TagSuggestion, suggestion_id, populate_existing=True)
    if suggestion is None:
        raise NotFound
    return get_head(actor, suggestion.thread_id), suggestion


def author_of(kind: SubjectKind, subject_id: int) -> int | None:
    """Whose words these are, without asking who may see them."""
    found = _AUTHORS.get(kind)
    if found is None:  # a fact of the directory is nobody's words
        return None
    author_id, id_ = found
    return db.session.scalar(sa.select(author_id).where(id_ == subject_id))


_AUTHORS: Mapping[SubjectKind, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int]]] = {
    SubjectKind.POST: (Post.author_id, Post.id),
    SubjectKind.MEMBER: (User.id, User.id),
    SubjectKind.SUGGESTION: (TagSuggestion.suggested_by_id, TagSuggestion.id),
    SubjectKind.CONTEXT_NOTE: (ContextNote.author_id, ContextNote.id),
    SubjectKind.CLAIM: (ServiceClaim.claimed_by_id, ServiceClaim.id),
    SubjectKind.ANSWER: (Answer.author_id, Answer.id),
}


def hide_at(space_id: int) -> int:
    """How many reporters hide a post of this space."""
    return db.session.scalars(sa.select(Space.hide_at).where(Space.id == space_id)).one()
