"""The form that keeps a search."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from forum.core.i18n import lazy
from forum.search.actions import SavedDraft
from forum.search.models import NAME_LENGTH
from forum.web.forms import Form


class SaveForm(Form):
    main_field = "name"

    name = StringField(
        lazy("Name"),
        description=lazy("What this search is about, in your own words."),
        validators=[InputRequired(lazy("Please give the search a name.")), Length(max=NAME_LENGTH)],
    )
    q = HiddenField()

    def to_draft(self) -> SavedDraft:
        return SavedDraft(name=self.name.data, line=self.q.data or "")
