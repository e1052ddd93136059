"""Who may watch for words, and where."""

from collections.abc import Collection

from forum.core.actor import Actor
from forum.core.i18n import lazy
from forum.core.verdict import ALLOWED, HIDDEN, Verdict, refuse


def may_watch(actor: Actor, runs: Collection[int]) -> Verdict:
    """Come to the list at all; `runs` are the ids of the spaces that the actor facilitates."""
    return ALLOWED if actor.is_moderator or (actor.is_signed_in and runs) else HIDDEN


def may_change(actor: Actor, space_id: int | None, runs: Collection[int]) -> Verdict:
    """Watch for a word in a space, or everywhere (None)."""
    verdict = may_watch(actor, runs)
    if not verdict or actor.is_moderator:
        return verdict
    if space_id is None:
        return refuse(lazy("Only moderators watch for words in every space."))
    return ALLOWED if space_id in runs else HIDDEN
