"""Asking for a condition: stating one, joining others, leaving them."""

from collections.abc import Collection

import sqlalchemy as sa

from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db, insert
from forum.core.errors import Conflict, Forbidden, Invalid
from forum.core.i18n import _, ngettext
from forum.proposals.actions import add_event
from forum.stances import policy
from forum.stances.models import (
    CONDITION_LENGTH,
    Condition,
    ConditionBacker,
    ConditionState,
    StanceChoice,
)
from forum.stances.queries import ConditionRow, find_current, get_condition, get_facts
from forum.stances.queries.conditions import conditions_of
from forum.threads.actions.counting import hold, touch
from forum.threads.rows import Head

MOST_CONDITIONS = 50  # open ones of one proposal: beyond that nobody reads them


def check_asked(actor: Actor, head: Head, text: str, joined: Collection[int]) -> None:
    """Raise Invalid unless this is at least one condition that can be asked for."""
    if len(text) > CONDITION_LENGTH:
        raise Invalid(
            ngettext(
                "Please keep the condition under %(num)s character. The rest can be your reason.",
                "Please keep the condition under %(num)s characters. The rest can be your reason.",
                CONDITION_LENGTH,
            ),
            "condition",
        )
    if not text and not joined:
        raise Invalid(
            _("Please say on what condition you agree, or choose one that others ask for."),
            "condition",
        )
    known = {row.number: row for row in conditions_of(actor, head.id)}
    for number in joined:
        if number not in known or not known[number].is_open:
            raise Invalid(_("Condition %(number)s is not open any more.", number=number), "joined")
    if text and sum(row.is_open for row in known.values()) >= MOST_CONDITIONS:
        raise Invalid(
            _("There are very many conditions here. Please join one that says it."), "condition"
        )


def ask_for(
    actor: Actor,
    head: Head,
    text: str,
    joined: Collection[int],
    *,
    post_id: int | None,
    waits: bool,
) -> None:
    """Ask for exactly these conditions, of those that are open; check_asked has looked at them.

    What says the same as an open condition joins it.
    """
    numbers = set(joined)
    same = [
        row
        for row in conditions_of(actor, head.id)
        if text and row.is_open and row.text.casefold() == text.casefold()
    ]
    numbers.update(row.number for row in same)
    drop_asked(actor, head.id, but=numbers)
    for row in conditions_of(actor, head.id):
        if row.number in numbers and not row.is_backed:
            _back(actor, row.id)
    if text and not same:
        _state(actor, head, text, post_id=post_id, waits=waits)


def _state(actor: Actor, head: Head, text: str, *, post_id: int | None, waits: bool) -> None:
    last = sa.select(sa.func.max(Condition.number)).where(Condition.thread_id == head.id)
    condition = Condition(
        thread_id=head.id,
        number=(db.session.scalar(last) or 0) + 1,  # the caller holds the thread
        text=text,
        author_id=member_id(actor),
        post_id=post_id,
        created_at=clock.now(),
    )
    db.session.add(condition)
    db.session.flush()
    _back(actor, condition.id)
    if not waits:
        add_event(head.id, None, "condition.stated", number=condition.number)


def _back(actor: Actor, condition_id: int) -> bool:
    """Be among those who ask for it; False for who is already."""
    added = db.session.execute(
        insert(ConditionBacker)
        .values(condition_id=condition_id, user_id=member_id(actor), at=clock.now())
        .on_conflict_do_nothing()
        .returning(ConditionBacker.user_id)
    ).all()
    return bool(added)


def drop_asked(actor: Actor, thread_id: int, *, but: Collection[int] = ()) -> None:
    """Ask for no open condition of a proposal any more, except those of these numbers."""
    theirs = sa.select(Condition.id).where(
        Condition.thread_id == thread_id,
        Condition.state == ConditionState.OPEN,
        Condition.number.not_in(but),
    )
    db.session.execute(
        sa.delete(ConditionBacker)
        .where(
            ConditionBacker.user_id == member_id(actor), ConditionBacker.condition_id.in_(theirs)
        )
        .execution_options(synchronize_session=False)
    )


def join_condition(actor: Actor, thread_id: int, number: int) -> None:
    """Ask for a condition too: for those who agree if. Once more changes nothing."""
    row = _asking(actor, thread_id, number)
    now = find_current(thread_id, member_id(actor))
    if now is None or now.choice is not StanceChoice.AGREE_IF:
        raise Forbidden(
            _("To ask for a condition, please take the stance “Agree if”, and choose it there.")
        )
    if _back(actor, row.id):
        touch(thread_id, lists=False)


def leave_condition(actor: Actor, thread_id: int, number: int) -> None:
    """Not ask for a condition any more; once more changes nothing."""
    (head,) = hold(actor, thread_id)
    policy.may_withdraw_stance(actor, get_facts(actor, head)).enforce()
    row = get_condition(actor, thread_id, number)
    if not row.is_open:
        raise Conflict(_("This condition was answered in the meantime."))
    if row.is_backed:
        db.session.execute(
            sa.delete(ConditionBacker).where(
                ConditionBacker.condition_id == row.id,
                ConditionBacker.user_id == member_id(actor),
            )
        )
        touch(thread_id, lists=False)


def _asking(actor: Actor, thread_id: int, number: int) -> ConditionRow:
    (head,) = hold(actor, thread_id)
    policy.may_take_stance(actor, get_facts(actor, head)).enforce()
    row = get_condition(actor, thread_id, number)
    if not row.is_open:
        raise Conflict(_("This condition was answered in the meantime."))
    return row
