"""Who makes, changes and publishes briefs, whose words they quote, and what publishing does."""

import pytest
import sqlalchemy as sa

from forum.accounts.models import UserState
from forum.audit.models import AuditEntry
from forum.briefs import actions, policy
from forum.briefs.actions import BriefDraft
from forum.briefs.models import Brief, ConsentState, QuoteConsent
from forum.briefs.policy import BriefFacts
from forum.briefs.queries import (
    asks_for,
    candidates,
    export_briefs,
    export_quotes,
    frozen_proposals,
    get_brief,
    own_drafts,
    published_briefs,
    words_of,
)
from forum.core import clock
from forum.core.actor import VISITOR, Restraint, Restriction
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.notifications.models import Notification
from forum.posts.models import Bearing, Post
from forum.proposals.models import Proposal, ProposalEvent, ProposalState
from forum.spaces.models import Visibility
from forum.threads import actions as threads
from tests import factories
from tests.briefs.scenes import Scene
from tests.support.cast import ACTORS, NAMES, STAFF
from tests.support.pages import actor_of
from tests.support.queries import statements

DRAFT = BriefDraft("What is missing at night")
OUR_SPACE = frozenset({1})


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


@pytest.fixture
def scene(app):
    return Scene()


def act(verb, *arguments, **named):
    with transaction():
        return verb(*arguments, **named)


def consent_of(post):
    return db.session.get(QuoteConsent, post.id, populate_existing=True)


def state_of(thread_id):
    return db.session.scalar(sa.select(Proposal.state).where(Proposal.thread_id == thread_id))


# Who


@pytest.mark.parametrize("name", NAMES)
def test_moderators_and_those_who_run_a_space_make_briefs(name):
    runs = OUR_SPACE if name == "facilitator" else frozenset()
    assert bool(policy.may_make(ACTORS[name], runs)) is (name in STAFF | {"facilitator"})


def test_whoever_is_kept_out_of_the_one_space_that_they_run_makes_none():
    restriction = Restriction(Restraint.SUSPEND, 1, None, "It hurt.")
    actor = type(ACTORS["facilitator"])(id=3, restrictions=(restriction,))
    assert not policy.may_make(actor, OUR_SPACE)
    assert policy.may_make(actor, frozenset({1, 2}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_published", [False, True], ids=["draft", "published"])
@pytest.mark.parametrize("is_in_sight", [False, True], ids=["hidden", "in sight"])
def test_drafts_are_their_authors_and_what_is_published_is_for_who_may_see_it(
    name, is_published, is_in_sight
):
    brief = BriefFacts(ACTORS["facilitator"].id, is_published, is_in_sight)
    is_author = name == "facilitator"
    reads = is_in_sight if is_published else is_author
    assert bool(policy.may_read(ACTORS[name], brief)) is reads
    runs = OUR_SPACE if is_author else frozenset()
    changes = reads and (is_author or name in STAFF)
    assert bool(policy.may_change(ACTORS[name], brief, runs)) is changes


def test_an_author_who_runs_nothing_any_more_reads_their_brief_and_changes_nothing():
    brief = BriefFacts(3, is_published=False, is_in_sight=True)
    assert policy.may_read(ACTORS["facilitator"], brief)
    assert not policy.may_change(ACTORS["facilitator"], brief, frozenset())


def test_members_make_none(scene):
    with pytest.raises(Forbidden):
        act(actions.make_brief, scene.answering, DRAFT)


def test_nobody_else_knows_of_a_draft(scene):
    brief_id = scene.brief()
    for viewer in (VISITOR, scene.answering, actor_of(factories.moderator())):
        with pytest.raises(NotFound):
            get_brief(viewer, brief_id)
    assert [row.id for row in own_drafts(scene.maker)] == [brief_id]


# Making


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (BriefDraft("x"), "title"),
        (BriefDraft("x" * 151), "title"),
        (BriefDraft("At night", "x" * 2001), "introduction"),
        (BriefDraft("At night", "", "tlh"), "language"),
    ],
    ids=["short", "long", "long introduction", "language"],
)
def test_what_a_brief_says_of_itself_is_checked(scene, draft, field):
    with pytest.raises(Invalid) as refused:
        act(actions.make_brief, scene.maker, draft)
    assert refused.value.field == field


def test_only_proposals_that_one_may_see_are_put_in_and_each_once(scene):
    hidden = factories.proposal(factories.space(visibility=Visibility.PRIVATE))
    discussion = factories.thread()
    brief_id = scene.brief()
    ids = [hidden.id, discussion.id, scene.proposal.id]
    act(actions.add_proposals, scene.maker, brief_id, ids)
    assert db.session.get_one(Brief, brief_id).thread_ids == [scene.proposal.id]


