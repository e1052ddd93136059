"""Taking a stance on a proposal, changing it, keeping it, withdrawing it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.text import scrub, scrub_line
from forum.core.verdict import Verdict
from forum.posts.actions import Limits
from forum.posts.models import Post
from forum.stances import policy
from forum.stances.actions.asking import ask_for, check_asked, drop_asked
from forum.stances.actions.counting import count_again_soon, move_count
from forum.stances.models import Carry, CarryState, Stance, StanceChoice
from forum.stances.policy import ProposalFacts
from forum.stances.queries import find_current, get_facts
from forum.stances.words import BEARINGS, NEEDS_REASON
from forum.threads.actions import CommentDraft, Written, add_comment
from forum.threads.actions.counting import hold, touch
from forum.threads.actions.writing import hold_writer
from forum.threads.queries import get_head
from forum.threads.rows import Head

# What a comment calls the fields that the form of a stance has other names for.
_FIELDS = {"source": "reason", "content_note": "reason_note", "badge": "stance_badge"}


@dataclass(frozen=True, slots=True)
class StanceDraft:
    """A stance to take. A condition is one of one's own, or those of `joined` by number."""

    choice: StanceChoice
    reason: str = ""
    condition: str = ""
    joined: tuple[int, ...] = ()
    submit_key: str | None = None
    language: str | None = None
    content_note: str = ""
    badge_id: int | None = None  # to be worn with the reason


def take_stance(actor: Actor, thread_id: int, draft: StanceDraft, limits: Limits) -> Written | None:
    """Take a stance; the one before stays in the history. The same form sent twice takes one.

    The reason becomes a comment, under all the rules of comments; returns where it is, if one was
    written. Raises Invalid beside the field that lacks something.
    """
    head = _held(actor, thread_id, policy.may_take_stance)
    draft = _checked(draft)
    now = find_current(thread_id, member_id(actor))
    same = now if now and now.choice is draft.choice and not draft.reason else None
    _check_says_why(draft, same)
    if draft.choice is StanceChoice.AGREE_IF:
        check_asked(actor, head, draft.condition, draft.joined)
    written, post_id = None, None if same is None else same.post_id
    if draft.reason:
        written = _say_why(actor, thread_id, draft, limits)
        post_id = _post_id(written)
        if _was_taken(actor, thread_id, post_id):
            return written
    if same is not None:
        _keep(same, head)
    else:
        _replace(actor, head, draft.choice, post_id, now)
    if draft.choice is StanceChoice.AGREE_IF:
        waits = written is not None and written.waits
        ask_for(actor, head, draft.condition, draft.joined, post_id=post_id, waits=waits)
    else:
        drop_asked(actor, thread_id)
    _settle_asked(actor, thread_id)
    count_again_soon(thread_id)
    touch(thread_id)
    return written


def confirm_stance(actor: Actor, thread_id: int) -> None:
    """Still think so, now that the text was changed."""
    head = _held(actor, thread_id, policy.may_take_stance)
    now = find_current(thread_id, member_id(actor))
    if now is None:
        raise Conflict(_("You have no stance here that you could keep."))
    _keep(now, head)


def withdraw_stance(actor: Actor, thread_id: int) -> None:
    """Have no stance any more; the comment with the reason stays, as any comment. Twice is once."""
    _held(actor, thread_id, policy.may_withdraw_stance)
    now = find_current(thread_id, member_id(actor))
    if now is None:
        return
    choice = now.choice
    _end(now)
    move_count(thread_id, before=choice)
    drop_asked(actor, thread_id)
    count_again_soon(thread_id)
    touch(thread_id)


def _held(actor: Actor, thread_id: int, may: Callable[[Actor, ProposalFacts], Verdict]) -> Head:
    """The proposal, locked after the member: both stay as they are until the commit."""
    may(actor, get_facts(actor, get_head(actor, thread_id))).enforce()
    hold_writer(actor)
    (head,) = hold(actor, thread_id)
    may(actor, get_facts(actor, head)).enforce()
    return head


def _checked(draft: StanceDraft) -> StanceDraft:
    """The draft with its texts as they are kept; only an "agree if" has conditions."""
    reason = scrub(draft.reason).strip()
    if draft.choice is not StanceChoice.AGREE_IF:
        return replace(draft, reason=reason, condition="", joined=())
    return replace(draft, reason=reason, condition=scrub_line(draft.condition))


def _check_says_why(draft: StanceDraft, same: Stance | None) -> None:
    """Raise Invalid where a reason is missing; the one of the `same` stance before still holds."""
    has_reason = bool(draft.reason) or (same is not None and same.post_id is not None)
    if draft.choice in NEEDS_REASON and not has_reason:
        raise Invalid(_("Please say why, so that others can answer."), "reason")
    if draft.condition and not draft.reason:
        raise Invalid(_("Please say why this has to hold, so that others can answer."), "reason")


def _say_why(actor: Actor, thread_id: int, draft: StanceDraft, limits: Limits) -> Written:
    """The reason as a comment. A condition stands in it too: it is read before it is shown."""
    source = draft.reason
    if draft.condition:
        condition = _("Agree if: %(condition)s", condition=draft.condition)
        source = f"{condition}\n\n{source}"
    comment = CommentDraft(
        source=source,
        submit_key=draft.submit_key,
        language=draft.language,
        content_note=draft.content_note,
        badge_id=draft.badge_id,
        bearing=BEARINGS[draft.choice],
    )
    written = _renaming(lambda: add_comment(actor, thread_id, comment, limits))
    if written.thread_id != thread_id:
        raise Conflict(_("This form was sent before, for another thread. Please load the page."))
    return written


def _renaming(write: Callable[[], Written]) -> Written:
    try:
        return write()
    except Invalid as error:
        raise Invalid(error.message, _FIELDS.get(error.field or "", error.field)) from None


def _post_id(written: Written) -> int:
    return db.session.scalars(
        sa.select(Post.id).where(Post.thread_id == written.thread_id, Post.number == written.number)
    ).one()


def _was_taken(actor: Actor, thread_id: int, post_id: int) -> bool:
    """Whether this reason was given for a stance before: then this form was sent twice."""
    return (
        db.session.scalar(
            sa.select(Stance.id)
            .where(
                Stance.thread_id == thread_id,
                Stance.user_id == member_id(actor),
                Stance.post_id == post_id,
            )
            .limit(1)
        )
        is not None
    )


def _keep(now: Stance, head: Head) -> None:
    if now.revision == head.opening_revision:
        return
    now.revision = head.opening_revision
    now.confirmed_at = clock.now()
    db.session.flush()


def _replace(
    actor: Actor, head: Head, choice: StanceChoice, post_id: int | None, now: Stance | None
) -> None:
    before = None if now is None else now.choice
    if now is not None:
        _end(now)
    db.session.add(
        Stance(
            thread_id=head.id,
            user_id=member_id(actor),
            choice=choice,
            post_id=post_id,
            revision=head.opening_revision,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    if before is not choice:
        move_count(head.id, before=before, after=choice)


def _settle_asked(actor: Actor, thread_id: int) -> None:
    """Whoever was asked to carry a stance over to this proposal has answered with this one."""
    db.session.execute(
        sa.update(Carry)
        .where(
            Carry.into_id == thread_id,
            Carry.user_id == member_id(actor),
            Carry.state == CarryState.ASKED,
        )
        .values(state=CarryState.CARRIED, at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _end(stance: Stance) -> None:
    stance.is_current = False
    db.session.flush()  # before the next one is added: a member has one that is current
