"""Two at the same moment: one version of a brief, one of two lines, one answer about a quote."""

import sqlalchemy as sa

from forum.briefs import actions
from forum.briefs.models import Brief, ConsentState, QuoteConsent
from forum.core.db import db, transaction
from forum.core.errors import Conflict
from forum.proposals.models import ProposalEvent
from forum.summaries import actions as summaries
from forum.summaries.actions import LineDraft
from forum.summaries.models import SummaryLine
from tests import factories
from tests.briefs.scenes import Scene
from tests.support.at_once import at_once


def doing(verb, *arguments, **named):
    def call():
        with transaction():
            return verb(*arguments, **named)

    return call


def test_publishing_twice_at_once_makes_one_version(forum, here):
    scene = Scene()
    brief_id = scene.brief()
    seen = db.session.get_one(Brief, brief_id).changed_at.isoformat()
    maker, thread_id = scene.maker, scene.proposal.id
    db.session.rollback()
    publish = doing(actions.publish, maker, brief_id, seen=seen)
    results = at_once(forum, publish, publish)
    assert sorted(type(result) for result in results if result is not None) == [Conflict]
    assert db.session.get_one(Brief, brief_id).version == 1
    events = sa.select(ProposalEvent.verb).where(ProposalEvent.thread_id == thread_id)
    assert sorted(db.session.scalars(events)) == ["brief", "state"]


def test_two_who_ask_for_the_same_quote_at_once_ask_once(forum, here):
    scene = Scene()
    post_id = scene.comment("Hotels said yes.").id
    maker = scene.maker
    ids = [scene.brief(), scene.brief()]
    db.session.rollback()
    results = at_once(
        forum, *(doing(actions.ask_quote, maker, brief_id, post_id) for brief_id in ids)
    )
    assert results == [None, None]
    asked = sa.select(QuoteConsent.state).where(QuoteConsent.post_id == post_id)
    assert db.session.scalars(asked).all() == [ConsentState.ASKED]
    chosen = [db.session.get_one(Brief, brief_id).quotes for brief_id in ids]
    assert chosen == [[post_id], [post_id]]


def test_yes_and_no_at_once_leave_one_answer(forum, here):
    scene = Scene()
    post = scene.comment("Hotels said yes.")
    scene.ask(scene.brief(), post)
    post_id, author = post.id, scene.answering
    db.session.rollback()
    results = at_once(
        forum,
        doing(actions.answer, author, post_id, is_given=True, revision=1),
        doing(actions.answer, author, post_id, is_given=False, revision=1),
    )
    assert results == [None, None]
    assert db.session.get_one(QuoteConsent, post_id).answered_at is not None


def test_of_two_edits_of_a_line_at_once_one_is_told_of_the_other(forum, here):
    scene = Scene()
    post = scene.comment("Hotels said yes.")
    factories.agree(post, factories.user(), factories.user())
    maker, thread_id, key = scene.maker, scene.proposal.id, f"agreed-post-{post.id}"
    db.session.rollback()
    results = at_once(
        forum,
        *(
            doing(summaries.edit_line, maker, thread_id, key, LineDraft(text))
            for text in ("One.", "Two.")
        ),
    )
    assert [type(result) for result in results if result is not None] == [Conflict]
    lines = db.session.scalars(sa.select(SummaryLine).where(SummaryLine.thread_id == thread_id))
    assert len(lines.all()) == 1
