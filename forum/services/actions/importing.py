"""Bringing a file into the directory: looked at whole first, then written whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core import clock, versions
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.text import cut, scrub_line
from forum.services import policy
from forum.services.actions.asking import look_daily
from forum.services.actions.writing import REASON_LENGTH, make, put, step
from forum.services.checking import Problem, ServiceDraft, cleaned, plain, problems_of
from forum.services.formats.records import Row
from forum.services.models import Service, ServiceState, ServiceVersion
from forum.services.queries import keeps, known, resolved
from forum.services.queries.known import Resolved

_LOCK = 6_150_227  # any number, the same for every node
_BATCH = 500  # ids that are looked up at a time


class Fate(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"  # the entry says this already
    LEFT_OUT = "left out"  # the file says that the service is not active
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is brought in; `is_partial` writes the good rows where others fail."""

    filename: str
    is_dry: bool = False
    is_partial: bool = False


@dataclass(slots=True)
class Planned:
    """A row with what becomes of it."""

    row: Row
    draft: ServiceDraft
    found: Resolved
    service: Service | None = None
    fate: Fate = Fate.ADDED
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, or would be: `is_written` says which."""

    rows: tuple[Planned, ...]
    is_written: bool

    @property
    def counts(self) -> dict[Fate, int]:
        return {fate: sum(one.fate is fate for one in self.rows) for fate in Fate}

    @property
    def failed(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.rows if one.fate is Fate.FAILED)

    @property
    def problems(self) -> tuple[tuple[int, str, Problem], ...]:
        """What is wrong: the number of the row, the service's name, the column and why."""
        return tuple(
            (one.row.number, one.draft.name, problem)
            for one in self.rows
            for problem in one.problems
        )


def bring_in(actor: Actor, rows: Sequence[Row], options: Options) -> Outcome:
    """Add and change entries as the rows say; nothing is written when one fails, unless partial.

    Rows find their entries by `id`, else by name and organisation. Entries that are in the
    directory but not in the file stay as they are. Bringing in a file twice changes nothing.
    """
    policy.may_keep(actor, keeps=keeps(actor)).enforce()
    return bring_in_as(actor.id, rows, options, role=actor.role.value)


def bring_in_as(
    by_id: int | None, rows: Sequence[Row], options: Options, *, role: str = ""
) -> Outcome:
    """The same for the command of operators, who need no role."""
    _take_turns()
    planned = _planned(rows)
    has_failed = any(one.fate is Fate.FAILED for one in planned)
    if options.is_dry or (has_failed and not options.is_partial):
        return Outcome(tuple(planned), is_written=False)
    filename = scrub_line(options.filename)
    reason = cut(_("From the file %(name)s", name=filename), REASON_LENGTH)
    for one in planned:
        _write(one, by_id, reason)
    outcome = Outcome(tuple(planned), is_written=True)
    done = {fate.value: count for fate, count in outcome.counts.items()}
    if done[Fate.ADDED] or done[Fate.CHANGED]:
        record(
            by_id, "service.import", "service", None, after={**done, "file": filename}, role=role
        )
        look_daily()
        versions.touch(versions.DIRECTORY)
    return outcome


