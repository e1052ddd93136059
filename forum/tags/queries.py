"""Reads of the vocabulary: words to tags, the tree, and one tag with what belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.links import tag_path
from forum.core.markup import name_key
from forum.tags.models import Tag, TagSynonym

_t = Tag.__table__.c
# Asked for by every list of a member, so it is made once and gives plain columns.
_VOCABULARY = (
    sa.select(_t.id, _t.slug, _t.name, _t.description, _t.is_need, _t.parent_id)
    .where(_t.merged_into_id.is_(None))
    .order_by(_t.is_need.desc(), _t.position, _t.name, _t.id)
)


@dataclass(frozen=True, slots=True)
class TagChip:
    """A tag as it stands beside a thread."""

    id: int
    name: str
    path: str
    is_need: bool


@dataclass(frozen=True, slots=True)
class TagNode:
    """A tag of the tree with the tags beneath it; those have no children."""

    id: int
    slug: str
    name: str
    path: str
    description: str
    is_need: bool
    children: "tuple[TagNode, ...]" = ()


@dataclass(frozen=True, slots=True)
class TagPage:
    """A tag with what its page tells: its place in the tree and the words that lead to it."""

    id: int
    slug: str
    name: str
    path: str
    description: str
    is_need: bool
    parent: TagNode | None
    children: tuple[TagNode, ...]
    synonyms: tuple[str, ...]

    @property
    def parent_slug(self) -> str:
        """Empty on the first level."""
        return self.parent.slug if self.parent else ""


def word_key(word: str) -> str:
    """The form in which words are compared: folded; hyphens and underscores are spaces."""
    return " ".join(name_key(word).replace("-", " ").replace("_", " ").split())


def chip_of(tag: Tag) -> TagChip:
    return TagChip(tag.id, tag.name, tag_path(tag.slug), tag.is_need)


def find_tags(words: Iterable[str]) -> tuple[Tag, ...]:
    """The tags that slugs, names or synonyms lead to, each once, in the order of the words.

    Merged tags lead on to what they were merged into; unknown words lead nowhere.
    """
    words = tuple(words)
    found = tags_by_word(words)
    return tuple(dict.fromkeys(found[word] for word in words if word in found))


def tags_by_word(words: Iterable[str]) -> dict[str, Tag]:
    """The same as a dictionary; unknown words are missing in it. Two statements."""
    keys = {word: word_key(word) for word in words}
    if not keys:
        return {}
    target = aliased(Tag)
    leads_to = target.id == sa.func.coalesce(Tag.merged_into_id, Tag.id)
    by_slug = db.session.execute(
        sa.select(Tag.slug, target).join(target, leads_to).where(Tag.slug.in_(keys))
    )
    by_key = db.session.execute(
        sa.select(TagSynonym.word_key, target)
        .join(Tag, Tag.id == TagSynonym.tag_id)
        .join(target, leads_to)
        .where(TagSynonym.word_key.in_(set(keys.values())))
    )
    tags = {("slug", slug): tag for slug, tag in by_slug}
    tags.update({("key", key): tag for key, tag in by_key})
    found = {word: tags.get(("slug", word)) or tags.get(("key", key)) for word, key in keys.items()}
    return {word: tag for word, tag in found.items() if tag is not None}


def vocabulary() -> tuple[TagNode, ...]:
    """The tree: needs first, then other tags, each with the second level beneath. One statement."""
    first: list[TagNode] = []
    beneath: dict[int, list[TagNode]] = {}
    found = db.session.connection().execute(_VOCABULARY)
    for id_, slug, name, description, is_need, parent_id in found:
        node = TagNode(id_, slug, name, tag_path(slug), description, is_need)
        (first if parent_id is None else beneath.setdefault(parent_id, [])).append(node)
    return tuple(
        replace(node, children=tuple(beneath[node.id])) if node.id in beneath else node
        for node in first
    )


def _node(tag: Tag) -> TagNode:
    return TagNode(
        id=tag.id,
        slug=tag.slug,
        name=tag.name,
        path=tag_path(tag.slug),
        description=tag.description,
        is_need=tag.is_need,
    )


def get_tag(word: str) -> TagPage:
    """The tag that a slug, name or synonym leads to; NotFound. At most five statements."""
    tag = tags_by_word([word]).get(word)
    if tag is None:
        raise NotFound
    parent = db.session.get(Tag, tag.parent_id) if tag.parent_id is not None else None
    children = db.session.scalars(
        sa.select(Tag)
        .where(Tag.parent_id == tag.id, Tag.merged_into_id.is_(None))
        .order_by(Tag.position, Tag.name, Tag.id)
    )
    return TagPage(
        id=tag.id,
        slug=tag.slug,
        name=tag.name,
        path=tag_path(tag.slug),
        description=tag.description,
        is_need=tag.is_need,
        parent=_node(parent) if parent else None,
        children=tuple(_node(child) for child in children),
        synonyms=synonyms_of(tag),
    )


def synonyms_of(tag: Tag) -> tuple[str, ...]:
    """The other words that lead to a tag, in alphabetical order."""
    found = db.session.scalars(
        sa.select(TagSynonym.word)
        .where(TagSynonym.tag_id == tag.id, TagSynonym.word_key != word_key(tag.name))
        .order_by(TagSynonym.word_key)
    )
    return tuple(found)


def words_for(tag_ids: Iterable[int]) -> dict[int, list[str]]:
    """Every word that leads to each of these tags, by id; those of merged tags lead on."""
    found = db.session.execute(
        sa.select(TagSynonym.tag_id, TagSynonym.word)
        .join(Tag, Tag.id == TagSynonym.tag_id)
        .where(TagSynonym.tag_id.in_(tuple(tag_ids)), Tag.merged_into_id.is_(None))
    )
    words: dict[int, list[str]] = {}
    for tag_id, word in found:
        words.setdefault(tag_id, []).append(word)
    return words
