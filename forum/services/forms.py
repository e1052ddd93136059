"""Forms of the directory."""

from typing import Any

from flask import request
from typing_extensions import override
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput

from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.core.text import scrub_line
from forum.places.forms import PlaceField, PlacesField
from forum.services.actions import Options, Outcome, check_size
from forum.services.checking import LENGTHS, ServiceDraft, cleaned, problems_of
from forum.services.formats import Row, decoded, read_text
from forum.services.languages import choices, others, split
from forum.services.models import ServiceState
from forum.services.queries import Filters, ServicePage
from forum.web.forms import Form

_LARGEST = 2**31 - 1
_REASON_LENGTH = 500
_MOST_ROWS = 1_000  # of a file that somebody waits for
_MOST_BYTES = 2 * 2**20


class NeedsField(SelectMultipleField):
    """Slugs of needs, ticked; whether they exist is asked when they are used."""

    def pre_validate(self, form: Form) -> None:
        """Accept any slug here: the action says which word it does not know."""


class VersionForm(Form):
    """Acts on an entry as it was shown."""

    main_field = "reason"
    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, _LARGEST)]
    )

    def look_at(self, version: int) -> None:
        """Go on from another version, as the form now shows that one."""
        self.version.data = version
        self.version.raw_data = None  # else the number that was sent would be shown again


class ReasonForm(VersionForm):
    reason = StringField(lazy("Reason"), validators=[Length(max=_REASON_LENGTH)])


