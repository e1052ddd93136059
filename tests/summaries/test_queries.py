"""What is drawn from a thread: agreed, conditions, open questions, what exists, by how many."""

import pytest
import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import VISITOR
from forum.core.db import db, transaction
from forum.core.errors import NotFound
from forum.posts.models import Bearing, Post
from forum.proposals.models import ClaimState, ServiceClaim
from forum.services.models import Service, ServiceState
from forum.stances.models import (
    AdoptedPoint,
    Condition,
    ConditionBacker,
    ConditionState,
    Stance,
    StanceChoice,
)
from forum.summaries.models import Section, SummaryLine
from forum.summaries.queries import find_summary
from forum.threads import actions as threads
from forum.threads.models import ThreadKind
from forum.threads.queries import get_head
from tests import factories
from tests.support.pages import actor_of
from tests.support.queries import statements

COUNTS = {"agree_count": 3, "agree_if_count": 1, "disagree_count": 1}


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


def summary_of(thread, viewer=VISITOR):
    return find_summary(viewer, get_head(viewer, thread.id))


def lines(thread, section, viewer=VISITOR):
    return summary_of(thread, viewer).shown(section)


def agreed_with(thread, text, count, **values):
    made = factories.comment(thread, text=text, **values)
    factories.agree(made, *(factories.user() for _ in range(count)))
    return made


def adopt(post, count):
    rows = [
        AdoptedPoint(post_id=post.id, user_id=factories.user().id, at=clock.now())
        for _ in range(count)
    ]
    db.session.add_all(rows)
    db.session.commit()


def bearing(post, value):
    db.session.execute(sa.update(Post).where(Post.id == post.id).values(bearing=value))
    db.session.commit()


