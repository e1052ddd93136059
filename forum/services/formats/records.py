"""Entries on their way out to files, and on their way in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from forum.services.checking import Problem, ServiceDraft


@dataclass(frozen=True, slots=True)
class Named:
    """A need or place: by its slug, as it is called, and what that means."""

    slug: str
    name: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An entry that goes out."""

    id: str  # its name in files
    texts: dict[str, str]  # by the names of checking.LENGTHS
    languages: tuple[str, ...]
    needs: tuple[Named, ...]
    places: tuple[Named, ...]
    changed_at: datetime
    verified_at: datetime | None


@dataclass(slots=True)
class Row:
    """An entry that comes in; `number` is what its sender counts, such as a line of a file."""

    number: int
    draft: ServiceDraft
    verified_on: date | None = None
    is_active: bool = True
    problems: list[Problem] = field(default_factory=list)

    @property
    def verified_at(self) -> datetime | None:
        """Noon in UTC: the day is the same nearly everywhere."""
        day = self.verified_on
        return None if day is None else datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
