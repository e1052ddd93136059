"""What a search finds, and in which order: the same on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.core.actor import VISITOR
from forum.posts.models import PostState
from forum.search.asked import read
from forum.search.queries import found_posts, search_posts
from forum.spaces.models import Visibility
from forum.threads.models import ThreadKind
from tests import factories
from tests.support.pages import actor_of

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def scene(app):
    """A small forum with something for each filter; names of posts to their ids."""
    ana = factories.user("ana")
    ben = factories.user("ben")
    commons = factories.space("commons-two")
    course = factories.space("course", visibility=Visibility.PRIVATE)
    factories.membership(course, ana)
    housing = factories.thread(
        commons, ana, title="Housing away from the old place", tags=("housing",), at=AT,
        source="Where could somebody move to who has to leave at once?",
    )  # fmt: skip
    prompt = factories.thread(
        commons, ben, title="Which services are missing", kind=ThreadKind.PROMPT,
        question="What would have helped in the first month?", tags=("legal-status",),
        source="Think of somebody who comes back.", at=AT + timedelta(days=10),
    )  # fmt: skip
    hidden = factories.thread(
        course, ana, title="Notes about shelters", source="Only we read about housing here.",
        tags=("housing",), at=AT + timedelta(days=20),
    )  # fmt: skip
    spanish = factories.thread(
        commons, ben, title="Un refugio para las familias", tags=("housing",),
        source="Las mujeres necesitan vivienda y atención médica. ¿Dónde están los refugios?",
        at=AT + timedelta(days=30),
    )  # fmt: skip
    room = factories.comment(housing, ben, "A room in a shared house, near work.", at=AT)
    asks = factories.comment(
        housing, ana, "Who pays for the night shelter?", is_question=True,
        at=AT + timedelta(days=1),
    )  # fmt: skip
    answered = factories.comment(
        prompt, ana, "Is family reunification a service?", is_question=True,
        at=AT + timedelta(days=11),
    )  # fmt: skip
    answer = factories.comment(prompt, ben, "It is: reunifying a family takes years.",
                               at=AT + timedelta(days=12))  # fmt: skip
    from forum.core.db import db, transaction  # noqa: PLC0415
    from forum.posts.models import Post  # noqa: PLC0415

    with transaction():
        db.session.get_one(Post, answered.id).answer_id = answer.id
    factories.agree(answer, ana)
    opening = {
        name: thread.title
        for name, thread in {
            "housing": housing, "prompt": prompt, "hidden": hidden, "spanish": spanish,
        }.items()
    }  # fmt: skip
    return {**opening, "room": room.id, "asks": asks.id, "answered": answered.id,
            "answer": answer.id, "ana": ana, "ben": ben}  # fmt: skip


def _names(scene, rows):
    by_value = {value: name for name, value in scene.items() if name not in {"ana", "ben"}}
    return [by_value[row.thread_title if row.is_opening else row.id] for row in rows]


CASES = {
    # words
    "house": ["housing", "room"],
    "HOUSES": ["housing", "room"],
    "shared work": ["room"],
    "old place leave": ["housing"],  # title and text of one post together
    "place room": [],  # not of two
    "shelters": ["asks"],
    "helped month": ["prompt"],  # the question of a prompt
    # phrases, exclusion
    '"family reunification"': ["answered"],
    '"reunification family"': [],
    '"Night Shelters"': ["asks"],
    '"the night shelter"': ["asks"],
    "house -room": ["housing"],
    "family -years -reunification": ["spanish"],  # "familias" has the same stem
    '-"night shelter" shelter': [],
    # Spanish
    "refugios": ["spanish"],
    "refugio familia": ["spanish"],
    "atencion medica": ["spanish"],
    "ATENCIÓN": ["spanish"],
    "vivienda mujer": ["spanish"],
    # the last word, unfinished
    "reunifica": ["answered"],
    "hous": ["housing", "room"],
    "shelt": ["asks"],
    "reunif": ["answered", "answer"],
    "sh": [],
    # filters
    "tag:housing": ["spanish", "asks", "housing", "room"],
    "tag:accommodation house": ["housing", "room"],
    "tag:no-such-tag house": [],
    "in:commons-two by:ben": ["spanish", "answer", "prompt", "room"],
    "by:@BEN house": ["room"],
    "by:nobody": [],
    "in:course": [],
    "kind:thread house": ["housing"],
    "kind:comment house": ["room"],
    "kind:prompt": ["prompt"],
    "is:prompt": ["prompt"],
    "is:question": ["answered", "asks"],
    "is:unanswered": ["asks"],
    "is:unanswered reunification": [],
    "before:2026-03-02 house": ["housing", "room"],
    "after:2026-03-12": ["spanish", "answer", "answered"],
    "after:2026-03-12 before:2026-03-13": ["answered"],
    # what is no filter is words
    "kind:house": [],
    "before:soon": [],
    "colour:house": [],
    "house col:": [],
    "-house by:ben": ["spanish", "answer", "prompt"],
    "what is the": [],
    "": [],
}


def test_each_search_finds_what_it_should(scene):
    found = {line: search_posts(VISITOR, read(line)) for line in CASES}

    assert {line: sorted(_names(scene, posts.rows)) for line, posts in found.items()} == {
        line: sorted(names) for line, names in CASES.items()
    }
    assert {line: posts.count for line, posts in found.items()} == {
        line: len(names) for line, names in CASES.items()
    }


def test_members_of_a_space_find_what_is_in_it(scene):
    found = search_posts(actor_of(scene["ana"]), read("shelter"))

    assert _names(scene, found.rows) == ["hidden", "asks"]
    assert _names(scene, search_posts(actor_of(scene["ana"]), read("in:course")).rows) == ["hidden"]
    assert search_posts(actor_of(scene["ben"]), read("in:course")).rows == ()


def test_a_title_comes_before_a_text_and_agreement_and_age_decide_the_rest(app):
    space = factories.space()
    people = [factories.user() for _ in range(3)]
    old_title = factories.thread(space, title="Trains to the coast", at=AT - timedelta(days=900))
    thread = factories.thread(space, title="Ways of travelling", at=AT)
    texts = [
        factories.comment(thread, text=f"Trains are slow, says number {number}.",
                          at=AT + timedelta(days=number))
        for number in range(3)
    ]  # fmt: skip
    factories.agree(texts[0], *people)

    found = search_posts(VISITOR, read("train"))

    assert [row.number for row in found.rows] == [0, 1, 3, 2]
    assert found.rows[0].thread_id == old_title.id


def test_a_common_word_is_ranked_among_the_newest_and_counted_as_more(app, monkeypatch):
    monkeypatch.setattr("forum.search.queries.posts.RANKED", 5)
    from forum.search.queries import posts  # noqa: PLC0415

    posts._statement.cache_clear()
    thread = factories.thread()
    for number in range(7):
        factories.comment(thread, text=f"Trains number {number}")
    try:
        found = search_posts(VISITOR, read("trains"))
    finally:
        posts._statement.cache_clear()

    assert (found.count, found.is_bounded) == (5, True)
    assert [row.number for row in found.rows] == [7, 6, 5, 4, 3]


def test_pages_hold_each_post_once(app):
    thread = factories.thread()
    for number in range(45):
        factories.comment(thread, text=f"Trains number {number}")

    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        found = search_posts(VISITOR, read("trains"), cursor)
        seen += [row.id for row in found.rows]
        cursor, pages = found.next, pages + 1

    assert (len(seen), len(set(seen)), pages) == (45, 45, 3)


def test_what_was_asked_for_is_marked_and_cut_out_of_a_long_text(app):
    text = (
        "Much else first. " * 60 + "The **housing** office & <b>shelters</b> help. " + "End. " * 90
    )
    factories.comment(factories.thread(title="A long one"), text=text)

    (row,) = search_posts(VISITOR, read("house shelter")).rows

    assert [span.text for span in row.snippet if span.is_hit] == ["housing", "shelters"]
    whole = "".join(span.text for span in row.snippet)
    assert "housing office & <b>shelters</b> help" in whole
    assert len(whole) < 300
    assert whole.startswith("\u2026 ")
    assert whole.endswith(" \u2026")


def test_the_newest_posts_of_a_search_come_newest_first(scene):
    rows = found_posts(VISITOR, "house or shelter")  # "or" is left out: both words have to be there
    assert _names(scene, rows) == []

    assert _names(scene, found_posts(VISITOR, "house")) == ["room", "housing"]
    assert found_posts(VISITOR, "hou") == ()
    (row,) = found_posts(VISITOR, "night")
    assert "".join(span.text for span in row.snippet) == "Who pays for the night shelter?"


def test_posts_that_are_not_published_are_found_by_nobody(scene):
    from forum.core.db import db, transaction  # noqa: PLC0415
    from forum.posts.models import Post  # noqa: PLC0415

    with transaction():  # whatever the index says
        db.session.get_one(Post, scene["room"]).state = PostState.REMOVED

    assert _names(scene, search_posts(VISITOR, read("house")).rows) == ["housing"]