def _take_turns() -> None:
    """One file at a time until the commit, so that none makes what another is just making.

    On SQLite the write lock does that already.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _planned(rows: Sequence[Row]) -> list[Planned]:
    """Every row looked at, in four statements and some for each 500 rows. Nothing is written."""
    words = known()
    planned = []
    for row in rows:
        draft = cleaned(row.draft)
        one = Planned(row, draft, resolved(draft, words))
        one.problems += [*row.problems, *problems_of(draft), *one.found.problems]
        if row.verified_on is not None and row.verified_on > clock.now().date():
            one.problems.append(Problem("verified", _("This day has not come yet.")))
        planned.append(one)
    _refuse_twins(planned)
    _find_entries(planned)
    _decide(planned)
    return planned


def _key(draft: ServiceDraft) -> tuple[str, str]:
    return draft.name.casefold(), draft.organisation.casefold()


def _refuse_twins(planned: Iterable[Planned]) -> None:
    seen: dict[object, int] = {}
    for one in planned:
        key = one.draft.external_id or _key(one.draft)
        if key in seen:
            message = _("Row %(number)s is about the same service.", number=seen[key])
            one.problems.append(Problem("id" if one.draft.external_id else "name", message))
        seen.setdefault(key, one.row.number)


def _find_entries(planned: list[Planned]) -> None:
    """The entries that rows are about, locked."""
    by_id = {one.draft.external_id: one for one in planned if one.draft.external_id}
    for ids in _batches(list(by_id)):
        for service in _held(Service.external_id.in_(ids)):
            by_id[service.external_id or ""].service = service
    # What was exported before entries had names of their own in files.
    old = {
        int(name.removeprefix("service-")): one
        for name, one in by_id.items()
        if name.startswith("service-") and name.removeprefix("service-").isdecimal()
    }
    for numbers in _batches([number for number in old if number < 2**31]):
        for service in _held(Service.id.in_(numbers), Service.external_id.is_(None)):
            old[service.id].service = service
    nameless = {_key(one.draft): one for one in planned if not one.draft.external_id}
    for names in _batches(sorted({one.draft.name for one in nameless.values()})):
        for service in _held(Service.name.in_(names), Service.state == ServiceState.LISTED):
            match = nameless.get((service.name.casefold(), service.organisation.casefold()))
            if match is not None:
                match.service = match.service or service


def _batches(values: list[str] | list[int]) -> Iterable[list[str] | list[int]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))


def _held(*conditions: sa.ColumnElement[bool]) -> Sequence[Service]:
    return db.session.scalars(
        sa.select(Service)
        .where(*conditions)
        .order_by(Service.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _decide(planned: list[Planned]) -> None:
    now = _said_now([one.service for one in planned if one.service is not None])
    for one in planned:
        if one.problems:
            one.fate = Fate.FAILED
        elif not one.row.is_active:
            one.fate = Fate.LEFT_OUT
        elif one.service is not None:
            wanted = {
                **plain(one.draft),
                "needs": sorted(one.found.needs.values()),
                "places": sorted(one.found.places.values()),
            }
            said = now.get(one.service.id, {})
            is_same = all(said.get(name) == value for name, value in wanted.items())
            is_known = not _is_news(one.row.verified_at, one.service.verified_at)
            one.fate = Fate.SAME if is_same and is_known else Fate.CHANGED


def _said_now(services: list[Service]) -> dict[int, dict[str, object]]:
    found: dict[int, dict[str, object]] = {}
    for ids in _batches([service.id for service in services]):
        rows = db.session.execute(
            sa.select(Service.id, ServiceVersion.values)
            .join(
                ServiceVersion,
                sa.and_(
                    ServiceVersion.service_id == Service.id,
                    ServiceVersion.number == Service.version,
                ),
            )
            .where(Service.id.in_(ids))
        )
        found.update({id_: values for id_, values in rows})  # noqa: C416 - rows are no pairs
    return found


def _is_news(given: datetime | None, kept: datetime | None) -> bool:
    """Whether the file knows of a later day on which somebody made sure of it."""
    return given is not None and (kept is None or given.date() > kept.date())


def _write(one: Planned, by_id: int | None, reason: str) -> None:
    if one.fate not in (Fate.ADDED, Fate.CHANGED):
        return
    if one.service is None:
        one.service = make(one.draft, one.found, ServiceState.LISTED, by_id)
    elif put(one.service, one.draft, one.found):
        named = (sorted(one.found.needs.values()), sorted(one.found.places.values()))
        step(one.service, by_id, reason, named=named)
    if _is_news(one.row.verified_at, one.service.verified_at):
        one.service.verified_at = one.row.verified_at
        one.service.verified_by_id = None
        one.service.asked_at = None


def check_size(rows: Sequence[Row], most: int) -> None:
    """Invalid when a file has more rows than can be brought in at a time."""
    if len(rows) > most:
        raise Invalid(_("Please bring in at most %(most)s services at a time.", most=most), "file")
