"""Which tags a thread carries, and what members suggest about that."""

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from forum.spaces.models import Visibility
from forum.threads import actions
from forum.threads.actions import SuggestionDraft
from forum.threads.models import Attention, SuggestionState, TagSuggestion
from forum.threads.queries import chips_of_threads, suggestions_for, tag_attention
from tests import factories
from tests.support.cast import cast
from tests.threads.acts import do, entries, lists_version, version

RUNNERS = ("facilitator", "moderator", "administrator")


@pytest.fixture
def people(app):
    return cast()


@pytest.fixture
def thread(people):
    return factories.thread(people.space, people.user("author"), tags=("housing",))


def _tags(thread) -> list[str]:
    return [chip.path.removeprefix("/tags/") for chip in chips_of_threads([thread.id])[thread.id]]


def _suggest(actor, thread, *words, note="") -> int:
    do(actions.suggest_tags, actor, thread.id, SuggestionDraft(words, note))
    return db.session.scalar(sa.select(sa.func.max(TagSuggestion.id)))


@pytest.mark.parametrize("name", ["author", *RUNNERS])
def test_its_author_and_facilitators_set_the_tags_in_their_order(people, thread, name):
    before = version(thread.id), lists_version()

    do(actions.set_tags, people[name], thread.id, ("education", "job", "housing"))

    assert _tags(thread) == ["education", "employment", "housing"]
    assert [entry[0] for entry in entries("thread", thread.id)] == ["thread.tags"]
    assert version(thread.id) > before[0]
    assert lists_version() > before[1]


@pytest.mark.parametrize("name", ["member", "stranger", "visitor"])
def test_others_set_no_tags(people, thread, name):
    with pytest.raises(Forbidden):
        do(actions.set_tags, people[name], thread.id, ("education",))


def test_a_visitor_sets_no_tags_of_a_thread_by_an_unknown_author(people):
    thread = factories.thread(people.space, is_anonymous=True)

    with pytest.raises(Forbidden):
        do(actions.set_tags, people["visitor"], thread.id, ("education",))


def test_setting_the_same_tags_changes_nothing(people, thread):
    before = version(thread.id)

    do(actions.set_tags, people["author"], thread.id, ("housing",))

    assert version(thread.id) == before
    assert entries("thread", thread.id) == []


@pytest.mark.parametrize("words", [(), ("nothing like it",)], ids=["none", "unknown"])
def test_a_thread_keeps_its_tags_when_the_new_ones_are_refused(people, thread, words):
    with pytest.raises(Invalid) as refused:
        do(actions.set_tags, people["author"], thread.id, words)

    assert refused.value.field == "tags"
    assert _tags(thread) == ["housing"]


# -- Suggestions -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["author", "member", "stranger", "facilitator"])
def test_whoever_reads_a_thread_may_suggest_tags(people, thread, name):
    _suggest(people[name], thread, "job", "night shelter for dogs", note=" It is about both. ")

    (suggestion,) = suggestions_for(thread.id)
    assert suggestion.tag_slugs == ("employment",)
    assert suggestion.new_words == ("night shelter for dogs",)
    assert suggestion.note == "It is about both."
    assert suggestion.by.username == people[name].username
    assert _tags(thread) == ["housing"]


def test_visitors_suggest_nothing(people, thread):
    with pytest.raises(Forbidden):
        _suggest(people["visitor"], thread, "job")


def test_strangers_to_a_private_space_suggest_nothing(app):
    people = cast(Visibility.PRIVATE)

    with pytest.raises(NotFound):
        _suggest(people["stranger"], factories.thread(people.space), "job")


@pytest.mark.parametrize(
    "words", [(), ("", " "), ("a",) * 6, ("w" * 61,)], ids=["none", "blank", "six", "long"]
)
def test_a_suggestion_is_one_to_five_words_of_sane_length(people, thread, words):
    with pytest.raises(Invalid) as refused:
        _suggest(people["member"], thread, *words)

    assert refused.value.field == "tags"


