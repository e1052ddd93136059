"""What a summary shows: lines with their figures and the comments that they link to."""

from dataclasses import dataclass

from forum.summaries.models import Section
from forum.threads.rows import PostRef


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `text` is empty where `note` stands for it, or where `figures` say it all.

    `key` names it in addresses. `source_key` is None for a line of a facilitator's own.
    `is_edited` says that the words are a facilitator's. A line that `waits` stands on comments of
    which one cannot be read any more: facilitators alone see it, until they have read it again.
    `seen` is what an edit has to know of the last one.
    """

    section: Section
    source_key: str | None
    text: str = ""
    note: str = ""
    language: str = ""
    figures: tuple[str, ...] = ()
    refs: tuple[PostRef, ...] = ()
    link: tuple[str, str] | None = None  # what it is called, and its path
    line_id: int | None = None  # of the row that a facilitator's words are in
    position: int | None = None
    is_edited: bool = False
    is_left_out: bool = False
    waits: bool = False
    seen: str = ""

    @property
    def key(self) -> str:
        name = f"line-{self.line_id}" if self.source_key is None else self.source_key
        return f"{self.section}-{name.replace(':', '-')}"

    @property
    def numbers(self) -> str:
        """The comments, as a form takes them."""
        return " ".join(f"#{ref.number}" for ref in self.refs)


@dataclass(frozen=True, slots=True)
class Summary:
    """Every line of a thread's summary in its order, also what only facilitators see."""

    lines: tuple[Line, ...]

    def shown(self, section: Section) -> tuple[Line, ...]:
        return tuple(
            line
            for line in self.lines
            if line.section is section and not line.is_left_out and not line.waits
        )

    @property
    def put_aside(self) -> tuple[Line, ...]:
        """What a facilitator left out, and what waits for one."""
        return tuple(line for line in self.lines if line.is_left_out or line.waits)

    @property
    def is_empty(self) -> bool:
        return not any(self.shown(section) for section in Section)

    def find(self, key: str) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)
