"""What becomes of conditions: adopted into the text, declined with an answer, or removed."""

from dataclasses import dataclass

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.text import scrub, scrub_line
from forum.notifications.actions import notify
from forum.posts.actions import Limits
from forum.posts.queries import get_post
from forum.proposals.actions import add_event, add_to_part
from forum.proposals.queries import readers_among
from forum.spaces.policy import role_in
from forum.stances import policy
from forum.stances.models import ANSWER_LENGTH, Condition, ConditionBacker, ConditionState
from forum.stances.queries import ConditionRow, get_condition, get_facts
from forum.threads.actions import Written, check_words
from forum.threads.actions.counting import hold, touch
from forum.threads.actions.writing import hold_writer
from forum.threads.queries import get_head
from forum.threads.rows import Head


@dataclass(frozen=True, slots=True)
class AdoptDraft:
    """Where and how a condition goes into the text; `revision` is the one that was looked at."""

    part: str
    text: str
    revision: int


def adopt_condition(
    actor: Actor, thread_id: int, number: int, draft: AdoptDraft, limits: Limits
) -> Written:
    """Write a condition into the text; those who ask for it are told, and can look again.

    Raises Conflict when another edit came first, or somebody answered the condition.
    """
    policy.may_answer_condition(actor, get_facts(actor, get_head(actor, thread_id))).enforce()
    hold_writer(actor)
    head, row = _open(actor, thread_id, number)
    text = scrub(draft.text).strip()
    if not text:
        raise Invalid(_("Please say what is added to the text."), "text")
    written = add_to_part(actor, thread_id, draft.part, text, limits, revision=draft.revision)
    revision = get_post(thread_id, 0).revision
    _answer(row, ConditionState.ADOPTED, adopted_revision=revision)
    add_event(thread_id, actor.id, "condition.adopted", number=number, revision=revision)
    _tell_backers(actor, head, row, "condition.adopted")
    touch(thread_id)
    return written


def decline_condition(actor: Actor, thread_id: int, number: int, answer: str) -> None:
    """Say why a condition does not go into the text; those who ask for it are told."""
    policy.may_answer_condition(actor, get_facts(actor, get_head(actor, thread_id))).enforce()
    head, row = _open(actor, thread_id, number)
    answer = scrub_line(answer)
    if not answer:
        raise Invalid(_("Please say why not, so that people know what you thought of."), "answer")
    if len(answer) > ANSWER_LENGTH:
        raise Invalid(
            _("Please keep the answer under %(limit)s characters.", limit=ANSWER_LENGTH), "answer"
        )
    check_words(actor, head.access, answer, "answer")
    _answer(row, ConditionState.DECLINED, answer=answer)
    add_event(thread_id, actor.id, "condition.declined", answer, number=number)
    _tell_backers(actor, head, row, "condition.declined")
    touch(thread_id)


def remove_condition(actor: Actor, thread_id: int, number: int, reason: str) -> None:
    """Take a condition out of sight, with a reason; facilitators and moderators."""
    policy.may_remove_condition(actor, get_facts(actor, get_head(actor, thread_id))).enforce()
    (head,) = hold(actor, thread_id)
    row = get_condition(actor, thread_id, number)
    reason = scrub_line(reason)
    if not reason:
        raise Invalid(_("Please give a reason."), "reason")
    _answer(row, ConditionState.REMOVED, answer=reason[:ANSWER_LENGTH])
    _tell_backers(actor, head, row, "condition.removed", why=reason)
    record(
        actor.id, "condition.remove", "condition", row.id,
        after={"thread": thread_id, "number": number}, reason=reason,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(thread_id)


def _open(actor: Actor, thread_id: int, number: int) -> tuple[Head, ConditionRow]:
    """The proposal, held, and its condition, which waits for an answer."""
    (head,) = hold(actor, thread_id)
    policy.may_answer_condition(actor, get_facts(actor, head)).enforce()
    row = get_condition(actor, thread_id, number)
    if not row.is_open:
        raise Conflict(_("This condition was answered in the meantime."))
    return head, row


def _answer(
    row: ConditionRow,
    state: ConditionState,
    *,
    answer: str = "",
    adopted_revision: int | None = None,
) -> None:
    db.session.execute(
        sa.update(Condition)
        .where(Condition.id == row.id)
        .values(
            state=state,
            answer=answer,
            adopted_revision=adopted_revision,
            decided_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


def _tell_backers(actor: Actor, head: Head, row: ConditionRow, kind: str, **values: object) -> None:
    """Tell those who ask for a condition; the page that they come to asks whether they stay."""
    backers = db.session.scalars(
        sa.select(ConditionBacker.user_id).where(ConditionBacker.condition_id == row.id)
    ).all()
    people = readers_among(head.id, frozenset(backers)) - {actor.id}
    notify(
        people, kind, "condition", row.id,
        path=f"{head.base}/stance", values={"title": head.title, "number": row.number, **values},
    )  # fmt: skip
