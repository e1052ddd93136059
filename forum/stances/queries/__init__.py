"""Reads of the debate about a proposal."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.threads.models import ThreadKind
from forum.threads.rows import Head


@dataclass(frozen=True, slots=True)
class Debate:
    """Stances, conditions, points and perspectives as a proposal's page shows them."""

    thread_id: int


def find_debate(_viewer: Actor, head: Head) -> Debate | None:
    """What people think of a proposal; None for threads of another kind."""
    return Debate(head.id) if head.kind is ThreadKind.PROPOSAL else None
