"""Threads found by their titles, on both databases."""

from forum.core.actor import VISITOR
from forum.search.queries import similar_threads, threads_beginning
from forum.spaces.models import Visibility
from tests import factories
from tests.support.pages import actor_of


def _threads(*titles: str, space=None):
    space = space or factories.space()
    return [factories.thread(space, title=title) for title in titles]


def _titles(links):
    return [link.title for link in links]


def test_titles_with_two_words_in_common_come_before_those_with_one(app):
    _threads(
        "Night shelters for women",
        "Housing for women who leave at night",
        "Bus passes",
        "Women and work",
    )

    found = _titles(similar_threads(VISITOR, "A shelter at night for women?"))

    assert found == [
        "Night shelters for women",
        "Housing for women who leave at night",
        "Women and work",
    ]


def test_a_title_of_the_most_frequent_words_is_like_no_other(app):
    _threads("What is to be done")

    assert similar_threads(VISITOR, "What should it be?") == ()
    assert similar_threads(VISITOR, "") == ()


def test_spanish_titles_are_found_in_other_forms_and_without_accents(app):
    _threads("Atención médica para las familias")

    assert _titles(similar_threads(VISITOR, "Atencion medica")) == [
        "Atención médica para las familias"
    ]
    assert _titles(similar_threads(VISITOR, "La familia y el médico")) == [
        "Atención médica para las familias"
    ]


def test_no_more_than_asked_for_are_given(app):
    _threads(*(f"Housing number {number}" for number in range(7)))

    assert len(similar_threads(VISITOR, "Housing", limit=3)) == 3


def test_titles_of_hidden_deleted_and_taken_back_threads_are_not_told(app):
    (kept,) = _threads("Housing in public")
    hidden = factories.space(visibility=Visibility.PRIVATE)
    member = factories.user()
    factories.membership(hidden, member)
    _threads("Housing in private", space=hidden)

    assert _titles(similar_threads(VISITOR, "Housing")) == ["Housing in public"]
    assert len(similar_threads(actor_of(member), "Housing")) == 2
    assert kept.id == similar_threads(VISITOR, "Housing")[0].id


def test_the_last_word_may_be_unfinished(app):
    _threads("Family reunification after the return")

    for typed in ("reunif", "reunifica", "fam", "family reun", "REUNIFICATIO"):
        assert len(threads_beginning(VISITOR, typed, 5)) == 1, typed
    assert threads_beginning(VISITOR, "reunifica women", 5) == ()
    assert threads_beginning(VISITOR, "re", 5) == ()
