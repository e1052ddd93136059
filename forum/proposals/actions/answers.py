"""Answers of practitioners and facilitators: prepared privately, then published."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.badges.queries import holds
from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.i18n import _
from forum.core.markup import spoken
from forum.core.text import scrub
from forum.posts import queries as posts
from forum.proposals import policy
from forum.proposals.actions.events import add_event
from forum.proposals.actions.states import tell_audience
from forum.proposals.models import Answer, AnswerState, Proposal
from forum.proposals.queries import answer_stands
from forum.sanctions import policy as sanctions
from forum.threads import actions as threads
from forum.threads.actions.counting import hold, touch
from forum.threads.rows import Head


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer; `revision` is the one that its author was looking at, 0 for a new one."""

    source: str
    revision: int = 0
    badge_id: int | None = None
    is_published: bool = False


def save_answer(actor: Actor, thread_id: int, draft: AnswerDraft, *, is_practitioner: bool) -> None:
    """Keep one's answer to a proposal, for oneself or published; one of each person stands.

    Authors and followers are told when it is published, not before and not of later changes.
    Raises Conflict when another window saved in between.
    """
    threads.hold_writer(actor)
    head, row = _held(actor, thread_id)
    policy.may_answer(actor, head, is_practitioner=is_practitioner).enforce()
    if sanctions.held_by_sanction(actor, head.space_id):
        raise Forbidden(_("What you write is reviewed first for now. Please say it in a comment."))
    source = scrub(draft.source).strip("\n")
    if not source.strip():
        raise Invalid(_("Please write something first."), "source")
    rendered, _people = posts.rendered(source, thread_id)
    if (0 if row is None else row.revision) != draft.revision:
        raise Conflict(_("This answer was changed in the meantime."))
    worn = None if row is None else row.badge_id
    if draft.badge_id not in {None, worn} and not holds(actor, draft.badge_id or 0):
        raise Invalid(_("This badge is not yours to wear, or it has ended."), "badge")
    if row is None:
        row = Answer(thread_id=thread_id, author_id=member_id(actor), revision=0)
        row.written_at = clock.now()
        db.session.add(row)
    was_published = row.published_at is not None
    if draft.is_published or was_published:
        threads.check_words(actor, head.access, f"{source}\n{spoken(rendered.html)}", "source")
    row.source, row.html, row.render_version = source, str(rendered.html), rendered.version
    row.badge_id = draft.badge_id
    row.revision += 1
    if draft.is_published and not was_published:
        row.published_at = clock.now()
    db.session.flush()
    if row.published_at is None:
        return
    if was_published:
        cases.edited(SubjectKind.ANSWER, row.id, actor.id)
    else:
        add_event(thread_id, actor.id, "answer.published")
        tell_audience(actor, thread_id, "proposal.answered")
    touch(thread_id, lists=False)


def drop_answer(actor: Actor, thread_id: int) -> None:
    """Take one's own answer back for good, published or not."""
    threads.hold_writer(actor)
    _head, row = _held(actor, thread_id)
    if row is None:
        raise NotFound
    if row.published_at is None:
        db.session.delete(row)
        return
    # The row stays, without words: a case about them can still be decided.
    row.state = AnswerState.WITHDRAWN
    row.source = row.html = ""
    db.session.flush()
    cases.taken_back(SubjectKind.ANSWER, row.id, actor.id)
    add_event(thread_id, actor.id, "answer.withdrawn")
    touch(thread_id, lists=False)


def _held(actor: Actor, thread_id: int) -> tuple[Head, Answer | None]:
    (head,) = hold(actor, thread_id)
    if db.session.get(Proposal, thread_id) is None:
        raise NotFound
    row = db.session.scalar(
        sa.select(Answer)
        .where(Answer.thread_id == thread_id, Answer.author_id == actor.id, answer_stands())
        .with_for_update()
    )
    return head, row