def test_an_order_that_names_others_puts_none_in(scene):
    brief_id = scene.brief()
    brief = db.session.get_one(Brief, brief_id)
    order = [99, scene.proposal.id, scene.proposal.id]
    seen = brief.changed_at.isoformat()
    act(actions.edit_brief, scene.maker, brief_id, DRAFT, order, seen=seen)
    assert brief.thread_ids == [scene.proposal.id]
    with pytest.raises(Conflict):
        act(actions.edit_brief, scene.maker, brief_id, DRAFT, [], seen="long ago")


# Quotes


def test_an_author_is_asked_once_and_told(scene):
    post = scene.comment("Hotels said yes.")
    brief_id = scene.brief()
    for _ in range(2):
        scene.ask(brief_id, post)
    assert consent_of(post).state is ConsentState.ASKED
    told = db.session.scalars(
        sa.select(Notification).where(Notification.kind == "quote.asked")
    ).all()
    assert [(one.user_id, one.path, one.values) for one in told] == [
        (scene.author.id, "/quotes", {})
    ]
    assert db.session.get_one(Brief, brief_id).quotes == [post.id]


def test_a_quote_is_dropped_and_the_answer_stands(scene):
    post = scene.comment("Hotels said yes.")
    brief_id = scene.brief()
    scene.ask(brief_id, post)
    scene.answer(post)
    for _ in range(2):
        act(actions.drop_quote, scene.maker, brief_id, post.id)
    assert db.session.get_one(Brief, brief_id).quotes == []
    assert consent_of(post).state is ConsentState.GIVEN
    with pytest.raises(NotFound):
        act(actions.drop_quote, scene.maker, brief_id, 2**31 - 1)


def test_the_answer_is_told_to_whoever_asked(scene):
    post = scene.comment("Hotels said yes.")
    scene.ask(scene.brief(), post)
    for is_given in (True, True, False):
        scene.answer(post, is_given=is_given)
    told = db.session.scalars(
        sa.select(Notification).where(Notification.kind == "quote.answered")
    ).all()
    assert [(one.user_id, one.values) for one in told] == [
        (scene.facilitator.id, {"variant": "refused"})
    ]


def test_ones_own_words_need_no_asking(scene):
    post = factories.comment(scene.proposal, scene.facilitator, "My own words.")
    scene.ask(scene.brief(), post)
    assert consent_of(post).state is ConsentState.GIVEN


def test_who_said_no_is_not_asked_again_before_they_change_their_words(scene):
    post = scene.comment("Hotels said yes.")
    brief_id = scene.brief()
    scene.ask(brief_id, post)
    scene.answer(post, is_given=False)
    with pytest.raises(Conflict):
        scene.ask(brief_id, post)
    db.session.execute(sa.update(Post).where(Post.id == post.id).values(revision=2))
    db.session.commit()
    assert [ask.is_outdated for ask in asks_for(scene.answering)] == [True]
    scene.ask(brief_id, post)
    assert (consent_of(post).state, consent_of(post).revision) == (ConsentState.ASKED, 2)


def test_nobody_answers_for_somebody_else(scene):
    post = scene.comment("Hotels said yes.")
    scene.ask(scene.brief(), post)
    for actor in (scene.maker, actor_of(factories.moderator())):
        with pytest.raises(NotFound):
            act(actions.answer, actor, post.id, is_given=True, revision=1)
    with pytest.raises(NotFound):
        act(
            actions.answer,
            scene.answering,
            scene.comment("Not asked.").id,
            is_given=True,
            revision=1,
        )


def test_a_yes_is_to_the_words_that_were_read(scene):
    post = scene.comment("Hotels said yes.")
    scene.ask(scene.brief(), post)
    with pytest.raises(Conflict):
        act(actions.answer, scene.answering, post.id, is_given=True, revision=7)
    assert consent_of(post).state is ConsentState.ASKED


@pytest.mark.parametrize("kind", ["elsewhere", "opening", "removed", "nobody's", "left"])
def test_what_cannot_be_quoted_is_not_asked_for(scene, kind):
    brief_id = scene.brief()
    post = scene.comment("Hotels said yes.")
    if kind == "elsewhere":
        post = factories.comment(factories.proposal(), scene.author)
    elif kind == "opening":
        post = db.session.scalars(
            sa.select(Post).where(Post.thread_id == scene.proposal.id, Post.number == 0)
        ).one()
    elif kind == "removed":
        act(threads.remove_comment, scene.maker, scene.proposal.id, post.number, "A place.")
    elif kind == "nobody's":
        post = factories.comment(scene.proposal, is_anonymous=True)
    else:
        scene.author.state = UserState.DELETED
        db.session.commit()
    with pytest.raises(NotFound):
        scene.ask(brief_id, post)
    assert consent_of(post) is None


def test_candidates_are_shown_without_the_words_behind_a_note(scene):
    first, second = scene.comment("Plain words."), scene.comment("Noted words.")
    factories.agree(second, factories.user())
    db.session.execute(sa.update(Post).where(Post.id == second.id).values(content_note="violence"))
    db.session.commit()
    found = candidates(scene.maker, [scene.proposal.id])[scene.proposal.id]
    assert [(one.post_id, one.excerpt, one.content_note) for one in found] == [
        (second.id, "", "violence"),
        (first.id, "Plain words.", ""),
    ]


