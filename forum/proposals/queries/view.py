"""What stands on a proposal's page beside its posts."""

from dataclasses import dataclass

from forum.core.actor import Actor
from forum.threads.models import ThreadKind
from forum.threads.rows import Head


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as its page shows it under the title."""

    thread_id: int


def find_view(_viewer: Actor, head: Head) -> ProposalView | None:
    """What a proposal's page shows; None for threads of another kind."""
    return ProposalView(head.id) if head.kind is ThreadKind.PROPOSAL else None
