"""Writes of summaries: what facilitators say of a line, add, leave out, and put in order."""

from dataclasses import dataclass
from enum import IntEnum

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub_line
from forum.spaces.policy import role_in
from forum.summaries import policy
from forum.summaries.models import LINE_LENGTH, Section, SummaryLine
from forum.summaries.queries import find_summary, unreadable_among
from forum.summaries.rows import Line, Summary
from forum.threads.actions.counting import hold, touch
from forum.threads.rows import Head

MOST_OWN = 30  # lines that facilitators add to one summary
MOST_NUMBERS = 20


class Step(IntEnum):
    UP = -1
    DOWN = 1


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A facilitator's words, and the comments that they stand on; `seen` as Line has it."""

    text: str
    numbers: tuple[int, ...] = ()
    seen: str = ""


def add_line(actor: Actor, thread_id: int, section: Section, draft: LineDraft) -> None:
    """Add a line of one's own at the end of a section."""
    head, summary = _held(actor, thread_id)
    if sum(line.source_key is None for line in summary.lines) >= MOST_OWN:
        raise Conflict(_("There is no room for more lines in this summary."))
    text = _checked(head, draft)
    if not text:
        raise Invalid(_("Please write the line."), "text")
    row = SummaryLine(
        thread_id=head.id, section=section, text=text, numbers=list(draft.numbers),
        edited_by_id=actor.id, edited_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    _record(actor, head, "summary.add", section, draft.numbers)


def edit_line(actor: Actor, thread_id: int, key: str, draft: LineDraft) -> None:
    """Say a line in other words; no words give a drawn line its own back.

    Raises Conflict when somebody else edited it since the draft was begun.
    """
    head, summary = _held(actor, thread_id)
    line = _line(summary, key)
    if line.seen != draft.seen:
        raise Conflict(_("Somebody else changed this line in the meantime. It is shown above."))
    text = _checked(head, draft)
    if not text and line.source_key is None:
        raise Invalid(_("Please write the line, or delete it."), "text")
    row = _row(head, line)
    row.text = text
    row.numbers = list(draft.numbers) if text else []
    row.edited_by_id = actor.id
    row.edited_at = clock.now()
    _record(actor, head, "summary.edit", line.key, draft.numbers)


def delete_line(actor: Actor, thread_id: int, key: str) -> None:
    """Delete a line that a facilitator added."""
    head, summary = _held(actor, thread_id)
    line = _line(summary, key)
    if line.source_key is not None:
        raise Conflict(_("This line is drawn from the discussion. You can leave it out."))
    db.session.execute(sa.delete(SummaryLine).where(SummaryLine.id == line.line_id))
    _record(actor, head, "summary.delete", line.key)


def leave_out(actor: Actor, thread_id: int, key: str) -> None:
    """Take a line out of sight; it can be brought back."""
    _set_aside(actor, thread_id, key, is_left_out=True)


def bring_back(actor: Actor, thread_id: int, key: str) -> None:
    _set_aside(actor, thread_id, key, is_left_out=False)


def _set_aside(actor: Actor, thread_id: int, key: str, *, is_left_out: bool) -> None:
    head, summary = _held(actor, thread_id)
    line = _line(summary, key)
    if line.is_left_out is is_left_out:
        return
    row = _row(head, line)
    row.is_left_out = is_left_out
    row.edited_by_id = actor.id
    _record(actor, head, "summary.leave_out" if is_left_out else "summary.bring_back", line.key)


def move_line(actor: Actor, thread_id: int, key: str, step: Step) -> None:
    """Put a line one place further up or down in its section; at its end nothing happens."""
    head, summary = _held(actor, thread_id)
    line = _line(summary, key)
    order = list(summary.shown(line.section))
    if line not in order:
        raise NotFound
    place = order.index(line)
    if not 0 <= place + step < len(order):
        return
    order[place], order[place + step] = order[place + step], line
    for position, one in enumerate(order, start=1):
        _row(head, one).position = position
    _record(actor, head, "summary.move", line.key)


def forget_member(user_id: int) -> None:
    """The words stay, as the thread's; who wrote them is forgotten."""
    db.session.execute(
        sa.update(SummaryLine)
        .where(SummaryLine.edited_by_id == user_id)
        .values(edited_by_id=None)
        .execution_options(synchronize_session=False)
    )


def _held(actor: Actor, thread_id: int) -> tuple[Head, Summary]:
    """The thread, locked: two facilitators change its summary one after the other."""
    (head,) = hold(actor, thread_id)
    policy.may_edit(actor, head.kind, head.facts).enforce()
    return head, find_summary(actor, head)


def _line(summary: Summary, key: str) -> Line:
    line = summary.find(key)
    if line is None:
        raise NotFound
    return line


def _row(head: Head, line: Line) -> SummaryLine:
    """The row of a line; a drawn one that nobody has touched gets its first."""
    if line.line_id is not None:
        return db.session.get_one(SummaryLine, line.line_id)
    row = SummaryLine(
        thread_id=head.id, section=line.section, source_key=line.source_key, text="", numbers=[]
    )
    db.session.add(row)
    return row


def _checked(head: Head, draft: LineDraft) -> str:
    text = scrub_line(draft.text)
    fit(text, LINE_LENGTH, "text")
    if len(draft.numbers) > MOST_NUMBERS:
        raise Invalid(_("Please name at most %(most)s comments.", most=MOST_NUMBERS), "numbers")
    unreadable = unreadable_among(head.id, draft.numbers)
    if unreadable:
        raise Invalid(
            _("There is no comment #%(number)s here that can be read.", number=unreadable[0]),
            "numbers",
        )
    return text


def _record(
    actor: Actor, head: Head, verb: str, line: str, numbers: tuple[int, ...] | None = None
) -> None:
    """The log names the line, and holds none of its words: they can be taken back, it cannot."""
    db.session.flush()
    after = {"line": str(line)} | ({"comments": list(numbers)} if numbers else {})
    record(
        member_id(actor), verb, "thread", head.id, after=after,
        role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip
    touch(head.id, lists=False)
