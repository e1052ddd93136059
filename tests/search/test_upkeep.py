"""The index follows every act, is the same when made anew, and its check finds what is wrong."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.actions import Profile, deactivate, delete_account, edit_profile
from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.markup import quote
from forum.index.models import COMMENTS, THREADS
from forum.posts.actions import Limits
from forum.search import actions
from forum.search.asked import read
from forum.search.queries import differences, search_posts, suggestions
from forum.spaces.models import SpaceRole
from forum.tags.actions import TagDraft, create_tag, edit_tag, merge_tag
from forum.threads import actions as threads
from forum.threads.actions import CommentDraft, OpeningDraft, SplitDraft, ThreadDraft
from forum.threads.models import ThreadKind
from tests import factories
from tests.support.pages import actor_of

LIMITS = Limits(posts=1000, posts_of_newcomer=1000, grace=timedelta(0))


def _found(line: str) -> list[tuple[int, int]]:
    return sorted((row.thread_id, row.number) for row in search_posts(VISITOR, read(line)).rows)


def _everything_kept() -> str:
    """Every value of every table of the index, those of FTS5's own tables as well."""
    names = [
        name
        for name in sa.inspect(db.session.connection()).get_table_names()
        if name.startswith((COMMENTS, THREADS))
    ]
    rows = [db.session.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in names]  # noqa: S608
    return str([[tuple(map(bytes_or_text, row)) for row in table] for table in rows])


def bytes_or_text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


@pytest.fixture
def people(app):
    return {"author": factories.user(), "moderator": factories.moderator()}


def test_each_act_is_followed(people):
    author, moderator = (actor_of(people[name]) for name in ("author", "moderator"))
    space, other = factories.space(), factories.space()

    def act(function, *args, **kwargs):
        with transaction():
            made = function(*args, **kwargs)
        assert not differences()
        return made

    factories.membership(space, people["author"], SpaceRole.FACILITATOR)
    draft = ThreadDraft(
        space.id, ThreadKind.PROMPT, "Marigold title", "Tulips.", ("housing",), "Why?"
    )
    thread = act(threads.start_thread, author, draft, LIMITS).thread_id
    assert _found("marigold tulip") == [(thread, 0)]
    act(threads.add_comment, author, thread, CommentDraft("A daffodil."), LIMITS)
    assert _found("daffodils") == [(thread, 1)]
    act(
        threads.edit_comment,
        author,
        thread,
        1,
        CommentDraft("A crocus."),
        revision=1,
        limits=LIMITS,
    )
    assert (_found("daffodil"), _found("crocus")) == ([], [(thread, 1)])
    act(
        threads.edit_opening, author, thread,
        OpeningDraft("Peony title", "Tulips.", 1, "Why?"), LIMITS,
    )  # fmt: skip
    assert (_found("marigold"), _found("peony")) == ([], [(thread, 0)])
    act(threads.remove_comment, moderator, thread, 1, "It named a place.")
    assert _found("crocus") == []
    act(threads.restore_comment, moderator, thread, 1)
    assert _found("crocus") == [(thread, 1)]
    quoting = f"{quote('A crocus.', number=1)}So it is."
    act(threads.add_comment, moderator, thread, CommentDraft(quoting), LIMITS)
    assert _found("crocus") == [(thread, 1), (thread, 2)]
    act(threads.move_thread, moderator, thread, other.id, "It fits there.")
    act(threads.set_tags, moderator, thread, ("education",))
    assert _found("tag:education crocus") == [(thread, 1), (thread, 2)]
    act(threads.delete_thread, moderator, thread, "It repeats.")
    assert (_found("crocus"), _found("peony")) == ([], [])
    act(threads.restore_thread, moderator, thread)
    assert _found("crocus") == [(thread, 1), (thread, 2)]
    split = act(
        threads.split_comments, moderator, thread, 1,
        SplitDraft("A bed of roses", ("housing",), "It grew."),
    ).thread_id  # fmt: skip
    assert _found("roses crocus") == [(split, 0)]
    target = factories.thread(other, title="Garden").id
    merged = act(threads.merge_threads, moderator, split, target, "It repeats.")
    assert (_found("roses"), _found("crocus")) == ([], [(thread, 2), (target, merged.number)])
    act(threads.take_back, author, target, merged.number)
    assert _found("crocus") == []
    assert "crocus" not in _everything_kept()
    act(threads.take_all_back, author)
    for word in ("peon", "tulip", "rose", "marigold", "daffodil"):
        assert word not in _everything_kept(), word


