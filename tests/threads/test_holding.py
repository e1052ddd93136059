"""What waits for a review as it is written, what is covered or given back, and for whom not."""

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.audit.models import AuditEntry
from forum.cases.models import Case, CaseEvent, CaseState, Lane, SubjectKind
from forum.core import clock
from forum.core.actor import VISITOR, Restraint, Restriction
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.posts.models import PostState
from forum.safety.models import WatchedWord, WordAction
from forum.search.queries import differences
from forum.threads import actions
from forum.threads.actions import CommentDraft, OpeningDraft, ThreadDraft
from forum.threads.models import ThreadKind
from forum.threads.queries import comments_page, get_head, newest_threads
from forum.threads.rows import Order
from tests import factories
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.support.queries import statements
from tests.threads.acts import (
    LIMITS,
    assert_counters_are_exact,
    do,
    get,
    get_thread,
    lists_version,
    version,
)

PHONE = "Ring 555 123 4567 in the evening."
LINK = "See https://example.org/rooms for rooms."


def _watch(action, phrase="refuge", *, space=None, message=""):
    db.session.add(
        WatchedWord(
            phrase=phrase, action=action, message=message, reason="A reason.",
            space_id=space.id if space else None, created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.commit()


def _start(actor, space, source="Who knows one?", **values):
    draft = ThreadDraft(
        space_id=space.id, kind=ThreadKind.DISCUSSION, title=values.pop("title", "A place to stay"),
        source=source, tags=("housing",), **values,
    )  # fmt: skip
    return do(actions.start_thread, actor, draft, LIMITS)


def _comment(actor, thread, source="Yes.", **values):
    return do(actions.add_comment, actor, thread.id, CommentDraft(source, **values), LIMITS)


def _edit(actor, thread, number, source, revision=1):
    return do(
        actions.edit_comment, actor, thread.id, number, CommentDraft(source),
        revision=revision, limits=LIMITS,
    )  # fmt: skip


def _case(post_id):
    return db.session.scalar(
        sa.select(Case)
        .where(Case.subject_kind == SubjectKind.POST, Case.subject_id == post_id)
        .execution_options(populate_existing=True)
    )


def _causes(post_id):
    return [
        event.values["cause"]
        for event in db.session.scalars(
            sa.select(CaseEvent)
            .join(Case, Case.id == CaseEvent.case_id)
            .where(Case.subject_id == post_id)
            .order_by(CaseEvent.id)
        )
        if "cause" in event.values
    ]


def _held(actor, **values):
    """The actor, kept from posting without a review."""
    restriction = Restriction(**{"kind": Restraint.HOLD, "space_id": None, "until": None, **values})
    return dataclasses.replace(actor, restrictions=(restriction,))


@pytest.fixture
def people(app):
    return cast(hold_first=0)


def _space(people, **values):
    for name, value in values.items():
        setattr(people.space, name, value)
    db.session.commit()
    return people.space


# -- First posts -------------------------------------------------------------------------------


def test_a_first_post_waits_where_the_space_says_so(people):
    space = _space(people, hold_first=1)
    thread = factories.thread(space, people.user("author"))
    before = (get_thread(thread.id).last_activity_at, version(thread.id), lists_version())

    written = _comment(people["member"], thread, "My first words.", is_question=True)

    post = get(thread.id, written.number)
    case = _case(post.id)
    assert (written.waits, post.state) == (True, PostState.WAITING)
    assert (case.lane, case.state, case.space_id) == (Lane.WAITING, CaseState.NEW, space.id)
    assert (case.author_id, _causes(post.id)) == (people["member"].id, ["first_post"])
    row = get_thread(thread.id)
    assert (row.comment_count, row.open_question_count, row.last_number) == (0, 0, 1)
    assert (row.last_activity_at, version(thread.id), lists_version()) == before
    assert_counters_are_exact()
    assert not differences()


def test_an_opening_that_waits_keeps_its_thread_out_of_every_list(people):
    space = _space(people, hold_first=3)

    written = _start(people["member"], space)

    thread, opening = get_thread(written.thread_id), get(written.thread_id)
    assert (written.waits, opening.state) == (True, PostState.WAITING)
    assert thread.deleted_at is not None
    assert (thread.deleted_by_id, thread.deleted_reason) == (None, "")
    assert _causes(opening.id) == ["first_post"]
    assert newest_threads(people["stranger"]).rows == ()
    assert not differences()
    for viewer in (people["stranger"], VISITOR):
        with pytest.raises(NotFound):
            get_head(viewer, thread.id)
    assert get_head(people["member"], thread.id).id == thread.id


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_posts_wait_as_were_not_let_through(people, count):
    space = _space(people, hold_first=count)
    thread = factories.thread(space, people.user("author"))
    for _ in range(count - 1):
        factories.comment(thread, people.user("member"))

    assert _comment(people["member"], thread).waits
    assert _comment(people["member"], thread).waits  # the one before waits as well

    factories.comment(thread, people.user("member"))
    assert not _comment(people["member"], thread).waits


def test_posts_elsewhere_or_taken_out_let_nobody_through(people):
    space = _space(people, hold_first=1)
    thread = factories.thread(space, people.user("author"))
    factories.comment(factories.thread(), people.user("member"))
    gone = factories.comment(thread, people.user("member"))
    do(actions.remove_comment, people["facilitator"], thread.id, gone.number, "Not here.")
    taken = factories.thread(space, people.user("member"))
    do(actions.delete_thread, people["facilitator"], taken.id, "Not here.")

    assert _comment(people["member"], thread).waits


def test_another_space_does_not_ask(people):
    _space(people, hold_first=1)
    assert not _comment(people["member"], factories.thread()).waits


# -- Links and numbers -------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "cause"), [(LINK, "link"), (PHONE, "phone")])
def test_a_strangers_first_post_with_a_way_out_waits(people, text, cause):
    thread = factories.thread(people.space, people.user("author"))

    written = _comment(people["member"], thread, text)

    assert written.waits
    assert _causes(get(thread.id, written.number).id) == [cause]


@pytest.mark.parametrize("text", [LINK, PHONE])
def test_who_was_let_through_anywhere_may_show_a_way_out(people, text):
    factories.comment(factories.thread(), people.user("member"))
    assert not _comment(people["member"], factories.thread(people.space), text).waits


def test_a_first_post_without_a_way_out_stands(people):
    assert not _comment(people["member"], factories.thread(people.space)).waits


def test_a_link_that_is_put_into_ones_only_post_afterwards_makes_it_wait(people):
    thread = factories.thread(people.space)
    _comment(people["member"], thread, "A room.")

    written = _edit(people["member"], thread, 1, LINK)

    assert (written.waits, get(thread.id, 1).state) == (True, PostState.WAITING)
    assert get_thread(thread.id).comment_count == 0
    assert not differences()


# -- Watched words -----------------------------------------------------------------------------


def test_a_watched_word_holds_a_text_anywhere_in_it(people):
    _watch(WordAction.HOLD)
    thread = factories.thread(people.space)
    for values in (
        {"source": "A Réfuge."},
        {"source": "A **ref**uge."},
        {"source": "[here](/refuge)"},
        {"source": "No.", "content_note": "Names a refuge"},
    ):
        written = _comment(people["member"], thread, **values)
        post_id = get(thread.id, written.number).id
        assert (written.waits, _causes(post_id)) == (True, ["word"]), values
        note = db.session.scalar(
            sa.select(CaseEvent.note)
            .join(Case, Case.id == CaseEvent.case_id)
            .where(Case.subject_id == post_id, CaseEvent.verb == "words")
        )
        assert note == "refuge"
    assert _start(people["member"], people.space, title="A refuge in town").waits


def test_a_word_that_is_watched_elsewhere_does_nothing_here(people):
    _watch(WordAction.HOLD, space=factories.space())
    assert not _comment(people["member"], factories.thread(people.space), "A refuge.").waits


def test_a_word_can_give_a_text_back_with_its_message(people):
    _watch(WordAction.REFUSE, message="Please name no places.")
    thread = factories.thread(people.space)
    with pytest.raises(Invalid) as refused:
        _comment(people["member"], thread, "A refuge.")
    assert (refused.value.message, refused.value.field) == ("Please name no places.", "source")
    assert get_thread(thread.id).last_number == 0

    _comment(people["member"], thread, "A room.")
    with pytest.raises(Invalid):
        _edit(people["member"], thread, 1, "A refuge.")
    assert get(thread.id, 1).source == "A room."


def test_a_word_can_cover_a_text_that_has_no_note_yet(people):
    _watch(WordAction.COVER, message="Names a place")
    thread = factories.thread(people.space)
    _comment(people["member"], thread, "A refuge.")
    _comment(people["member"], thread, "A refuge.", content_note="My own note")
    _comment(people["facilitator"], thread, "A refuge.")
    notes = [get(thread.id, number).content_note for number in (1, 2, 3)]
    assert notes == ["Names a place", "My own note", "Names a place"]
    assert get_thread(thread.id).comment_count == 3


def test_a_word_can_open_a_case_for_a_text_that_stands(people):
    _watch(WordAction.ALERT)
    thread = factories.thread(people.space)
    written = _comment(people["member"], thread, "A refuge.")
    post = get(thread.id, 1)
    assert (written.waits, post.state) == (False, PostState.PUBLISHED)
    assert (_case(post.id).lane, _causes(post.id)) == (Lane.RULES, ["word"])
    opening = _start(people["member"], people.space, "A refuge.")
    assert not opening.waits
    assert _case(get(opening.thread_id).id).lane is Lane.RULES
    assert_counters_are_exact()


def test_an_edit_is_looked_at_for_the_words_that_it_brings(people):
    thread = factories.thread(people.space)
    _comment(people["member"], thread, "A refuge.")
    _watch(WordAction.HOLD)
    assert not _edit(people["member"], thread, 1, "A refuge, and a room.").waits

    _watch(WordAction.HOLD, "hidden")
    before = version(thread.id)
    assert _edit(people["member"], thread, 1, "A hidden refuge.", revision=2).waits

    post = get(thread.id, 1)
    assert (post.state, post.source) == (PostState.WAITING, "A hidden refuge.")
    assert (_causes(post.id), _case(post.id).lane) == (["word"], Lane.WAITING)
    assert get_thread(thread.id).comment_count == 0
    assert version(thread.id) > before
    assert_counters_are_exact()
    assert not differences()


def test_an_opening_that_an_edit_makes_wait_takes_its_thread_out_of_sight(people):
    thread = factories.thread(people.space, people.user("member"))
    _watch(WordAction.HOLD)
    draft = OpeningDraft(title="A refuge in town", source="Who knows?", revision=1)

    written = do(actions.edit_opening, people["member"], thread.id, draft, LIMITS)

    assert (written.waits, get(thread.id).state) == (True, PostState.WAITING)
    assert get_thread(thread.id).deleted_at is not None
    assert newest_threads(VISITOR).rows == ()
    assert not differences()


# -- Sanctions, and who is trusted -------------------------------------------------------------


def test_what_somebody_writes_whose_posts_are_held_waits(people):
    thread = factories.thread(people.space)
    factories.comment(thread, people.user("member"))
    everywhere = _held(people["member"], reason="")
    here = _held(people["member"], space_id=people.space.id, reason="")
    elsewhere = _held(people["member"], space_id=factories.space().id, reason="")
    for actor, waits in ((everywhere, True), (here, True), (elsewhere, False)):
        written = _comment(actor, thread)
        assert written.waits is waits
    assert _causes(get(thread.id, 2).id) == ["sanction"]
    assert _edit(everywhere, thread, 1, "Other words.").waits


def test_a_muted_members_notice_holds_nothing(people):
    thread = factories.thread(people.space)
    noticed = _held(people["member"], kind=Restraint.NOTICE, reason="")
    assert not _comment(noticed, thread).waits


@pytest.mark.parametrize("name", ["facilitator", "moderator", "administrator"])
def test_those_who_run_the_space_are_never_held(people, name):
    space = _space(people, hold_first=3)
    _watch(WordAction.HOLD)
    _watch(WordAction.REFUSE, "room", message="No rooms.")
    thread = factories.thread(space, people.user("author"))

    written = _comment(people[name], thread, f"A refuge with a room. {LINK} {PHONE}")

    assert not written.waits
    assert get_thread(thread.id).comment_count == 1
    assert _case(get(thread.id, 1).id) is None


# -- What follows ------------------------------------------------------------------------------


def test_the_same_form_sent_twice_waits_once(people):
    space = _space(people, hold_first=1)
    thread = factories.thread(space, people.user("author"))
    first = _comment(people["member"], thread, submit_key="k")
    again = _comment(people["member"], thread, submit_key="k")
    assert (first, again.waits) == (again, True)
    assert get_thread(thread.id).last_number == 1
    assert _causes(get(thread.id, 1).id) == ["first_post"]


def test_the_forum_itself_opens_the_case_in_the_log(people):
    space = _space(people, hold_first=1)
    _comment(people["member"], factories.thread(space, people.user("author")))
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "case.open")).one()
    assert (entry.actor_id, entry.role) == (None, "forum")
    assert (entry.after["cause"], entry.after["lane"]) == ("first_post", "waiting")


