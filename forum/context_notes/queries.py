"""Reads of context notes."""

from collections.abc import Collection
from dataclasses import dataclass

from forum.core.actor import Actor


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A context note as it stands beneath its post."""

    id: int


def notes_on(_viewer: Actor, _post_ids: Collection[int]) -> dict[int, tuple[NoteRow, ...]]:
    """The notes beneath each of these posts, the oldest first; posts without any are left out."""
    return {}
