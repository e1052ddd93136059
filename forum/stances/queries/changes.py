"""What changed in a proposal since a revision of its text."""

from dataclasses import dataclass
from datetime import datetime

from forum.core.actor import Actor
from forum.core.diff import Change, Span, word_diff
from forum.posts.queries import Version, get_post, history
from forum.stances.queries.conditions import ConditionRow, conditions_of
from forum.threads.rows import Head


@dataclass(frozen=True, slots=True)
class Changes:
    """A text then and now, word by word; `title` is empty when that is the same.

    `is_from_later` says that what was asked for was not kept: edits of the first minutes are not.
    """

    since: datetime
    until: datetime
    title: tuple[Span, ...]
    text: tuple[Span, ...]
    adopted: tuple[ConditionRow, ...]
    is_from_later: bool

    @property
    def is_same(self) -> bool:
        return not self.title and all(span.change is Change.SAME for span in self.text)


def changes_since(viewer: Actor, head: Head, revision: int) -> Changes:
    """What changed in an opening since then; whether it may be read is the caller's to ask."""
    versions = history(get_post(head.id, 0), head.stored_title)
    known = [version for version in versions if version.number <= revision]
    before, now = (known or versions)[-1 if known else 0], versions[-1]
    title = _title_of(before, versions)
    return Changes(
        since=before.written_at,
        until=now.written_at,
        title=word_diff(title, now.title) if title != now.title else (),
        text=word_diff(before.source, now.source),
        adopted=tuple(
            row
            for row in conditions_of(viewer, head.id)
            if row.adopted_revision is not None and row.adopted_revision > revision
        ),
        is_from_later=before.number > revision,
    )


def _title_of(version: Version, versions: tuple[Version, ...]) -> str:
    """A version names its title where the next one has another."""
    later = versions[versions.index(version) :]
    return next(one.title for one in later if one.title or one is later[-1])
