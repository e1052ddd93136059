"""The filter of the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import ClassVar, Protocol

from wtforms import DateField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from forum.audit.queries import FORUM, Filter
from forum.core.i18n import _, lazy
from forum.core.text import scrub_line
from forum.web.forms import Form, offer

_LARGEST = 2**31 - 1  # of an id column on PostgreSQL
_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 2000, 2200  # within which every zone has every day


class _Place(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for: `actor` is a user name, a number or "forum", to be looked up."""

    actor: str
    filter: Filter


def _check_day(_form: Form, field: DateField) -> None:
    if field.data is not None and not _FIRST_YEAR <= field.data.year <= _LAST_YEAR:
        raise ValidationError(_("Please give a day of these times."))


class FilterForm(Form):
    """Sent by GET, so that a filtered page has an address; it changes nothing and has no token."""

    class Meta:
        csrf: ClassVar[bool] = False

    actor = StringField(
        lazy("Who"),
        description=lazy("A user name, or “forum” for what the forum did by itself."),
        validators=[Length(max=60)],
    )
    verb = StringField(
        lazy("What was done"),
        validators=[Length(max=64)],
        description=lazy(
            "For example thread.close, or thread for all that was done to threads. The words in"
            " the list lead to their own kind."
        ),
    )
    kind = StringField(lazy("To what kind of thing"), validators=[Length(max=32)])
    id = IntegerField(lazy("Its number"), validators=[Optional(), NumberRange(min=1, max=_LARGEST)])
    space = SelectField(lazy("In which space"), choices=[SelectChoice("", lazy("Any"))], default="")
    since = DateField(lazy("From"), validators=[Optional(), _check_day])
    until = DateField(lazy("To"), validators=[Optional(), _check_day])

    def offer_spaces(self, spaces: Iterable[_Place]) -> None:
        """Let one of these spaces be chosen, or any."""
        places = tuple(spaces)
        self._ids = {place.slug: place.id for place in places}
        offer(self.space, places)
        self.space.choices = [SelectChoice("", lazy("Any")), *self.space.choices]

    def to_asked(self, zone: tzinfo) -> Asked:
        """What is asked for; days are those of `zone`, the last one with all of its hours."""
        since, until = self.since.data, self.until.data
        actor = scrub_line(self.actor.data or "").removeprefix("@")
        return Asked(
            actor,
            Filter(
                verb=scrub_line(self.verb.data or "") or None,
                subject_kind=scrub_line(self.kind.data or "") or None,
                subject_id=self.id.data,
                space_id=self._ids.get(self.space.data),
                since=datetime.combine(since, time(), zone) if since else None,
                until=datetime.combine(until, time(), zone) + _DAY if until else None,
                is_forum=actor == FORUM,
            ),
        )