# Publishing


def test_live_proposals_are_adopted_with_an_event_and_others_stay(scene):
    gone = factories.proposal(scene.space, state=ProposalState.EXISTS)
    foreign = factories.proposal(factories.space())
    brief_id = scene.brief(scene.proposal.id, gone.id, foreign.id)
    scene.publish(brief_id)
    assert state_of(scene.proposal.id) is ProposalState.ADOPTED
    assert state_of(gone.id) is ProposalState.EXISTS
    assert state_of(foreign.id) is ProposalState.OPEN
    events = db.session.scalars(
        sa.select(ProposalEvent).where(ProposalEvent.thread_id == scene.proposal.id)
    ).all()
    assert [(event.verb, event.values.get("brief")) for event in events] == [
        ("state", None), ("brief", brief_id),
    ]  # fmt: skip


def test_publishing_again_makes_a_new_version_and_adopts_nothing_twice(scene):
    brief_id = scene.brief()
    first = scene.publish(brief_id).published_at
    brief = scene.publish(brief_id)
    assert brief.version == 2
    assert brief.published_at > first
    verbs = db.session.scalars(
        sa.select(AuditEntry.verb).where(AuditEntry.subject_kind == "brief")
    ).all()
    assert verbs == ["brief.publish", "brief.publish"]
    assert len(db.session.scalars(sa.select(ProposalEvent)).all()) == 2


def test_an_empty_brief_and_one_whose_proposal_is_gone_are_not_published(scene):
    brief_id = act(actions.make_brief, scene.maker, DRAFT).id
    with pytest.raises(Invalid):
        scene.publish(brief_id)
    brief_id = scene.brief()
    act(threads.delete_thread, scene.maker, scene.proposal.id, "It is doubled.")
    with pytest.raises(Conflict):
        scene.publish(brief_id)


def test_what_is_worked_on_is_not_what_is_published(scene):
    hidden = factories.space(visibility=Visibility.PRIVATE)
    factories.membership(hidden, scene.facilitator)
    brief_id = scene.brief()
    scene.publish(brief_id)
    act(actions.add_proposals, scene.maker, brief_id, [factories.proposal(hidden).id])
    found = get_brief(VISITOR, brief_id)
    assert len(found.brief.document["proposals"]) == 1
    assert [row.id for row in published_briefs(VISITOR).rows] == [brief_id]
    scene.publish(brief_id)
    with pytest.raises(NotFound):
        get_brief(VISITOR, brief_id)
    assert published_briefs(VISITOR).rows == ()


def test_the_list_of_briefs_goes_on_page_by_page(scene, monkeypatch):
    monkeypatch.setattr("forum.briefs.queries.access.PER_PAGE", 2)
    ids = [scene.brief(title=f"Brief {number}") for number in range(5)]
    for brief_id in ids:
        scene.publish(brief_id)
    found, cursor = [], None
    while True:
        page = published_briefs(VISITOR, cursor)
        found += [row.id for row in page.rows]
        if page.next is None:
            break
        cursor = page.next
    assert found == ids[::-1]


def test_a_brief_of_many_costs_as_many_statements_as_one_of_few(app):
    counts = []
    for many in (1, 15):
        scene = Scene()
        ids = [scene.proposal.id]
        for number in range(many):
            made = factories.proposal(scene.space)
            ids.append(made.id)
            post = scene.comment(f"Comment {number}.", Bearing.OPPOSES, adopted=1)
            scene.condition(f"Condition {number}.")
            scene.claim(f"House {number}", "Beds.", "Few.")
            db.session.add(
                QuoteConsent(
                    post_id=post.id, state=ConsentState.GIVEN, revision=1, asked_at=clock.now()
                )
            )
        db.session.commit()
        quotes = db.session.scalars(sa.select(QuoteConsent.post_id)).all()
        with statements() as seen:
            frozen = frozen_proposals(ids, quotes)
            words_of(frozen, clock.now())
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16


# Leaving


def test_who_leaves_takes_drafts_names_and_consent_along(scene):
    post = scene.comment("Hotels said yes.")
    published = scene.brief()
    scene.ask(published, post)
    scene.answer(post)
    scene.publish(published)
    draft = scene.brief()
    assert [kind for kind, _values in export_briefs(scene.facilitator.id)] == ["briefs"] * 2
    assert [values["answer"] for _kind, values in export_quotes(scene.author.id)] == ["given"]
    act(actions.forget_member, scene.facilitator.id)
    assert db.session.get(Brief, draft, populate_existing=True) is None
    assert db.session.get(Brief, published, populate_existing=True).author_id is None
    act(actions.forget_member, scene.author.id)
    assert consent_of(post) is None
