"""The filter of the audit log."""

from typing import ClassVar

from wtforms import IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional

from forum.audit.queries import Filter
from forum.core.i18n import lazy
from forum.core.text import scrub_line
from forum.web.forms import Form

_LARGEST = 2**31 - 1  # of an id column on PostgreSQL


class FilterForm(Form):
    """Sent by GET, so that a filtered page has an address; it changes nothing and has no token."""

    class Meta:
        csrf: ClassVar[bool] = False

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

    def to_filter(self) -> Filter:
        return Filter(
            verb=scrub_line(self.verb.data or "") or None,
            subject_kind=scrub_line(self.kind.data or "") or None,
            subject_id=self.id.data,
        )
