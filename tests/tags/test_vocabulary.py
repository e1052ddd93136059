"""The vocabulary that every forum starts with, and the words that lead to its tags."""

import sqlalchemy as sa

from forum.core.db import db, transaction
from forum.tags import actions, queries
from forum.tags.models import Tag, TagSynonym


def _slugs(words) -> list[str]:
    return [tag.slug for tag in queries.find_tags(words)]


def test_the_thirteen_needs_are_there_from_the_start(app):
    needs = [node for node in queries.vocabulary() if node.is_need]
    assert len(needs) == 13
    assert all(need.description for need in needs)
    assert any(need.children for need in needs)


def test_slugs_names_and_synonyms_lead_to_a_tag_in_any_case(app):
    assert _slugs(["housing"]) == ["housing"]
    assert _slugs(["Mental health", "EMPLOYMENT"]) == ["mental-health", "employment"]
    assert _slugs(["Job", "work"]) == ["employment"]


def test_unknown_words_lead_nowhere(app):
    assert queries.find_tags(["no such word", ""]) == ()
    assert queries.tags_by_word(["work", "no such word"]).keys() == {"work"}


def test_planting_twice_changes_nothing(app):
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Tag))
    words = db.session.scalar(sa.select(sa.func.count()).select_from(TagSynonym))
    with transaction():
        actions.plant_vocabulary()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Tag)) == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(TagSynonym)) == words


def test_planting_keeps_what_people_changed(app):
    with transaction():
        housing = db.session.scalars(sa.select(Tag).where(Tag.slug == "housing")).one()
        housing.description = "Written anew."
        db.session.execute(sa.delete(TagSynonym).where(TagSynonym.word == "rent"))
    with transaction():
        actions.plant_vocabulary()
    assert queries.get_tag("housing").description == "Written anew."
    assert "rent" not in queries.get_tag("housing").synonyms
