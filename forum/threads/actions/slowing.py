"""Slow mode of a thread: by hand for a while, and by heat where a branch is reported."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from forum.audit.actions import record
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, TooMany
from forum.core.i18n import _, language
from forum.core.moments import moment
from forum.core.text import scrub_line
from forum.posts.models import Post
from forum.spaces import policy as spaces
from forum.spaces.policy import role_in
from forum.threads import policy
from forum.threads.actions.counting import hold
from forum.threads.models import Thread
from forum.threads.queries.heat import heat_above, latest_here
from forum.threads.rows import Head

MINUTES = (5, 15, 60)  # between two posts of one member
HOURS = (1, 6, 24)  # until it ends by itself
REASON_LENGTH = 500
HEAT_FROM = 2  # open reports on what a reply hangs under: one alone may be a mistake
HEAT_MINUTES = 2  # and one for each report


@dataclass(frozen=True, slots=True)
class SlowDraft:
    """How many minutes lie between two posts of one member, for how many hours, and why."""

    minutes: int
    hours: int
    reason: str


def slow_thread(actor: Actor, thread_id: int, draft: SlowDraft) -> None:
    """Let each member write in a thread only so often, for a while; again with other times."""
    (head,) = hold(actor, thread_id)
    policy.may_arrange(actor, head.facts).enforce()
    if head.is_closed or head.is_deleted:
        raise Conflict(_("Nobody can comment in this thread, so there is nothing to slow down."))
    if draft.minutes not in MINUTES:
        raise Invalid(_("This is not in the list."), "minutes")
    if draft.hours not in HOURS:
        raise Invalid(_("This is not in the list."), "hours")
    reason = scrub_line(draft.reason)[:REASON_LENGTH]
    if not reason:
        raise Invalid(_("Please say why, in a few words."), "reason")
    thread = db.session.get_one(Thread, thread_id)
    thread.slow_minutes = draft.minutes
    thread.slow_until = clock.now() + timedelta(hours=draft.hours)
    record(
        actor.id, "thread.slow", "thread", thread_id,
        after={"minutes": thread.slow_minutes, "until": thread.slow_until},
        reason=reason, role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip


def unslow_thread(actor: Actor, thread_id: int) -> None:
    """End the slow mode of a thread; nothing happens when it is over."""
    (head,) = hold(actor, thread_id)
    policy.may_arrange(actor, head.facts).enforce()
    if not head.is_slow:
        return
    thread = db.session.get_one(Thread, thread_id)
    before = {"minutes": thread.slow_minutes, "until": thread.slow_until}
    thread.slow_minutes = 0
    thread.slow_until = None
    record(
        actor.id, "thread.unslow", "thread", thread_id,
        before=before, role=role_in(actor, head.access), space_id=head.space_id,
    )  # fmt: skip


def check_speed(actor: Actor, head: Head, parent: Post | None) -> None:
    """Raise TooMany, with the time to come back, while the thread or the branch is slowed down.

    Those who run the space are exempt. Costs one statement for a reply to a comment, none for an
    answer to a thread that is not slowed down, and one more where somebody has to wait.
    """
    if spaces.may_facilitate(actor, head.access):
        return
    pause = timedelta(minutes=head.slow_minutes if head.is_slow else 0)
    is_hot = False
    if parent is not None:
        heat = heat_above(parent, member_id(actor))
        if heat.reports >= HEAT_FROM:
            cooling = timedelta(minutes=HEAT_MINUTES + heat.reports + heat.own)
            is_hot = cooling > pause
            pause = max(pause, cooling)
    if not pause:
        return
    now = clock.now()
    latest = latest_here(member_id(actor), head.id, now - pause)
    if latest is None:
        return
    _refuse(actor, pause, latest + pause, is_hot=is_hot)


def _refuse(actor: Actor, pause: timedelta, back: datetime, *, is_hot: bool) -> None:
    minutes = round(pause.total_seconds() / 60)
    at = moment(back, actor.timezone, language())
    if is_hot:
        message = _(
            "This conversation is heated, so replies in it wait: one every %(minutes)s minutes. You"
            " can post this at %(at)s; the text stays here.",
            minutes=minutes,
            at=at,
        )
    else:
        message = _(
            "This thread is slowed down: everybody can write once every %(minutes)s minutes. You"
            " can post this at %(at)s; the text stays here.",
            minutes=minutes,
            at=at,
        )
    raise TooMany(message, retry_after=ceil((back - clock.now()).total_seconds()))
