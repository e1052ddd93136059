"""Writes of the vocabulary."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor
from forum.core.db import db, locked
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import slug
from forum.tags import policy, queries
from forum.tags.effects import index_tags
from forum.tags.models import Tag, TagSynonym
from forum.tags.queries import word_key

RESERVED_SLUGS = frozenset({"new"})  # the page that makes tags
_VOCABULARY = Path(__file__).with_name("vocabulary.toml")


@dataclass(frozen=True, slots=True)
class TagDraft:
    """What a moderator typed about a tag; an empty `parent_slug` puts it on the first level."""

    name: str
    description: str
    is_need: bool = False
    parent_slug: str = ""
    synonyms: tuple[str, ...] = ()


def plant_vocabulary() -> None:
    """Make the tags that every forum starts with, unless they are there.

    A tag that exists is left alone, with its words: people may have changed them since.
    """
    content = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    ids = {tag.slug: tag.id for tag in db.session.scalars(sa.select(Tag))}
    taken = set(db.session.scalars(sa.select(TagSynonym.word_key)))
    planted: list[int] = []
    for kind in ("needs", "tags"):
        for position, values in enumerate(content[kind]):
            if values["slug"] in ids or word_key(values["name"]) in taken:
                continue
            tag = _plant(values, position=position, is_need=kind == "needs", ids=ids)
            words = [values["name"], *values["synonyms"]]
            free = [word for word in words if word_key(word) not in taken]
            _add_words(tag, free)
            taken.update(word_key(word) for word in free)
            ids[tag.slug] = tag.id
            planted.append(tag.id)
    if planted:
        index_tags(*planted)
        versions.touch(versions.SITE)


def _plant(
    values: Mapping[str, Any], *, position: int, is_need: bool, ids: Mapping[str, int]
) -> Tag:
    tag = Tag(
        slug=values["slug"],
        name=values["name"],
        description=values["description"],
        is_need=is_need,
        parent_id=ids.get(values.get("parent", "")),
        position=position,
        created_at=clock.now(),
    )
    db.session.add(tag)
    db.session.flush()
    return tag


# Curating


def create_tag(actor: Actor, draft: TagDraft) -> Tag:
    """Make a tag; Invalid when one of its words leads to another tag already."""
    policy.may_curate(actor).enforce()
    _check_name(draft)
    address = slug(draft.name)
    if address in RESERVED_SLUGS:
        raise Invalid(_("A tag cannot have this name."), "name")
    parent = _parent_of(draft)
    tag = Tag(
        slug=address,
        name=draft.name,
        description=draft.description,
        is_need=draft.is_need,
        parent_id=parent.id if parent else None,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(tag)
    except IntegrityError:
        raise Invalid(_("There is a tag of this name already."), "name") from None
    _set_words(tag, draft)
    index_tags(tag.id)
    record(actor.id, "tag.created", "tag", tag.id, after=_values(tag, draft.synonyms))
    versions.touch(versions.SITE)
    return tag


def edit_tag(actor: Actor, tag_id: int, draft: TagDraft) -> Tag:
    """Change a tag and its words. Its address stays, and its old name still leads to it."""
    policy.may_curate(actor).enforce()
    _check_name(draft)
    tag = _load(tag_id)
    parent = _parent_of(draft)
    if parent is not None:
        _check_can_stand_beneath(tag, parent)
    old_words = queries.synonyms_of(tag)
    before = _values(tag, old_words)
    if draft.name != tag.name:
        draft = replace(draft, synonyms=(*draft.synonyms, tag.name))
    try:
        with db.session.begin_nested():
            tag.name = draft.name
            tag.description = draft.description
            tag.is_need = draft.is_need
            tag.parent_id = parent.id if parent else None
    except IntegrityError:
        raise Invalid(_("There is a tag of this name already."), "name") from None
    _set_words(tag, draft)
    after = _values(tag, queries.synonyms_of(tag))
    if before == after:
        return tag
    index_tags(tag.id)
    record(actor.id, "tag.edited", "tag", tag.id, before=before, after=after)
    versions.touch(versions.SITE)
    return tag


def _check_name(draft: TagDraft) -> None:
    if not word_key(draft.name):
        raise Invalid(_("Please give the tag a name with letters in it."), "name")


def _load(tag_id: int) -> Tag:
    tag = locked(Tag, tag_id)
    if tag.merged_into_id is not None:
        raise Conflict(_("This tag was merged into another one meanwhile."))
    return tag


def _parent_of(draft: TagDraft) -> Tag | None:
    if not draft.parent_slug:
        return None
    parent = db.session.scalar(
        sa.select(Tag).where(Tag.slug == draft.parent_slug).with_for_update()
    )
    if parent is None or parent.merged_into_id is not None or parent.parent_id is not None:
        raise Invalid(_("Please choose a tag of the first level."), "parent")
    if draft.is_need:
        raise Invalid(_("A need stands on the first level, beneath no other tag."), "parent")
    return parent


def _check_can_stand_beneath(tag: Tag, parent: Tag) -> None:
    if parent.id == tag.id:
        raise Invalid(_("A tag cannot stand beneath itself."), "parent")
    if _has_children(tag):
        raise Invalid(
            _("Other tags stand beneath this one, and there are two levels only."), "parent"
        )


def _has_children(tag: Tag) -> bool:
    return (
        db.session.scalar(
            sa.select(Tag.id).where(Tag.parent_id == tag.id, Tag.merged_into_id.is_(None)).limit(1)
        )
        is not None
    )


def _values(tag: Tag, synonyms: Iterable[str]) -> dict[str, Any]:
    return {
        "name": tag.name,
        "description": tag.description,
        "is_need": tag.is_need,
        "parent_id": tag.parent_id,
        "synonyms": sorted(synonyms),
    }


def _set_words(tag: Tag, draft: TagDraft) -> None:
    """Let exactly these words lead to the tag."""
    wanted: dict[str, tuple[str, str]] = {}
    for field, word in (("name", draft.name), *(("synonyms", word) for word in draft.synonyms)):
        wanted.setdefault(word_key(word), (field, word))
    wanted.pop("", None)  # a line of nothing but hyphens
    elsewhere = db.session.execute(
        sa.select(TagSynonym.word_key, Tag.name)
        .join(Tag, Tag.id == TagSynonym.tag_id)
        .where(TagSynonym.word_key.in_(wanted), TagSynonym.tag_id != tag.id)
        .order_by(TagSynonym.word_key)
    ).all()
    for key, name in elsewhere:
        field, word = wanted[key]
        raise Invalid(
            _("“%(word)s” leads to the tag “%(name)s” already.", word=word, name=name), field
        )
    ours = set(
        db.session.scalars(sa.select(TagSynonym.word_key).where(TagSynonym.tag_id == tag.id))
    )
    db.session.execute(
        sa.delete(TagSynonym).where(TagSynonym.tag_id == tag.id, TagSynonym.word_key.not_in(wanted))
    )
    try:
        with db.session.begin_nested():
            _add_words(tag, [word for key, (_, word) in wanted.items() if key not in ours])
    except IntegrityError:
        raise Conflict(_("Somebody gave one of these words to another tag just now.")) from None


def _add_words(tag: Tag, words: Iterable[str]) -> None:
    """Let words lead to a tag. Its own name is among them, so that no word leads to two tags."""
    db.session.add_all(
        TagSynonym(tag_id=tag.id, word=word, word_key=word_key(word)) for word in words
    )
    db.session.flush()


def merge_tag(actor: Actor, tag_id: int, into_id: int) -> Tag:
    """Lead everything of one tag to another; the view moves its threads in the same transaction.

    The merged tag keeps its address, which redirects; its words and the tags beneath it go along.
    """
    policy.may_curate(actor).enforce()
    for id_ in sorted({tag_id, into_id}):  # always in one order, so that two merges do not block
        db.session.execute(sa.select(Tag.id).where(Tag.id == id_).with_for_update())
    target = _load(into_id)
    tag = db.session.get(Tag, tag_id, populate_existing=True)
    if tag is None:
        raise NotFound
    if tag.merged_into_id == target.id:
        return target
    tag = _load(tag_id)
    _check_can_merge(tag, target)
    for table, column in ((Tag, Tag.parent_id), (Tag, Tag.merged_into_id)):
        db.session.execute(sa.update(table).where(column == tag.id).values({column: target.id}))
    db.session.execute(
        sa.update(TagSynonym).where(TagSynonym.tag_id == tag.id).values(tag_id=target.id)
    )
    tag.merged_into_id = target.id
    tag.parent_id = None
    db.session.flush()
    index_tags(tag.id, target.id)
    record(actor.id, "tag.merged", "tag", tag.id, after={"merged_into_id": target.id})
    versions.touch(versions.SITE, versions.LISTS)
    return target


def _check_can_merge(tag: Tag, target: Tag) -> None:
    if tag.id == target.id:
        raise Invalid(_("Please choose another tag than this one."), "into")
    if tag.is_need and not target.is_need:
        raise Invalid(
            _(
                "A need can only be merged into another need. To give it up as a need, first say so"
                " on its own page."
            ),
            "into",
        )
    if target.parent_id is not None and _has_children(tag):
        raise Invalid(
            _(
                "Other tags stand beneath this one, so it can only be merged into a tag of the"
                " first level."
            ),
            "into",
        )