def condition(thread, text, *, state=ConditionState.OPEN, backers=1, answer=""):
    number = len(db.session.scalars(sa.select(Condition.id)).all()) + 1
    author = factories.user()
    made = Condition(
        thread_id=thread.id,
        number=number,
        text=text,
        author_id=author.id,
        state=state,
        answer=answer,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    people = [author, *(factories.user() for _ in range(backers - 1))]
    db.session.add_all(
        ConditionBacker(condition_id=made.id, user_id=one.id, at=clock.now()) for one in people
    )
    db.session.commit()
    return made


def service(name="Harbour House"):
    now = clock.now()
    made = Service(
        slug="harbour-house",
        name=name,
        languages=[],
        state=ServiceState.LISTED,
        created_at=now,
        changed_at=now,
    )
    db.session.add(made)
    db.session.commit()
    return made


def test_comments_stand_by_how_many_agree_with_their_first_words_and_names():
    thread = factories.thread(kind=ThreadKind.PROMPT)
    author = factories.user(display_name="Amina")
    agreed_with(thread, "Beds at night.", 2)
    agreed_with(thread, "A lawyer who calls back.", 3, author=author)
    agreed_with(thread, "One voice alone.", 1)
    found = lines(thread, Section.AGREED)
    assert [line.text for line in found] == ["A lawyer who calls back.", "Beds at night."]
    assert found[0].figures == ("3 agree with it",)
    assert [(ref.number, ref.name, ref.path) for ref in found[0].refs] == [
        (2, "Amina", f"/t/{thread.id}/c/2")
    ]


def test_points_that_members_made_their_own_stand_with_them_also_those_against():
    proposal = factories.proposal()
    against = factories.comment(proposal, text="It will be watched.")
    bearing(against, Bearing.OPPOSES)
    adopt(against, 2)
    (line,) = lines(proposal, Section.AGREED)
    assert line.text == "It will be watched."
    assert line.figures == ("a reason against it for 2 members",)


@pytest.mark.parametrize(("more", "is_shown"), [(0, True), (-1, False)], ids=["five", "four"])
def test_stances_stand_from_five_on(more, is_shown):
    counts = {**COUNTS, "agree_count": COUNTS["agree_count"] + more}
    found = lines(factories.proposal(of_proposal=counts), Section.AGREED)
    assert bool(found) is is_shown
    if is_shown:
        assert found[0].figures == (
            "5 stances",
            "3 agree",
            "1 agrees on a condition",
            "1 disagrees",
        )


def test_where_stances_are_hidden_before_ones_own_the_figures_wait_for_it():
    member = factories.user()
    proposal = factories.proposal(factories.space(hides_stances=True), of_proposal=COUNTS)
    for viewer in (VISITOR, actor_of(member)):
        (line,) = lines(proposal, Section.AGREED, viewer)
        assert line.figures == ("How stances are spread is shown to you once you have taken one.",)
    db.session.add(
        Stance(
            thread_id=proposal.id,
            user_id=member.id,
            choice=StanceChoice.AGREE,
            revision=1,
            created_at=clock.now(),
        )
    )
    db.session.commit()
    assert lines(proposal, Section.AGREED, actor_of(member))[0].figures[0] == "5 stances"
    assert "5 stances" not in lines(proposal, Section.AGREED)[0].figures


def test_conditions_stand_with_their_state_and_by_how_many():
    proposal = factories.proposal()
    condition(proposal, "There is a bed for children.", backers=3)
    condition(proposal, "It is free.", state=ConditionState.ADOPTED)
    condition(proposal, "It is open by day.", state=ConditionState.DECLINED, answer="No staff.")
    found = lines(proposal, Section.CONDITIONS)
    assert [(line.text, line.figures) for line in found] == [
        ("There is a bed for children.", ("asked for by 3 members", "open")),
        ("It is free.", ("asked for by 1 member", "adopted into the text")),
        ("It is open by day.", ("asked for by 1 member", "declined: No staff.")),
    ]


def test_questions_stand_until_somebody_answers_or_replies():
    proposal = factories.proposal()
    factories.comment(proposal, text="Who pays?", is_question=True)
    doubt = factories.comment(proposal, text="Would they come?")
    bearing(doubt, Bearing.QUESTIONS)
    assert [line.text for line in lines(proposal, Section.QUESTIONS)] == [
        "Who pays?", "Would they come?",
    ]  # fmt: skip
    factories.comment(proposal, text="They would.", reply_to=doubt.number)
    assert [line.text for line in lines(proposal, Section.QUESTIONS)] == ["Who pays?"]


def test_what_exists_stands_with_the_answer_of_whoever_proposes():
    proposal = factories.proposal()
    row = service()
    db.session.add(
        ServiceClaim(
            thread_id=proposal.id,
            service_id=row.id,
            note="Ten beds.",
            answer="Only for women.",
            state=ClaimState.NOT_ENOUGH,
            claimed_at=clock.now(),
        )
    )
    db.session.commit()
    (line,) = lines(proposal, Section.EXISTS)
    assert (line.text, line.link) == (
        "Ten beds.",
        ("Harbour House", f"/services/{row.id}-harbour-house"),
    )
    assert "Only for women." in line.figures[0]


def test_a_claim_that_was_removed_stands_in_no_summary():
    proposal = factories.proposal()
    db.session.add(
        ServiceClaim(
            thread_id=proposal.id,
            service_id=service().id,
            note="Ten beds.",
            claimed_at=clock.now(),
            removed_at=clock.now(),
        )
    )
    db.session.commit()
    assert lines(proposal, Section.EXISTS) == ()


def test_a_noted_comment_stands_as_its_note():
    thread = factories.thread(kind=ThreadKind.PROMPT)
    made = agreed_with(thread, "He locked the door.", 2)
    db.session.execute(sa.update(Post).where(Post.id == made.id).values(content_note="violence"))
    db.session.commit()
    (line,) = lines(thread, Section.AGREED)
    assert (line.text, line.note) == ("", "violence")


@pytest.mark.parametrize("act", ["take_back", "remove", "wait"])
def test_words_that_nobody_reads_any_more_are_gone_here_too(act):
    author, moderator = factories.user(), factories.moderator()
    proposal = factories.proposal()
    made = agreed_with(proposal, "Words to be gone.", 3, author=author)
    adopt(made, 1)
    db.session.add(
        SummaryLine(
            thread_id=proposal.id,
            section=Section.AGREED,
            text="Said of it.",
            numbers=[1],
            edited_at=clock.now(),
        )
    )
    db.session.commit()
    assert len(lines(proposal, Section.AGREED)) == 2
    with transaction():
        if act == "take_back":
            threads.take_back(actor_of(author), proposal.id, 1)
        elif act == "remove":
            threads.remove_comment(actor_of(moderator), proposal.id, 1, "It names a place.")
        else:
            db.session.execute(sa.update(Post).where(Post.id == made.id).values(state="waiting"))
    assert lines(proposal, Section.AGREED) == ()
    (left,) = summary_of(proposal).put_aside
    assert left.waits


def test_a_plain_discussion_and_what_is_gone_have_no_summary():
    with pytest.raises(NotFound):
        summary_of(factories.thread())
    author = factories.user()
    gone = factories.thread(kind=ThreadKind.PROMPT, author=author)
    with transaction():
        threads.delete_thread(actor_of(author), gone.id, "")
    with pytest.raises(NotFound):
        summary_of(gone)


def test_it_costs_as_many_statements_with_one_line_as_with_fifteen():
    counts = []
    for many in (1, 15):
        proposal = factories.proposal(of_proposal=COUNTS)
        for number in range(many):
            agreed_with(proposal, f"Point {number}.", 2)
            factories.comment(proposal, text=f"Question {number}?", is_question=True)
            condition(proposal, f"Condition {number}.", backers=2)
        head = get_head(VISITOR, proposal.id)
        with statements() as seen:
            find_summary(VISITOR, head)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8
