"""What moderators do to the vocabulary."""

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core import versions
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid
from forum.tags import actions, queries
from forum.tags.actions import TagDraft
from forum.tags.models import Tag
from tests import factories
from tests.support.pages import actor_of


@pytest.fixture
def moderator(app):
    return actor_of(factories.moderator())


def _draft(**values) -> TagDraft:
    return TagDraft(**{"name": "Child care", "description": "Somebody to look after.", **values})


def _tag(slug) -> Tag:
    return db.session.scalars(sa.select(Tag).where(Tag.slug == slug)).one()


def _create(moderator, **values) -> Tag:
    with transaction():
        return actions.create_tag(moderator, _draft(**values))


def _edit(moderator, tag, **values) -> None:
    page = queries.get_tag(tag.slug)
    kept = {
        "name": page.name,
        "description": page.description,
        "is_need": page.is_need,
        "parent_slug": page.parent_slug,
        "synonyms": page.synonyms,
    }
    with transaction():
        actions.edit_tag(moderator, tag.id, TagDraft(**{**kept, **values}))


def _merge(moderator, tag, into) -> None:
    with transaction():
        actions.merge_tag(moderator, tag.id, into.id)


def _verbs(tag) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(AuditEntry.verb)
            .where(AuditEntry.subject_kind == "tag", AuditEntry.subject_id == tag.id)
            .order_by(AuditEntry.id)
        )
    )


def test_a_new_tag_is_found_by_its_name_and_words(moderator):
    tag = _create(moderator, synonyms=("Nursery", "day care"), parent_slug="case-support")
    assert tag.slug == "child-care"
    for word in ("child-care", "CHILD CARE", "nursery", "Day-Care"):
        assert queries.find_tags([word]) == (tag,)
    assert queries.get_tag("child-care").parent_slug == "case-support"
    assert _verbs(tag) == ["tag.created"]


def test_a_new_tag_makes_pages_stale(moderator):
    before = dict(versions.current((versions.SITE,)))
    _create(moderator)
    assert dict(versions.current((versions.SITE,))) != before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"name": "Housing"}, "name", id="name of a tag"),
        pytest.param({"name": "Job"}, "name", id="name is a synonym elsewhere"),
        pytest.param({"name": "New"}, "name", id="reserved"),
        pytest.param({"name": "--"}, "name", id="no letters"),
        pytest.param({"synonyms": ("visa",)}, "synonyms", id="synonym of another"),
        pytest.param({"synonyms": ("HOUSING",)}, "synonyms", id="synonym is a name"),
        pytest.param({"parent_slug": "no-such-tag"}, "parent", id="unknown parent"),
        pytest.param({"parent_slug": "counselling"}, "parent", id="third level"),
        pytest.param({"parent_slug": "housing", "is_need": True}, "parent", id="need beneath"),
    ],
)
def test_a_refused_tag_says_which_field_is_wrong(moderator, values, field):
    with pytest.raises(Invalid) as refused:
        _create(moderator, **values)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda member, _tag, _into: _create(member), id="create"),
        pytest.param(lambda member, tag, _into: _edit(member, tag, name="Homes"), id="edit"),
        pytest.param(_merge, id="merge"),
    ],
)
def test_members_do_not_change_the_vocabulary(app, act):
    member = actor_of(factories.user())
    with pytest.raises(Forbidden):
        act(member, _tag("housing"), _tag("education"))


def test_a_renamed_tag_keeps_its_address_and_its_old_name_leads_to_it(moderator):
    _edit(moderator, _tag("housing"), name="A home")
    assert queries.get_tag("housing").name == "A home"
    assert queries.get_tag("a-home").slug == "housing"
    with transaction():
        actions.plant_vocabulary()
    assert queries.get_tag("housing").name == "A home"


def test_synonyms_are_exactly_what_was_typed(moderator):
    _edit(moderator, _tag("employment"), synonyms=("Job", "trade", "-", "employment"))
    assert queries.get_tag("employment").synonyms == ("job", "trade")
    assert queries.find_tags(["placement"]) == ()


def test_an_edit_that_changes_nothing_leaves_no_mark(moderator):
    housing = _tag("housing")
    _edit(moderator, housing)
    assert _verbs(housing) == []


def test_a_tag_with_tags_beneath_it_stays_on_the_first_level(moderator):
    other = _create(moderator)
    _create(moderator, name="Evening care", parent_slug=other.slug)
    with pytest.raises(Invalid) as refused:
        _edit(moderator, other, parent_slug="housing")
    assert refused.value.field == "parent"


def test_a_merged_tag_leads_to_the_other_with_its_words_and_children(moderator):
    old = _create(moderator, synonyms=("nursery",))
    child = _create(moderator, name="Evening care", parent_slug=old.slug)
    target = _tag("case-support")
    _merge(moderator, old, target)
    for word in ("child-care", "Child care", "nursery"):
        assert queries.get_tag(word).slug == "case-support"
    assert queries.get_tag(child.slug).parent_slug == "case-support"
    assert old.slug not in {node.slug for node in queries.vocabulary()}
    assert _verbs(old) == ["tag.created", "tag.merged"]


def test_merges_of_merges_lead_to_the_last(moderator):
    first, second = _create(moderator), _create(moderator, name="Day care")
    _merge(moderator, first, second)
    _merge(moderator, second, _tag("case-support"))
    assert queries.get_tag(first.slug).slug == "case-support"


def test_merging_twice_is_merging_once(moderator):
    old, target = _create(moderator), _tag("case-support")
    for _ in range(2):
        _merge(moderator, old, target)
    assert _verbs(old) == ["tag.created", "tag.merged"]


def test_a_merged_tag_cannot_be_changed_or_merged_elsewhere(moderator):
    old = _create(moderator)
    _merge(moderator, old, _tag("case-support"))
    with pytest.raises(Conflict), transaction():
        actions.edit_tag(moderator, old.id, _draft())
    with pytest.raises(Conflict):
        _merge(moderator, old, _tag("housing"))
    with pytest.raises(Conflict):
        _merge(moderator, _tag("housing"), old)


def test_a_need_is_merged_into_a_need_only(moderator):
    with pytest.raises(Invalid, match="another need") as refused:
        _merge(moderator, _tag("housing"), _create(moderator))
    assert refused.value.field == "into"
    _merge(moderator, _tag("housing"), _tag("relocation"))
    assert queries.get_tag("housing").slug == "relocation"


def test_a_merge_keeps_two_levels(moderator):
    parent = _create(moderator)
    _create(moderator, name="Evening care", parent_slug=parent.slug)
    with pytest.raises(Invalid, match="first level"):
        _merge(moderator, parent, _tag("counselling"))


def test_a_tag_is_not_merged_into_itself(moderator):
    with pytest.raises(Invalid):
        _merge(moderator, _tag("housing"), _tag("housing"))
