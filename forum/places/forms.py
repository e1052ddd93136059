"""Fields in which places are chosen, and the forms of the list of places."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from forum.core.i18n import _, lazy
from forum.core.text import scrub_line
from forum.places.actions import NAME_LENGTH, PlaceDraft
from forum.places.models import PlaceKind
from forum.places.queries import ANYWHERE, PlaceOption
from forum.web.forms import Form

_MOST_PLACES = 40
_GROUP = attrgetter("group")
_NEW_PLACES = 3  # that can be added at a time where several are chosen


class PlaceField(SelectField):
    """One place by its slug, or "" for none, in a plain select.

    `empty` is what no place is called. With `anywhere` there is also a choice ANYWHERE, for
    filters, which tells what serves people anywhere from what is not asked at all.
    """

    def __init__(
        self, *args: Any, empty: str | None = None, anywhere: str | None = None, **kwargs: Any
    ) -> None:
        self.first = [SelectChoice("", empty or lazy("Anywhere"))]
        if anywhere is not None:
            self.first.append(SelectChoice(ANYWHERE, anywhere))
        super().__init__(*args, choices=self.first, **{"default": "", **kwargs})

    def offer(self, options: Iterable[PlaceOption]) -> None:
        """Let these be chosen; see `places.queries.place_options`."""
        self.choices = [*self.first, *_choices(options)]


class PlacesField(SelectMultipleField):
    """Several places by their slugs; none is anywhere.

    Those that are chosen are boxes to untick; a few selects beneath add others. See the macro in
    templates/places/_field.html.
    """

    def offer(self, options: Iterable[PlaceOption]) -> None:
        """Let these be chosen; see `places.queries.place_options`."""
        self.options = tuple(options)
        self.choices = list(_choices(self.options))
        self.labels = {option.slug: option.full_name for option in self.options}

    @property
    def groups(self) -> list[tuple[str, list[PlaceOption]]]:
        """What can be added, by the heading that it stands under."""
        return [(group, list(options)) for group, options in groupby(self.options, _GROUP)]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What is ticked, as (slug, name with what it lies in)."""
        return [(slug, self.labels[slug]) for slug in self.data or () if slug in self.labels]

    @property
    def new_places(self) -> range:
        """Numbers of the selects that add a place."""
        return range(1, _NEW_PLACES + 1)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(filter(None, valuelist)))

    def pre_validate(self, form: Form) -> None:
        if len(self.data or ()) > _MOST_PLACES:
            raise ValidationError(
                _("Please choose at most %(most)s places: a country stands for all in it.",
                  most=_MOST_PLACES)
            )  # fmt: skip
        super().pre_validate(form)


def _choices(options: Iterable[PlaceOption]) -> Iterable[SelectChoice]:
    for option in options:
        yield SelectChoice(option.slug, option.label, optgroup=option.group)


class _NameForm(Form):
    main_field = "name"
    name = StringField(
        lazy("Name"),
        filters=[lambda text: scrub_line(text or "")],
        validators=[DataRequired(lazy("Please give the place a name.")), Length(max=NAME_LENGTH)],
    )


class RenameForm(_NameForm):
    """A region or town under another name."""


class NewPlaceForm(_NameForm):
    kind = SelectField(
        lazy("What it is"),
        choices=[
            SelectChoice(PlaceKind.REGION.value, lazy("A region of a country")),
            SelectChoice(PlaceKind.TOWN.value, lazy("A town")),
        ],
    )
    parent = PlaceField(lazy("It lies in"), empty=lazy("Please choose"))

    def to_draft(self) -> PlaceDraft:
        return PlaceDraft(self.name.data, PlaceKind(self.kind.data), self.parent.data)
