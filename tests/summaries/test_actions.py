"""Facilitators say a line in other words, leave it out, bring it back, add, and put in order."""

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.core import versions
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.posts.models import Post
from forum.spaces.models import Visibility
from forum.summaries import actions
from forum.summaries.actions import LineDraft, Step
from forum.summaries.models import Section, SummaryLine
from forum.summaries.queries import export, find_summary
from forum.threads import actions as threads
from forum.threads.models import ThreadKind
from forum.threads.queries import get_head
from tests import factories
from tests.support.cast import ARRANGERS, NAMES, cast
from tests.support.pages import actor_of


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


@pytest.fixture
def people(app):
    return cast()


@pytest.fixture
def thread(people):
    """Comment 1, with which three agree, and 2, with which two do."""
    made = factories.thread(people.space, people.user("author"), kind=ThreadKind.PROMPT)
    for text, count in (("Beds at night.", 3), ("A lawyer.", 2)):
        post = factories.comment(made, text=text)
        factories.agree(post, *(factories.user() for _ in range(count)))
    return made


def act(verb, actor, thread, *arguments):
    with transaction():
        verb(actor, thread.id, *arguments)


def summary_of(thread, viewer):
    return find_summary(viewer, get_head(viewer, thread.id))


def texts(thread, viewer, section=Section.AGREED):
    return [line.text for line in summary_of(thread, viewer).shown(section)]


def first(thread, viewer):
    return summary_of(thread, viewer).lines[0]


EVERY = {
    actions.add_line: (Section.AGREED, LineDraft("Ours.")),
    actions.edit_line: ("agreed-post-1", LineDraft("Ours.")),
    actions.leave_out: ("agreed-post-1",),
    actions.bring_back: ("agreed-post-1",),
    actions.move_line: ("agreed-post-1", Step.DOWN),
    actions.delete_line: ("agreed-post-1",),
}


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ARRANGERS])
def test_only_those_who_run_the_space_change_a_summary(people, thread, verb, name):
    with pytest.raises(Forbidden):
        act(verb, people[name], thread, *EVERY[verb])


def test_a_space_that_cannot_be_seen_has_no_summary_to_change():
    hidden = cast(Visibility.PRIVATE)
    made = factories.thread(hidden.space, kind=ThreadKind.PROMPT)
    with pytest.raises(NotFound):
        act(actions.add_line, hidden["stranger"], made, Section.AGREED, LineDraft("Ours."))


@pytest.mark.parametrize("name", sorted(ARRANGERS))
def test_a_line_is_said_in_other_words_and_keeps_its_figures(people, thread, name):
    line = first(thread, people[name])
    act(actions.edit_line, people[name], thread, line.key, LineDraft("Somewhere to sleep.", (1, 2)))
    line = first(thread, people["visitor"])
    assert (line.text, line.figures, line.is_edited) == (
        "Somewhere to sleep.", ("3 agree with it",), True,
    )  # fmt: skip
    assert [ref.number for ref in line.refs] == [1, 2]


def test_no_words_give_a_drawn_line_its_own_back(people, thread):
    actor = people["facilitator"]
    key = first(thread, actor).key
    act(actions.edit_line, actor, thread, key, LineDraft("Somewhere to sleep."))
    act(actions.edit_line, actor, thread, key, LineDraft("", seen=first(thread, actor).seen))
    assert texts(thread, actor)[0] == "Beds at night."


def test_the_second_of_two_edits_is_refused(people, thread):
    actor = people["facilitator"]
    key = first(thread, actor).key
    act(actions.edit_line, actor, thread, key, LineDraft("Somewhere to sleep."))
    with pytest.raises(Conflict):
        act(actions.edit_line, people["moderator"], thread, key, LineDraft("Somewhere safe."))
    assert texts(thread, actor)[0] == "Somewhere to sleep."


def test_a_line_left_out_is_seen_by_nobody_until_it_is_brought_back(people, thread):
    actor = people["facilitator"]
    key = first(thread, actor).key
    for _ in range(2):
        act(actions.leave_out, actor, thread, key)
    assert texts(thread, actor) == ["A lawyer."]
    assert [line.key for line in summary_of(thread, actor).put_aside] == [key]
    for _ in range(2):
        act(actions.bring_back, actor, thread, key)
    assert texts(thread, actor) == ["Beds at night.", "A lawyer."]
    verbs = db.session.scalars(
        sa.select(AuditEntry.verb).where(AuditEntry.verb.startswith("summary.")).order_by("id")
    ).all()
    assert verbs == ["summary.leave_out", "summary.bring_back"]