def test_three_suggestions_of_one_member_may_wait(people, thread):
    for _ in range(3):
        _suggest(people["member"], thread, "job")

    with pytest.raises(TooMany):
        _suggest(people["member"], thread, "job")
    _suggest(people["stranger"], thread, "job")


@pytest.mark.parametrize("name", RUNNERS)
def test_an_accepted_suggestion_becomes_the_tags(people, thread, name):
    suggestion = _suggest(people["member"], thread, "education", "job")
    before = version(thread.id)

    do(actions.accept_suggestion, people[name], thread.id, suggestion)

    assert _tags(thread) == ["education", "employment"]
    assert suggestions_for(thread.id) == ()
    row = db.session.get_one(TagSuggestion, suggestion, populate_existing=True)
    assert (row.state, row.decided_by_id) == (SuggestionState.ACCEPTED, people[name].id)
    assert [entry[0] for entry in entries("thread", thread.id)] == ["thread.tags"]
    assert version(thread.id) > before


def test_words_that_the_vocabulary_has_by_now_are_taken(people, thread):
    suggestion = _suggest(people["member"], thread, "winter coats")
    factories.tag("winter-coats")

    do(actions.accept_suggestion, people["facilitator"], thread.id, suggestion)

    assert _tags(thread) == ["winter-coats"]


def test_a_suggestion_of_unknown_words_alone_stays_open(people, thread):
    suggestion = _suggest(people["member"], thread, "winter coats")

    with pytest.raises(Invalid):
        do(actions.accept_suggestion, people["facilitator"], thread.id, suggestion)

    assert len(suggestions_for(thread.id)) == 1
    assert _tags(thread) == ["housing"]


def test_a_declined_suggestion_changes_nothing_and_is_gone(people, thread):
    suggestion = _suggest(people["member"], thread, "job")

    do(actions.decline_suggestion, people["facilitator"], thread.id, suggestion)

    assert suggestions_for(thread.id) == ()
    assert _tags(thread) == ["housing"]


@pytest.mark.parametrize("decide", [actions.accept_suggestion, actions.decline_suggestion])
def test_a_suggestion_is_decided_once(people, thread, decide):
    suggestion = _suggest(people["member"], thread, "job")
    do(decide, people["facilitator"], thread.id, suggestion)

    with pytest.raises(Conflict):
        do(decide, people["moderator"], thread.id, suggestion)


@pytest.mark.parametrize("name", ["author", "member", "stranger", "visitor"])
@pytest.mark.parametrize("decide", [actions.accept_suggestion, actions.decline_suggestion])
def test_others_decide_nothing(people, thread, decide, name):
    suggestion = _suggest(people["member"], thread, "job")

    with pytest.raises(Forbidden):
        do(decide, people[name], thread.id, suggestion)


def test_a_suggestion_is_decided_under_its_own_thread(people, thread):
    suggestion = _suggest(people["member"], thread, "job")
    other = factories.thread(people.space)

    with pytest.raises(NotFound):
        do(actions.accept_suggestion, people["facilitator"], other.id, suggestion)


# -- Merged tags -------------------------------------------------------------------------------


def test_threads_of_a_merged_tag_carry_the_other_once(people):
    old, new = factories.tag(), factories.tag()
    one = factories.thread(people.space, tags=(old.slug, "housing"))
    both = factories.thread(people.space, tags=(old.slug, new.slug))
    before = version(one.id)

    do(actions.retag, old.id, new.id)

    assert _tags(one) == [new.slug, "housing"]
    assert _tags(both) == [new.slug]
    assert version(one.id) > before


def test_who_followed_a_merged_tag_follows_the_other(people):
    old, new = factories.tag(), factories.tag()
    do(actions.attend_tag, people["member"], old.id, Attention.FOLLOW)
    do(actions.attend_tag, people["author"], old.id, Attention.FOLLOW)
    do(actions.attend_tag, people["author"], new.id, Attention.MUTE)

    do(actions.retag, old.id, new.id)

    assert tag_attention(people["member"], new.id) is Attention.FOLLOW
    assert tag_attention(people["author"], new.id) is Attention.MUTE
