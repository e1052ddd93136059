"""What goes with an account: co-authorship, and what was said beside the posts."""

import sqlalchemy as sa

from forum.cases import actions as cases
from forum.cases.models import SubjectKind
from forum.core.db import db
from forum.proposals.models import (
    Answer,
    AnswerState,
    Coauthor,
    Proposal,
    ProposalEvent,
    ServiceClaim,
)
from forum.proposals.queries import threads_taken_part_in
from forum.threads.actions.counting import lock, touch


def forget_member(user_id: int, *, takes_words: bool) -> None:
    """Somebody leaves; with `takes_words`, what they said goes, and not only their name.

    A service that was shown stays shown, without their name and note. Of an answer that others
    read, a row without words stays: a case about them can still be decided.
    """
    thread_ids = threads_taken_part_in(user_id)
    if thread_ids:
        lock(*thread_ids)
    cases.all_taken_back(SubjectKind.CLAIM, user_id)
    of_answers = Answer.author_id == user_id
    gone = {"state": AnswerState.WITHDRAWN, "state_reason": "", "source": "", "html": ""}
    statements: list[sa.Delete | sa.Update] = [
        sa.delete(Coauthor).where(Coauthor.user_id == user_id),
        sa.update(Coauthor).where(Coauthor.invited_by_id == user_id).values(invited_by_id=None),
        sa.delete(Answer).where(of_answers, Answer.published_at.is_(None)),
        sa.update(Answer).where(of_answers).values(author_id=None, **(gone if takes_words else {})),
        sa.update(ServiceClaim)
        .where(ServiceClaim.claimed_by_id == user_id)
        .values(claimed_by_id=None, note=""),
    ]
    if takes_words:
        cases.all_taken_back(SubjectKind.ANSWER, user_id)
        of_last_state = (
            sa.select(ProposalEvent.actor_id)
            .where(ProposalEvent.thread_id == Proposal.thread_id, ProposalEvent.verb == "state")
            .order_by(ProposalEvent.id.desc())
            .limit(1)
            .correlate(Proposal)
            .scalar_subquery()
        )
        statements += [
            sa.update(Proposal)
            .where(Proposal.thread_id.in_(thread_ids or (0,)), of_last_state == user_id)
            .values(state_reason=""),
            sa.update(ServiceClaim).where(ServiceClaim.answered_by_id == user_id).values(answer=""),
            sa.update(ProposalEvent).where(ProposalEvent.actor_id == user_id).values(reason=""),
        ]
    statements += [
        sa.update(ServiceClaim)
        .where(ServiceClaim.answered_by_id == user_id)
        .values(answered_by_id=None),
        sa.update(ProposalEvent).where(ProposalEvent.actor_id == user_id).values(actor_id=None),
    ]
    for statement in statements:
        db.session.execute(statement.execution_options(synchronize_session=False))
    if thread_ids:
        touch(*thread_ids)
