"""Forms of small acts on a post."""

from wtforms import IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional

from forum.core.i18n import lazy
from forum.web.forms import Form

_LARGEST = 2**31 - 1


class ReasonForm(Form):
    main_field = "reason"
    reason = StringField(
        lazy("Reason"),
        description=lazy("The author and everybody who can read this space will see it."),
        validators=[Length(max=500)],
    )


class NoteForm(ReasonForm):
    content_note = StringField(
        lazy("Content note"),
        description=lazy(
            "A few words that stand instead of the text until a reader opens it, such as “about"
            " violence at home”."
        ),
        validators=[Length(max=200)],
    )


class AnswerForm(Form):
    main_field = "answer"
    answer = IntegerField(
        lazy("Number of the comment that answers it"),
        description=lazy(
            "For example 7, for #7. Leave it empty to say that the question is open again."
        ),
        validators=[
            Optional(),
            NumberRange(1, _LARGEST, lazy("Please give the number of a comment.")),
        ],
    )