def test_nobody_meets_a_comment_that_waits(people):
    space = _space(people, hold_first=1)
    thread = factories.thread(space, people.user("author"))
    _comment(people["member"], thread, "Words that wait.")
    for viewer in (people["stranger"], VISITOR):
        found = comments_page(viewer, get_head(viewer, thread.id), order=Order.TIME)
        assert "Words that wait." not in repr(found)


@pytest.mark.parametrize(
    ("hold_first", "text", "most"), [(0, "A room.", 1), (0, LINK, 2), (1, LINK, 2)]
)
def test_looking_costs_two_statements_at_most(people, monkeypatch, hold_first, text, most):
    space = _space(people, hold_first=hold_first)
    thread = factories.thread(space, people.user("author"))
    factories.comment(thread, people.user("member"))
    for number in range(10):
        _watch(WordAction.HOLD, f"word{number}")
    counts = []
    for looks in (True, False):
        if not looks:
            monkeypatch.setattr(actions.writing.holding, "judge", lambda *_, **__: _STANDS)
        with statements() as sent:
            assert not _comment(people["member"], thread, text).waits
        counts.append(len(sent))
    assert counts[0] - counts[1] <= most


_STANDS = actions.writing.holding.STANDS


def test_who_waits_is_told_at_once(browser, people):
    space = _space(people, hold_first=1)
    thread = factories.thread(space, people.user("author"))
    browser.sign_in(people.user("member"))

    browser.post(f"/t/{thread.id}/reply", {"source": "My first words."})
    assert "waits for a review" in browser.get("/drafts").text

    browser.post(
        "/threads/new",
        {"space": space.slug, "kind": "discussion", "title": "A title", "source": "Words.",
         "tags": "housing"},
    )  # fmt: skip
    assert "waits for a review" in browser.get("/drafts").text


