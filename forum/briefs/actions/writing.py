"""Making a brief, changing it, choosing its proposals, and deleting it."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from forum.audit.actions import record
from forum.briefs import policy
from forum.briefs.models import Brief
from forum.briefs.queries import FoundBrief, chosen, get_brief
from forum.core import clock
from forum.core.actor import Actor, member_id
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.fitting import fit
from forum.core.i18n import LANGUAGES, _
from forum.core.text import scrub, scrub_line, slug
from forum.spaces.queries import facilitated

MOST_PROPOSALS = 30  # in one brief
MOST_DRAFTS = 50  # of one member
_SHORTEST_TITLE, _LONGEST_TITLE = 3, 150  # characters
_LONGEST_INTRODUCTION = 2000


@dataclass(frozen=True, slots=True)
class BriefDraft:
    """What a brief says of itself; `language` is one of the interface, in which it is worded."""

    title: str
    introduction: str = ""
    language: str = "en"


def make_brief(actor: Actor, draft: BriefDraft) -> Brief:
    """Begin a brief, which its author alone sees until it is published."""
    policy.may_make(actor, facilitated(actor)).enforce()
    count = sa.select(sa.func.count()).select_from(Brief)
    drafts = count.where(Brief.author_id == actor.id, Brief.published_at.is_(None))
    if (db.session.scalar(drafts) or 0) >= MOST_DRAFTS:
        raise Conflict(_("You have many briefs that are not published. Please delete some first."))
    now = clock.now()
    brief = Brief(
        **_checked(draft), thread_ids=[], quotes=[], author_id=actor.id, created_at=now,
        changed_at=now,
    )  # fmt: skip
    brief.slug = slug(brief.title)
    db.session.add(brief)
    db.session.flush()
    return brief


def edit_brief(
    actor: Actor, brief_id: int, draft: BriefDraft, order: Collection[int], *, seen: str
) -> None:
    """Change what a brief says of itself, and the order of its proposals.

    Proposals that `order` does not name are taken out, with their quotes; it adds none. What is
    published changes with the next publication. Raises Conflict when another window was faster.
    """
    brief = held(actor, brief_id).brief
    check_seen(brief, seen)
    for name, value in _checked(draft).items():
        setattr(brief, name, value)
    known = set(brief.thread_ids)
    brief.thread_ids = [thread_id for thread_id in dict.fromkeys(order) if thread_id in known]
    brief.changed_at = clock.now()


def add_proposals(actor: Actor, brief_id: int, thread_ids: Collection[int]) -> None:
    """Put proposals at the end of a brief; those that the actor may not see are none."""
    brief = held(actor, brief_id).brief
    new = [row.id for row in chosen(actor, tuple(thread_ids)) if row.id not in brief.thread_ids]
    if len(brief.thread_ids) + len(new) > MOST_PROPOSALS:
        raise Invalid(
            _("A brief has room for %(most)s proposals.", most=MOST_PROPOSALS), "proposals"
        )
    if new:
        brief.thread_ids = [*brief.thread_ids, *new]
        brief.changed_at = clock.now()


def delete_brief(actor: Actor, brief_id: int) -> None:
    """Delete a brief for good; the states of its proposals stay as they are."""
    found = held(actor, brief_id)
    db.session.delete(found.brief)
    db.session.flush()
    if found.facts.is_published:
        record(member_id(actor), "brief.delete", "brief", brief_id, role=actor.staff_role)


def held(actor: Actor, brief_id: int) -> FoundBrief:
    """A brief that the actor may change, locked."""
    found = get_brief(actor, brief_id, for_update=True)
    policy.may_change(actor, found.facts, facilitated(actor)).enforce()
    return found


def check_seen(brief: Brief, seen: str) -> None:
    """Raise Conflict unless this is the version that the actor was looking at."""
    if brief.changed_at.isoformat() != seen:
        raise Conflict(_("This brief was changed in another window. Please look at it once more."))


def _checked(draft: BriefDraft) -> dict[str, str]:
    title = scrub_line(draft.title)
    if not _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE:
        raise Invalid(_("A title has 3 to 150 characters."), "title")
    introduction = scrub(draft.introduction).strip()
    fit(introduction, _LONGEST_INTRODUCTION, "introduction")
    if draft.language not in LANGUAGES:
        raise Invalid(_("This language is not in the list."), "language")
    return {"title": title, "introduction": introduction, "language": draft.language}
