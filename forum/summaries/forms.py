"""Forms about summaries."""

import re

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.summaries.actions import LineDraft
from forum.summaries.models import LINE_LENGTH
from forum.web.forms import Form

_NUMBER = re.compile(r"#?([0-9]{1,6})")


class LineForm(Form):
    main_field = "text"
    text = TextAreaField(
        lazy("The line"),
        description=lazy("One sentence in your own words, of at most 300 characters."),
        validators=[Length(max=4 * LINE_LENGTH)],
    )
    numbers = StringField(
        lazy("Comments that it sums up"),
        description=lazy("Their numbers, such as “#3 #7”. The line links to them."),
        validators=[Length(max=200)],
    )
    seen = HiddenField(validators=[Length(max=40)])

    def to_draft(self) -> LineDraft:
        """Raises Invalid for what is no number."""
        words = (self.numbers.data or "").replace(",", " ").split()
        found = [_NUMBER.fullmatch(word) for word in words]
        numbers = [int(match[1]) for match in found if match is not None]
        if None in found or 0 in numbers:
            raise Invalid(_("Please give numbers of comments, such as “#3 #7”."), "numbers")
        return LineDraft(self.text.data or "", tuple(dict.fromkeys(numbers)), self.seen.data or "")