def test_lines_are_put_in_order_and_new_ones_follow(people, thread):
    actor = people["facilitator"]
    act(actions.move_line, actor, thread, "agreed-post-" + first_id(thread), Step.DOWN)
    assert texts(thread, actor) == ["A lawyer.", "Beds at night."]
    act(actions.move_line, actor, thread, "agreed-post-" + first_id(thread), Step.DOWN)
    assert texts(thread, actor) == ["A lawyer.", "Beds at night."]
    post = factories.comment(thread, text="Most agree here.")
    factories.agree(post, *(factories.user() for _ in range(5)))
    assert texts(thread, actor) == ["A lawyer.", "Beds at night.", "Most agree here."]
    act(actions.move_line, actor, thread, f"agreed-post-{post.id}", Step.UP)
    assert texts(thread, actor) == ["A lawyer.", "Most agree here.", "Beds at night."]


def first_id(thread):
    return str(
        db.session.scalar(sa.select(Post.id).where(Post.thread_id == thread.id, Post.number == 1))
    )


def test_putting_in_order_stands_in_the_way_of_no_edit(people, thread):
    actor = people["facilitator"]
    line = first(thread, actor)
    act(actions.move_line, actor, thread, line.key, Step.DOWN)
    act(actions.edit_line, actor, thread, line.key, LineDraft("Ours.", seen=line.seen))


def test_a_line_of_ones_own_links_to_its_comments_and_can_be_deleted(people, thread):
    actor = people["facilitator"]
    act(actions.add_line, actor, thread, Section.QUESTIONS, LineDraft("  Who   pays? ", (2,)))
    (line,) = summary_of(thread, actor).shown(Section.QUESTIONS)
    assert (line.text, [ref.number for ref in line.refs]) == ("Who pays?", [2])
    act(actions.delete_line, actor, thread, line.key)
    assert summary_of(thread, actor).shown(Section.QUESTIONS) == ()
    with pytest.raises(Conflict):
        act(actions.delete_line, actor, thread, first(thread, actor).key)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (LineDraft(" "), "text"),
        (LineDraft("x" * 301), "text"),
        (LineDraft("Ours.", (99,)), "numbers"),
        (LineDraft("Ours.", tuple(range(1, 30))), "numbers"),
    ],
    ids=["empty", "long", "no such comment", "many"],
)
def test_what_is_no_line_is_refused_beside_its_field(people, thread, draft, field):
    with pytest.raises(Invalid) as refused:
        act(actions.add_line, people["facilitator"], thread, Section.AGREED, draft)
    assert refused.value.field == field


def test_a_line_on_a_comment_that_was_taken_back_waits_for_a_facilitator(people, thread):
    actor = people["facilitator"]
    author = db.session.scalar(
        sa.select(Post.author_id).where(Post.thread_id == thread.id, Post.number == 2)
    )
    act(actions.edit_line, actor, thread, first(thread, actor).key, LineDraft("Both.", (1, 2)))
    with transaction():
        threads.take_back(actor_of(db.session.get(factories.User, author)), thread.id, 2)
    assert texts(thread, people["visitor"]) == []
    (line,) = summary_of(thread, actor).put_aside
    act(actions.edit_line, actor, thread, line.key, LineDraft("One.", (1,), line.seen))
    assert texts(thread, people["visitor"]) == ["One."]


def test_visitors_get_the_page_anew(people, thread):
    scope = (versions.thread_scope(thread.id),)
    before = versions.current(scope)
    act(actions.add_line, people["facilitator"], thread, Section.AGREED, LineDraft("Ours."))
    assert versions.current(scope) != before


def test_who_leaves_takes_their_name_from_their_lines(people, thread):
    actor = people["facilitator"]
    act(actions.add_line, actor, thread, Section.AGREED, LineDraft("Ours."))
    assert [values["text"] for _kind, values in export(actor.id)] == ["Ours."]
    with transaction():
        actions.forget_member(actor.id)
    assert list(export(actor.id)) == []
    assert db.session.scalars(sa.select(SummaryLine.text)).all() == ["Ours."]
