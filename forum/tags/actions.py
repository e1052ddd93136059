"""Writes of the vocabulary."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from forum.core import clock, versions
from forum.core.db import db
from forum.tags.models import Tag, TagSynonym
from forum.tags.queries import word_key

_VOCABULARY = Path(__file__).with_name("vocabulary.toml")


def plant_vocabulary() -> None:
    """Make the tags that every forum starts with, unless they are there.

    A tag that exists is left alone, with its words: people may have changed them since.
    """
    content = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    ids = {tag.slug: tag.id for tag in db.session.scalars(sa.select(Tag))}
    taken = set(db.session.scalars(sa.select(TagSynonym.word_key)))
    planted = False
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
            planted = True
    if planted:
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


def _add_words(tag: Tag, words: Iterable[str]) -> None:
    """Let words lead to a tag. Its own name is among them, so that no word leads to two tags."""
    db.session.add_all(
        TagSynonym(tag_id=tag.id, word=word, word_key=word_key(word)) for word in words
    )
    db.session.flush()