class ServiceForm(Form):
    """An entry, new or changed. What its values may be is said once, in checking.py."""

    main_field = "name"
    name = StringField(
        lazy("Name of the service"),
        description=lazy("As it calls itself: “Open Door shelter”."),
    )
    organisation = StringField(
        lazy("Organisation"), description=lazy("Who runs it, if that is another name.")
    )
    needs = NeedsField(lazy("Needs that it answers"), description=lazy("At least one."), choices=[])
    offers = TextAreaField(
        lazy("What it offers"),
        description=lazy("In plain words: “A room for up to six weeks, with somebody to talk to.”"),
        render_kw={"rows": 4},
    )
    eligibility = TextAreaField(
        lazy("Who can use it"),
        description=lazy("For example: women over 18, with or without papers. Empty: everybody."),
        render_kw={"rows": 3},
    )
    places = PlacesField(
        lazy("Where"),
        description=lazy(
            "Where the people live whom it serves. Choose a country if it serves all of it, and"
            " nothing if it serves people anywhere."
        ),
        choices=[],
    )
    languages = SelectMultipleField(lazy("Languages"), choices=[], option_widget=CheckboxInput())
    more_languages = StringField(
        lazy("Other languages"), description=lazy("With commas between them: “Amharic, Dari”.")
    )
    cost = StringField(lazy("Cost"), description=lazy("For example: free."))
    phone = StringField(
        lazy("Telephone"),
        description=lazy("One number, with the code of the country: +40 21 555 0100."),
        render_kw={"inputmode": "tel"},
    )
    email = StringField(lazy("E-mail"), render_kw={"inputmode": "email"})
    url = StringField(
        lazy("Link"),
        description=lazy("Of its page, from https:// on. This site never opens it by itself."),
        render_kw={"inputmode": "url"},
    )
    hours = StringField(lazy("Hours"), description=lazy("For example: Mon to Fri, 9 to 17."))
    safe_contact = TextAreaField(
        lazy("How to contact it safely"),
        description=lazy(
            "What somebody should know who is watched: whether a call shows on the bill, whether"
            " they ring back, whether one can write instead."
        ),
        render_kw={"rows": 3},
    )
    known_from = TextAreaField(
        lazy("Where this is known from"),
        description=lazy("So that others can check it: a page, a leaflet, a call on some day."),
        render_kw={"rows": 2},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages.choices = [SelectChoice(code, name) for code, name in choices()]

    @override
    def accepted(self) -> bool:
        """Valid when the form is sent whole and every value can be kept."""
        if not super().accepted():
            return False
        for problem in problems_of(cleaned(self.to_draft())):
            field = self[problem.field]
            field.errors = [*field.errors, problem.message]
            self.status = 422
        return not self.is_refused

    def to_draft(self) -> ServiceDraft:
        return ServiceDraft(
            **{name: self[name].data or "" for name in LENGTHS},
            languages=(*(self.languages.data or ()), *split(self.more_languages.data or "")),
            needs=tuple(self.needs.data or ()),
            places=tuple(self.places.data or ()),
        )


class EditForm(ServiceForm, VersionForm):
    main_field = "name"
    reason = StringField(
        lazy("What you changed, and why"),
        description=lazy("It stands in the history of the entry. It may stay empty."),
        validators=[Length(max=_REASON_LENGTH)],
    )


def edit_form(service: ServicePage) -> EditForm:
    """The form with what the entry says now."""
    row = service.row
    return EditForm(
        data={
            **{name: getattr(row, name, "") for name in LENGTHS},
            "safe_contact": service.safe_contact,
            "known_from": service.known_from,
            "languages": list(service.language_codes),
            "more_languages": ", ".join(others(service.language_codes)),
            "needs": list(service.need_slugs),
            "places": list(service.place_slugs),
            "version": row.version,
        }
    )


class FilterForm(Form):
    """What of the directory to show; a GET form, in which what makes no sense filters nothing."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(
        lazy("Words"), description=lazy("Of its name, what it offers, or who can use it.")
    )
    need = SelectField(lazy("Need"), choices=[SelectChoice("", lazy("Every need"))])
    place = PlaceField(
        lazy("Place"), empty=lazy("Every place"), anywhere=lazy("Serves people anywhere")
    )
    language = SelectField(lazy("Language"), choices=[SelectChoice("", lazy("Every language"))])
    fresh = SelectField(
        lazy("Made sure of"),
        choices=[
            SelectChoice("", lazy("Lately or not")),
            SelectChoice("yes", lazy("Lately")),
            SelectChoice("no", lazy("Not for a long time")),
        ],
    )
    state = SelectField(
        lazy("State"),
        choices=[
            SelectChoice(ServiceState.LISTED.value, lazy("In the directory")),
            SelectChoice(ServiceState.SUGGESTED.value, lazy("Suggested")),
            SelectChoice(ServiceState.RETIRED.value, lazy("Retired")),
        ],
    )

    def offer_needs(self, needs: list[tuple[str, str]]) -> None:
        """Let these be chosen, as (slug, name)."""
        self.need.choices = [*self.need.choices, *(SelectChoice(*need) for need in needs)]

    def offer_languages(self) -> None:
        common = [SelectChoice(code, name) for code, name in choices()]
        self.language.choices = [*self.language.choices, *common]

    def to_filters(self, *, keeps: bool) -> Filters:
        """What was asked; only those who keep the directory ask for what is not listed."""
        return Filters(
            need=self._known("need"),
            place=self._known("place"),
            language=self._known("language"),
            q=scrub_line(self.q.data or "")[:200],
            fresh=self._known("fresh"),
            state=self._known("state") if keeps else ServiceState.LISTED.value,
        )

    def _known(self, name: str) -> str:
        """What was chosen, put back to the first choice where it is none of them."""
        field = self[name]
        values = [choice.value for choice in field.choices]
        if field.data not in values:
            field.data = values[0]
        return str(field.data)


class ImportForm(Form):
    """A file to look at; what was looked at comes back in the page, to be brought in."""

    main_field = "file"
    file = FileField(
        lazy("File"),
        description=lazy(
            "A table (.csv) like the one that you can download here, or JSON of Open Referral"
            " (HSDS 3). At most 1,000 services."
        ),
    )
    text = HiddenField()
    filename = HiddenField()
    is_partial = BooleanField(lazy("Bring in the good rows, and leave out those with errors"))

    def to_rows(self) -> list[Row]:
        """The rows of the file; Invalid when it holds none that can be read."""
        if self.file.data:
            self.filename.data = self.file.data.filename or ""
            data = self.file.data.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                raise Invalid(_("Please choose a file of at most 2 MB."), "file")
            self.text.data = decoded(data)
        if not self.text.data:
            raise Invalid(_("Please choose a file."), "file")
        rows = read_text(self.filename.data or "", self.text.data)
        check_size(rows, _MOST_ROWS)
        return rows

    def to_options(self) -> Options:
        return Options(
            self.filename.data or "",
            is_dry=request.form.get("do") != "write",
            is_partial=bool(self.is_partial.data),
        )

    def judge(self, outcome: Outcome) -> None:
        """Say so when the file was to be written and was not."""
        if not outcome.is_written and not self.to_options().is_dry:
            self.status = 422
            self.message = _("Nothing was written, because something is wrong in some rows.")

    def keep(self) -> None:
        """Show again what was looked at, and not what an earlier page held."""
        for field in (self.text, self.filename):
            field.raw_data = None
