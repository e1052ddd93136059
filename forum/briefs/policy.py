"""Who makes briefs, who changes and sees one, and who answers whether words are quoted. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse
from forum.sanctions import policy as sanctions


@dataclass(frozen=True, slots=True)
class BriefFacts:
    """What decides over one person and one brief.

    `is_in_sight`: they may see every proposal that its published version holds.
    """

    author_id: int | None
    is_published: bool
    is_in_sight: bool


def may_make(actor: Actor, space_ids: Collection[int]) -> Verdict:
    """Moderators, and whoever facilitates one of these spaces and is not kept out of it."""
    if actor.is_moderator:
        return ALLOWED
    if any(sanctions.may_take_part(actor, space_id) for space_id in space_ids):
        return ALLOWED
    return refuse(lazy("Only facilitators and moderators make briefs."))


def may_read(actor: Actor, brief: BriefFacts) -> Verdict:
    """What is published, for whoever may see all of it; a draft, for its author alone."""
    if brief.is_published:
        return ALLOWED if brief.is_in_sight else HIDDEN
    return ALLOWED if _is_author(actor, brief) else HIDDEN


def may_change(actor: Actor, brief: BriefFacts, space_ids: Collection[int]) -> Verdict:
    """Its author while they make briefs; moderators, once it is published."""
    seen = may_read(actor, brief)
    if not seen:
        return seen
    if not _is_author(actor, brief) and not actor.is_moderator:
        return refuse(lazy("Only whoever made a brief, and moderators, can change it."))
    return may_make(actor, space_ids)


def may_answer(actor: Actor, author_id: int | None) -> Verdict:
    """Whether words are quoted is for whoever wrote them, whatever else they may do here."""
    return ALLOWED if actor.is_signed_in and author_id == actor.id else HIDDEN


def _is_author(actor: Actor, brief: BriefFacts) -> bool:
    return actor.is_signed_in and brief.author_id == actor.id