def test_tags_and_people_are_followed(people):
    moderator, author = actor_of(people["moderator"]), actor_of(people["author"])

    def labels(text):
        return [one.label for one in suggestions(moderator, text)]

    with transaction():
        tag = create_tag(moderator, TagDraft("Horticulture", "", synonyms=("beekeeping",))).id
        edit_profile(author, Profile("Zinnia Marlowe", ""))
    assert (labels("beek"), labels("zinnia mar")) == (["Horticulture"], ["Zinnia Marlowe"])
    with transaction():
        edit_tag(moderator, tag, TagDraft("Gardening", "", synonyms=("pruning",)))
    assert (labels("beek"), labels("prun"), labels("horti")) == ([], ["Gardening"], ["Gardening"])
    target = factories.tag("orchards").id
    with transaction():
        merge_tag(moderator, tag, target)
    assert labels("prun") == ["orchards"]
    with transaction():
        deactivate(author)
    assert labels("zinnia") == []
    with transaction():
        delete_account(author)
    assert not differences()


def test_the_index_made_anew_is_the_one_that_was_there(app):
    thread = factories.thread(title="Housing in March")
    for number in range(3):
        factories.comment(thread, text=f"Text number {number} about shelters.")
    rows = sa.text("SELECT * FROM comment_words"), sa.text("SELECT * FROM thread_words")
    before = [sorted(map(str, db.session.execute(statement))) for statement in rows]

    actions.rebuild()

    assert before == [sorted(map(str, db.session.execute(statement))) for statement in rows]
    assert not differences()


def test_what_is_missing_stale_or_too_much_is_found_named_and_mended(app):
    thread = factories.thread(title="Housing in March")
    posts = [factories.comment(thread, text="About shelters.").id for _ in range(2)]
    nowhere = posts[-1] + 1_000  # the ids between are asked for in steps: a million takes seconds
    key = "rowid" if db.engine.dialect.name == "sqlite" else "id"
    for statement in (
        f"DELETE FROM comment_words WHERE {key} = {posts[0]}",  # noqa: S608
        f"UPDATE comment_words SET words = 'other' WHERE {key} = {posts[1]}",  # noqa: S608
        f"DELETE FROM thread_words WHERE {key} = {thread.id}",  # noqa: S608
        f"INSERT INTO comment_words ({key}, words) VALUES ({nowhere}, 'other')",  # noqa: S608
        "DELETE FROM name_word WHERE kind = 'person'",
    ):
        db.session.execute(sa.text(statement))
    db.session.commit()
    runner = app.test_cli_runner()

    found = differences()
    checked = runner.invoke(args=["search", "check"])
    rebuilt = runner.invoke(args=["search", "rebuild"])

    assert f"comment {posts[0]}" in found.missing
    assert f"thread {thread.id}" in found.missing
    assert found.stale == [f"comment {posts[1]}"]
    assert found.extra == [f"comment {nowhere}"]
    assert any(name.startswith("person") for name in found.missing)
    assert checked.exit_code == 1
    assert f"comment {posts[1]}" in checked.output
    assert rebuilt.exit_code == 0
    assert runner.invoke(args=["search", "check"]).output == "The index is right.\n"


def test_a_forum_that_was_there_before_its_index_gets_one(app):
    factories.comment(factories.thread(title="Housing"), text="About shelters.")
    with transaction():
        db.session.execute(sa.text("DELETE FROM comment_words"))
        db.session.execute(sa.text("DELETE FROM thread_words"))

    actions.rebuild_if_empty()

    assert len(_found("shelter")) == 1
