"""Forms of the debate about a proposal."""

import secrets
from collections.abc import Iterable
from typing import Any

from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput

from forum.badges.forms import BadgeField
from forum.badges.queries import BadgeRow
from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.posts.forms import ReasonForm
from forum.posts.models import NOTE_LENGTH
from forum.proposals.words import PARTS
from forum.stances.actions import AdoptDraft, StanceDraft
from forum.stances.models import CONDITION_LENGTH, StanceChoice
from forum.stances.queries import Debate
from forum.stances.words import CHOICES
from forum.threads.forms import MergeForm
from forum.web.forms import Form

_LARGEST = 2**31 - 1


def new_key() -> str:
    """The key of a form that is opened: sent twice, it takes one stance."""
    return secrets.token_urlsafe(16)


class JoinedField(SelectMultipleField):
    """Numbers of conditions, ticked; whether they are open is asked when the stance is taken."""

    option_widget = CheckboxInput()

    def pre_validate(self, form: Form) -> None:
        """Accept any number here: the action says which is not open any more."""


class StanceForm(Form):
    """A stance. Its names differ from those of a comment: both forms stand on one page."""

    main_field = "reason"
    choice = RadioField(
        lazy("Your stance"),
        choices=[SelectChoice(choice.value, label) for choice, label in CHOICES.items()],
        validate_choice=False,
    )
    joined = JoinedField(
        lazy("On a condition that others ask for"),
        description=lazy("For “Agree if”."),
        choices=[],
        coerce=int,
    )
    condition = StringField(
        lazy("On a condition of your own"),
        description=lazy("For “Agree if”: what has to hold, in at most 200 characters."),
    )
    reason = TextAreaField(
        lazy("Why"),
        description=lazy(
            "It becomes a comment under your name, which others can answer. With “Agree” and"
            " “Unsure” you can leave it empty. Stances are counted, and not listed by name."
        ),
    )
    reason_note = StringField(
        lazy("Content note for your reason"),
        description=lazy("A few words that stand instead of it until a reader opens it."),
    )
    stance_badge = BadgeField()
    stance_key = HiddenField(validators=[Length(max=64)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.stance_key.data:
            self.stance_key.data = new_key()

    def to_draft(self, language: str) -> StanceDraft:
        """What was sent; raises Invalid when nothing was chosen."""
        try:
            choice = StanceChoice(self.choice.data)
        except ValueError:
            raise Invalid(_("Please choose one of these."), "choice") from None
        return StanceDraft(
            choice=choice,
            reason=self.reason.data or "",
            condition=self.condition.data or "",
            joined=tuple(self.joined.data or ()),
            submit_key=self.stance_key.data or None,
            language=language,
            content_note=self.reason_note.data or "",
            badge_id=self._badge_id(),
        )

    def _badge_id(self) -> int | None:
        try:
            return self.stance_badge.badge_id
        except Invalid as error:
            raise Invalid(error.message, "stance_badge") from None


def stance_form(debate: Debate, badges: Iterable[BadgeRow]) -> StanceForm:
    """The form as it is opened: with the present stance and what is asked for chosen.

    `badges` are those that the member can show with their reason.
    """
    own = debate.own
    asked = [row.number for row in debate.open_conditions if row.is_backed]
    form = StanceForm(choice=own.choice.value if own else None, joined=asked)
    form.joined.choices = [
        SelectChoice(row.number, f"{row.number}: {row.text}") for row in debate.open_conditions
    ]
    form.stance_badge.offer(badges)
    form.condition.render_kw = {"maxlength": CONDITION_LENGTH}
    form.reason_note.render_kw = {"maxlength": NOTE_LENGTH}
    form.reason.render_kw = {"rows": 4}
    return form


class AdoptForm(Form):
    main_field = "text"
    part = SelectField(
        lazy("Into which part"),
        choices=[SelectChoice(part, label) for part, label in PARTS.items()],
        default="how",
    )
    text = TextAreaField(
        lazy("What is added at the end of that part"),
        description=lazy("Change it so that it reads well there."),
    )
    revision = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, _LARGEST)]
    )

    def look_at(self, revision: int) -> None:
        """Go on from another revision, as the form now shows that one."""
        self.revision.data = revision
        self.revision.raw_data = None  # else the number that was sent would be shown again

    def to_draft(self) -> AdoptDraft:
        return AdoptDraft(self.part.data, self.text.data or "", self.revision.data or 0)


class AnswerForm(Form):
    main_field = "answer"
    answer = StringField(
        lazy("Why it does not go into the text"),
        description=lazy("It stands beneath the condition, and those who ask for it are told."),
        validators=[Length(max=500)],
    )


class RemovalForm(ReasonForm):
    """Takes a condition out of sight."""


class RetireForm(MergeForm):
    into = StringField(
        lazy("In favour of which proposal"),
        description=lazy("Its address, or its number: 12 for /t/12-some-title."),
        validators=[Length(max=300)],
    )