def test_a_text_that_is_given_back_is_in_its_form_with_the_message(browser, people):
    _watch(WordAction.REFUSE, message="Please name no places.")
    thread = factories.thread(people.space)
    browser.sign_in(people.user("member"))
    response = browser.post(f"/t/{thread.id}/reply", {"source": "A refuge."})
    assert response.status_code == 422
    assert "Please name no places." in response.text
    assert "A refuge.</textarea>" in response.text


def test_the_settings_of_a_space_say_what_waits(browser, people):
    browser.sign_in(people.user("facilitator"))
    path = f"/s/{people.space.slug}/edit"
    good = {
        "name": people.space.name, "description": "", "visibility": "public",
        "who_starts": "everyone", "who_comments": "everyone",
    }  # fmt: skip
    assert browser.post(path, {**good, "hold_first": "3", "hide_at": "5"}).status_code == 303
    db.session.refresh(people.space)
    assert (people.space.hold_first, people.space.hide_at) == (3, 5)
    kept = browser.get(path).text
    assert '<option selected value="3">' in kept
    assert 'value="5"' in kept
    for wrong in ({"hide_at": "0"}, {"hide_at": "21"}, {"hold_first": "2"}, {"hide_at": "x"}):
        assert browser.post(path, {**good, **wrong}).status_code == 422


def test_an_old_account_waits_like_a_new_one(people):
    """What counts is what was let through here, not how long somebody waited to begin."""
    space = _space(people, hold_first=1)
    old = factories.user(created_at=clock.now() - timedelta(days=900))
    thread = factories.thread(space, people.user("author"))
    assert _comment(actor_of(old), thread).waits
