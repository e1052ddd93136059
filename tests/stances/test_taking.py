"""Taking, changing, keeping and withdrawing a stance."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from forum.core.actor import VISITOR, Restraint, Restriction
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from forum.jobs.models import Job
from forum.posts.models import Bearing, PostState
from forum.proposals.models import LIVE, Coauthor, CoauthorState, ProposalState
from forum.spaces.models import Visibility
from forum.stances import actions
from forum.stances.models import StanceChoice
from forum.threads.actions import (
    OpeningDraft,
    close_thread,
    edit_opening,
    remove_comment,
    restore_comment,
    take_back,
)
from tests import factories
from tests.stances.acts import (
    WHY,
    assert_debate_holds_together,
    counters,
    debate,
    member,
    stances,
    take,
)
from tests.support.cast import cast
from tests.support.pages import actor_of
from tests.threads.acts import LIMITS, assert_counters_are_exact, do, get, version

NEEDING_A_REASON = (StanceChoice.AGREE_IF, StanceChoice.DISAGREE, StanceChoice.CONCERN)


@pytest.fixture
def thread_id(app):
    return factories.proposal().id


def _edit(thread_id, source="## What is missing\n\nTwo beds."):
    author = actor_of(db.session.get_one(factories.User, get(thread_id).author_id))
    post = get(thread_id)
    draft = OpeningDraft("Beds for one night", source, post.revision)
    do(edit_opening, author, thread_id, draft, LIMITS)


@pytest.mark.parametrize("choice", StanceChoice)
def test_a_member_takes_a_stance_and_is_counted_once(thread_id, choice):
    actor = member()
    before = version(thread_id)

    take(actor, thread_id, choice)

    assert [row.choice for row in stances(thread_id)] == [choice]
    assert counters(thread_id)[choice] == 1
    assert debate(actor, thread_id).own.choice is choice
    assert version(thread_id) > before
    assert_debate_holds_together()


@pytest.mark.parametrize("choice", NEEDING_A_REASON)
@pytest.mark.parametrize(
    "reason", ["", " \n ", "\u202e \u200e"], ids=["none", "blank", "invisible"]
)
def test_some_stances_need_a_reason(thread_id, choice, reason):
    with pytest.raises(Invalid) as refused:
        take(member(), thread_id, choice, reason)

    assert refused.value.field == "reason"
    assert not stances(thread_id)


@pytest.mark.parametrize(
    ("choice", "bearing"),
    [
        (StanceChoice.AGREE, Bearing.SUPPORTS),
        (StanceChoice.AGREE_IF, Bearing.QUALIFIES),
        (StanceChoice.UNSURE, None),
        (StanceChoice.DISAGREE, Bearing.OPPOSES),
        (StanceChoice.CONCERN, Bearing.OPPOSES),
    ],
)
def test_the_reason_becomes_a_comment_that_says_how_it_bears(thread_id, choice, bearing):
    actor = member()

    written = take(actor, thread_id, choice, WHY)

    post = get(thread_id, written.number)
    assert WHY in post.source
    assert post.author_id == actor.id
    assert post.bearing is bearing
    assert debate(actor, thread_id).own.reason_path == f"/t/{thread_id}/c/{written.number}"
    assert_counters_are_exact()


def test_changing_ones_stance_keeps_the_earlier_one(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.AGREE)
    take(actor, thread_id, StanceChoice.DISAGREE)

    assert [(row.choice, row.is_current) for row in stances(thread_id)] == [
        (StanceChoice.AGREE, False),
        (StanceChoice.DISAGREE, True),
    ]
    assert counters(thread_id)[StanceChoice.AGREE] == 0
    assert counters(thread_id)[StanceChoice.DISAGREE] == 1


def test_the_same_form_sent_twice_takes_one_stance(thread_id):
    actor = member()
    for _ in range(2):
        take(actor, thread_id, StanceChoice.AGREE_IF, submit_key="key")

    assert len(stances(thread_id)) == 1
    assert get(thread_id, 1).number == 1
    assert [row.backers for row in debate(actor, thread_id).conditions] == [1]
    assert_counters_are_exact()


def test_a_form_sent_again_after_a_change_does_not_bring_the_old_stance_back(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.DISAGREE, submit_key="key")
    take(actor, thread_id, StanceChoice.AGREE)
    take(actor, thread_id, StanceChoice.DISAGREE, submit_key="key")

    assert debate(actor, thread_id).own.choice is StanceChoice.AGREE


def test_the_same_stance_once_more_adds_nothing(thread_id):
    actor = member()
    for _ in range(2):
        take(actor, thread_id, StanceChoice.UNSURE)

    assert len(stances(thread_id)) == 1


def test_a_stance_with_a_reason_is_kept_without_writing_it_again(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.DISAGREE)
    take(actor, thread_id, StanceChoice.DISAGREE, "")

    assert len(stances(thread_id)) == 1


def test_the_same_stance_for_another_reason_is_a_new_one(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.DISAGREE)
    take(actor, thread_id, StanceChoice.DISAGREE, "It would be known where it is.")

    assert [row.is_current for row in stances(thread_id)] == [False, True]
    assert counters(thread_id)[StanceChoice.DISAGREE] == 1


@pytest.mark.parametrize("name", ["author", "visitor"])
def test_neither_authors_nor_visitors_take_a_stance(app, name):
    people = cast()
    thread_id = factories.proposal(people.space, people.user("author")).id

    with pytest.raises(Forbidden):
        take(people[name], thread_id)
    assert not stances(thread_id)


def test_a_co_author_takes_no_stance_but_somebody_who_was_asked_does(thread_id):
    for state, may in ((CoauthorState.ACCEPTED, False), (CoauthorState.INVITED, True)):
        user = factories.user()
        values = {"thread_id": thread_id, "user_id": user.id, "state": state}
        factories._save(Coauthor(**values, at=user.created_at))

        assert debate(actor_of(user), thread_id).may_take is may


@pytest.mark.parametrize("name", ["member", "facilitator", "moderator", "administrator"])
def test_everybody_else_who_may_comment_does(app, name):
    people = cast(Visibility.PRIVATE)
    thread_id = factories.proposal(people.space, people.user("author")).id

    take(people[name], thread_id)


def test_a_proposal_of_a_private_space_does_not_exist_for_others(app):
    people = cast(Visibility.PRIVATE)
    thread_id = factories.proposal(people.space, people.user("author")).id

    for act in (take, lambda *given: do(actions.withdraw_stance, *given)):
        for actor in (people["stranger"], VISITOR):
            with pytest.raises(NotFound):
                act(actor, thread_id)


def test_a_thread_of_another_kind_takes_no_stances(app):
    with pytest.raises(NotFound):
        take(member(), factories.thread().id)


@pytest.mark.parametrize("state", ProposalState)
def test_stances_are_taken_while_a_proposal_is_live(app, state):
    thread_id = factories.proposal(state=state).id
    actor = member()

    if state in LIVE:
        take(actor, thread_id)
        return
    with pytest.raises(Forbidden, match="not open any more"):
        take(actor, thread_id)
    assert debate(actor, thread_id).why_not


def test_a_closed_proposal_takes_no_stances_and_lets_one_be_withdrawn(app):
    people = cast()
    thread_id = factories.proposal(people.space, people.user("author")).id
    take(people["member"], thread_id)
    do(close_thread, people["facilitator"], thread_id, "It is settled.")

    with pytest.raises(Forbidden):
        take(people["stranger"], thread_id)
    do(actions.withdraw_stance, people["member"], thread_id)
    assert counters(thread_id)[StanceChoice.AGREE] == 0


def test_who_is_muted_takes_no_stance(thread_id):
    muted = Restriction(Restraint.MUTE, None, None, "It hurt.")

    with pytest.raises(Forbidden):
        take(replace(member(), restrictions=(muted,)), thread_id)


def test_a_reason_that_comes_too_quickly_is_refused_with_the_stance(thread_id):
    actor = member()
    hasty = replace(LIMITS, posts=1)
    draft = actions.StanceDraft(StanceChoice.DISAGREE, WHY)
    do(actions.take_stance, actor, thread_id, draft, hasty)

    draft = actions.StanceDraft(StanceChoice.CONCERN, "Somebody could be found there.")
    with pytest.raises(TooMany):
        do(actions.take_stance, actor, thread_id, draft, hasty)
    assert counters(thread_id)[StanceChoice.DISAGREE] == 1
    assert counters(thread_id)[StanceChoice.CONCERN] == 0


def test_a_reason_that_waits_counts_the_stance_and_hides_what_it_says(app):
    space = factories.space(hold_first=3)
    thread_id = factories.proposal(space).id
    actor = member()

    written = take(actor, thread_id, StanceChoice.AGREE_IF)

    assert written.waits
    assert get(thread_id, written.number).state is PostState.WAITING
    assert counters(thread_id)[StanceChoice.AGREE_IF] == 1
    assert debate(actor, thread_id).own.reason_waits
    assert [row.waits for row in debate(actor, thread_id).conditions] == [True]
    assert debate(member(), thread_id).conditions == ()


def test_taking_the_reason_back_keeps_the_stance_without_it(thread_id):
    actor = member()
    written = take(actor, thread_id, StanceChoice.DISAGREE)

    do(take_back, actor, thread_id, written.number)

    own = debate(actor, thread_id).own
    assert own.choice is StanceChoice.DISAGREE
    assert own.reason_path == ""
    assert counters(thread_id)[StanceChoice.DISAGREE] == 1


def test_withdrawing_a_stance_leaves_it_in_the_history_and_twice_is_once(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.AGREE_IF)
    for _ in range(2):
        do(actions.withdraw_stance, actor, thread_id)

    assert [row.is_current for row in stances(thread_id)] == [False]
    assert debate(actor, thread_id).own is None
    assert sum(counters(thread_id).values()) == 0
    assert debate(actor, thread_id).conditions == ()
    assert_debate_holds_together()


def test_a_stance_is_kept_after_the_text_was_changed(thread_id):
    actor = member()
    take(actor, thread_id)
    _edit(thread_id)
    assert debate(actor, thread_id).own.is_outdated

    do(actions.confirm_stance, actor, thread_id)

    assert not debate(actor, thread_id).own.is_outdated
    assert len(stances(thread_id)) == 1
    assert stances(thread_id)[0].confirmed_at


def test_without_a_stance_there_is_none_to_keep(thread_id):
    with pytest.raises(Conflict):
        do(actions.confirm_stance, member(), thread_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"condition": ""}, "condition"),
        ({"condition": "\u202e \u200e"}, "condition"),
        ({"condition": "a" * 201}, "condition"),
        ({"joined": (7,)}, "joined"),
    ],
    ids=["none", "invisible", "long", "unknown"],
)
def test_agree_if_says_on_what_condition(thread_id, values, field):
    with pytest.raises(Invalid) as refused:
        take(member(), thread_id, StanceChoice.AGREE_IF, **values)
    assert refused.value.field == field


def test_a_condition_needs_a_reason_too(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.AGREE_IF)

    with pytest.raises(Invalid) as refused:
        take(actor, thread_id, StanceChoice.AGREE_IF, "", condition="it is free of charge")
    assert refused.value.field == "reason"


def test_what_others_ask_for_is_joined_and_the_same_words_join_too(thread_id):
    first, second, third = member(), member(), member()
    take(first, thread_id, StanceChoice.AGREE_IF, condition="Families are asked first")
    take(second, thread_id, StanceChoice.AGREE_IF, joined=(1,))
    take(third, thread_id, StanceChoice.AGREE_IF, condition="families are ASKED first")

    (row,) = debate(third, thread_id).conditions
    assert (row.number, row.backers, row.is_backed) == (1, 3, True)
    assert_debate_holds_together()


def test_another_stance_asks_for_no_condition_any_more(thread_id):
    first, second = member(), member()
    take(first, thread_id, StanceChoice.AGREE_IF)
    take(second, thread_id, StanceChoice.AGREE_IF, joined=(1,))
    take(first, thread_id, StanceChoice.AGREE)

    assert [row.backers for row in debate(second, thread_id).conditions] == [1]
    assert_debate_holds_together()


def test_the_condition_stands_in_the_comment_so_that_it_is_read_before_it_is_shown(thread_id):
    written = take(member(), thread_id, StanceChoice.AGREE_IF, condition="it is free")

    assert get(thread_id, written.number).source.startswith("Agree if: it is free")


def test_a_condition_goes_out_of_sight_with_its_comment(app):
    people = cast()
    thread_id = factories.proposal(people.space, people.user("author")).id
    written = take(people["member"], thread_id, StanceChoice.AGREE_IF)
    take(people["stranger"], thread_id, StanceChoice.AGREE_IF, joined=(1,))
    do(remove_comment, people["facilitator"], thread_id, written.number, "It names somebody.")
    assert debate(people["stranger"], thread_id).conditions == ()
    do(restore_comment, people["facilitator"], thread_id, written.number)
    assert len(debate(people["stranger"], thread_id).conditions) == 1


def test_words_taken_back_stay_a_condition_while_others_ask_for_it(thread_id):
    first, second = member(), member()
    written = take(first, thread_id, StanceChoice.AGREE_IF)
    take(second, thread_id, StanceChoice.AGREE_IF, joined=(1,))
    do(take_back, first, thread_id, written.number)
    assert len(debate(second, thread_id).conditions) == 1

    do(actions.withdraw_stance, second, thread_id)
    assert debate(first, thread_id).conditions == ()


def test_joining_is_for_those_who_agree_if(thread_id):
    first, second = member(), member()
    take(first, thread_id, StanceChoice.AGREE_IF)

    with pytest.raises(Forbidden, match="Agree if"):
        do(actions.join_condition, second, thread_id, 1)
    take(second, thread_id, StanceChoice.AGREE_IF, condition="it is free")
    for _ in range(2):
        do(actions.join_condition, second, thread_id, 1)
    assert {row.number: row.backers for row in debate(first, thread_id).conditions} == {1: 2, 2: 1}
    for _ in range(2):
        do(actions.leave_condition, second, thread_id, 1)
    assert {row.number: row.backers for row in debate(first, thread_id).conditions} == {1: 1, 2: 1}


def test_what_cannot_be_read_cannot_be_joined(thread_id):
    actor = member()
    take(actor, thread_id, StanceChoice.AGREE_IF)

    with pytest.raises(NotFound):
        do(actions.join_condition, actor, thread_id, 2)


def test_one_count_of_groups_a_day_is_asked_for(thread_id):
    for _ in range(3):
        take(member(), thread_id)

    jobs = db.session.scalars(sa.select(Job).where(Job.kind == "stances.count_groups")).all()
    assert [job.payload for job in jobs] == [{"thread": thread_id}]
    assert (jobs[0].run_at.hour, jobs[0].run_at.minute) == (0, 0)
